"""One blog at Tumblr, as the desk opens it: every ability, each handed to the module that knows it."""

from collections.abc import Callable, Mapping
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
from socialdesk.networks.tumblr import signin
from socialdesk.networks.tumblr.client import Client, utc_now
from socialdesk.networks.tumblr.facts import FACTS, RULES
from socialdesk.networks.tumblr.reading import Reader
from socialdesk.networks.tumblr.translate import Translator
from socialdesk.networks.tumblr.writing import Writer


class Tumblr:
    """`account.facts`: user, blog. Secrets: access_token, refresh_token, client_id, client_secret."""

    facts: ClassVar[NetworkFacts] = FACTS

    def __init__(
        self, account: Account, credential: Credential, http: object, *, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._account = account
        self._credential = credential
        self._http = cast("Http", http)
        self._server = signin.server_of(account)
        self._blog = account.facts.get("blog", "") or account.handle
        budget = f"{FACTS.key}:{account.id}" if account.id else ""
        app = app_budget(FACTS.key, credential.get(oauth.CLIENT_ID))
        self._client = Client(self._http, self._server, credential.get(oauth.ACCESS), budget, now, app)
        web = signin.web_of(self._server)
        key = credential.get(oauth.CLIENT_ID)
        self._reader = Reader(self._client, self._blog, key, Translator(self._server, web))
        self._writer = Writer(self._client, account, web)

    def __repr__(self) -> str:
        return f"Tumblr({self._account.handle or 'visitor'})"

    @property
    def account(self) -> Account:
        return self._account

    # signing in

    async def begin_sign_in(self, answers: Mapping[str, str], redirect_uri: str) -> BrowserStep:
        """Tumblr takes none but the registered address, `facts.REDIRECT` or the one that was typed."""
        return signin.begin(self._server, answers)

    async def finish_sign_in(self, step: BrowserStep, code: str) -> SignedIn:
        credential = await signin.exchange(self._http, step, code)
        return await self._signed_in(credential, step.keep.get("blog", ""))

    async def sign_in(self, answers: Mapping[str, str]) -> SignedIn:
        return await self._signed_in(*signin.pasted(answers))

    async def _signed_in(self, credential: Credential, blog: str) -> SignedIn:
        client = Client(self._http, self._server, credential.get(oauth.ACCESS))
        return SignedIn(await signin.identity_of(client, blog), credential)

    async def whoami(self) -> Identity:
        return await signin.identity_of(self._client, self._blog)

    async def renew(self) -> Credential:
        return await signin.renew(self._client, self._credential)

    def sign_in_ends(self) -> datetime | None:
        return oauth.ends_of(self._credential)

    # reading

    async def fetch(self, source: Source, cursor: str, limit: int) -> Page:
        return await self._reader.fetch(source, cursor, limit)

    async def fetch_older(self, source: Source, older: str, limit: int) -> Page:
        return await self._reader.fetch_older(source, older, limit)

    # publishing

    async def post_rules(self) -> PostRules:
        return RULES

    def new_key(self, now_us: int, nonce: int) -> str:
        """Only a name on this desk: Tumblr has no place for it."""
        return f"sd-{now_us:016x}-{nonce:x}"

    async def upload(self, media: MediaFile) -> Uploaded:
        return self._writer.hold(media)

    async def publish(self, segment: Segment, key: str) -> Receipt:
        return await self._writer.publish(segment, key)

    async def find(self, segment: Segment, key: str) -> Receipt | None:
        return await self._writer.find(segment, key)

    async def scheduled(self, receipt: Receipt) -> Receipt | None:
        return await self._writer.scheduled(receipt)

    async def unschedule(self, receipt: Receipt) -> None:
        await self._writer.unschedule(receipt)

    async def delete(self, remote_id: str, refs: Mapping[str, str]) -> None:
        await self._writer.delete(remote_id)

    async def act(self, action: str, remote_id: str, refs: Mapping[str, str]) -> Mapping[str, str]:
        return await self._writer.act(action, remote_id, refs)
