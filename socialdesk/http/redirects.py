"""Where a redirect leads, and what may go along. Pure."""

from collections.abc import Mapping
from urllib.parse import urljoin

from socialdesk.core.errors import OutcomeUnknown, Rejected
from socialdesk.http.encode import parse_address
from socialdesk.http.guard import is_private
from socialdesk.http.hop import Hop
from socialdesk.http.values import Trust

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
MAX_REDIRECTS = 5
_SEE_OTHER = 303
_KEEP_METHOD = frozenset({307, 308})

# Everything else may be a credential and stays with the origin it was meant for.
_HARMLESS = frozenset(
    {
        "accept",
        "accept-encoding",
        "accept-language",
        "user-agent",
        "if-none-match",
        "if-modified-since",
        "a-im",
        "range",
    }
)


def next_hop(hop: Hop, status: int, location: str) -> Hop:
    """The request that a redirect asks for.

    A write follows 307 and 308 within its origin only; other redirects of a write raise `Rejected` ("moved"), because
    whoever sent it has to learn the new address. After 303 the write has happened ("see other"): `OutcomeUnknown`.
    """
    address = parse_address(urljoin(hop.url, location.strip()))
    before = parse_address(hop.url)
    same_origin = address.origin == before.origin
    keeps_method = status in _KEEP_METHOD or hop.method in ("GET", "HEAD")
    if hop.write and status == _SEE_OTHER:
        raise OutcomeUnknown(f"{hop.method} {hop.host}: answered with another address")
    if hop.write and not (keeps_method and same_origin):
        raise Rejected(f"moved: {hop.method} {hop.host} is now at {address.host}", reason="invalid")
    if hop.body and keeps_method and not same_origin:
        raise Rejected(f"moved: {hop.method} {hop.host} is now at {address.host}", reason="invalid")
    headers = hop.headers if same_origin else _harmless(hop.headers)
    there = (address.url, address.scheme, address.host, address.port)
    if keeps_method:
        return Hop(hop.method, *there, headers, hop.body, hop.write)
    headers = {name: value for name, value in headers.items() if name.casefold() != "content-type"}
    return Hop("GET", *there, headers, b"", hop.write)


def hop_trust(asked: Trust, typed_host: str, host: str, before: Trust, before_peer: str) -> Trust:
    """The trust of a redirected hop to `host`, after a hop of trust `before` that was answered by `before_peer`.

    What a typed address redirects to is content, unless it is the typed host itself, or the server that redirects is
    itself in the private network that the person pointed at. `before_peer` is "" behind a proxy: nobody knows.
    """
    if asked is Trust.CONTENT:
        return Trust.CONTENT
    inside = before is Trust.TYPED and before_peer != "" and is_private(before_peer)
    return Trust.TYPED if host == typed_host or inside else Trust.CONTENT


def _harmless(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.casefold() in _HARMLESS}
