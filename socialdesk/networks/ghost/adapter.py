"""One account at one Ghost site. Source: Ghost's Admin API docs, npm `@tryghost/admin-api`, and running sites."""

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.entry import Page
from socialdesk.core.errors import Rejected, Unreachable
from socialdesk.core.network import NetworkFacts, SignedIn
from socialdesk.core.post import MediaFile, Receipt, Segment, Uploaded
from socialdesk.core.rules import PostRules
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.networks.ghost.address import API, host_of, site_address
from socialdesk.networks.ghost.client import Client, Clock, utc_now
from socialdesk.networks.ghost.facts import FACTS, RULES
from socialdesk.networks.ghost.keys import AdminKey, new_key
from socialdesk.networks.ghost.planning import Planner
from socialdesk.networks.ghost.publishing import Publisher
from socialdesk.networks.ghost.reading import Reader
from socialdesk.networks.ghost.translate import objects, text_of
from socialdesk.networks.ghost.uploading import Uploader


class Ghost:
    """`account.facts`: root (of the API, with a trailing slash), version. Secrets: key."""

    facts: ClassVar[NetworkFacts] = FACTS

    def __init__(self, account: Account, credential: Credential, http: object, *, now: Clock = utc_now) -> None:
        self.account = account
        self._http = cast("Http", http)
        self._now = now
        root = account.facts.get("root") or f"{account.server}{API}"
        secret = credential.get("key")
        self._client = Client(self._http, root, AdminKey.parse(secret) if secret else None, now)
        self._reader = Reader(self._client, account.server)
        self._uploader = Uploader(self._client)
        self._publisher = Publisher(self._client)
        self._planner = Planner(self._client, self._publisher)

    # signing in

    async def sign_in(self, answers: Mapping[str, str]) -> SignedIn:
        """Finds the site's API and proves the key.

        Raises Rejected (invalid_key, no_ghost, insecure, version_retired, ...) and AuthExpired.
        """
        key = AdminKey.parse(answers.get("key", ""))
        site = site_address(answers.get("server", ""))
        root, _ = await Client(self._http, site + API).home()
        identity = await _identity(Client(self._http, root, key, self._now))
        return SignedIn(identity, Credential({"key": f"{key.id}:{key.secret}"}))

    async def whoami(self) -> Identity:
        return await _identity(self._client)

    # reading

    async def fetch(self, source: Source, cursor: str, limit: int) -> Page:
        return await self._reader.fetch(source.kind, cursor, limit)

    async def fetch_older(self, source: Source, older: str, limit: int) -> Page:
        return await self._reader.fetch_older(source.kind, older, limit)

    async def choices(self, kind: str, field_name: str) -> tuple[tuple[str, str], ...]:
        """The site's tags (kind "article", field "tags"), the most used first."""
        if (kind, field_name) != ("article", "tags"):
            return ()
        order = ("order", "count.posts desc")
        params = [("filter", "visibility:public"), order, ("fields", "id,name"), ("limit", "100")]
        found = objects((await self._client.get("tags/", params)).get("tags"))
        return tuple((name, name) for tag in found if (name := text_of(tag, "name")))

    # writing

    async def post_rules(self) -> PostRules:
        return RULES

    def new_key(self, now_us: int, nonce: int) -> str:
        return new_key(now_us, nonce)

    async def upload(self, media: MediaFile) -> Uploaded:
        return await self._uploader.upload(media)

    async def publish(self, segment: Segment, key: str) -> Receipt:
        return await self._publisher.publish(segment, key)

    async def find(self, segment: Segment, key: str) -> Receipt | None:
        return await self._publisher.find(segment, key)

    async def scheduled(self, receipt: Receipt) -> Receipt | None:
        return await self._planner.scheduled(receipt)

    async def unschedule(self, receipt: Receipt) -> None:
        """Deleted where nobody changed it in Ghost, else a draft there again."""
        await self._planner.unschedule(receipt)

    async def delete(self, remote_id: str, refs: Mapping[str, str]) -> None:
        await self._publisher.delete(remote_id, refs.get("kind", "post"))


async def _identity(client: Client) -> Identity:
    """The staff member that a token belongs to, or the site for the key of an integration, which is nobody there."""
    root, site = await client.home()
    home = text_of(site, "url").rstrip("/") or root.removesuffix(API)
    me = await _staff(client)
    number, slug = text_of(me, "id"), text_of(me, "slug")
    title = text_of(site, "title") or host_of(home)
    return Identity(
        remote_id=number or "site",
        name=title,
        handle=f"{slug}@{host_of(home)}" if number and slug else host_of(home),
        server=home,
        avatar_url=text_of(site, "icon") or text_of(site, "logo"),
        facts={"root": root, "version": text_of(site, "version")},
    )


async def _staff(client: Client) -> Mapping[str, Any]:
    """`users/me` is the one question that only a key answers and that costs nothing. No user = an integration."""
    try:
        users = objects((await client.get("users/me/")).get("users"))
    except Rejected as error:
        if error.reason != "not_found":
            raise
        return {}
    if not users:
        raise Unreachable("the answer has an unknown form", reason="invalid_answer")
    return users[0]
