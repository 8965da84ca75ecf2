"""Who somebody is: from the handle that a person types to the DID, its document and the account's own server.

Sources: atproto.com/specs/handle, /did and /oauth ("Identity and authorization server discovery").
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from socialdesk.core.account import NOTHING
from socialdesk.core.errors import InputError, NetworkError, Rejected, Unreachable
from socialdesk.core.tolerant import Obj, obj, objs, string
from socialdesk.http import Http, NotJson, Trust
from socialdesk.networks.bluesky.client import Client
from socialdesk.networks.bluesky.keys import is_handle

DIRECTORY = "https://plc.directory"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_MOST = 100_000  # bytes: documents are small


@dataclass(frozen=True, slots=True)
class Whose:
    """An account as the network's directory knows it. `server` is its own server (PDS), a base URL."""

    did: str
    handle: str
    server: str


async def find(http: Http, service: str, name: str) -> Whose:
    """The account called `name`, a handle or a DID. `service` is asked what handles mean.

    Raises InputError when there is none, or its document names no server, and what the wire raises.
    """
    did = name if name.startswith("did:") else await _did(http, service, name.lower())
    document = await _document(http, service, did) if did else {}
    server = endpoint_of(document, service)
    if not did or document.get("id") != did or not server:
        raise InputError(f"There is no account called {name}.", "A handle looks like name.bsky.social.")
    handle = name.lower() if f"at://{name.lower()}" in _aliases(document) else ""
    if not handle and not name.startswith("did:"):  # the handle leads to somebody who does not call himself so
        raise InputError(f"There is no account called {name}.", "A handle looks like name.bsky.social.")
    return Whose(did, handle, server)


def endpoint_of(document: Obj, service: str) -> str:
    """The account's own server as its identity document says, '' = it does not say.

    A document may lead to a server without encryption or on this machine only from such a server.
    """
    for entry in objs(document.get("service")):
        if string(entry.get("id")).endswith("#atproto_pds"):
            endpoint = string(entry.get("serviceEndpoint")).rstrip("/")
            if may_lead_to(service, endpoint):
                return endpoint
    return ""


def may_lead_to(before: str, url: str) -> bool:
    """Whether a server at `before` may send us to `url`: it has encryption, or both are on this machine."""
    if not urlsplit(url).hostname:
        return False
    return (url.startswith("https://") and not is_loopback(url)) or (is_loopback(url) and is_loopback(before))


def is_loopback(server: str) -> bool:
    return urlsplit(server).hostname in _LOOPBACK


async def fetch_json(http: Http, url: str, *, before: str) -> Obj:
    """The JSON object at an address that a document named; `before` is where we came from. {} = there is none.

    Raises what the wire raises, Unreachable when the server is in trouble.
    """
    trust = Trust.TYPED if is_loopback(before) else Trust.CONTENT
    response = await http.request("GET", url, trust=trust, max_bytes=_MOST, follow=False)
    if response.status >= 500 or response.status == 429:
        raise Unreachable(f"status {response.status}", reason="server_error")
    if response.status != 200:
        return {}
    try:
        return obj(response.json())
    except NotJson:
        return {}


async def _did(http: Http, service: str, handle: str) -> str:
    """The DID behind a handle: as the network's server says, else as the site of that name says. '' = nobody's."""
    if not is_handle(handle):
        return ""
    try:
        answer = await Client(http, service, NOTHING).get(
            "com.atproto.identity.resolveHandle", [("handle", handle)], signed=False
        )
        return string(answer.get("did"))
    except Rejected:  # it knows of none; the site of that name may
        if is_loopback(service):
            return ""
    try:
        response = await http.request(
            "GET", f"https://{handle}/.well-known/atproto-did", trust=Trust.CONTENT, max_bytes=_MOST
        )
    except NetworkError:
        return ""
    said = response.text().strip() if response.status == 200 else ""
    return said if said.startswith("did:") and len(said) < 300 else ""


async def _document(http: Http, service: str, did: str) -> Obj:
    """The DID's document, from the directory of its method. A network on this machine is asked itself."""
    if is_loopback(service):
        try:
            answer = await Client(http, service, NOTHING).get("com.atproto.repo.describeRepo", [("repo", did)])
        except Rejected:
            return {}
        return obj(answer.get("didDoc"))
    method, _, rest = did.removeprefix("did:").partition(":")
    if method == "plc" and rest.isalnum():
        return await fetch_json(http, f"{DIRECTORY}/{did}", before=service)
    if method == "web" and is_handle(rest):
        return await fetch_json(http, f"https://{rest}/.well-known/did.json", before=service)
    return {}


def _aliases(document: Obj) -> tuple[str, ...]:
    names: Any = document.get("alsoKnownAs")
    return tuple(string(name).lower() for name in names) if isinstance(names, list) else ()
