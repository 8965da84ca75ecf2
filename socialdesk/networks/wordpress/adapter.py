"""One account at one WordPress site. Source: REST API Handbook, and running sites of versions 6.1 and 6.5."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import ClassVar, cast

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.entry import Page
from socialdesk.core.errors import Rejected
from socialdesk.core.network import BrowserStep, NetworkFacts, SeveralFound, SignedIn
from socialdesk.core.post import MediaFile, Receipt, Segment, Target, Uploaded
from socialdesk.core.rules import PostRules
from socialdesk.core.source import Source
from socialdesk.http import Http, oauth
from socialdesk.networks.wordpress import hosted, naming, password
from socialdesk.networks.wordpress.client import Client, basic
from socialdesk.networks.wordpress.commenting import Commenter
from socialdesk.networks.wordpress.facts import FACTS, HOSTED_API, RULES
from socialdesk.networks.wordpress.publishing import Publisher
from socialdesk.networks.wordpress.reading import Reader
from socialdesk.networks.wordpress.road import Road
from socialdesk.networks.wordpress.uploading import Uploader
from socialdesk.networks.wordpress.xmlrpc import opening, signin


def utc_now() -> datetime:
    return datetime.now(UTC)


class _Blog:
    """What an account can do, whichever road leads to its site."""

    facts: ClassVar[NetworkFacts] = FACTS
    _road: Road

    def __init__(
        self, account: Account, credential: Credential, http: object, *, now: Callable[[], datetime] = utc_now
    ) -> None:
        self.account = account
        self._credential = credential
        self._http = cast("Http", http)
        self._now = now

    def access(self) -> tuple[str, ...]:
        """Who may publish nothing still reads."""
        return ("read", "post") if self.account.facts.get("publishes", "1") else ("read",)

    # reading

    async def fetch(self, source: Source, cursor: str, limit: int) -> Page:
        return await self._road.reader.fetch(source.kind, cursor, limit)

    async def fetch_older(self, source: Source, older: str, limit: int) -> Page:
        return await self._road.reader.fetch_older(source.kind, older, limit)

    async def thread(self, remote_id: str, refs: Mapping[str, str]) -> Page:
        return await self._road.reader.thread(refs.get("post", remote_id))

    async def choices(self, kind: str, field_name: str) -> tuple[tuple[str, str], ...]:
        """The site's categories and tags (kind "article"), by name."""
        if kind != "article" or field_name not in {"categories", "tags"}:
            return ()
        return tuple((name, name) for name in await self._road.reader.names(field_name))

    # writing

    async def post_rules(self) -> PostRules:
        return RULES

    def new_key(self, now_us: int, nonce: int) -> str:
        return naming.new_key(now_us, nonce)

    async def upload(self, media: MediaFile) -> Uploaded:
        return await self._road.uploader.upload(media)

    async def publish(self, segment: Segment, key: str) -> Receipt:
        target = self._answered(segment)
        if target is not None:
            return await self._road.commenter.publish(segment, target)
        return await self._road.publisher.publish(segment, key)

    async def find(self, segment: Segment, key: str) -> Receipt | None:
        target = self._answered(segment)
        if target is not None:
            return await self._road.commenter.find(segment, target)
        return await self._road.publisher.find(segment, key)

    def _answered(self, segment: Segment) -> Target | None:
        if segment.quote is not None:
            raise Rejected("a blog quotes nothing", reason="not_supported")
        return segment.reply_to if segment.article is None else None

    async def scheduled(self, receipt: Receipt) -> Receipt | None:
        return await self._road.publisher.scheduled(receipt)

    async def unschedule(self, receipt: Receipt) -> None:
        """Into the site's trash, where WordPress keeps it for a month."""
        await self._road.publisher.unschedule(receipt)

    async def edit(self, remote_id: str, refs: Mapping[str, str], text: str) -> None:
        """New words for a comment. Raises Rejected (not_supported) for an article."""
        if refs.get("kind") != "comment":
            raise Rejected("an article is changed in WordPress", reason="not_supported")
        await self._road.commenter.edit(remote_id, text)

    async def delete(self, remote_id: str, refs: Mapping[str, str]) -> None:
        if refs.get("kind") == "comment":
            await self._road.commenter.delete(remote_id)
        else:
            await self._road.publisher.delete(remote_id)


