"""One member or page at LinkedIn, as the desk opens it: every ability, each handed to the module that knows it."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import ClassVar, cast

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.entry import Page
from socialdesk.core.errors import Rejected
from socialdesk.core.network import BrowserStep, NetworkFacts, SignedIn
from socialdesk.core.post import MediaFile, Receipt, Segment, Uploaded
from socialdesk.core.rules import PostRules
from socialdesk.core.source import Source
from socialdesk.http import Http, oauth
from socialdesk.http.budgets import app_budget
from socialdesk.networks.linkedin import signin
from socialdesk.networks.linkedin.client import Client, utc_now
from socialdesk.networks.linkedin.facts import FACTS
from socialdesk.networks.linkedin.reading import Reader
from socialdesk.networks.linkedin.rules import is_page, rules_of
from socialdesk.networks.linkedin.uploading import Sleep, upload
from socialdesk.networks.linkedin.urn import ORGANISATION
from socialdesk.networks.linkedin.writing import Writer


class LinkedIn:
    """`account.remote_id` is the author's URN. `account.facts`: scopes that were granted, version of the API."""

    facts: ClassVar[NetworkFacts] = FACTS

    def __init__(
        self,
        account: Account,
        credential: Credential,
        http: object,
        *,
        sleep: Sleep = asyncio.sleep,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._account = account
        self._credential = credential
        self._http = cast("Http", http)
        self._server = signin.server_of(account)
        self._sleep = sleep
        budget = f"{FACTS.key}:{account.id}" if account.id else ""
        version = account.facts.get("version", "")
        token, app = credential.get(oauth.ACCESS), app_budget(FACTS.key, credential.get(oauth.CLIENT_ID))
        self._client = Client(self._http, self._server, token, budget, now, version, page=is_page(account), app=app)
        web = signin.web_of(self._server)
        self._reader = Reader(self._client, account, web)
        self._writer = Writer(self._client, account, web, sleep)

    def __repr__(self) -> str:
        return f"LinkedIn({self._account.handle or 'visitor'})"

    @property
    def account(self) -> Account:
        return self._account

    # signing in

    async def begin_sign_in(self, answers: Mapping[str, str], redirect_uri: str) -> BrowserStep:
        """LinkedIn takes none but the registered address, `facts.REDIRECT` or the one that was typed."""
        return signin.begin(self._server, answers)

    async def finish_sign_in(self, step: BrowserStep, code: str) -> SignedIn:
        credential, scopes = await signin.exchange(self._http, step, code)
        page = step.keep.get("page", "")
        kept = {"scopes": scopes, "version": step.keep.get("version", ""), **({"organization": page} if page else {})}
        return await self._signed_in(credential, page, kept)

    async def sign_in(self, answers: Mapping[str, str]) -> SignedIn:
        return await self._signed_in(*signin.pasted(answers))

    async def _signed_in(self, credential: Credential, page: str, kept: Mapping[str, str]) -> SignedIn:
        client = Client(self._http, self._server, credential.get(oauth.ACCESS), version=kept.get("version", ""))
        return SignedIn(await signin.identity_of(client, page, kept, self._sleep), credential)

    async def whoami(self) -> Identity:
        page = self._account.remote_id.removeprefix(ORGANISATION) if is_page(self._account) else ""
        return await signin.identity_of(self._client, page, self._account.facts, self._sleep)

    async def renew(self) -> Credential:
        return await signin.renew(self._client, self._credential)

    def sign_in_ends(self) -> datetime | None:
        return oauth.ends_of(self._credential)

    def access(self) -> tuple[str, ...]:
        """LinkedIn shows members' posts to no program."""
        return ("read", "post") if is_page(self._account) else ("post",)

    async def sign_out(self) -> None:
        await signin.revoke(self._client, self._credential)

    # reading

    async def fetch(self, source: Source, cursor: str, limit: int) -> Page:
        return await self._reader.fetch(source, cursor, limit)

    async def fetch_older(self, source: Source, older: str, limit: int) -> Page:
        return await self._reader.fetch_older(source, older, limit)

    async def thread(self, remote_id: str, refs: Mapping[str, str]) -> Page:
        return await self._reader.thread(refs.get("post") or remote_id)

    # publishing

    async def post_rules(self) -> PostRules:
        return rules_of(self._account)

    def new_key(self, now_us: int, nonce: int) -> str:
        """Only a name on this desk: LinkedIn has no place for it."""
        return f"sd-{now_us:016x}-{nonce:x}"

    async def upload(self, media: MediaFile) -> Uploaded:
        return await upload(self._client, self._account.remote_id, media, self._sleep)

    async def publish(self, segment: Segment, key: str) -> Receipt:
        return await self._writer.publish(segment, key)

    async def find(self, segment: Segment, key: str) -> Receipt | None:
        return await self._writer.find(segment, key)

    async def edit(self, remote_id: str, refs: Mapping[str, str], text: str) -> None:
        """Raises Rejected (not_supported) for a comment."""
        if refs.get("comment"):
            raise Rejected("a comment is changed at LinkedIn", reason="not_supported")
        await self._writer.edit(remote_id, text)

    async def delete(self, remote_id: str, refs: Mapping[str, str]) -> None:
        if refs.get("comment"):
            await self._writer.delete_comment(refs.get("post", ""), refs.get("id", ""))
        else:
            await self._writer.delete(remote_id)
