"""Clean HTML as block markup, so that the article opens in the block editor as if it had been written there.

The forms are those that the editor itself saves (WordPress 6); what has no block becomes custom HTML. Source: the
`save` functions of the core blocks, and `serialize_block_attributes`.
"""

import json
import re
from collections.abc import Mapping

from socialdesk.networks.wordpress.htmltree import Element, inner, parse, write
from socialdesk.networks.wordpress.naming import MARK

_HEADINGS = {"h1": 2, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}  # the title is the page's h1
_PHRASES = {"a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "data", "del", "dfn", "em", "i", "img", "ins", "kbd"}
_INLINE = _PHRASES | {"mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr"}
_ALIGN = re.compile(r"text-align:\s*(left|center|right)")


def to_blocks(html: str, media: Mapping[str, int] | None = None, key: str = "") -> str:
    """`html` as block markup. `media` gives attachment ids by picture address; `key` is kept in the first block."""
    converter = _Converter(media or {}, key)
    return "\n\n".join(converter.blocks(parse(html)))


def block(name: str, html: str, attributes: Mapping[str, object] | None = None) -> str:
    """One block: its HTML between the comments that name it."""
    data = f" {_json(attributes)}" if attributes else ""
    return f"<!-- wp:{name}{data} -->\n{html}\n<!-- /wp:{name} -->"


def _json(attributes: Mapping[str, object]) -> str:
    """JSON that can never end the comment it stands in."""
    text = json.dumps(attributes, ensure_ascii=False, separators=(",", ":"))
    for character, escaped in (("--", "\\u002d\\u002d"), ("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(character, escaped)
    return text


class _Converter:
    def __init__(self, media: Mapping[str, int], key: str) -> None:
        self._media = media
        self._key = key

    def blocks(self, parent: Element) -> list[str]:
        """The children of `parent` as blocks; loose text and inline elements are gathered into paragraphs."""
        made: list[str] = []
        loose: list[Element | str] = []
        for child in [*parent.children, Element("end")]:
            if isinstance(child, str) or child.tag in _INLINE:
                loose.append(child)
                continue
            if any(isinstance(node, Element) or node.strip() for node in loose):
                made.append(self._paragraph(Element("p", {}, loose)))
            loose = []
            if child.tag != "end":
                made.append(self._block(child))
        return made

    def _block(self, node: Element) -> str:
        if node.tag in _HEADINGS:
            return self._heading(node)
        match node.tag:
            case "p":
                return self._paragraph(node)
            case "ul" | "ol":
                return self._list(node)
            case "blockquote":
                return self._quote(node)
            case "pre":
                return self._code(node)
            case "figure":
                return self._figure(node)
            case "hr":
                rule = '<hr class="wp-block-separator has-alpha-channel-opacity"/>'
                return self._made("separator", rule)
            case "table":
                return self._table(node)
        return self._made("html", write(node))

    def _made(self, name: str, html: str, attributes: Mapping[str, object] | None = None) -> str:
        return block(name, html, {**(attributes or {}), **self._mark()})

    def _mark(self) -> Mapping[str, object]:
        """The key, once: the first block that is begun takes it."""
        key, self._key = self._key, ""
        return {"metadata": {MARK: key}} if key else {}

    def _paragraph(self, node: Element) -> str:
        picture = _only_picture(node)
        if picture is not None:
            return self._image(picture, picture.attributes.get("title", ""), _link_around(node))
        return self._made("paragraph", f"<p>{inner(node).strip()}</p>")

    def _heading(self, node: Element) -> str:
        level = _HEADINGS[node.tag]
        html = f'<h{level} class="wp-block-heading">{inner(node).strip()}</h{level}>'
        return self._made("heading", html, {"level": level} if level != 2 else None)

    def _list(self, node: Element) -> str:
        """Lists with anything but text and lists in their items stay plain HTML."""
        if not all(_is_simple(item) for item in node.elements()):
            return self._made("html", write(node))
        start = node.attributes.get("start", "")
        ordered = {"ordered": True} if node.tag == "ol" else {}
        numbered = {"start": int(start)} if ordered and start.isdecimal() and start != "1" else {}
        mark = self._mark()
        items = "\n\n".join(self._item(item) for item in node.elements())
        begin = f' start="{start}"' if numbered else ""
        html = f'<{node.tag}{begin} class="wp-block-list">{items}</{node.tag}>'
        return block("list", html, {**ordered, **numbered, **mark})

    def _item(self, item: Element) -> str:
        parts: list[str] = []
        nested: list[str] = []
        for child in item.content:
            if isinstance(child, Element) and child.tag in {"ul", "ol"}:
                nested.append(self._list(child))
            elif isinstance(child, Element) and child.tag == "p":
                parts.append(("<br><br>" if parts else "") + inner(child).strip())
            else:
                parts.append(write(child))
        return block("list-item", f"<li>{''.join(parts).strip()}{''.join(nested)}</li>")

    def _quote(self, node: Element) -> str:
        mark = self._mark()
        html = f'<blockquote class="wp-block-quote">{chr(10).join(self.blocks(node))}</blockquote>'
        return block("quote", html, mark)

    def _code(self, node: Element) -> str:
        """`[` is written as a character reference, as the editor does: WordPress looks for shortcodes in code too."""
        code = node.content[0] if len(node.content) == 1 else None
        if isinstance(code, Element) and code.tag == "code":
            text = inner(code).rstrip("\n").replace("[", "&#91;")
            return self._made("code", f'<pre class="wp-block-code"><code>{text}</code></pre>')
        text = inner(node).replace("[", "&#91;")
        return self._made("preformatted", f'<pre class="wp-block-preformatted">{text}</pre>')

    def _figure(self, node: Element) -> str:
        picture, caption = node.find("img"), node.find("figcaption")
        if picture is not None and node.find("table") is None:
            return self._image(picture, inner(caption).strip() if caption else "", _link_around(node), is_html=True)
        table = node.find("table")
        return self._table(table, caption) if table is not None else self._made("html", write(node))

    def _image(self, picture: Element, caption: str, link: Element | None, *, is_html: bool = False) -> str:
        source, alt = picture.attributes.get("src", ""), picture.attributes.get("alt", "")
        number = self._media.get(source)
        image = Element("img", {"src": source, "alt": alt})
        attributes: dict[str, object] = {}
        if number is not None:
            image.attributes["class"] = f"wp-image-{number}"
            attributes = {"id": number}
        attributes |= {"sizeSlug": "large", "linkDestination": "custom" if link else "none"}
        shown = write(Element("a", {"href": link.attributes.get("href", "")}, [image])) if link else write(image)
        if caption:
            words = caption if is_html else inner(Element("", {}, [caption]))
            shown += f'<figcaption class="wp-element-caption">{words}</figcaption>'
        return self._made("image", f'<figure class="wp-block-image size-large">{shown}</figure>', attributes)

    def _table(self, node: Element, caption: Element | None = None) -> str:
        _align_cells(node)
        node.attributes = {}
        words = f'<figcaption class="wp-element-caption">{inner(caption).strip()}</figcaption>' if caption else ""
        return self._made("table", f'<figure class="wp-block-table">{_tight(node)}{words}</figure>')


def _only_picture(node: Element) -> Element | None:
    """The picture of a paragraph that holds nothing else, perhaps within a link."""
    content = node.content
    if len(content) == 1 and isinstance(content[0], Element):
        only = content[0]
        return only if only.tag == "img" else (_only_picture(only) if only.tag == "a" else None)
    return None


def _link_around(node: Element) -> Element | None:
    link = node.find("a")
    return link if link is not None and _only_picture(link) is not None else None


def _is_simple(item: Element) -> bool:
    if item.tag != "li":
        return False
    return all(
        child.tag in _INLINE
        or (child.tag == "p" and all(c.tag in _INLINE for c in child.elements()))
        or (child.tag in {"ul", "ol"} and all(_is_simple(c) for c in child.elements()))
        for child in item.elements()
    )


def _align_cells(node: Element) -> None:
    for child in node.elements():
        if child.tag in {"td", "th"}:
            found = _ALIGN.search(child.attributes.get("style", "")) or re.fullmatch(
                "(left|center|right)", child.attributes.get("align", "")
            )
            child.attributes = {"class": f"has-text-align-{found[1]}", "data-align": found[1]} if found else {}
        _align_cells(child)


def _tight(node: Element) -> str:
    """A table without the white space between its rows and cells."""
    if node.tag in {"table", "thead", "tbody", "tfoot", "tr"}:
        return f"<{node.tag}>{''.join(_tight(child) for child in node.elements())}</{node.tag}>"
    return write(node)
