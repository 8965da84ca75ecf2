"""The account as the desk opens it: every ability, each handed to the module that knows it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.entry import Page
from socialdesk.core.errors import Rejected
from socialdesk.core.marks import BOOKMARK, LABEL, READ, Subscription, Wish, wish_of
from socialdesk.core.network import NetworkFacts, SignedIn
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.networks.ttrss import subscribing
from socialdesk.networks.ttrss.client import Client, base_of, sign_in, utc_now
from socialdesk.networks.ttrss.facts import FACTS
from socialdesk.networks.ttrss.reading import Reader
from socialdesk.networks.ttrss.translate import Place

BATCH = 100
_FIELDS = {BOOKMARK: 0, READ: 2}  # of updateArticle; the server keeps what is unread


class TinyTinyRss:
    """One account on one server."""

    facts: ClassVar[NetworkFacts] = FACTS

    def __init__(
        self, account: Account, credential: Credential, http: Any, *, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._account = account
        self._credential = credential
        self._http: Http = http
        budget = f"{FACTS.key}:{account.id}" if account.id else ""
        self._client = Client(http, account.server, credential.get("session"), budget, now)
        self._feeds = subscribing.Feeds(self._client)
        self._reader = Reader(self._client, self._feeds, Place(account.server, account.remote_id))

    def __repr__(self) -> str:
        return f"TinyTinyRss({self._account.handle or 'nobody'} at {self._account.server})"

    @property
    def account(self) -> Account:
        return self._account

    # signing in

    async def sign_in(self, answers: Mapping[str, str]) -> SignedIn:
        base = base_of(answers.get("server", ""))
        kept = {"username": answers.get("username", "").strip(), "password": answers.get("password", "")}
        session = await sign_in(self._http, base, kept["username"], kept["password"])
        return SignedIn(_identity(base, kept["username"]), Credential({**kept, "session": session}))

    async def renew(self) -> Credential:
        """Sessions end; name and password begin another."""
        kept = self._credential
        session = await sign_in(self._http, self._account.server, kept.get("username"), kept.get("password"))
        return Credential({**kept.secrets, "session": session})

    async def whoami(self) -> Identity:
        await self._client.call("getConfig")
        return _identity(self._account.server, self._credential.get("username") or self._account.handle)

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
                return tuple((name, name) for name in sorted((await subscribing.folders(self._client)).values()))
            case "label", "label":
                return tuple((name, name) for name in await self.labels())
            case _:
                return ()

    # marks

    async def mark(self, wish: Wish, remote_ids: Sequence[str]) -> None:
        """As `core.marks.Marks.mark`. A label has to be there already."""
        method, fields = await self._marking(wish)
        try:
            for at in range(0, len(remote_ids), BATCH):
                await self._client.call(method, article_ids=",".join(remote_ids[at : at + BATCH]), **fields)
        finally:
            self._reader.forget()

    async def _marking(self, wish: Wish) -> tuple[str, dict[str, object]]:
        if wish.mark in _FIELDS:
            is_on = wish.is_set != (wish.mark == READ)
            return "updateArticle", {"field": _FIELDS[wish.mark], "mode": int(is_on)}
        name = wish.mark.removeprefix(LABEL)
        if not wish.mark.startswith(LABEL) or not name.strip():
            raise Rejected("this server has no such mark", reason="not_supported")
        label = (await subscribing.labels(self._client)).get(name)
        if label is None:
            raise Rejected("no such label", reason="no_label")
        return "setArticleLabel", {"label_id": label, "assign": wish.is_set}

    async def labels(self) -> tuple[str, ...]:
        return tuple(sorted(await subscribing.labels(self._client)))

    async def act(self, action: str, remote_id: str, refs: Mapping[str, str]) -> Mapping[str, str]:
        await self.mark(wish_of(action), (remote_id,))
        return {}

    # subscriptions

    async def subscriptions(self) -> tuple[Subscription, ...]:
        return await subscribing.subscriptions(self._client)

    async def subscribe(self, url: str, folder: str) -> Subscription:
        self._feeds.forget()
        return await subscribing.subscribe(self._client, url, folder)

    async def unsubscribe(self, subscription_id: str) -> None:
        self._feeds.forget()
        await subscribing.unsubscribe(self._client, subscription_id)


def _identity(base: str, username: str) -> Identity:
    host = urlsplit(base).netloc
    return Identity(username, username, f"{username}@{host}" if "@" not in username else username, base)
