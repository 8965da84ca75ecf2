"""Articles: written once, however often one has to try.

Each carries its key in a comment of its HTML, by which it is found; should Blogger have dropped that, by its title
since the delivery began. A planned article is made as a draft first and then planned, so that it is never out too
early.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from socialdesk.core.errors import OutcomeUnknown, Rejected, Unreachable
from socialdesk.core.post import ArticleToSend, Receipt, Segment
from socialdesk.core.tolerant import Obj, moment, objs, string
from socialdesk.networks.blogger.client import Client

PAGE = 50
MAX_PAGES = 3
SKEW = timedelta(minutes=5)
PLANNED = "SCHEDULED"
_STATES = ("LIVE", "DRAFT", PLANNED)


class Publisher:
    def __init__(self, client: Client, blog: str, home: str) -> None:
        self._client = client
        self._path = f"/v3/blogs/{quote(blog, safe='')}/posts"
        self._home = home
        self._drafts: dict[str, Obj] = {}  # key -> a post of ours that is not yet published

    async def publish(self, segment: Segment, key: str) -> Receipt:
        """Sends the article, or takes up where an earlier attempt ended. Raises OutcomeUnknown when it may be out."""
        article = _article(segment)
        planned = _planned(article, self._client.now())
        post = self._drafts.get(key) or await self._look(segment, key, by_title=False)
        if post is None:
            draft = "true" if planned or article.status == "draft" else "false"
            post = await self._client.ask("POST", self._path, params={"isDraft": draft}, json=_body(article, key))
            if not string(post.get("id")):
                raise OutcomeUnknown("the answer names no post")
            post = {**post, "status": "DRAFT" if draft == "true" else "LIVE"}
        if article.status != "draft" and string(post.get("status")) == "DRAFT":
            self._drafts[key] = post
            post = await self._release(post, planned)
        self._drafts.pop(key, None)
        return self._receipt(post)

    async def _release(self, post: Obj, planned: datetime | None) -> Obj:
        """Publishes a draft, now or at its time. Once more does no harm, so it is only looked for, never doubted."""
        path = f"{self._path}/{quote(string(post.get('id')), safe='')}/publish"
        params = {"publishDate": f"{planned:%Y-%m-%dT%H:%M:%SZ}"} if planned else {}
        released = await self._client.ask("POST", path, params=params)
        if not string(released.get("id")):
            raise OutcomeUnknown("the answer names no post")
        return released

    async def find(self, segment: Segment, key: str) -> Receipt | None:
        """The article, None = certainly not there, or there as a draft that `publish` has yet to release."""
        article = _article(segment)
        post = await self._look(segment, key, by_title=True)
        if post is None:
            return None
        if article.status != "draft" and string(post.get("status")) == "DRAFT":
            self._drafts[key] = post
            return None
        return self._receipt(post)

    async def scheduled(self, receipt: Receipt) -> Receipt | None:
        """The receipt once the article is public; None while it waits for its time.

        Where somebody gave it another time at Blogger: a receipt with that. Raises Rejected (not_found) for what is
        deleted, in the trash or a draft again.
        """
        post = await self._state(receipt.remote_id)
        now, status = self._receipt(post), self._status(post)
        if status == "LIVE":
            return now
        if status != PLANNED:
            raise Rejected(f"Blogger no longer plans it: {status}", reason="not_found")
        return None if now.publish_at in {None, receipt.publish_at} else now

    async def unschedule(self, receipt: Receipt) -> None:
        """Into the blog's trash, as `delete`: it keeps what was changed at Blogger since.

        What is a draft or gone already is left alone. Raises Rejected (published) for what is out.
        """
        try:
            status = self._status(await self._state(receipt.remote_id))
        except Rejected as error:
            if error.reason not in {"not_found", "gone"}:
                raise
            return
        if status == "LIVE":
            raise Rejected("the article is out", reason="published")
        if status == PLANNED:
            await self.delete(receipt.remote_id)

    async def _state(self, post_id: str) -> Obj:
        path = f"{self._path}/{quote(post_id, safe='')}"
        post = await self._client.ask("GET", path, params={"view": "ADMIN", "fetchBody": "false"})
        if string(post.get("id")) != post_id:
            raise Unreachable("the answer has an unknown form", reason="invalid_answer")
        return post

    async def delete(self, post_id: str) -> None:
        """Into the blog's trash."""
        try:
            path = f"{self._path}/{quote(post_id, safe='')}"
            await self._client.ask("DELETE", path, params={"useTrash": "true"}, harmless=True)
        except Rejected as error:
            if error.reason not in {"not_found", "gone"}:
                raise

    async def _look(self, segment: Segment, key: str, *, by_title: bool) -> Obj | None:
        """The newest first, back to when the delivery began."""
        since = segment.created - SKEW if segment.created else None
        params = [("orderBy", "UPDATED"), ("view", "ADMIN"), ("fetchBodies", "true"), ("maxResults", str(PAGE))]
        params += [("status", state) for state in _STATES]
        token = ""
        for _ in range(MAX_PAGES):
            place = [("pageToken", token)] if token else []
            answer = await self._client.ask("GET", self._path, params=[*params, *place])
            if "items" not in answer and "kind" not in answer:
                raise Unreachable("the answer has an unknown form", reason="invalid_answer")
            posts = objs(answer.get("items"))
            title = _article(segment).title if by_title else None
            ours = next((post for post in posts if _is_ours(post, key, title, since)), None)
            times = [when for post in posts if (when := moment(post.get("updated")))]
            token = string(answer.get("nextPageToken"))
            if ours is not None or not token or (since and times and min(times) < since):
                return ours
        raise OutcomeUnknown("too many posts since to be sure")

    def _status(self, post: Obj) -> str:
        """Blogger promises the status to administrators only; where it says none, the time and the address tell."""
        at, status = moment(post.get("published")), string(post.get("status"))
        if status in {"", "LIVE"} and at is not None and at > self._client.now():
            return PLANNED
        return status or ("LIVE" if post.get("url") else "DRAFT")

    def _receipt(self, post: Obj) -> Receipt:
        """A draft has no address yet: it is edited at Blogger's own page. With `publish_at` for what waits."""
        number, status = string(post.get("id")), self._status(post)
        url = string(post.get("url")) or self._home or f"https://www.blogger.com/blog/post/edit/{number}"
        return Receipt(number, url, {"status": status}, moment(post.get("published")) if status == PLANNED else None)


