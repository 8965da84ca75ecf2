"""HTML of strangers made safe and plain.

`clean` is the last step of every road that ends in stored HTML. What it lets through is named, all else goes; a change
of that list or of the steps before it raises CLEANER_VERSION, so that older items can be cleaned again.
"""

from dataclasses import dataclass
from html import escape

from socialdesk.core.text import tidy, without_illegal

CLEANER_VERSION = 1
MAX_HTML = 2_000_000  # characters; no article is longer, an attack is


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of a text: absolute http(s) address, sizes in pixels as the page says, 0 = it does not."""

    url: str
    alt: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Safe HTML, its plain text with paragraphs divided by empty lines, and its pictures in order."""

    html: str
    text: str
    images: tuple[Image, ...] = ()


def clean(html: str, base_url: str = "") -> str:
    """Safe HTML: addresses absolute and without tracking, only http, https and mailto.

    Tracking pixels, hidden elements and share buttons are dropped; frames and recordings become links.
    """
    return clean_all(html, base_url).html


def clean_all(html: str, base_url: str = "") -> Cleaned:
    """As `clean`, with the plain text and the pictures of the same pass."""
    from socialdesk.content import cleaning  # start-up: lxml and nh3, needed only when there is something to clean

    return cleaning.clean_all(html, base_url)


def from_plain(text: str) -> Cleaned:
    """Plain text as HTML: its empty lines divide paragraphs, its line ends are breaks."""
    text = tidy(without_illegal(text)[:MAX_HTML])
    if "\n" not in text:
        return Cleaned(escape(text, quote=False), text)
    blocks = (escape(block, quote=False).replace("\n", "<br>") for block in text.split("\n\n"))
    return Cleaned("".join(f"<p>{block}</p>" for block in blocks), text)


def to_text(html: str) -> str:
    """The plain text of HTML, safe or not: paragraphs divided by an empty line, list items by a line."""
    if "<" not in html and "&" not in html:
        return html.strip()
    from socialdesk.content import cleaning  # start-up: lxml, needed only when there is something to read

    return cleaning.to_text(html)
