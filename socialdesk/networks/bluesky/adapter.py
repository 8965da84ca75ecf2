"""The network's class: its facts and abilities for one opened account."""

from collections.abc import AsyncGenerator, Mapping
from datetime import datetime
from typing import ClassVar, cast

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.entry import Entry, Page
from socialdesk.core.listening import Heard
from socialdesk.core.network import BrowserStep, NetworkFacts, SignedIn
from socialdesk.core.post import MediaFile, Receipt, Segment, Uploaded
from socialdesk.core.rules import PostRules
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.http.oauth import ends_of
from socialdesk.networks.bluesky import browser, live, session
from socialdesk.networks.bluesky.client import REFRESH, Client
from socialdesk.networks.bluesky.facts import FACTS, PUBLIC_APPVIEW, rules_at
from socialdesk.networks.bluesky.keys import POST, tid
from socialdesk.networks.bluesky.names import Names
from socialdesk.networks.bluesky.picking import choices
from socialdesk.networks.bluesky.publishing import Writer, utc_now
from socialdesk.networks.bluesky.reading import Feeds
from socialdesk.networks.bluesky.translate import Reader


class Bluesky:
    """One account on its own server (PDS), or an anonymous visitor of a public app view."""

    facts: ClassVar[NetworkFacts] = FACTS

    def __init__(self, account: Account, credential: Credential, http: object) -> None:
        self._account = account
        self._http = cast("Http", http)
        self._web = session.web_of(account)
        server = account.server or (PUBLIC_APPVIEW if not account.remote_id else "")
        self._client = Client(self._http, server, credential, account.remote_id)
        names = Names(self._client)
        self._feeds = self._feeds_of(self._client, names)
        self._writer = Writer(self._client, account, names, self._feeds, self._web)

    @property
    def account(self) -> Account:
        return self._account

    async def sign_in(self, answers: Mapping[str, str]) -> SignedIn:
        return await session.sign_in(self._http, answers)

    async def begin_sign_in(self, answers: Mapping[str, str], redirect_uri: str) -> BrowserStep:
        return await browser.begin(self._http, answers, redirect_uri)

    async def finish_sign_in(self, step: BrowserStep, code: str) -> SignedIn:
        return await browser.finish(self._http, step, code)

    async def whoami(self) -> Identity:
        return await session.whoami(self._client)

    def sign_in_ends(self) -> datetime | None:
        return ends_of(self._client.credential)

    async def renew(self) -> Credential:
        before = self._client.credential
        if browser.is_bound(before):
            self._client.credential = await browser.renew(self._http, before, self._account.remote_id)
        else:
            self._client.credential = await session.renew(self._client)
        return self._client.credential

    async def sign_out(self) -> None:
        credential = self._client.credential
        if browser.is_bound(credential):
            await browser.sign_out(self._http, credential)
        elif credential.get(REFRESH):
            await self._client.post("com.atproto.server.deleteSession", None, token=REFRESH)

    async def fetch(self, source: Source, cursor: str, limit: int) -> Page:
        return await self._feeds_for(source).fetch(source, cursor, limit)

    async def fetch_older(self, source: Source, older: str, limit: int) -> Page:
        return await self._feeds_for(source).fetch_older(source, older, limit)

    def stream_of(self, source: Source) -> str:
        return live.stream_of(source)

    def listen(self, stream: str) -> AsyncGenerator[Heard, None]:
        return live.listen(self._feeds, stream)

    async def look_again(self, source: Source, remote_id: str) -> Entry | None:
        return await self._feeds.again(remote_id) if f"/{POST}/" in remote_id else None

    async def thread(self, remote_id: str, refs: Mapping[str, str]) -> Page:
        """Around the post, or around what a notice is about."""
        return await self._feeds.thread(refs.get("subject") or remote_id)

    async def choices(self, kind: str, field_name: str) -> tuple[tuple[str, str], ...]:
        return await choices(self._client, self._account.remote_id, kind, field_name)

    async def post_rules(self) -> PostRules:
        return rules_at(self._account.server)

    def new_key(self, now_us: int, nonce: int) -> str:
        return tid(now_us, nonce)

    async def upload(self, media: MediaFile) -> Uploaded:
        return await self._writer.upload(media)

    async def publish(self, segment: Segment, key: str) -> Receipt:
        return await self._writer.publish(segment, key)

    async def find(self, segment: Segment, key: str) -> Receipt | None:
        return await self._writer.find(key)

    async def find_by_address(self, url: str) -> Receipt | None:
        return await self._writer.find_by_address(url)

    async def delete(self, remote_id: str, refs: Mapping[str, str]) -> None:
        await self._writer.delete(remote_id)

    async def act(self, action: str, remote_id: str, refs: Mapping[str, str]) -> Mapping[str, str]:
        return await self._writer.act(action, remote_id, refs, utc_now())

    def _feeds_for(self, source: Source) -> Feeds:
        """Without an account, the source says which public app view to ask."""
        server = source.params.get("server", "")
        if self._account.remote_id or not server:
            return self._feeds
        visitor = Client(self._http, server, self._client.credential)
        return self._feeds_of(visitor, Names(visitor))

    def _feeds_of(self, client: Client, names: Names) -> Feeds:
        return Feeds(client, names, Reader(self._web, self._account.remote_id))
