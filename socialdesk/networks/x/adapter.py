"""The account as the desk opens it: every ability, each handed to the module that knows it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import ClassVar, cast

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.entry import Page
from socialdesk.core.network import BrowserStep, NetworkFacts, SignedIn
from socialdesk.core.post import MediaFile, Receipt, Segment, Uploaded
from socialdesk.core.rules import PostRules
from socialdesk.core.source import Source
from socialdesk.http import Http, oauth
from socialdesk.http.budgets import app_budget
from socialdesk.networks.x import signin, uploading
from socialdesk.networks.x.client import Client, utc_now
from socialdesk.networks.x.dialect import named
from socialdesk.networks.x.facts import FACTS
from socialdesk.networks.x.reading import Reader
from socialdesk.networks.x.rules import rules_of
from socialdesk.networks.x.writing import Writer


class X:
    """One account, reached through the person's own app. `account.facts["dialect"]` may name the vocabulary."""

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
        self._server = signin.server_of(account)
        self._sleep = sleep
        budget = f"{FACTS.key}:{account.id}" if account.id else ""
        dialect = named(account.facts.get("dialect", ""))
        app = app_budget(FACTS.key, credential.get(oauth.CLIENT_ID))
        self._client = Client(self._http, self._server, credential.get(oauth.ACCESS), budget, now, dialect, app)
        web = signin.web_of(self._server)
        self._reader = Reader(self._client, account.remote_id, account.handle, web)
        self._writer = Writer(self._client, account, web)

    def __repr__(self) -> str:
        return f"X({self._account.handle or 'visitor'})"

    @property
    def account(self) -> Account:
        return self._account

    # signing in

    async def begin_sign_in(self, answers: Mapping[str, str], redirect_uri: str) -> BrowserStep:
        """X takes none but the registered address, `facts.REDIRECT`; a listener elsewhere hears nothing."""
        return signin.begin(self._server, answers)

    async def finish_sign_in(self, step: BrowserStep, code: str) -> SignedIn:
        credential = await signin.exchange(self._http, step, code)
        return await self._signed_in(credential, step.keep.get("allows", ""))

    async def sign_in(self, answers: Mapping[str, str]) -> SignedIn:
        return await self._signed_in(*signin.pasted(answers))

    async def _signed_in(self, credential: Credential, allows: str) -> SignedIn:
        client = Client(self._http, self._server, credential.get(oauth.ACCESS))
        return SignedIn(await signin.identity_of(client, allows), credential)

    async def whoami(self) -> Identity:
        return await signin.identity_of(self._client, self._account.facts.get("allows", ""))

    async def renew(self) -> Credential:
        return await signin.renew(self._client, self._credential)

    def sign_in_ends(self) -> datetime | None:
        return oauth.ends_of(self._credential)

    async def sign_out(self) -> None:
        await signin.revoke(self._client, self._credential)

    # reading

    async def fetch(self, source: Source, cursor: str, limit: int) -> Page:
        return await self._reader.fetch(source, cursor, limit)

    async def fetch_older(self, source: Source, older: str, limit: int) -> Page:
        return await self._reader.fetch_older(source, older, limit)

    async def thread(self, remote_id: str, refs: Mapping[str, str]) -> Page:
        return await self._reader.thread(remote_id)

    async def choices(self, kind: str, field_name: str) -> tuple[tuple[str, str], ...]:
        return await self._reader.lists() if (kind, field_name) == ("list", "list") else ()

    # publishing

    async def post_rules(self) -> PostRules:
        return rules_of(self._account)

    def new_key(self, now_us: int, nonce: int) -> str:
        """Only a name on this desk: X has no place for it."""
        return f"sd-{now_us:016x}-{nonce:x}"

    async def upload(self, media: MediaFile) -> Uploaded:
        return await uploading.upload(self._client, media, self._sleep)

    async def publish(self, segment: Segment, key: str) -> Receipt:
        return await self._writer.publish(segment, key)

    async def find(self, segment: Segment, key: str) -> Receipt | None:
        return await self._writer.find(segment, key)

    async def find_by_address(self, url: str) -> Receipt | None:
        return await self._writer.find_by_address(url)

    async def delete(self, remote_id: str, refs: Mapping[str, str]) -> None:
        await self._writer.delete(remote_id)

    async def act(self, action: str, remote_id: str, refs: Mapping[str, str]) -> Mapping[str, str]:
        return await self._writer.act(action, remote_id, refs)