def mark_of(key: str) -> str:
    return f"<!--{key}-->"


def _is_ours(post: Obj, key: str, title: str | None, since: datetime | None) -> bool:
    if mark_of(key) in string(post.get("content")):
        return True
    begun = moment(post.get("published")) if string(post.get("status")) == "LIVE" else moment(post.get("updated"))
    return title is not None and string(post.get("title")) == title and bool(since and begun and begun >= since)


def _body(article: ArticleToSend, key: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "kind": "blogger#post",
        "title": article.title,
        "content": f"{article.html}\n{mark_of(key)}",
    }
    labels = {name.strip().casefold(): name.strip() for name in (*article.categories, *article.tags)}
    found = [label.replace(",", " ") for label in labels.values() if label]
    return {**body, "labels": found} if found else body


def _planned(article: ArticleToSend, now: datetime) -> datetime | None:
    """When it is to be published; None = now, also for a time that has passed."""
    if article.status != "future" or article.publish_at is None or article.publish_at <= now:
        return None
    return article.publish_at.astimezone(UTC)


def _article(segment: Segment) -> ArticleToSend:
    """Raises Rejected (not_supported, empty) for what Blogger would not take."""
    if segment.article is None:
        raise Rejected("Blogger takes articles", reason="not_supported")
    if not segment.article.title.strip():
        raise Rejected("an article has a title", reason="empty")
    return segment.article