class WordPress(_Blog):
    """A visitor, or an account with an application password.

    `account.facts`: root (of the API), moderates, publishes ("1" or "").

    Secrets: username, password.
    """

    def __init__(
        self, account: Account, credential: Credential, http: object, *, now: Callable[[], datetime] = utc_now
    ) -> None:
        super().__init__(account, credential, http, now=now)
        root = account.facts.get("root") or f"{account.server}/wp-json/"
        self._client = Client(self._http, root, basic(credential.get("username"), credential.get("password")))
        self._road = rest_road(self._client, account, account.remote_id)

    async def sign_in(self, answers: Mapping[str, str]) -> SignedIn | SeveralFound:
        """With an application password; over XML-RPC where the site offers nothing else.

        Raises AuthExpired ("header_stripped" where the site saw nobody at all: wrong words, or a host that removes
        them), Rejected (no_api, no_app_passwords, insecure, firewall, ...).
        """
        return await password.sign_in(self._http, answers)

    async def begin_sign_in(self, answers: Mapping[str, str], redirect_uri: str) -> BrowserStep:
        """At WordPress.com, which takes none but the registered redirect address, `facts.REDIRECT`."""
        return hosted.begin(self.account.server or HOSTED_API, answers, redirect_uri)

    async def finish_sign_in(self, step: BrowserStep, code: str) -> SignedIn | SeveralFound:
        return await hosted.finish(self._http, step, code, self._now())

    async def whoami(self) -> Identity:
        return await password.whoami(self._client, self.account)

    async def sign_out(self) -> None:
        """Removes this application password from the site."""
        await password.sign_out(self._client)


class HostedWordPress(_Blog):
    """A site at WordPress.com or joined to it; nothing there ends a token but the person.

    `account.facts` besides: road "hosted", blog and user (their numbers). Secrets: those of `http.oauth`.
    """

    def __init__(
        self, account: Account, credential: Credential, http: object, *, now: Callable[[], datetime] = utc_now
    ) -> None:
        super().__init__(account, credential, http, now=now)
        client = Client(self._http, account.facts["root"], hosted.bearer(credential), f"{FACTS.key}:{account.id}")
        self._road = rest_road(client, account, account.facts.get("user", ""))

    async def whoami(self) -> Identity:
        return await hosted.whoami(self._http, self.account, self._credential)

    async def renew(self) -> Credential:
        return await hosted.renew(self._http, self.account, self._credential, self._now())

    def sign_in_ends(self) -> datetime | None:
        return oauth.ends_of(self._credential)


class RpcWordPress(_Blog):
    """A site that is reached over XML-RPC, which knows no signing out.

    `account.facts` besides: road "xmlrpc", blog and user (their numbers), version. Secrets: username, password.
    """

    def __init__(
        self, account: Account, credential: Credential, http: object, *, now: Callable[[], datetime] = utc_now
    ) -> None:
        super().__init__(account, credential, http, now=now)
        self._client = signin.client_of(self._http, account, credential)
        self._road = opening.road(self._client, account, now)

    async def whoami(self) -> Identity:
        return await signin.whoami(self._client, self.account)


def rest_road(client: Client, account: Account, own_id: str) -> Road:
    moderates, uploader = account.facts.get("moderates") == "1", Uploader(client)
    return Road(
        Reader(client, account.server, own_id, moderates=moderates),
        uploader,
        Publisher(client, uploader, own_id),
        Commenter(client, own_id, moderates=moderates),
    )


def open_account(account: Account, credential: Credential, http: object) -> _Blog:
    """The account by the road that its sign-in found."""
    kinds = {hosted.ROAD: HostedWordPress, signin.ROAD: RpcWordPress}
    return kinds.get(account.facts.get("road", ""), WordPress)(account, credential, http)
