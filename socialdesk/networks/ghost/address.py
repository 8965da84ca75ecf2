"""From what a person typed to the root of a site's Admin API."""

import re
from urllib.parse import urlsplit, urlunsplit

from socialdesk.core.errors import Rejected
from socialdesk.http.guard import leads_to_loopback

API = "/ghost/api/admin/"
_OWN_PAGES = re.compile(r"/ghost(/.*)?$")


def site_address(typed: str) -> str:
    """The site that a person means: scheme added, Ghost's own pages cut off, no query, no trailing slash.

    Raises Rejected (invalid).
    """
    text = typed.strip()
    if "://" not in text:
        text = f"{'http' if leads_to_loopback(text.partition('/')[0]) else 'https'}://{text}"
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme.lower() not in {"http", "https"}:
        raise Rejected("not a web address", reason="invalid")
    path = _OWN_PAGES.sub("", parts.path.rstrip("/"))
    return urlunsplit((parts.scheme.lower(), parts.netloc.rpartition("@")[2], path, "", ""))


def may_carry_token(root: str) -> bool:
    """Whether a token may be sent there: encrypted, or within this machine."""
    parts = urlsplit(root)
    return parts.scheme == "https" or leads_to_loopback(parts.netloc)


def host_of(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]


def quoted(text: str) -> str:
    """A string literal of Ghost's filter language (NQL)."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
