"""One blog at Blogger, as the desk opens it: every ability, each handed to the module that knows it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import ClassVar, cast

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.entry import Page
from socialdesk.core.errors import Rejected
from socialdesk.core.network import BrowserStep, NetworkFacts, SeveralFound, SignedIn
from socialdesk.core.post import MediaFile, Receipt, Segment, Uploaded
from socialdesk.core.rules import PostRules
from socialdesk.core.source import Source
from socialdesk.http import Http, oauth
from socialdesk.networks.blogger import signin
from socialdesk.networks.blogger.client import Client, utc_now
from socialdesk.networks.blogger.facts import FACTS, RULES
from socialdesk.networks.blogger.publishing import Publisher
from socialdesk.networks.blogger.reading import Reader


class SharedBlogger:
    """One of several blogs that one sign-in opened: removing it leaves the sign-in to the others.

    `account.facts`: blog (its number), url, shared. Secrets: access_token, refresh_token, client_id, client_secret.
    """

    facts: ClassVar[NetworkFacts] = FACTS

    def __init__(
        self, account: Account, credential: Credential, http: object, *, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._account = account
        self._credential = credential
        self._http = cast("Http", http)
        self._server = signin.server_of(account)
        budget = f"{FACTS.key}:{account.id}" if account.id else ""
        self._client = Client(self._http, self._server, credential.get(oauth.ACCESS), budget, now)
        home = account.facts.get("url", "")
        self._reader = Reader(self._client, account.remote_id, account.name, home)
        self._publisher = Publisher(self._client, account.remote_id, home)

    def __repr__(self) -> str:
        return f"Blogger({self._account.handle or 'visitor'})"

    @property
    def account(self) -> Account:
        return self._account

    # signing in

    async def begin_sign_in(self, answers: Mapping[str, str], redirect_uri: str) -> BrowserStep:
        return signin.begin(self._server, answers, redirect_uri)

    async def finish_sign_in(self, step: BrowserStep, code: str) -> SignedIn | SeveralFound:
        credential = await signin.exchange(self._http, step, code)
        return await self._signed_in(credential, step.keep.get("blog", ""))

    async def sign_in(self, answers: Mapping[str, str]) -> SignedIn | SeveralFound:
        return await self._signed_in(*signin.pasted(answers))

    async def _signed_in(self, credential: Credential, blog: str) -> SignedIn | SeveralFound:
        client = Client(self._http, self._server, credential.get(oauth.ACCESS))
        return signin.found(await signin.identities_of(client, blog), credential)

    async def whoami(self) -> Identity:
        [who] = await signin.identities_of(self._client, self._account.remote_id)
        return replace(who, facts={**self._account.facts, **who.facts})

    async def renew(self) -> Credential:
        return await signin.renew(self._client, self._credential)

    def sign_in_ends(self) -> datetime | None:
        return oauth.ends_of(self._credential)

    # reading

    async def fetch(self, source: Source, cursor: str, limit: int) -> Page:
        return await self._reader.fetch(source.kind, cursor, limit)

    async def fetch_older(self, source: Source, older: str, limit: int) -> Page:
        return await self._reader.fetch_older(source.kind, older, limit)

    # publishing

    async def post_rules(self) -> PostRules:
        return RULES

    def new_key(self, now_us: int, nonce: int) -> str:
        """Goes out with the article, in a comment that nobody sees."""
        return f"sd-{now_us:016x}-{nonce:x}"

    async def upload(self, media: MediaFile) -> Uploaded:
        raise Rejected("Blogger takes no uploads from programs", reason="no_media_endpoint")

    async def publish(self, segment: Segment, key: str) -> Receipt:
        return await self._publisher.publish(segment, key)

    async def find(self, segment: Segment, key: str) -> Receipt | None:
        return await self._publisher.find(segment, key)

    async def scheduled(self, receipt: Receipt) -> Receipt | None:
        return await self._publisher.scheduled(receipt)

    async def unschedule(self, receipt: Receipt) -> None:
        """Into the blog's trash, where Blogger keeps it for three months."""
        await self._publisher.unschedule(receipt)

    async def delete(self, remote_id: str, refs: Mapping[str, str]) -> None:
        await self._publisher.delete(remote_id)


class Blogger(SharedBlogger):
    """A visitor, or a blog with a sign-in of its own, which ends with it."""

    async def sign_out(self) -> None:
        await signin.revoke(self._client, self._credential)


def open_account(account: Account, credential: Credential, http: object) -> SharedBlogger:
    return (SharedBlogger if account.facts.get(signin.SHARED) else Blogger)(account, credential, http)
