"""The steps behind `content.html`: one pass over a lenient tree for what people do not want, then nh3 for safety.

nh3 parses the result again with an HTML5 parser of its own and keeps only what is on the list, so nothing that the
first pass overlooks or mends in its own way can get past it (OWASP: sanitise last, with an allow-list).
"""

import re
from html import escape, unescape

import nh3
from lxml import etree

from socialdesk.content import mending
from socialdesk.content.html import MAX_HTML, Cleaned, Image, from_plain
from socialdesk.core import urls
from socialdesk.core.text import tidy, without_illegal

_TAGS = """
a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure h1 h2 h3
h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strong sub summary sup table tbody td tfoot th
thead time tr u ul var wbr
"""
TAGS = frozenset(_TAGS.split())
ATTRIBUTES = {
    "*": {"dir", "lang"},
    "a": {"href", "title"},
    "abbr": {"title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start", "reversed"},
    "li": {"value"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "time": {"datetime"},
}
_DROPPED = """
script style template svg math noembed noframes iframe object title select textarea button xmp plaintext noscript
"""
# Relative addresses pass, they are completed afterwards. rel carries the refusal of a referrer; pictures are fetched by
# this program, which sends none.
CLEANER = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags=frozenset(_DROPPED.split()),
    attributes=ATTRIBUTES,
    url_schemes={"http", "https", "mailto"},
    url_relative="pass_through",
    link_rel="nofollow noopener noreferrer",
)
PARSER = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
_TAG_OR_ENTITY = re.compile(r"<[a-zA-Z/!?]|&[#\w]")
_OF_IMAGES = ("srcset", "data-", "lazy", "smiley", "emoji")
_NEEDS_TREE = re.compile(r"<(?:iframe|embed|object|video|audio|noscript|picture|amp-img)")
# In the cleaner's own output: no "<" stands in text, every attribute is in double quotes with none inside.
_LINK_OR_IMAGE = re.compile(
    r'<a(?: (?!href=)[a-z]+="[^"]*")* href="([^"]*)"'  # 1
    r'|<img((?: (?!src=)[a-z]+="[^"]*")*) src="([^"]*)"((?: [a-z]+="[^"]*")*)>'  # 2 to 4
)
_EMPTY_IMAGE = re.compile(r'<img(?: (?!src=)[a-z]+="[^"]*")*>')
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
_BLOCK = re.compile(r"</?(?:p|div|h[1-6]|[uod]l|blockquote|pre|table|fig[a-z]+|hr|details|summary|caption)(?: [^>]*)?>")
_LINE = re.compile(r"<(?:li|dt|dd|tr|br)(?: [^>]*)?>")
_CELL = re.compile(r"</t[dh]>")
_TAG = re.compile(r'<[^"<>]*(?:"[^"]*"[^"<>]*)*>')
_ANY_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*>")


def clean_all(html: str, base_url: str) -> Cleaned:
    """See `content.html.clean_all`."""
    html = without_illegal(html)[:MAX_HTML]
    if not _TAG_OR_ENTITY.search(html):
        return from_plain(html)
    low = html.lower()
    quick = None if _needs_tree(low) else _addressed(CLEANER.clean(html), base_url, strict=True)
    return quick or _with_tree(html, base_url)


def _needs_tree(low: str) -> bool:
    """Whether something is in it that only a tree can mend. Words found by accident cost a little time, no more."""
    return (
        _NEEDS_TREE.search(low) is not None
        or "hidden" in low
        or "style" in low
        or ("<im" in low and any(word in low for word in _OF_IMAGES))
    )


def to_text(html: str) -> str:
    """See `content.html.to_text`."""
    return _text_of(CLEANER.clean(without_illegal(html)[:MAX_HTML]))


def _with_tree(html: str, base_url: str) -> Cleaned:
    body = _parse(html)
    if body is None:
        return from_plain(unescape(_ANY_TAG.sub(" ", html)))
    mending.mend(body, base_url)
    safe = CLEANER.clean(etree.tostring(body, method="html", encoding="unicode"))
    return _addressed(safe, base_url, strict=False) or Cleaned("", "")


def _addressed(safe: str, base: str, *, strict: bool) -> Cleaned | None:
    """The cleaner's output with its addresses completed and its pictures listed.

    With `strict`, None when it holds something that has to be taken out: a share button, a pixel, an empty picture.
    """
    images: dict[str, Image] = {}
    parts: list[str] = []
    place = 0
    if strict and _EMPTY_IMAGE.search(safe):
        return None
    for match in _LINK_OR_IMAGE.finditer(safe):
        group = 1 if match[1] is not None else 3
        given = unescape(match[group])
        url = urls.resolve(base, given)
        if group == 1:
            if strict and mending.is_share_link(url):
                return None
            url = urls.strip_tracking(url) if urls.is_web(url) or url.startswith("mailto:") else ""
        else:
            image = mending.image_of(url, dict(_ATTRIBUTE.findall(match[2] + match[4])))
            if image is None and strict:
                return None
            if image is not None:
                images.setdefault(url, image)
        if url and url != given:
            parts += safe[place : match.start(group)], escape(url)
            place = match.end(group)
        elif not url:  # the whole attribute goes
            parts.append(safe[place : match.start(group) - len(' href="' if group == 1 else ' src="')])
            place = match.end(group) + 1
    parts.append(safe[place:])
    safe = "".join(parts).strip()
    return Cleaned(safe, _text_of(safe), tuple(images.values()))


def _parse(html: str) -> etree._Element | None:
    """The body of a lenient tree; None when there is none, or when it is nested deeper than any text is."""
    try:
        root = etree.fromstring(f"<html><body>{html}".encode(), PARSER)
    except etree.ParseError:
        return None
    last = PARSER.error_log.last_error
    if root is None or (last is not None and last.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT):
        return None
    return root.find("body")


def _text_of(safe: str) -> str:
    """Plain text of the cleaner's output."""
    text = _LINE.sub("\n", _BLOCK.sub("\n\n", safe))
    text = _TAG.sub("", _CELL.sub(" ", text))
    return tidy(unescape(text) if "&" in text else text)
