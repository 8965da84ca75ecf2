"""One account at one WordPress site. Source: REST API Handbook, and running sites of versions 6.1 and 6.5."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import ClassVar, cast

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.entry import Page
from socialdesk.core.errors import AuthExpired, Rejected, Unreachable
from socialdesk.core.network import BrowserStep, NetworkFacts, SeveralFound, SignedIn
from socialdesk.core.post import MediaFile, Receipt, Segment, Target, Uploaded
from socialdesk.core.rules import PostRules
from socialdesk.core.source import Source
from socialdesk.http import Http, oauth
from socialdesk.networks.wordpress import hosted, naming
from socialdesk.networks.wordpress.client import Client, basic
from socialdesk.networks.wordpress.commenting import Commenter
from socialdesk.networks.wordpress.discovery import Site, find_site
from socialdesk.networks.wordpress.facts import FACTS, HOSTED_API, RULES
from socialdesk.networks.wordpress.publishing import Publisher
from socialdesk.networks.wordpress.reading import Reader
from socialdesk.networks.wordpress.translate import plain
from socialdesk.networks.wordpress.uploading import Uploader

ME = "wp/v2/users/me"


def utc_now() -> datetime:
    return datetime.now(UTC)


class WordPress:
    """`account.facts`: root (of the API), moderates, publishes ("1" or ""); road "hosted" with blog and user, numbers.

    Secrets: username and password, or those of `hosted`.
    """

    facts: ClassVar[NetworkFacts] = FACTS

    def __init__(
        self, account: Account, credential: Credential, http: object, *, now: Callable[[], datetime] = utc_now
    ) -> None:
        self.account = account
        self._credential = credential
        self._http = cast("Http", http)
        self._now = now
        at_host = hosted.is_hosted(account)
        root = account.facts.get("root") or f"{account.server}/wp-json/"
        moderates = account.facts.get("moderates") == "1"
        own_id = account.facts.get("user", "") if at_host else account.remote_id
        pair = basic(credential.get("username"), credential.get("password"))
        budget = f"{FACTS.key}:{account.id}" if at_host else ""
        self._client = Client(self._http, root, hosted.bearer(credential) if at_host else pair, budget)
        self._reader = Reader(self._client, account.server, own_id, moderates=moderates)
        self._uploader = Uploader(self._client)
        self._publisher = Publisher(self._client, self._uploader, own_id)
        self._commenter = Commenter(self._client, own_id, moderates=moderates)

    # signing in

    async def sign_in(self, answers: Mapping[str, str]) -> SignedIn:
        """Finds the site's API and proves the application password.

        Raises AuthExpired ("header_stripped" where the site saw nobody at all: wrong words, or a host that removes
        them), Rejected (no_api, no_app_passwords, insecure, firewall, ...).
        """
        site = await find_site(self._http, answers.get("server", ""))
        secrets = {"username": answers.get("username", "").strip(), "password": answers.get("password", "").strip()}
        client = Client(self._http, site.root, basic(**secrets))
        try:
            identity = await _identity(client, site)
        except AuthExpired as error:
            if "rest_not_logged_in" in str(error):
                raise AuthExpired("the site saw nobody", reason="header_stripped") from error
            raise
        return SignedIn(identity, Credential(secrets))

    async def begin_sign_in(self, answers: Mapping[str, str], redirect_uri: str) -> BrowserStep:
        """At WordPress.com, which takes none but the registered redirect address, `facts.REDIRECT`."""
        return hosted.begin(self.account.server or HOSTED_API, answers, redirect_uri)

    async def finish_sign_in(self, step: BrowserStep, code: str) -> SignedIn | SeveralFound:
        return await hosted.finish(self._http, step, code, self._now())

    async def whoami(self) -> Identity:
        """Only `users/me` proves anything: with a wrong password public reads still work."""
        account = self.account
        if hosted.is_hosted(account):
            return await hosted.whoami(self._http, account, self._credential)
        site = Site(self._client.root, account.server, account.name, account.avatar_url)
        return await _identity(self._client, site)

    async def renew(self) -> Credential:
        """Application passwords do not end by themselves. Raises AuthExpired where the person has to sign in again."""
        if not hosted.is_hosted(self.account):
            raise AuthExpired("the password is no longer accepted")
        return await hosted.renew(self._http, self.account, self._credential, self._now())

    def sign_in_ends(self) -> datetime | None:
        return oauth.ends_of(self._credential)

    async def sign_out(self) -> None:
        """Removes this application password from the site. Raises Rejected (not_supported) at WordPress.com."""
        if hosted.is_hosted(self.account):
            raise Rejected("WordPress.com ends no token for a program", reason="not_supported")
        about, _ = await self._client.get(f"{ME}/application-passwords/introspect")
        if isinstance(about, dict) and about.get("uuid"):
            await self._client.send("DELETE", f"{ME}/application-passwords/{about['uuid']}")

    # reading

    async def fetch(self, source: Source, cursor: str, limit: int) -> Page:
        return await self._reader.fetch(source.kind, cursor, limit)

    async def fetch_older(self, source: Source, older: str, limit: int) -> Page:
        return await self._reader.fetch_older(source.kind, older, limit)

    async def thread(self, remote_id: str, refs: Mapping[str, str]) -> Page:
        return await self._reader.thread(refs.get("post", remote_id))

    async def choices(self, kind: str, field_name: str) -> tuple[tuple[str, str], ...]:
        """The site's categories and tags (kind "article"), by name."""
        if kind != "article" or field_name not in {"categories", "tags"}:
            return ()
        params = [("per_page", "100"), ("orderby", "count"), ("order", "desc"), ("_fields", "id,name")]
        found, _ = await self._client.get(f"wp/v2/{field_name}", params)
        names = [plain(str(term.get("name", ""))) for term in found if isinstance(term, dict)]
        return tuple((name, name) for name in names if name)

    # writing

    async def post_rules(self) -> PostRules:
        return RULES

    def new_key(self, now_us: int, nonce: int) -> str:
        return naming.new_key(now_us, nonce)

    async def upload(self, media: MediaFile) -> Uploaded:
        return await self._uploader.upload(media)

    async def publish(self, segment: Segment, key: str) -> Receipt:
        target = self._answered(segment)
        if target is not None:
            return await self._commenter.publish(segment, target)
        return await self._publisher.publish(segment, key)

    async def find(self, segment: Segment, key: str) -> Receipt | None:
        target = self._answered(segment)
        if target is not None:
            return await self._commenter.find(segment, target)
        return await self._publisher.find(segment, key)

    def _answered(self, segment: Segment) -> Target | None:
        if segment.quote is not None:
            raise Rejected("a blog quotes nothing", reason="not_supported")
        return segment.reply_to if segment.article is None else None

    async def delete(self, remote_id: str, refs: Mapping[str, str]) -> None:
        if refs.get("kind") == "comment":
            await self._commenter.delete(remote_id)
        else:
            await self._publisher.delete(remote_id)


async def _identity(client: Client, site: Site) -> Identity:
    me, _ = await client.get(ME, [("context", "edit")])
    if not isinstance(me, dict) or "id" not in me:
        raise Unreachable("the answer has an unknown form", reason="invalid_answer")
    may = me.get("capabilities") or {}
    avatars = me.get("avatar_urls") or {}
    facts = {
        "root": site.root,
        "moderates": "1" if may.get("moderate_comments") else "",
        "publishes": "1" if may.get("publish_posts") else "",
        "site": plain(site.name),
    }
    return Identity(
        remote_id=str(me["id"]),
        name=plain(site.name),
        handle=str(me.get("username") or me.get("slug") or me["id"]),
        server=site.home,
        avatar_url=site.icon_url or str(avatars.get("96", "")),
        facts=facts,
    )
