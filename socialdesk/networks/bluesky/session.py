"""Signing in with an app password, and keeping the session alive. Source: com.atproto.server lexicons."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from socialdesk.core.account import NOTHING, Account, Credential, Identity
from socialdesk.core.errors import AuthExpired, InputError, OutcomeUnknown, RateLimited, Rejected, Unreachable
from socialdesk.core.network import SignedIn
from socialdesk.core.tolerant import obj
from socialdesk.http import Http
from socialdesk.networks.bluesky.client import ACCESS, REFRESH, Client, name_of
from socialdesk.networks.bluesky.embeds import NO_HANDLE
from socialdesk.networks.bluesky.facts import ENTRYWAY, WEB
from socialdesk.networks.bluesky.identities import endpoint_of, is_loopback

Json = Mapping[str, Any]

# Zero-width and direction marks that come along when a handle is copied from a page.
_UNSEEN = dict.fromkeys([0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF])


async def sign_in(http: Http, answers: Mapping[str, str]) -> SignedIn:
    """Makes a session. Raises InputError for what cannot be right, AuthExpired when it is not accepted."""
    service = service_address(answers.get("service", ""))
    client = Client(http, service, NOTHING)
    identifier = await name_of_account(client, answers.get("identifier", ""))
    password = answers.get("password", "").translate(_UNSEEN).strip()
    if not password:
        raise InputError("The app password is missing.", "Make one in Bluesky's settings and paste it here.")
    try:
        session = await client.post(
            "com.atproto.server.createSession", {"identifier": identifier, "password": password}, token=""
        )
    except (AuthExpired, Rejected) as error:
        if name_of(error) == "AuthFactorTokenRequired":
            raise InputError(
                "Bluesky asks for a code by e-mail when the main password is used.",
                "Make an app password in Bluesky's settings and use that one.",
            ) from error
        raise
    except OutcomeUnknown as error:  # a session nobody knows of does no harm
        raise Unreachable(str(error), detail=error.detail) from error
    home = home_server(session, service)
    at_home = Client(http, home, _credential(session, NOTHING))
    return SignedIn(await identity(at_home, session), at_home.credential)


async def renew(client: Client) -> Credential:
    """A fresh pair of tokens. Raises AuthExpired when the refresh token is spent.

    A lost answer is only Unreachable: the server accepts the old refresh token again for a while.
    """
    if not client.credential.get(REFRESH):
        raise AuthExpired("no refresh token")
    try:
        session = await client.post("com.atproto.server.refreshSession", None, token=REFRESH)
    except OutcomeUnknown as error:
        raise Unreachable(str(error), detail=error.detail) from error
    return _credential(session, client.credential)


async def whoami(client: Client) -> Identity:
    """Proves the session and says whose it is. Raises AuthExpired."""
    if not client.credential.get(ACCESS):
        raise AuthExpired("no session")
    return await identity(client, await client.get("com.atproto.server.getSession"))


async def identity(client: Client, session: Json) -> Identity:
    """The account of a session; name and picture from its profile, if the app view can be asked."""
    did, handle = str(session.get("did", "")), str(session.get("handle", ""))
    if not did:
        raise Unreachable("a session without a DID", reason="not_json")
    try:
        profile: Json = await client.get("app.bsky.actor.getProfile", [("actor", did)])
    except (Unreachable, Rejected, RateLimited):
        profile = {}
    return Identity(
        remote_id=did,
        name=str(profile.get("displayName") or "").strip() or handle,
        handle=did if handle == NO_HANDLE else handle,
        server=client.server,
        avatar_url=str(profile.get("avatar") or ""),
        facts={"web": client.server} if is_loopback(client.server) else {},
    )


def service_address(typed: str) -> str:
    """The server a person typed, as a base URL; the network's own when empty. Raises InputError."""
    text = typed.translate(_UNSEEN).strip().rstrip("/")
    if not text:
        return ENTRYWAY
    parts = urlsplit(text if "://" in text else f"https://{text}")
    host = parts.hostname or ""
    named = "." in host or ":" in host or is_loopback(parts.geturl())
    if parts.scheme not in {"https", "http"} or not named or parts.username:
        raise InputError("That is not the address of a server.", "It looks like https://bsky.social.")
    return f"{parts.scheme}://{parts.netloc}"


def home_server(session: Json, service: str) -> str:
    """The account's own server (PDS), as its identity document says; the one signed in to if it does not say."""
    return endpoint_of(obj(session.get("didDoc")), service) or service


def web_of(account: Account) -> str:
    """Where the account's posts can be looked at in a browser."""
    return account.facts.get("web") or WEB


async def name_of_account(client: Client, typed: str) -> str:
    """The handle, DID or e-mail address a person typed; a bare name is one of the server's. Raises InputError."""
    name = typed.translate(_UNSEEN).strip().removeprefix("@")
    if not name:
        raise InputError("The handle is missing.", "It looks like name.bsky.social.")
    if "." in name or "@" in name or name.startswith("did:"):
        return name
    server = await client.get("com.atproto.server.describeServer")
    domains = server.get("availableUserDomains")
    return f"{name}{domains[0]}" if isinstance(domains, list) and domains else name


def _credential(session: Json, before: Credential) -> Credential:
    """Never with an empty token: what the server leaves out stays as it was."""
    access = str(session.get("accessJwt") or "")
    refresh = str(session.get("refreshJwt") or "") or before.get(REFRESH)
    if not access or not refresh:
        raise Unreachable("a session without tokens", reason="not_json")
    return Credential({**before.secrets, ACCESS: access, REFRESH: refresh})
