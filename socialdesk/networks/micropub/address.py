"""Addresses: what a person typed, what a page links to, and where a token may go."""

import re
from collections.abc import Mapping
from html import unescape
from urllib.parse import urljoin, urlsplit, urlunsplit

from socialdesk.core.errors import Rejected
from socialdesk.http.guard import leads_to_loopback

_LINK_TAG = re.compile(r"<(?:link|a)\b[^>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_HEAD_CHARS = 300_000


def site_address(typed: str) -> str:
    """The profile URL that a person means (IndieAuth section 3.4): scheme and path added, no query or fragment.

    Raises Rejected (invalid).
    """
    text = typed.strip()
    if "://" not in text:
        text = f"{'http' if leads_to_loopback(text) else 'https'}://{text}"
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme.lower() not in {"http", "https"}:
        raise Rejected("not a web address", reason="invalid")
    netloc = parts.netloc.rpartition("@")[2].lower()
    return urlunsplit((parts.scheme.lower(), netloc, parts.path or "/", "", ""))


def may_carry_token(url: str) -> bool:
    """Whether a token may be sent there: encrypted, or within this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or leads_to_loopback(parts.netloc)


def host_of(url: str) -> str:
    return urlsplit(url).hostname or ""


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


def bare(url: str) -> str:
    """An address as a handle: without scheme and closing slash."""
    return url.partition("://")[2].rstrip("/")


def page_links(html: str, base: str) -> Mapping[str, str]:
    """The first address that a page names for each relation, in the order of the page."""
    found: dict[str, str] = {}
    for tag in _LINK_TAG.findall(_COMMENT.sub("", html[:_HEAD_CHARS])):
        named = {name.lower(): unescape(one or two or three) for name, one, two, three in _ATTRIBUTE.findall(tag)}
        for relation in named.get("rel", "").lower().split():
            if "href" in named:
                found.setdefault(relation, urljoin(base, named["href"].strip()))
    return found
