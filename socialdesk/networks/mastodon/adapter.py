"""The account as the desk opens it: every ability, each handed to the module that knows it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Any, ClassVar

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.entry import Entry, Page
from socialdesk.core.errors import Rejected, Unreachable
from socialdesk.core.listening import Heard
from socialdesk.core.network import BrowserStep, NetworkFacts, SignedIn
from socialdesk.core.post import MediaFile, Receipt, Segment, Uploaded
from socialdesk.core.rules import PostRules
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.networks.mastodon import signin, streaming
from socialdesk.networks.mastodon.address import account_of, server_of
from socialdesk.networks.mastodon.client import Client, utc_now
from socialdesk.networks.mastodon.facts import FACTS
from socialdesk.networks.mastodon.people import Home
from socialdesk.networks.mastodon.reading import Reader
from socialdesk.networks.mastodon.rules import Limits, rules_of
from socialdesk.networks.mastodon.tolerant import host_of
from socialdesk.networks.mastodon.uploads import upload
from socialdesk.networks.mastodon.writing import Writer

LIMITS_LAST = timedelta(days=1)


class Mastodon:
    """One account on one server, or (account id 0, no token) a visitor who reads what is public."""

    facts: ClassVar[NetworkFacts] = FACTS

    def __init__(
        self,
        account: Account,
        credential: Credential,
        http: Any,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._account = account
        self._credential = credential
        self._http: Http = http
        budget = f"{FACTS.key}:{account.id}" if account.id else ""
        self._client = Client(http, account.server, credential.get("access_token"), budget, now)
        self._reader = Reader(self._where)
        self._sleep = sleep
        self._writer = Writer(self._client, account, self._current_limits)
        self._limits: tuple[Limits, datetime] | None = None

    def __repr__(self) -> str:
        return f"Mastodon({self._account.handle or 'visitor'} at {self._account.server})"

    @property
    def account(self) -> Account:
        return self._account

    # signing in

    async def begin_sign_in(self, answers: Mapping[str, str], redirect_uri: str) -> BrowserStep:
        """`answers["server"]` is what the person typed. With `signin.OOB` as `redirect_uri` a code is shown."""
        return await signin.begin(self._http, answers.get("server", ""), redirect_uri)

    async def finish_sign_in(self, step: BrowserStep, code: str) -> SignedIn:
        credential = await signin.exchange(self._http, step, code)
        return await self._signed_in(step.keep.get("server", ""), credential)

    async def sign_in(self, answers: Mapping[str, str]) -> SignedIn:
        credential = signin.credential_of(answers)
        return await self._signed_in(await signin.find_server(self._http, answers.get("server", "")), credential)

    async def _signed_in(self, server: str, credential: Credential) -> SignedIn:
        client = Client(self._http, server, credential.get("access_token"))
        return SignedIn(await signin.identity_of(client), credential)

    async def whoami(self) -> Identity:
        return await signin.identity_of(self._client)

    async def sign_out(self) -> None:
        await signin.revoke(self._client, self._credential)

    # reading

    async def fetch(self, source: Source, cursor: str, limit: int) -> Page:
        return await self._reader.fetch(source, cursor, limit)

    async def fetch_older(self, source: Source, older: str, limit: int) -> Page:
        return await self._reader.fetch_older(source, older, limit)

    async def thread(self, remote_id: str, refs: Mapping[str, str]) -> Page:
        if self._client.anonymous:
            server = refs.get("server") or self._account.server
            client, home = self._at(server)
            return await self._reader.thread(client, home, refs.get("id") or remote_id)
        local_id = await self._writer.local(remote_id, refs)
        return await self._reader.thread(self._client, self._home(), local_id)

    async def choices(self, kind: str, field_name: str) -> tuple[tuple[str, str], ...]:
        if (kind, field_name) == ("list", "list") and not self._client.anonymous:
            return await self._reader.lists(self._client)
        return ()

    # listening

    def stream_of(self, source: Source) -> str:
        return streaming.stream_of(source, self._account.server)

    async def listen(self, stream: str) -> AsyncGenerator[Heard, None]:
        base = streaming.base_of((await self._current_limits()).streaming, self._account.server)
        async with aclosing(streaming.listen(self._client, base, stream)) as heard:
            async for one in heard:
                yield one

    async def look_again(self, source: Source, remote_id: str) -> Entry | None:
        return await self._reader.look_again(source, remote_id)

    def _where(self, source: Source) -> tuple[Client, Home]:
        """Whom to ask for a source: the named server, the account's, or the one a followed account lives on."""
        named = source.params.get("server", "").strip()
        server = server_of(named) if named else self._account.server
        if not server and source.kind == "account":
            host = account_of(source.params.get("account", ""))[1]
            server = server_of(host) if host else ""
        if not server:
            raise Rejected("no server named", reason="invalid")
        return self._at(server)

    def _at(self, server: str) -> tuple[Client, Home]:
        """Our own server with our token, every other one as a visitor."""
        if server == self._account.server:
            return self._client, self._home()
        return Client(self._http, server), Home(server, host_of(server))

    def _home(self) -> Home:
        server = self._account.server
        return Home(server, self._account.facts.get("domain") or host_of(server), self._account.remote_id)

    # publishing

    async def post_rules(self) -> PostRules:
        """What the server allows, asked once a day; without a connection what it said at sign-in."""
        limits = await self._current_limits()
        facts = self._account.facts
        return rules_of(limits, facts.get("visibility", ""), facts.get("software", ""))

    def usual_rules(self) -> PostRules:
        return rules_of(Limits())

    async def _current_limits(self) -> Limits:
        now = self._client.now()
        if self._limits and now - self._limits[1] < LIMITS_LAST:
            return self._limits[0]
        found = await signin.known_limits(self._client)
        if found is not None:
            self._limits = (found, now)
            return found
        kept = self._limits[0] if self._limits else Limits.from_text(self._account.facts.get("limits", ""))
        if kept is None:
            raise Unreachable("the server's limits are not known yet")
        return kept

    def new_key(self, now_us: int, nonce: int) -> str:
        return f"sd-{now_us:016x}-{nonce:x}"

    async def upload(self, media: MediaFile) -> Uploaded:
        return await upload(self._client, media, self._sleep)

    async def publish(self, segment: Segment, key: str) -> Receipt:
        """A refusal of the text makes the limits be asked again: they may have changed."""
        try:
            return await self._writer.publish(segment, key)
        except Rejected as error:
            if error.reason != "invalid":
                raise
            self._limits = None
            raise Rejected(str(error), reason=await self._why_invalid(segment), detail=error.detail) from error

    async def _why_invalid(self, segment: Segment) -> str:
        """Servers explain refusals in the account's language only, so the rules are looked at again."""
        text = await self._writer.said(segment)
        if not text.strip() and not segment.media:
            return "empty"
        try:
            rules = await self.post_rules()
        except Unreachable:
            return "invalid"
        return "too_long" if rules.weigh(segment.warning + text) > rules.limit else "invalid"

    async def find(self, segment: Segment, key: str) -> Receipt | None:
        return await self._writer.find(segment, key)

    async def find_by_address(self, url: str) -> Receipt | None:
        return await self._writer.find_by_address(url)

    async def scheduled(self, receipt: Receipt) -> Receipt | None:
        return await self._writer.scheduled(receipt)

    async def unschedule(self, receipt: Receipt) -> None:
        await self._writer.unschedule(receipt)

    async def edit(self, remote_id: str, refs: Mapping[str, str], text: str) -> None:
        await self._writer.edit(refs.get("id") or remote_id, text)

    async def delete(self, remote_id: str, refs: Mapping[str, str]) -> None:
        await self._writer.delete(remote_id, refs)

    async def act(self, action: str, remote_id: str, refs: Mapping[str, str]) -> Mapping[str, str]:
        return await self._writer.act(action, remote_id, refs)
