"""One site with a Micropub endpoint. Sources: W3C Recommendation "Micropub", IndieAuth living standard."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar, cast

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.entry import Author, Page
from socialdesk.core.errors import NetworkError, Rejected
from socialdesk.core.network import BrowserStep, NetworkFacts, SignedIn
from socialdesk.core.post import MediaFile, Receipt, Segment, Target, Uploaded
from socialdesk.core.rules import PostRules
from socialdesk.core.source import Source
from socialdesk.http import Http, oauth
from socialdesk.networks.micropub import signin
from socialdesk.networks.micropub.address import bare
from socialdesk.networks.micropub.client import Client, Clock, utc_now
from socialdesk.networks.micropub.discovery import Endpoints, discover
from socialdesk.networks.micropub.facts import FACTS
from socialdesk.networks.micropub.keys import new_key
from socialdesk.networks.micropub.publishing import Publisher
from socialdesk.networks.micropub.reading import Reader
from socialdesk.networks.micropub.settings import Settings, ask_settings, rules_of
from socialdesk.networks.micropub.uploading import Uploader

SETTINGS_LAST = timedelta(days=1)


class Micropub:
    """`account.facts`: me, endpoint, token_endpoint, revocation_endpoint, settings (JSON).

    Secrets: access_token; after a sign-in with renewal also refresh_token and client_id.
    """

    facts: ClassVar[NetworkFacts] = FACTS

    def __init__(self, account: Account, credential: Credential, http: object, *, now: Clock = utc_now) -> None:
        self.account = account
        self._credential = credential
        self._http = cast("Http", http)
        self._now = now
        self._client = Client(
            self._http, account.server, account.facts.get("endpoint", ""), credential.get("access_token"), now
        )
        me = account.facts.get("me") or account.remote_id
        author = Author(account.name or bare(me), account.handle, me, account.avatar_url, account.remote_id)
        self._reader = Reader(self._client, author)
        self._uploader = Uploader(self._client)
        self._publisher = Publisher(self._client, self._uploader)
        self._settings: tuple[Settings, datetime] | None = None

    # signing in

    async def begin_sign_in(self, answers: Mapping[str, str], redirect_uri: str) -> BrowserStep:
        return await signin.begin(self._http, answers.get("server", ""), redirect_uri)

    async def finish_sign_in(self, step: BrowserStep, code: str) -> SignedIn:
        granted = await signin.exchange(self._http, step, code)
        client = self._client_of(granted.endpoints, granted.credential)
        return SignedIn(await signin.identity(client, granted.endpoints, granted.profile), granted.credential)

    async def sign_in(self, answers: Mapping[str, str]) -> SignedIn:
        """With a pasted token. Raises Rejected (invalid, no_micropub, insecure) and AuthExpired."""
        credential = signin.pasted(answers)
        found = await discover(self._http, answers.get("server", ""))
        client = self._client_of(found, credential)
        return SignedIn(await signin.identity(client, found, {}), credential)

    def _client_of(self, found: Endpoints, credential: Credential) -> Client:
        return Client(self._http, found.site, found.micropub, credential.get("access_token"), self._now)

    async def whoami(self) -> Identity:
        account = self.account
        settings = await self._fresh_settings()
        return Identity(
            account.remote_id,
            account.name,
            account.handle,
            account.server,
            account.avatar_url,
            {**account.facts, "settings": settings.to_text()},
        )

    async def renew(self) -> Credential:
        return await signin.renewed(self._http, self.account, self._credential)

    def sign_in_ends(self) -> datetime | None:
        return oauth.ends_of(self._credential)

    async def sign_out(self) -> None:
        await signin.revoke(self._http, self.account, self._credential)

    # reading

    async def fetch(self, source: Source, cursor: str, limit: int) -> Page:
        return await self._reader.fetch(source.kind, cursor, limit)

    async def fetch_older(self, source: Source, older: str, limit: int) -> Page:
        return await self._reader.fetch_older(older, limit)

    # writing

    async def post_rules(self) -> PostRules:
        """What the site says it can do, asked once a day; without a connection what it said last."""
        return rules_of(await self._current_settings())

    def usual_rules(self) -> PostRules:
        return rules_of(Settings())

    def new_key(self, now_us: int, nonce: int) -> str:
        return new_key(now_us, nonce)

    async def upload(self, media: MediaFile) -> Uploaded:
        return await self._uploader.upload(media, await self._current_settings())

    async def publish(self, segment: Segment, key: str) -> Receipt:
        """A part of a thread answers the part before it."""
        return await self._publisher.publish(_threaded(segment), key, await self._current_settings())

    async def find(self, segment: Segment, key: str) -> Receipt | None:
        return await self._publisher.find(_threaded(segment), key, await self._current_settings())

    async def delete(self, remote_id: str, refs: Mapping[str, str]) -> None:
        url = refs.get("url") or remote_id
        if not url.startswith(("http://", "https://")):
            raise Rejected("a post has an address", reason="not_found")
        await self._publisher.delete(url)

    async def _current_settings(self) -> Settings:
        if self._settings and self._now() - self._settings[1] < SETTINGS_LAST:
            return self._settings[0]
        try:
            return await self._fresh_settings()
        except NetworkError:
            kept = self._settings[0] if self._settings else Settings.from_text(self.account.facts.get("settings", ""))
            if kept is None:
                raise
            return kept

    async def _fresh_settings(self) -> Settings:
        settings = await ask_settings(self._client)
        self._settings = (settings, self._now())
        return settings


def _threaded(segment: Segment) -> Segment:
    if segment.previous is None or segment.reply_to is not None:
        return segment
    return replace(segment, reply_to=Target(segment.previous.remote_id, segment.previous.refs))
