"""From what a person typed to the places where a server's API may be."""

import re
from urllib.parse import urlsplit, urlunsplit

from socialdesk.core.errors import Rejected
from socialdesk.http.guard import leads_to_loopback

FRESHRSS = "/api/greader.php"
_BELOW = re.compile(r"/(reader/api/0|accounts/ClientLogin)(/.*)?$")
_PAGES = re.compile(r"/(i|api)$")  # of FreshRSS


def places(typed: str) -> tuple[str, ...]:
    """Base addresses to try, the likeliest first, without a trailing slash. Raises Rejected (invalid, insecure)."""
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
    path = _BELOW.sub("", parts.path.rstrip("/"))
    base = urlunsplit((parts.scheme.lower(), parts.netloc.rpartition("@")[2].lower(), path, "", ""))
    if path.endswith(".php"):
        return (base,)
    return (base, _PAGES.sub("", base) + FRESHRSS)


def site_of(base: str) -> str:
    """The server as people know it."""
    return base.removesuffix(FRESHRSS)


def host_of(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]
