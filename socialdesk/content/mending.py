"""What is done to a tree of HTML before it is made safe: pictures found, addresses completed, clutter dropped."""

import re
from collections.abc import Mapping
from html import unescape
from typing import cast

from lxml import etree

from socialdesk.content.html import Image
from socialdesk.core import urls

_TEXTLESS = """
script style template svg math noembed noframes head title select textarea button canvas dialog map applet datalist xmp
plaintext
"""
TEXTLESS = tuple(_TEXTLESS.split())
WIDTH = 1200  # pixels: of several sizes of a picture, the smallest that is at least this wide
_LAZY = """
data-src data-lazy-src data-original data-lazy data-orig-file data-full-url data-image data-url data-hi-res-src
data-actualsrc data-echo data-img-url data-runner-src data-delayed-url data-pin-media data-medium-file data-large-file
lazysrc original-src nitro-lazy-src data-cfsrc ess-data
"""
LAZY = tuple(_LAZY.split())
_PLAIN = frozenset(("src", "alt", "title", "width", "height", "border", "class", "id", "align", "loading"))
LAZY_SETS = ("srcset", "data-srcset", "data-lazy-srcset", "data-original-set", "nitro-lazy-srcset", "data-responsive")
SHARE = re.compile(
    r"""^https?://(?:[\w-]+\.)*(?:
      facebook\.com/(?:sharer|share\.php|dialog/(?:share|feed)) | (?:twitter|x)\.com/(?:intent/|share\b|home\?status)
    | linkedin\.com/(?:sharearticle|sharing/|cws/share) | pinterest\.[a-z.]+/pin/create | reddit\.com/submit
    | (?:api|web)\.whatsapp\.com/send | wa\.me/\?text | (?:t|telegram)\.me/share | getpocket\.com/(?:save|edit)
    | buffer(?:app)?\.com/add | tumblr\.com/(?:share|widgets/share) | addtoany\.com/(?:add_to|share)
    | addthis\.com/bookmark | news\.ycombinator\.com/submitlink | xing\.com/(?:spi/shares|app/user\?op=share)
    | vk\.com/share | plus\.google\.com/share | mix\.com/add | flipboard\.com/bookmarklet
    | instapaper\.com/(?:hello2|edit) | threads\.(?:net|com)/intent | bsky\.app/intent | toot\.kytta\.dev
    | mastodonshare\.com | share\.diasporafoundation\.org
    | feeds\.feedburner\.com/~(?:ff|r|a|f)/ | feeds\.wordpress\.com/1\.0/ | sharethis\.com/share | digg\.com/submit
    )""",
    re.IGNORECASE | re.VERBOSE,
)
PIXELS = re.compile(
    r"""^https?://(?:
      (?:pixel|stats)\.wp\.com/ | pixel\.wordpress\.com/ | feeds\.feedburner\.com/~r/ | feeds\.wordpress\.com/1\.0/
    | [\w.-]*doubleclick\.net/ | [\w.-]*google-analytics\.com/ | [\w.-]*facebook\.com/tr\b
    | [\w.-]*scorecardresearch\.com/
    | px\.ads\.linkedin\.com/ | [\w.-]*list-manage\.com/track/ | [\w.-]*hubspot\.com/__ptq | track\.hubspot\.com/
    | [\w.-]*quantserve\.com/ | b\.stats\.paypal\.com/ | [\w.-]*piano\.io/pixel | [\w.-]*/open\.aspx\?
    | medium\.com/_/stat | [\w.-]+/(?:matomo|piwik)\.php\? | ads\.feedburner\.com/ | da\.feedsportal\.com/
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_STYLED = etree.XPath(".//*[@hidden or @style]")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_TINY = re.compile(r"(?:^|[;\s])(?:max-)?(?:width|height)\s*:\s*[01](?:px)?\s*(?:;|$|!)", re.IGNORECASE)
_YOUTUBE = re.compile(r"^(?:https?:)?//(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]{6,})", re.IGNORECASE)
_VIMEO = re.compile(r"^(?:https?:)?//player\.vimeo\.com/video/(\d+)", re.IGNORECASE)
_DIGITS = re.compile(r"\s*(\d{1,5})")
_SET = re.compile(r"\s*([^\s,]\S*[^\s,]|[^\s,])(?:\s+([\d.]+)([wx]))?(?:\s+\d+h)?\s*(?:,|$)")


def is_share_link(url: str) -> bool:
    """Whether an address asks a network to post something."""
    return SHARE.match(url) is not None


def image_of(url: str, attributes: Mapping[str, str]) -> Image | None:
    """A picture to show; None when it is none (a tracking pixel, no web address)."""
    if not urls.is_web(url) or _is_pixel(attributes, url):
        return None
    alt = " ".join(unescape(attributes.get("alt", "")).split())
    return Image(url, alt, _size(attributes.get("width", "")), _size(attributes.get("height", "")))


def mend(body: etree._Element, base: str) -> None:
    """Changes the tree in place: what is left of it is worth cleaning and showing."""
    etree.strip_elements(body, *TEXTLESS, with_tail=False)
    _drop_hidden(body)
    _open_noscripts(body)
    for frame in list(body.iter("iframe", "embed", "object", "video", "audio")):
        _to_link(frame, base)
    for link in list(body.iter("a")):
        _drop_share_link(link, base)
    for picture in list(body.iter("picture")):
        _choose_source(picture)
    for image in list(body.iter("img", "amp-img")):
        _mend_image(image, base)


def show_pictures(root: etree._Element) -> None:
    """Puts every picture of a page into plain `src` attributes, and nothing else: for engines that look no further."""
    _open_noscripts(root)
    for picture in list(root.iter("picture")):
        _choose_source(picture)
    for image in list(root.iter("img", "amp-img")):
        attributes = {str(name): str(value) for name, value in image.attrib.items()}
        source = _best_source(attributes)
        if _is_pixel(attributes, source):
            drop(image)
            continue
        image.tag = "img"
        image.set("src", source)
        for name in (*LAZY_SETS, *LAZY):
            image.attrib.pop(name, "")


def best_of_set(srcset: str) -> str:
    """The address in a `srcset` that is wide enough for reading and no wider than needed; empty when there is none."""
    best, best_width = "", 0.0
    for match in _SET.finditer(srcset):
        url, number, unit = match.groups()
        width = _number(number) * (1 if unit == "w" else WIDTH / 2) if number else WIDTH / 2
        if url.startswith("data:"):
            continue
        better = width > best_width if best_width < WIDTH else WIDTH <= width < best_width
        if not best or better:
            best, best_width = url, width
    return best


def drop(element: etree._Element) -> None:
    """Takes an element out and leaves the text behind it."""
    parent = element.getparent()
    if parent is None:
        return
    _append_before(element, element.tail or "")
    parent.remove(element)


def unwrap(element: etree._Element) -> None:
    """Takes an element out and leaves what is in it."""
    parent = element.getparent()
    if parent is None:
        return
    place = parent.index(element)
    _append_before(element, element.text or "")
    children = list(element)
    for offset, child in enumerate(children):
        parent.insert(place + offset, child)
    if children:
        children[-1].tail = (children[-1].tail or "") + (element.tail or "")
    else:
        _append_before(element, element.tail or "")
    element.tail = None
    parent.remove(element)


def _append_before(element: etree._Element, text: str) -> None:
    if not text:
        return
    before, parent = element.getprevious(), element.getparent()
    if before is not None:
        before.tail = (before.tail or "") + text
    elif parent is not None:
        parent.text = (parent.text or "") + text


def _drop_hidden(body: etree._Element) -> None:
    for element in cast("list[etree._Element]", _STYLED(body)):
        if element.get("hidden") is not None or _HIDDEN.search(element.get("style", "")):
            drop(element)


def _open_noscripts(body: etree._Element) -> None:
    """A noscript holds the real picture beside a lazy one, or a tracking pixel, or a plea to switch scripts on."""
    for element in list(body.iter("noscript")):
        pictures = [
            img
            for img in element.iter("img")
            if not _is_pixel({str(k): str(v) for k, v in img.attrib.items()}, img.get("src", ""))
        ]
        if not pictures:
            drop(element)
            continue
        before = element.getprevious()
        if (
            before is not None
            and before.tag == "img"
            and not (element.getparent() is None or (before.tail or "").strip())
        ):
            drop(before)
        unwrap(element)


def _to_link(element: etree._Element, base: str) -> None:
    if element.getparent() is None:
        return  # was inside of one that became a link
    source = element.get("src") or element.get("data-src") or element.get("data") or _first_source(element)
    url = urls.resolve(base, _watch_page(source))
    link = etree.Element("a")
    poster = urls.resolve(base, element.get("poster", ""))
    if not urls.is_web(url) or element.get("width") in {"0", "1"} or element.get("height") in {"0", "1"}:
        drop(element)
        return
    link.set("href", url)
    label = " ".join(element.get("title", "").split()) or urls.host_of(url)
    if urls.is_web(poster):
        etree.SubElement(link, "img", {"src": poster, "alt": label})
    else:
        link.text = label
    paragraph = etree.Element("p")
    paragraph.append(link)
    paragraph.tail = element.tail
    parent = element.getparent()
    if parent is not None:
        parent.replace(element, paragraph)


def _first_source(element: etree._Element) -> str:
    return next((s.get("src", "") for s in element.iter("source", "embed") if s.get("src")), "")


def _watch_page(source: str) -> str:
    if match := _YOUTUBE.match(source):
        return f"https://www.youtube.com/watch?v={match[1]}"
    if match := _VIMEO.match(source):
        return f"https://vimeo.com/{match[1]}"
    return source


def _drop_share_link(link: etree._Element, base: str) -> None:
    if not is_share_link(urls.resolve(base, link.get("href") or "")):
        return
    parent = link.getparent()
    drop(link)
    if parent is not None and parent.tag in {"li", "p", "div", "span"} and not len(parent) and not _text(parent):
        drop(parent)


def _text(element: etree._Element) -> str:
    return "".join(map(str, element.itertext())).strip()


def _choose_source(picture: etree._Element) -> None:
    """Gives the image of a <picture> its best source; a reader that knows no AVIF must not get one."""
    image = next(picture.iter("img"), None)
    if image is None or image.get("srcset"):
        return
    for source in picture.iter("source"):
        kind = source.get("type", "image/")
        best = best_of_set(source.get("srcset") or source.get("data-srcset") or "")
        if best and kind.startswith("image/") and kind not in {"image/avif", "image/jxl"}:
            image.set("srcset", best)
            return


def _mend_image(element: etree._Element, base: str) -> None:
    """Gives an image its best address, or drops it."""
    attributes = {str(name): str(value) for name, value in element.attrib.items()}
    kind = attributes.get("class", "")
    if kind and ("wp-smiley" in kind or "emoji" in kind.split()):
        _append_before(element, attributes.get("alt", ""))
        drop(element)
        return
    url = urls.resolve(base, _best_source(attributes))
    if image_of(url, attributes) is None:
        drop(element)
        return
    element.tag = "img"
    element.set("src", url)


def _best_source(attributes: Mapping[str, str]) -> str:
    """Lazy attributes first: what is in `src` beside them only holds the place."""
    if attributes.keys() <= _PLAIN:
        return attributes.get("src", "")
    for name in LAZY_SETS:
        if best := best_of_set(attributes.get(name, "")):
            return best
    for name in LAZY:
        value = attributes.get(name, "").strip()
        if value and not value.startswith(("data:", "{", "[")):
            return value
    return attributes.get("src", "")


def _is_pixel(attributes: Mapping[str, str], url: str) -> bool:
    for name in ("width", "height"):
        if attributes.get(name, "").strip().removesuffix("px") in {"0", "1"}:
            return True
    return PIXELS.match(url) is not None or ("style" in attributes and _TINY.search(attributes["style"]) is not None)


def _size(value: str) -> int:
    match = _DIGITS.match(value) if value else None
    return int(match[1]) if match and not value.rstrip().endswith("%") else 0


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
