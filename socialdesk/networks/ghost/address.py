"""From what a person typed to the root of a site's Admin API."""

import ipaddress
import re
from urllib.parse import urlsplit, urlunsplit

from socialdesk.core.errors import Rejected

API = "/ghost/api/admin/"
_OWN_PAGES = re.compile(r"/ghost(/.*)?$")


def site_address(typed: str) -> str:
    """The site that a person means: scheme added, Ghost's own pages cut off, no query, no trailing slash.

    Raises Rejected (invalid).
    """
    text = typed.strip()
    if "://" not in text:
        text = f"{'http' if _is_local(text.partition('/')[0]) else 'https'}://{text}"
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
    return parts.scheme == "https" or _is_local(parts.netloc)


def host_of(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]


def _is_local(netloc: str) -> bool:
    host = netloc.rpartition("@")[2]
    host = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def quoted(text: str) -> str:
    """A string literal of Ghost's filter language (NQL)."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
