"""The account as the desk opens it: every ability, each handed to the module that knows it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import ClassVar, cast

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.entry import Page
from socialdesk.core.errors import Rejected
from socialdesk.core.measures import Measure
from socialdesk.core.network import BrowserStep, NetworkFacts, SignedIn
from socialdesk.core.post import MediaFile, Receipt, Segment, Uploaded
from socialdesk.core.rules import PostRules
from socialdesk.core.source import Source
from socialdesk.http import Http, oauth
from socialdesk.http.budgets import app_budget
from socialdesk.networks.threads import measuring, signin
from socialdesk.networks.threads.client import ACCESS, Client, utc_now
from socialdesk.networks.threads.facts import FACTS
from socialdesk.networks.threads.reading import Reader
from socialdesk.networks.threads.rules import post_rules
from socialdesk.networks.threads.translate import Place
from socialdesk.networks.threads.writing import Writer


class Threads:
    """One account, reached through the person's own app."""

    facts: ClassVar[NetworkFacts] = FACTS

    def __init__(
        self,
        account: Account,
        credential: Credential,
        http: object,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._account = account
        self._credential = credential
        self._http = cast("Http", http)
        self._now = now
        server = signin.server_of(account)
        budget = f"{FACTS.key}:{account.id}" if account.id else ""
        app = app_budget(FACTS.key, credential.get("client_id"))
        self._client = Client(self._http, server, credential.get(ACCESS), budget, now, app)
        handle = account.handle.lstrip("@")
        place = Place(signin.web_of(server), account.remote_id, handle, account.name, account.avatar_url)
        self._reader = Reader(self._client, place)
        self._writer = Writer(self._client, sleep)

    def __repr__(self) -> str:
        return f"Threads({self._account.handle or 'visitor'})"

    @property
    def account(self) -> Account:
        return self._account

    # signing in

    @property
    def _asking(self) -> Client:
        """Without a token."""
        return Client(self._http, self._client.base, now=self._now)

    async def begin_sign_in(self, answers: Mapping[str, str], redirect_uri: str) -> BrowserStep:
        """Threads takes an address on HTTPS only: a listener here hears nothing."""
        return signin.begin(self._asking, answers)

    async def finish_sign_in(self, step: BrowserStep, code: str) -> SignedIn:
        return await self._signed_in(await signin.exchange(self._asking, step, code))

    async def sign_in(self, answers: Mapping[str, str]) -> SignedIn:
        return await self._signed_in(await signin.pasted(self._asking, answers))

    async def _signed_in(self, credential: Credential) -> SignedIn:
        client = Client(self._http, self._client.base, credential.get(ACCESS), now=self._now)
        return SignedIn(await signin.identity_of(client), credential)

    async def whoami(self) -> Identity:
        return await signin.identity_of(self._client)

    async def renew(self) -> Credential:
        return await signin.renew(self._asking, self._credential)

    def sign_in_ends(self) -> datetime | None:
        return oauth.ends_of(self._credential)

    def renew_at(self) -> datetime | None:
        return signin.renew_at(self._credential)

    # reading

    async def fetch(self, source: Source, cursor: str, limit: int) -> Page:
        return await self._reader.fetch(source, cursor, limit)

    async def fetch_older(self, source: Source, older: str, limit: int) -> Page:
        return await self._reader.fetch_older(source, older, limit)

    async def thread(self, remote_id: str, refs: Mapping[str, str]) -> Page:
        return await self._reader.thread(remote_id, refs)

    async def measures(self, remote_id: str, refs: Mapping[str, str]) -> tuple[Measure, ...]:
        if remote_id:
            return await measuring.of_post(self._client, remote_id)
        return await measuring.of_account(self._client)

    # publishing

    async def post_rules(self) -> PostRules:
        return post_rules()

    def new_key(self, now_us: int, nonce: int) -> str:
        """Only a name on this desk: Threads has no place for it."""
        return f"sd-{now_us:016x}-{nonce:x}"

    async def upload(self, media: MediaFile) -> Uploaded:
        """Threads takes no bytes: `PostRules.pictures_by_address`. Raises `Rejected` (public_picture_needed)."""
        raise Rejected("Threads takes no uploads", reason="public_picture_needed")

    async def publish(self, segment: Segment, key: str) -> Receipt:
        return await self._writer.publish(segment, key)

    async def find(self, segment: Segment, key: str) -> Receipt | None:
        return await self._writer.find(segment, key)

    async def delete(self, remote_id: str, refs: Mapping[str, str]) -> None:
        await self._writer.delete(remote_id)
