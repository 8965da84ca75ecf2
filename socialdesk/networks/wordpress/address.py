"""Where a site's API is: finding it, and building every address in its three forms.

With permalinks: `https://host/wp-json/wp/v2/posts?x=1`. Without: `https://host/?rest_route=/wp/v2/posts&x=1`.
At WordPress.com, for a site by its number: `https://public-api.wordpress.com/wp/v2/sites/42/posts?x=1`.
"""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from socialdesk.core.errors import Rejected
from socialdesk.http.guard import leads_to_loopback

API_RELATION = "https://api.w.org/"
_LINK_TAG = re.compile(r"<link\b[^>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_HOSTED = re.compile(r"/wp/v2/sites/[^/]+/?$")
_KNOWN_TAILS = re.compile(r"/(wp-admin|wp-login\.php|wp-json|xmlrpc\.php)(/.*)?$")

Params = Sequence[tuple[str, str]]


def site_address(typed: str) -> str:
    """The site that a person means: scheme added, WordPress's own pages cut off, no query, no trailing slash.

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
    path = _KNOWN_TAILS.sub("", parts.path.rstrip("/"))
    return urlunsplit((parts.scheme.lower(), parts.netloc.rpartition("@")[2], path, "", ""))


def may_carry_password(root: str) -> bool:
    """Whether a password may be sent there: encrypted, or within this machine."""
    parts = urlsplit(root)
    return parts.scheme == "https" or leads_to_loopback(parts.netloc)


def endpoint(root: str, route: str, params: Params = ()) -> tuple[str, Params]:
    """The address and query of `route` (`wp/v2/posts`) at an API root of any form."""
    parts = urlsplit(root)
    if _HOSTED.search(parts.path):
        return f"{root.rstrip('/')}/{route.removeprefix('wp/v2/')}", params
    query = parse_qsl(parts.query)
    prefix = next((value for name, value in query if name == "rest_route"), None)
    if prefix is None:
        return f"{root.rstrip('/')}/{route}", params
    others = [(name, value) for name, value in query if name != "rest_route"]
    address = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
    return address, [("rest_route", f"{prefix.rstrip('/')}/{route}"), *others, *params]


def guesses(site: str) -> tuple[str, ...]:
    """Where the API is where no page names it."""
    return f"{site}/wp-json/", f"{site}/?rest_route=/"


def link_of(html: str, relation: str) -> str:
    """The address that a page names in its head for a relation, or ''."""
    for tag in _LINK_TAG.findall(html[:200_000]):
        values = attributes(tag)
        if values.get("rel", "").lower() == relation.lower() and values.get("href"):
            return values["href"]
    return ""


def attributes(tag: str) -> Mapping[str, str]:
    """The attributes of one tag, by lower-case name."""
    found = _ATTRIBUTE.findall(tag)
    return {name.lower(): (double or single).replace("&amp;", "&") for name, double, single in found}
