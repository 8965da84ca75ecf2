"""From a handle to the server that gives its tokens, across the public network: who is asked, and who is believed."""

import json
from collections.abc import Mapping
from typing import Any, cast

import pytest

from socialdesk.core.errors import InputError, NetworkError, RateLimited, Unreachable
from socialdesk.http import Http, Response, Trust
from socialdesk.networks.bluesky import browser, identities
from socialdesk.networks.bluesky.facts import ENTRYWAY

DID = "did:plc:harborharborharborharbor"
PDS, ISSUER = "https://oak.host.example", "https://entry.example"
RESOLVES = f"{ENTRYWAY}/xrpc/com.atproto.identity.resolveHandle"
PLC = f"https://plc.directory/{DID}"
RESOURCE, METADATA = f"{PDS}/.well-known/oauth-protected-resource", f"{ISSUER}/.well-known/oauth-authorization-server"


def document(**changed: Any) -> dict[str, Any]:
    service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": f"{PDS}/"}
    return {"id": DID, "alsoKnownAs": ["at://Harbor.example"], "service": [service], **changed}


def metadata(**changed: Any) -> dict[str, Any]:
    return {
        "issuer": ISSUER,
        "authorization_endpoint": f"{ISSUER}/authorize",
        "token_endpoint": f"{ISSUER}/token",
        "pushed_authorization_request_endpoint": f"{ISSUER}/par",
        "revocation_endpoint": f"{ISSUER}/revoke",
        "dpop_signing_alg_values_supported": ["ES256"],
        **changed,
    }


class Network:
    """Answers of the public network by address: a JSON value, text, a status or an error."""

    def __init__(self, answers: Mapping[str, object]) -> None:
        self.answers = {RESOLVES: {"did": DID}, PLC: document(), **answers}
        self.asked: list[str] = []
        self.trusts: set[Trust] = set()

    async def request(self, method: str, url: str, **options: Any) -> Response:
        self.asked.append(url)
        if not url.startswith(ENTRYWAY):
            self.trusts.add(options.get("trust", Trust.TYPED))
            assert options.get("headers") is None
        answer = self.answers.get(url, 404)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):
            return Response(answer, {}, b"", url)
        body = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
        return Response(200, {}, body, url)

    async def offload(self, work: Any, *args: Any) -> Any:
        return work(*args)


async def find(network: Network, name: str = "harbor.example") -> identities.Whose:
    return await identities.find(cast(Http, network), ENTRYWAY, name)


async def test_by_the_networks_own_directories() -> None:
    network = Network({})
    assert await find(network, "Harbor.example") == identities.Whose(DID, "harbor.example", PDS)
    assert network.asked == [RESOLVES, PLC]
    assert network.trusts == {Trust.CONTENT}, "what a document names may not lead into a private network"


async def test_a_did_is_its_own_name() -> None:
    network = Network({})
    assert await find(network, DID) == identities.Whose(DID, "", PDS)
    assert network.asked == [PLC]


async def test_the_site_of_that_name_says_it_too() -> None:
    unknown = json.dumps({"error": "InvalidRequest", "message": "Unable to resolve handle"})
    network = Network({RESOLVES: unknown, "https://harbor.example/.well-known/atproto-did": f"{DID}\n"})

    async def refused(method: str, url: str, **options: Any) -> Response:
        if url == RESOLVES:
            network.asked.append(url)
            return Response(400, {}, unknown.encode(), url)
        return await asked(method, url, **options)

    asked = network.request
    network.request = refused  # type: ignore[method-assign]
    assert (await find(network)).did == DID
    assert network.asked == [RESOLVES, "https://harbor.example/.well-known/atproto-did", PLC]


async def test_a_did_of_a_site() -> None:
    did = "did:web:harbor.example"
    network = Network({RESOLVES: {"did": did}, "https://harbor.example/.well-known/did.json": document(id=did)})
    assert (await find(network)).did == did


@pytest.mark.parametrize(
    "answers",
    [
        {RESOLVES: {"did": ""}},
        {PLC: 404},
        {PLC: "<html>"},
        {PLC: "[]"},
        {PLC: document(id="did:plc:somebodyelse")},
        {PLC: document(alsoKnownAs=["at://other.example"])},
        {PLC: document(alsoKnownAs="at://harbor.example")},
        {PLC: document(service=[])},
        {PLC: document(service=[{"id": "#atproto_pds", "serviceEndpoint": "http://oak.host.example"}])},
        {PLC: document(service=[{"id": "#atproto_pds", "serviceEndpoint": "https://127.0.0.1"}])},
        {RESOLVES: {"did": "did:key:zabc"}},
        {RESOLVES: {"did": "did:plc:../../evil"}},
        {RESOLVES: {"did": "did:web:127.0.0.1%3A80"}},
    ],
)
async def test_who_cannot_be_believed(answers: dict[str, object]) -> None:
    with pytest.raises(InputError, match="no account called"):
        await find(Network(answers))


@pytest.mark.parametrize("status", [500, 502, 429])
async def test_a_directory_in_trouble_is_no_missing_account(status: int) -> None:
    with pytest.raises(Unreachable):
        await find(Network({PLC: status}))


async def server_of(answers: Mapping[str, object]) -> browser.AuthServer | None:
    network = Network({RESOURCE: {"authorization_servers": [ISSUER]}, METADATA: metadata(), **answers})
    return await browser.server_of(cast(Http, network), PDS)


async def test_who_gives_tokens() -> None:
    places = (f"{ISSUER}/{name}" for name in ("authorize", "token", "par", "revoke"))
    assert await server_of({}) == browser.AuthServer(ISSUER, *places)


@pytest.mark.parametrize("revoke", [None, "", "http://entry.example/revoke", 7])
async def test_an_address_to_sign_out_at_may_be_missing(revoke: object) -> None:
    server = await server_of({METADATA: metadata(revocation_endpoint=revoke)})
    assert server is not None
    assert server.revoke == ""


@pytest.mark.parametrize(
    "answers",
    [
        {RESOURCE: 404},
        {RESOURCE: {"authorization_servers": []}},
        {RESOURCE: {"authorization_servers": [ISSUER, "https://other.example"]}},
        {RESOURCE: {"authorization_servers": ["http://entry.example"]}},
        {RESOURCE: {"authorization_servers": ["http://127.0.0.1:8000"]}},
        {METADATA: 404},
        {METADATA: 302},
        {METADATA: metadata(issuer="https://evil.example")},
        {METADATA: metadata(issuer=f"{ISSUER}/")},
        {METADATA: metadata(token_endpoint="http://entry.example/token")},
        {METADATA: metadata(pushed_authorization_request_endpoint=None)},
        {METADATA: metadata(authorization_endpoint="javascript:alert(1)")},
        {METADATA: metadata(dpop_signing_alg_values_supported=["RS256"])},
        {METADATA: metadata(dpop_signing_alg_values_supported=None)},
    ],
)
async def test_who_gives_none(answers: dict[str, object]) -> None:
    assert await server_of(answers) is None


@pytest.mark.parametrize("error", [Unreachable("no"), RateLimited("wait", until=None)])  # type: ignore[arg-type]
async def test_what_the_wire_says_is_passed_on(error: NetworkError) -> None:
    with pytest.raises(type(error)):
        await server_of({RESOURCE: error})
