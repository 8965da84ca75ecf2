"""The account as the desk opens it: every ability, each handed to the module that knows it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.entry import Page
from socialdesk.core.errors import Rejected, Unreachable
from socialdesk.core.marks import Subscription, Wish, wish_of
from socialdesk.core.network import NetworkFacts, SignedIn
from socialdesk.core.source import Source
from socialdesk.core.tolerant import obj, string
from socialdesk.http import Http
from socialdesk.networks.greader import subscribing
from socialdesk.networks.greader.address import host_of, places, site_of
from socialdesk.networks.greader.client import Client, sign_in, utc_now
from socialdesk.networks.greader.facts import FACTS
from socialdesk.networks.greader.lists import Lists
from socialdesk.networks.greader.marking import Marker
from socialdesk.networks.greader.reading import Reader
from socialdesk.networks.greader.translate import Place

MINIFLUX = "miniflux"


class GoogleReader:
    """One account on one server."""

    facts: ClassVar[NetworkFacts] = FACTS

    def __init__(
        self, account: Account, credential: Credential, http: Any, *, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._account = account
        self._credential = credential
        self._http: Http = http
        self._base = account.facts.get("base", "") or account.server
        budget = f"{FACTS.key}:{account.id}" if account.id else ""
        self._client = Client(http, self._base, credential.get("auth"), _app(credential.secrets), budget, now)
        self._lists = Lists(self._client)
        self._folders = subscribing.Folders(self._client)
        is_miniflux = account.facts.get("server_kind") == MINIFLUX
        place = Place(self._base, account.remote_id)
        self._reader = Reader(self._client, self._lists, self._folders, place, lists_labels=not is_miniflux)
        self._marker = Marker(self._client, self._lists, has_labels=not is_miniflux, toggles=is_miniflux)

    def __repr__(self) -> str:
        return f"GoogleReader({self._account.handle or 'nobody'} at {self._account.server})"

    @property
    def account(self) -> Account:
        return self._account

    # signing in

    async def sign_in(self, answers: Mapping[str, str]) -> SignedIn:
        username, password = answers.get("username", "").strip(), answers.get("password", "")
        kept = {"username": username, "password": password}
        kept |= {name: answers[name].strip() for name in ("app_id", "app_key") if answers.get(name, "").strip()}
        app = _app(kept)
        base, auth = await self._find(places(answers.get("server", "")), username, password, app)
        client = Client(self._http, base, auth, app)
        return SignedIn(await _identity(client, username), Credential({**kept, "auth": auth}))

    async def _find(
        self, bases: tuple[str, ...], username: str, password: str, app: Mapping[str, str]
    ) -> tuple[str, str]:
        """The first place that takes the sign-in. Where none has the API, the first one's reason is given."""
        reasons = []
        for base in bases:
            try:
                return base, await sign_in(self._http, base, username, password, app)
            except Rejected as error:
                reasons.append(error)
        raise reasons[0]

    async def renew(self) -> Credential:
        """The server forgets sign-ins; name and password make another."""
        kept = self._credential
        auth = await sign_in(self._http, self._base, kept.get("username"), kept.get("password"), _app(kept.secrets))
        return Credential({**kept.secrets, "auth": auth})

    async def whoami(self) -> Identity:
        return await _identity(self._client, self._credential.get("username"))

    # reading

    async def fetch(self, source: Source, cursor: str, limit: int) -> Page:
        return await self._reader.fetch(source, cursor, limit)

    async def fetch_older(self, source: Source, older: str, limit: int) -> Page:
        return await self._reader.fetch_older(source, older, limit)

    async def choices(self, kind: str, field_name: str) -> tuple[tuple[str, str], ...]:
        match kind, field_name:
            case "subscription", "feed":
                return tuple((one.id, one.title) for one in await self.subscriptions())
            case "folder", "folder":
                return tuple((name, name) for name in await subscribing.folders(self._client))
            case "label", "label":
                return tuple((name, name) for name in await self.labels())
            case _:
                return ()

    # marks

    async def mark(self, wish: Wish, remote_ids: Sequence[str]) -> None:
        await self._marker.mark(wish, remote_ids)

    async def labels(self) -> tuple[str, ...]:
        return await subscribing.labels(self._client)

    async def act(self, action: str, remote_id: str, refs: Mapping[str, str]) -> Mapping[str, str]:
        await self._marker.mark(wish_of(action), (remote_id,))
        return {}

    # subscriptions

    async def subscriptions(self) -> tuple[Subscription, ...]:
        return await subscribing.subscriptions(self._client)

    async def subscribe(self, url: str, folder: str) -> Subscription:
        self._folders.forget()
        return await subscribing.subscribe(self._client, url, folder)

    async def unsubscribe(self, subscription_id: str) -> None:
        self._folders.forget()
        await subscribing.unsubscribe(self._client, subscription_id)


def _app(kept: Mapping[str, str]) -> dict[str, str]:
    """Inoreader wants to know the app with each request."""
    if not kept.get("app_id"):
        return {}
    return {"AppId": kept["app_id"], "AppKey": kept.get("app_key", "")}


async def _identity(client: Client, username: str) -> Identity:
    who = obj(await client.get("user-info"))
    user = string(who.get("userId")) or string(who.get("userName"))
    if not user:
        raise Unreachable("the server does not say who this is", reason="not_json")
    site = site_of(client.base)
    name = string(who.get("userName")) or username
    facts = {"base": client.base, "server_kind": await _kind(client)}
    return Identity(user, name, f"{name}@{host_of(site)}" if "@" not in name else name, site, "", facts)


async def _kind(client: Client) -> str:
    """Miniflux answers `[]` to what it does not know; it is told by that."""
    return MINIFLUX if isinstance(await client.get("unread-count"), list) else ""
