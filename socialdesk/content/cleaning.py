"""The steps behind `content.html`: one pass over a lenient tree for what people do not want, then nh3 for safety.

nh3 parses the result again with an HTML5 parser of its own and keeps only what is on the list, so nothing that the
first pass overlooks or mends in its own way can get past it (OWASP: sanitise last, with an allow-list).
"""

import re
from html import unescape

import nh3
from lxml import etree

from socialdesk.content.html import MAX_HTML, Cleaned, from_plain
from socialdesk.content.mending import mend
from socialdesk.core.text import tidy, without_illegal

_BLOCKS = """
p div section article header footer aside main h1 h2 h3 h4 h5 h6 ul ol dl blockquote pre table figure figcaption hr
details summary address center form
"""
_BREAKS = dict.fromkeys(_BLOCKS.split(), ("\n\n", "\n\n")) | {  # written before an element's text and behind it
    "li": ("\n", ""),
    "dt": ("\n", ""),
    "dd": ("\n", ""),
    "tr": ("\n", ""),
    "caption": ("\n", "\n"),
    "br": ("", "\n"),
    "td": ("", " "),
    "th": ("", " "),
}
TEXTLESS = (
    "script", "style", "template", "svg", "math", "noembed", "noframes", "head", "title", "select", "textarea",
    "button", "canvas", "dialog", "map", "applet", "datalist", "xmp", "plaintext",
)  # fmt: skip
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
# rel carries the refusal of a referrer; pictures are fetched by this program, which sends none.
CLEANER = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags={
        "script",
        "style",
        "template",
        "svg",
        "math",
        "noembed",
        "noframes",
        "iframe",
        "object",
        "title",
    }
    | {"select", "textarea", "button", "xmp", "plaintext", "noscript"},
    attributes=ATTRIBUTES,
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel="nofollow noopener noreferrer",
)
PARSER = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
_TAG_OR_ENTITY = re.compile(r"<[a-zA-Z/!?]|&[#\w]")
_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*>")


def clean_all(html: str, base_url: str) -> Cleaned:
    """See `content.html.clean_all`."""
    html = without_illegal(html)[:MAX_HTML]
    if not _TAG_OR_ENTITY.search(html):
        return from_plain(html)
    body = _parse(html)
    if body is None:
        return from_plain(unescape(_TAG.sub(" ", html)))
    etree.strip_elements(body, *TEXTLESS, with_tail=False)
    images = mend(body, base_url)
    markup = etree.tostring(body, method="html", encoding="unicode")
    return Cleaned(CLEANER.clean(markup).strip(), _text_of(body), images)


def to_text(html: str) -> str:
    """See `content.html.to_text`."""
    html = without_illegal(html)[:MAX_HTML]
    body = _parse(html)
    if body is None:
        return tidy(unescape(_TAG.sub(" ", html)))
    etree.strip_elements(body, *TEXTLESS, with_tail=False)
    return _text_of(body)


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


def _text_of(body: etree._Element) -> str:
    """Plain text of a tree that is not needed any more: line ends are written into it."""
    for element in body.iter(*_BREAKS):
        before, after = _BREAKS[str(element.tag)]
        if before:
            element.text = before + (element.text or "")
        if after:
            element.tail = after + (element.tail or "")
    return tidy("".join(body.itertext(with_tail=True)))  # type: ignore[arg-type]  # no bytes in a tree made of text
