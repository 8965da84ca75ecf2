"""Posts, reblogs, likes: written once, however often one has to try.

Tumblr takes no name of ours with a post, so a post in doubt is looked for where it would be: among the published, the
queued or the drafts. Private posts are shown in no list that says so; of them only a "yes" is believed.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from socialdesk.core.account import Account
from socialdesk.core.errors import OutcomeUnknown, RateLimited, Rejected, Unreachable
from socialdesk.core.post import MediaFile, Receipt, Segment, Target, Uploaded
from socialdesk.core.tolerant import Obj, obj, objs, string
from socialdesk.networks.tumblr import scheduling
from socialdesk.networks.tumblr.articles import FILM, HELD
from socialdesk.networks.tumblr.client import Client, File
from socialdesk.networks.tumblr.composing import content_of, media_of, planned_for, state_of, tags_of
from socialdesk.networks.tumblr.facts import VIDEO_TYPES
from socialdesk.networks.tumblr.matching import is_ours, since_of
from socialdesk.networks.tumblr.refusals import is_full_queue
from socialdesk.networks.tumblr.tolerant import moment

PAGE = 20
MAX_PAGES = 5
SETTLE = timedelta(seconds=20)  # an upload that timed out here may still be at work there
TRANSCODES = timedelta(minutes=15)  # a film shows when it has been prepared
HELD_AT_MOST = 31  # the pictures of one post, and one on top of an article
_TYPES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})


class Writer:
    """Writes to one blog; `web` is where people look at posts."""

    def __init__(self, client: Client, account: Account, web: str) -> None:
        self._client = client
        self._blog = account.facts.get("blog", "") or account.handle
        self._web = web
        self._held: dict[str, MediaFile] = {}
        self._tried: dict[str, tuple[datetime | None, bool]] = {}  # key -> last attempt, whether with a film

    @property
    def _path(self) -> str:
        return f"/v2/blog/{quote(self._blog, safe='')}"

    def hold(self, media: MediaFile) -> Uploaded:
        """Keeps a picture or film until its post takes it along: Tumblr takes none alone."""
        if media.mime not in _TYPES and media.mime not in VIDEO_TYPES:
            raise Rejected(f"Tumblr takes no {media.mime} here", reason="media_type")
        if media.is_video:
            self._held.clear()  # one film goes with a post, and it is large
        ref = (FILM if media.is_video else HELD) + media.blob
        self._held.pop(ref, None)
        self._held[ref] = media
        while len(self._held) > HELD_AT_MOST:
            del self._held[next(iter(self._held))]
        return Uploaded(ref, media.alt, media.width, media.height, ref)

    async def publish(self, segment: Segment, key: str) -> Receipt:
        if segment.reply_to is not None:
            raise Rejected("Tumblr lets no program reply", reason="not_supported")
        content = content_of(segment)
        files = self._files(content)
        body: dict[str, Any] = {"content": content, **state_of(segment, self._client.now())}
        tags = tags_of(segment)
        if tags:
            body["tags"] = ",".join(tags)
        if segment.article is not None and segment.article.slug:
            body["slug"] = segment.article.slug
        if segment.quote is not None:
            body |= await self._parent(segment.quote)
        self._tried[key] = (self._client.now(), any(ref.startswith(FILM) for ref in files))
        made = await self._send(body, files, segment)
        number = string(made.get("id_string")) or string(made.get("id"))
        if not number:
            raise OutcomeUnknown("the answer names no post")
        for ref in files:
            self._held.pop(ref, None)
        return self._receipt(number, planned_for(segment) if body["state"] == "queue" else None)

    async def _send(self, body: dict[str, Any], files: dict[str, File], segment: Segment) -> Obj:
        """A queue that is full holds no post for its time: that is no wait, the desk sends it then."""
        try:
            return await self._client.send(f"{self._path}/posts", body, files)
        except RateLimited as error:
            if segment.publish_at is None or not is_full_queue(error):
                raise
            raise Rejected(str(error), reason="cannot_plan", detail=error.detail) from error

    def _files(self, content: list[dict[str, Any]]) -> dict[str, File]:
        """The pictures that the blocks name, and their types into the blocks. Raises Rejected (media_missing)."""
        files: dict[str, File] = {}
        for block in content:
            for media in media_of(block):
                ref = media.get("identifier")
                if ref is None:
                    continue
                file = self._held.get(ref)
                if file is None:
                    raise Rejected("the picture is no longer here", reason="media_missing")
                media["type"] = file.mime
                files[ref] = (file.name or "picture", file.data, file.mime)
        return files

    async def _parent(self, target: Target) -> dict[str, Any]:
        """What a reblog says of the post it takes on; asked for where the entry does not hold it."""
        refs: Mapping[str, str] = target.refs
        if not refs.get("reblog_key") or not refs.get("uuid"):
            refs = await self._refs_of(refs.get("blog", ""), target.remote_id)
        number = target.remote_id
        return {
            "parent_tumblelog_uuid": refs["uuid"],
            "parent_post_id": int(number) if number.isdigit() else number,
            "reblog_key": refs["reblog_key"],
        }

    async def _refs_of(self, blog: str, post_id: str) -> Mapping[str, str]:
        if not blog:
            raise Rejected("what is reblogged is not known", reason="reblog_not_allowed")
        _, answer = await self._client.ask("GET", f"/v2/blog/{quote(blog, safe='')}/posts/{quote(post_id, safe='')}")
        post = obj(answer)
        found = {"uuid": string(obj(post.get("blog")).get("uuid")), "reblog_key": string(post.get("reblog_key"))}
        found["uuid"] = found["uuid"] or string(post.get("tumblelog_uuid"))
        if not all(found.values()):
            raise Rejected("what is reblogged may not be", reason="reblog_not_allowed")
        return found

    # looking

    async def find(self, segment: Segment, key: str) -> Receipt | None:
        """Looks where the post would be. Raises `OutcomeUnknown` when it cannot tell."""
        state, at = state_of(segment, self._client.now())["state"], planned_for(segment)
        if at is not None:
            state = "queue"  # its time may have come meanwhile
        found = None
        if state in {"queue", "draft"}:
            found = await self._look(f"{self._path}/posts/{state}", segment, dated=False, at=at)
        if found is None and state != "draft":
            found = await self._look(f"{self._path}/posts", segment, dated=True)
        if found is not None:
            return found
        if state == "private":
            raise OutcomeUnknown("private posts may be in no list")
        last, film = self._tried.get(key, (segment.created, len(segment.media) == 1))
        settled = last + (TRANSCODES if film else SETTLE) if last else None
        if segment.media and settled and self._client.now() < settled:
            raise OutcomeUnknown("Tumblr may still be at work", retry_at=settled)
        return None

    async def _look(self, path: str, segment: Segment, *, dated: bool, at: datetime | None = None) -> Receipt | None:
        """The receipt of our post in a list; with `at` in the queue, of one that waits for that time."""
        for page in range(MAX_PAGES):
            params = {"limit": str(PAGE), "offset": str(page * PAGE), "npf": "true", "reblog_info": "true"}
            response, answer = await self._client.ask("GET", path, params=params)
            found = obj(answer).get("posts")
            if not isinstance(found, list):
                raise Unreachable("the answer has an unknown form", reason="invalid_answer")
            posts = objs(found)
            since = since_of(segment, response, self._client.now()) if dated else None
            ours = next((p for p in posts if scheduling.is_due(p, at) and is_ours(p, segment, since)), None)
            if ours is not None:
                return self._receipt(id_of(ours), at)
            times = [when for post in posts if (when := moment(post.get("timestamp")))]
            if len(posts) < PAGE or (since and times and min(times) < since):
                return None
        raise OutcomeUnknown("too many posts since to be sure")

    def _receipt(self, number: str, at: datetime | None = None) -> Receipt:
        """`at`: it waits, and has no address yet, for it will have another number."""
        if at is not None:
            return Receipt(number, "", {"id": number, "blog": self._blog, "queued": number}, at)
        url = f"{self._web}/{self._blog}/{number}"
        return Receipt(number, url, {"id": number, "blog": self._blog, "url": url})

    async def scheduled(self, receipt: Receipt) -> Receipt | None:
        number = await scheduling.number_of(self._client, self._path, receipt)
        return self._receipt(number) if number else None

    async def unschedule(self, receipt: Receipt) -> None:
        """Out of the queue, for good: Tumblr has no trash, and makes no draft of a post without all its words."""
        try:
            out = await scheduling.number_of(self._client, self._path, receipt)
        except Rejected as error:
            if error.reason != "not_found":
                raise
            return
        if out:
            raise Rejected("the post is out", reason="published")
        await self.delete(receipt.refs.get("queued") or receipt.remote_id)

    # deleting and acting

    async def delete(self, post_id: str) -> None:
        try:
            await self._client.ask("POST", f"{self._path}/post/delete", form={"id": post_id}, harmless=True)
        except Rejected as error:
            if error.reason not in {"not_found", "gone"}:
                raise

    async def act(self, action: str, post_id: str, refs: Mapping[str, str]) -> Mapping[str, str]:
        if action in {"like", "unlike"}:
            form = {"id": post_id, "reblog_key": refs.get("reblog_key", "")}
            await self._client.ask("POST", f"/v2/user/{action}", form=form, harmless=True)
            return refs
        if action == "reshare":
            return {**refs, "reblog": await self._reblog(post_id, refs)}
        if action == "unreshare":
            mine = refs.get("reblog") or await self._own_reblog(post_id)
            if mine:
                await self.delete(mine)
            return {name: value for name, value in refs.items() if name != "reblog"}
        raise Rejected(f"no action {action}", reason="not_supported")

    async def _reblog(self, post_id: str, refs: Mapping[str, str]) -> str:
        """The number of the reblog. One that is there already is not made again."""
        there = await self._own_reblog(post_id)
        if there:
            return there
        body = {"content": [], "state": "published", **await self._parent(Target(post_id, refs))}
        try:
            made = await self._client.send(f"{self._path}/posts", body, {})
        except OutcomeUnknown as error:
            raise Unreachable(str(error), reason="interrupted", detail=error.detail) from error  # looked for next time
        return string(made.get("id_string")) or string(made.get("id"))

    async def _own_reblog(self, post_id: str) -> str:
        params = {"limit": str(PAGE), "npf": "true", "reblog_info": "true"}
        _, answer = await self._client.ask("GET", f"{self._path}/posts", params=params)
        mine = (
            id_of(post)
            for post in objs(obj(answer).get("posts"))
            if string(post.get("parent_post_id")) == post_id and not objs(post.get("content"))
        )
        return next(mine, "")


def id_of(post: Obj) -> str:
    """Ids have 64 bits: `id_string` where it is given."""
    return string(post.get("id_string")) or string(post.get("id"))
