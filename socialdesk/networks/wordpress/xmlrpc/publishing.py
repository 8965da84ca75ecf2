"""Articles over XML-RPC: written once, however often one has to try.

Before the first byte the post has a key. It goes along as a custom field, which WordPress stores before the post itself
is out. No list can be searched for a custom field, so whoever looks goes through the newest posts by number, back to
one that is older than the delivery.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from html import escape

from socialdesk.core.errors import NetworkError, OutcomeUnknown, Rejected, Unreachable
from socialdesk.core.post import Receipt, Segment
from socialdesk.core.tolerant import Obj, obj, objs, string, web
from socialdesk.networks.wordpress.blocks import to_blocks
from socialdesk.networks.wordpress.naming import MARK, same_slug, slugs_for
from socialdesk.networks.wordpress.planning import PLANNED, PUBLIC, as_planned, give_back
from socialdesk.networks.wordpress.publishing import note_html, wanted_slug
from socialdesk.networks.wordpress.repeating import Seen, repeats
from socialdesk.networks.wordpress.translate import when
from socialdesk.networks.wordpress.xmlrpc.client import RpcClient
from socialdesk.networks.wordpress.xmlrpc.uploading import RpcUploader

PAGE = 30
MOST_PAGES = 6
SKEW = timedelta(hours=1)  # between this machine's clock and the site's
_STATE = ["post_status", "post_date_gmt", "link"]
_FIELDS = [*_STATE, "post_name", "post_modified_gmt", "custom_fields"]
_WORDS = [*_FIELDS, "post_title", "post_content"]


class RpcPublisher:
    """`home` without a trailing slash. `blocks`: the site knows the block editor."""

    def __init__(
        self, client: RpcClient, uploader: RpcUploader, home: str, now: Callable[[], datetime], *, blocks: bool
    ) -> None:
        self._client = client
        self._now = now
        self._uploader = uploader
        self._home = home
        self._blocks = blocks

    async def publish(self, segment: Segment, key: str) -> Receipt:
        """Sends the post unless it is there already. Raises OutcomeUnknown when it may have gone out."""
        newest = await self._newest(segment)
        ours = _ours(newest, key)
        if ours:
            return await self._receipt_of(ours[0], segment)
        clean, unique = slugs_for(wanted_slug(segment), key)
        taken = any(same_slug(string(post.get("post_name")), clean) for post in newest)
        slug = unique if taken else clean
        content = {**await self._open_to(), **self._content(segment, key, slug)}
        made = string(await self._client.send("wp.newPost", content))
        if not made.isdecimal():
            raise OutcomeUnknown("the answer names no post")
        try:
            return await self._seen_again(segment, key, made, slug)
        except NetworkError:
            return self._unseen(made, segment)  # it is there; only its address in the site's own form is missing

    async def _seen_again(self, segment: Segment, key: str, number: str, slug: str) -> Receipt:
        """The receipt, and a second arrival of the same request removed where the site had to change our slug."""
        post = await self._post(number, _FIELDS)
        if same_slug(string(post.get("post_name")), slug) or not post.get("post_name"):
            return await self._receipt_of(post, segment)
        first = await self._only_one(_ours([post, *await self._newest(segment)], key), segment)
        return first or await self._receipt_of(post, segment)

    async def find(self, segment: Segment, key: str) -> Receipt | None:
        """The post with this key. None = certainly not there; raises OutcomeUnknown where that cannot be told."""
        return await self._only_one(_ours(await self._newest(segment), key), segment)

    async def _only_one(self, ours: list[Obj], segment: Segment) -> Receipt | None:
        """The receipt of the first; a later post that repeats it goes to the trash."""
        if len(ours) > 1:
            first, *others = [await self._post(string(post.get("post_id")), _WORDS) for post in ours]
            for later in others:
                if repeats(_seen(later), _seen(first)):
                    await self.delete(string(later.get("post_id")))
        return await self._receipt_of(ours[0], segment) if ours else None

    async def scheduled(self, receipt: Receipt) -> Receipt | None:
        """As `Publisher.scheduled`."""
        post = await self._state(receipt.remote_id)
        return as_planned(receipt, self._receipt(post), string(post.get("post_status")))

    async def unschedule(self, receipt: Receipt) -> None:
        """As `Publisher.unschedule`: into the site's trash."""
        await give_back(lambda: self._status(receipt.remote_id), lambda: self.delete(receipt.remote_id))

    async def _status(self, number: str) -> str:
        return string((await self._state(number)).get("post_status"))

    async def _state(self, number: str) -> Obj:
        """Status, time and address of a post, read after what waits, so that the address is that of the status."""
        waits = await self._waits(number)
        post = await self._post(number, _STATE)
        return {**post, "post_status": PLANNED} if waits and post.get("post_status") == PUBLIC else post

    async def _waits(self, number: str) -> bool:
        """Whether the site holds the post for its time. Asked for the post itself, it calls that published."""
        for page in range(MOST_PAGES):
            span = {"number": PAGE, "offset": page * PAGE}
            wanted = {"post_type": "post", "post_status": PLANNED, "orderby": "ID", "order": "DESC", **span}
            batch = await self._client.ask("wp.getPosts", wanted, ["post_status"])
            if not isinstance(batch, list):
                raise Unreachable("the answer has an unknown form", reason="invalid_answer")
            numbers = [string(post.get("post_id")) for post in objs(batch)]
            if number in numbers:
                return True
            if not numbers or min(int(found) for found in numbers if found.isdecimal()) < int(number):
                return False
        raise OutcomeUnknown("too many posts wait to be sure")

    async def _post(self, number: str, fields: list[str]) -> Obj:
        post = await self._client.ask("wp.getPost", number, fields)
        if not isinstance(post, dict):
            raise Unreachable("the answer has an unknown form", reason="invalid_answer")
        return {**post, "post_id": number}

    async def _newest(self, segment: Segment) -> list[Obj]:
        """The posts since the delivery began, by number, and some before: what was last changed earlier is older."""
        since = segment.created - SKEW if segment.created else None
        found: list[Obj] = []
        for page in range(MOST_PAGES):
            span = {"number": PAGE, "offset": page * PAGE}
            wanted = {"post_type": "post", "orderby": "ID", "order": "DESC", **span}
            batch = await self._client.ask("wp.getPosts", wanted, _FIELDS)
            if not isinstance(batch, list):
                raise Unreachable("the answer has an unknown form", reason="invalid_answer")
            posts = [post for post in objs(batch) if string(post.get("post_id")).isdecimal()]
            found += posts
            changed = [time for post in posts if (time := when(post.get("post_modified_gmt")))]
            if not posts or (since and changed and min(changed) < since):
                return found
        raise OutcomeUnknown("too many posts since to be sure")

    async def _open_to(self) -> Mapping[str, object]:
        """Whether readers may comment, as the site wants it for new posts. Unsaid, WordPress would close this one."""
        names = {"comment_status": "default_comment_status", "ping_status": "default_ping_status"}
        options = obj(await self._client.ask("wp.getOptions", list(names.values())))
        found = {name: string(obj(options.get(option)).get("value")) for name, option in names.items()}
        return {name: value for name, value in found.items() if value in {"open", "closed"}}

    def _content(self, segment: Segment, key: str, slug: str) -> Mapping[str, object]:
        article = segment.article
        html = note_html(segment) if article is None else article.html or "<p></p>"
        content: dict[str, object] = {
            "post_type": "post",
            "post_title": "" if article is None else escape(article.title, quote=False),
            "post_content": to_blocks(html, self._uploader.ids, key) if self._blocks else html,
            "post_status": "publish" if article is None else article.status,
            "post_name": slug,
            "custom_fields": [{"key": MARK, "value": key}],
        }
        if article is None:
            return content
        if article.excerpt:
            content["post_excerpt"] = escape(article.excerpt, quote=False)
        if article.publish_at is not None and article.status == "future":
            content["post_date_gmt"] = article.publish_at.astimezone(UTC).replace(tzinfo=None)
        if article.featured is not None:
            content["post_thumbnail"] = int(article.featured.ref)
        named = (("category", article.categories), ("post_tag", article.tags))
        terms = {taxonomy: _stored(names) for taxonomy, names in named}
        if any(terms.values()):
            content["terms_names"] = {taxonomy: names for taxonomy, names in terms.items() if names}
        return content

    async def delete(self, post_id: str) -> None:
        """Into the site's trash. What lies there already is left alone: a second time would be for good."""
        try:
            post = await self._client.ask("wp.getPost", post_id, ["post_status"])
            if not isinstance(post, dict) or post.get("post_status") != "trash":
                await self._client.send("wp.deletePost", post_id)
        except Rejected as error:
            if error.reason not in {"not_found", "gone"}:
                raise

    async def _receipt_of(self, post: Obj, segment: Segment) -> Receipt:
        """WordPress calls what it plans published here: of an article with a time its list of what waits is asked."""
        if segment.article is None or segment.article.status != PLANNED:
            return self._receipt(post)
        return self._receipt({**post, **await self._state(string(post.get("post_id")))})

    def _unseen(self, number: str, segment: Segment) -> Receipt:
        """The receipt of a post that was made and could not be looked at since."""
        article = segment.article
        status = PUBLIC if article is None else article.status
        at = article.publish_at if article is not None else None
        if status == PLANNED and (at is None or at <= self._now()):
            status = PUBLIC
        return self._receipt({"post_id": number, "post_status": status}, at)

    def _receipt(self, post: Obj, at: datetime | None = None) -> Receipt:
        """`at` is when it goes out, where the post itself does not say."""
        number, status = string(post.get("post_id")), string(post.get("post_status"))
        refs = {"kind": "post", "post": number, "status": status}
        planned = when(post.get("post_date_gmt")) or at
        link = web(post.get("link")) or f"{self._home}/?p={number}"
        return Receipt(number, link, refs, planned if status == PLANNED else None)


def _stored(names: Sequence[str]) -> list[str]:
    """Each once, in the form that the site keeps names in."""
    return list(dict.fromkeys(escape(name.strip(), quote=False) for name in names if name.strip()))


def _ours(posts: list[Obj], key: str) -> list[Obj]:
    """The posts that carry our key, first one first, each once."""
    by_id = {int(string(post["post_id"])): post for post in posts if _carries(post, key)}
    return [by_id[number] for number in sorted(by_id)]


def _carries(post: Obj, key: str) -> bool:
    return any(field.get("key") == MARK and field.get("value") == key for field in objs(post.get("custom_fields")))


def _seen(post: Obj) -> Seen:
    names = ("post_status", "post_title", "post_content", "post_name")
    status, title, content, slug = (string(post.get(name)) for name in names)
    return Seen(status, title, content, slug, when(post.get("post_modified_gmt")))
