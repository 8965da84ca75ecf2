"""Publishing: uploads, posts, threads, looking for a post in doubt, deleting, liking, boosting, bookmarking.

Sources: docs.joinmastodon.org/methods/statuses and /media; app/services/post_status_service.rb for the key that makes
a repeat harmless for an hour.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlsplit

from socialdesk.core.account import Account
from socialdesk.core.errors import OutcomeUnknown, Rejected, Unreachable
from socialdesk.core.plain import plain_text
from socialdesk.core.post import MediaFile, Receipt, Segment, Target, Uploaded
from socialdesk.core.tolerant import Obj, moment, obj, objs, string
from socialdesk.http import Response
from socialdesk.networks.mastodon.client import Client
from socialdesk.networks.mastodon.tolerant import web

PROCESSING = 202
STILL_PROCESSING = 206
WAITS_S = (1, 2, 4, 8, 16, 30, 60)
PAGE = 40
MAX_PAGES = 10
SKEW_KNOWN = timedelta(seconds=10)  # HTTP dates have whole seconds
SKEW_UNKNOWN = timedelta(minutes=5)
SLOW_WRITE = timedelta(seconds=60)  # a request that timed out here may still be at work there
HONOUR_KEYS = frozenset({"mastodon", "hometown", "glitch"})

ACTIONS = {
    "like": "favourite",
    "unlike": "unfavourite",
    "reshare": "reblog",
    "unreshare": "unreblog",
    "bookmark": "bookmark",
    "unbookmark": "unbookmark",
}
_REMOTE_MENTION = re.compile(r"(?<![=/\w])(@\w+(?:[.-]+\w+)*)@\w[\w.-]*\w")
_SPACE = re.compile(r"\s+")


class Writer:
    """Writes as one account. `sleep` waits between two looks at an upload."""

    def __init__(self, client: Client, account: Account, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._client = client
        self._account = account
        self._sleep = sleep
        self._tried: dict[str, datetime] = {}

    # uploads

    async def upload(self, media: MediaFile) -> Uploaded:
        """An upload shows nowhere by itself, so every failure that a repeat can mend is `Unreachable`."""
        file = {"file": (media.name or "picture", media.data, media.mime)}
        form = {"description": media.alt} if media.alt else None
        try:
            response, answer = await self._client.send("POST", "/api/v2/media", files=file, form=form, harmless=True)
        except Rejected as error:
            if error.reason == "not_found":
                response, answer = await self._client.send(
                    "POST", "/api/v1/media", files=file, form=form, harmless=True
                )
            elif error.reason == "invalid":
                raise Rejected(str(error), reason="media_type", detail=error.detail) from error
            else:
                raise
        found = obj(answer)
        ref = string(found.get("id"))
        if not ref:
            raise Unreachable("the upload has no id", reason="not_mastodon")
        if response.status == PROCESSING or not web(found.get("url")):
            found = await self._until_ready(ref, found)
        return Uploaded(ref, media.alt, media.width, media.height, web(found.get("url")))

    async def _until_ready(self, ref: str, found: Obj) -> Obj:
        for wait in WAITS_S:
            response, answer = await self._client.get(f"/api/v1/media/{quote(ref, safe='')}")
            found = obj(answer)
            if response.status != STILL_PROCESSING:
                return found
            await self._sleep(wait)
        raise Unreachable("the server is still preparing the upload", reason="media_processing")

    # posts

    async def publish(self, segment: Segment, key: str) -> Receipt:
        body = await self._body(segment)
        self._tried[key] = self._client.now()
        _, answer = await self._client.send("POST", "/api/v1/statuses", json=body, headers={"Idempotency-Key": key})
        status = obj(answer)
        if not string(status.get("id")):
            raise OutcomeUnknown("the answer holds no post")
        return receipt_of(status, self._client.base)

    async def _body(self, segment: Segment) -> dict[str, Any]:
        body: dict[str, Any] = {"visibility": self._visibility(segment)}
        optional = {
            "status": self.text_of(segment),
            "media_ids": [media.ref for media in segment.media],
            "spoiler_text": segment.warning,
            "sensitive": bool(segment.warning),
            "language": segment.language.partition("-")[0].lower(),
            "in_reply_to_id": await self._answered(segment),
            "quoted_status_id": await self.local_id(segment.quote) if segment.quote else "",
        }
        return body | {name: value for name, value in optional.items() if value}

    def _visibility(self, segment: Segment) -> str:
        return segment.visibility or self._account.facts.get("visibility", "") or "public"

    def text_of(self, segment: Segment) -> str:
        """The text, with the mention without which the answered person would not hear of the answer."""
        author = segment.reply_to.author.lstrip("@") if segment.reply_to and not segment.previous else ""
        if not author or author == self._account.handle.lstrip("@"):
            return segment.text
        name, _, domain = author.partition("@")
        own = self._account.facts.get("domain", "")
        mention = f"@{name}" if not domain or domain == own else f"@{author}"
        if re.search(rf"(?<![=/\w])@{re.escape(name)}(?![\w])", segment.text, re.IGNORECASE):
            return segment.text
        return f"{mention} {segment.text}"

    async def _answered(self, segment: Segment) -> str:
        if segment.previous:
            return segment.previous.remote_id
        return await self.local_id(segment.reply_to) if segment.reply_to else ""

    async def local_id(self, target: Target) -> str:
        return await self.local(target.remote_id, target.refs, target.url)

    async def local(self, remote_id: str, refs: Mapping[str, str], url: str = "") -> str:
        """The id on our server of a post that may have been seen on another. Raises `Rejected` (not_found)."""
        if refs.get("server", self._client.base) == self._client.base:
            return refs.get("id") or remote_id
        params = {"q": refs.get("url") or url, "resolve": "true", "type": "statuses", "limit": "1"}
        _, answer = await self._client.get("/api/v2/search", params)
        found = next(iter(objs(obj(answer).get("statuses"))), obj(None))
        if not string(found.get("id")):
            raise Rejected("our server does not know that post", reason="not_found")
        return string(found.get("id"))

    # in doubt

    async def find(self, segment: Segment, key: str) -> Receipt | None:
        """Reads the own posts since `segment.created` and compares answered post, media, warning and text.

        Raises `OutcomeUnknown` when that far back cannot be read, when a post is like ours but its text cannot be
        compared, or when a server that does not know our keys may still be at work on the request.
        """
        own = self._account.remote_id
        answered = await self._answered(segment)
        place: list[tuple[str, str]] = []
        for _ in range(MAX_PAGES):
            params = [("exclude_reblogs", "true"), ("limit", str(PAGE)), *place]
            response, answer = await self._client.get(f"/api/v1/accounts/{quote(own, safe='')}/statuses", params)
            if not isinstance(answer, list):
                raise OutcomeUnknown("the own posts cannot be read")
            since = _since(segment.created, response, self._client.now())
            for status in objs(answer):
                if await self._is_ours(status, segment, answered, since):
                    return receipt_of(status, self._client.base)
            if not answer or _is_older(objs(answer), since):
                self._check_certain(key)
                return None
            place = [("max_id", string(objs(answer)[-1].get("id")))]
        raise OutcomeUnknown("too many own posts since to be sure")

    async def find_by_address(self, url: str) -> Receipt | None:
        """An own post by its address: the server's own name it by its id, any other is looked up by the server."""
        parts = urlsplit(url)
        address, last = (
            f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/"),
            parts.path.rstrip("/").rpartition("/")[2],
        )
        status: Obj = obj(None)
        if parts.netloc == urlsplit(self._client.base).netloc and last:
            status = await self._status(last)
        if not string(status.get("id")):
            params = {"q": address, "resolve": "true", "type": "statuses", "limit": "1"}
            _, answer = await self._client.get("/api/v2/search", params)
            status = next(iter(objs(obj(answer).get("statuses"))), obj(None))
        is_own = string(obj(status.get("account")).get("id")) == self._account.remote_id
        return receipt_of(status, self._client.base) if is_own else None

    async def _status(self, local_id: str) -> Obj:
        """A post by its id, an empty object where there is none."""
        try:
            _, answer = await self._client.get(f"/api/v1/statuses/{quote(local_id, safe='')}")
        except Rejected as error:
            if error.reason not in {"not_found", "gone"}:
                raise
            return obj(None)
        return obj(answer)

    def _check_certain(self, key: str) -> None:
        tried = self._tried.get(key)
        if tried is None or self._account.facts.get("software") in HONOUR_KEYS:
            return
        if self._client.now() - tried < SLOW_WRITE:
            raise OutcomeUnknown("the server may still be at work", retry_at=tried + SLOW_WRITE)

    async def _is_ours(self, status: Obj, segment: Segment, answered: str, since: datetime | None) -> bool:
        created = moment(status.get("created_at"))
        if obj(status.get("reblog")) or (since and created and created < since):
            return False
        attached = {string(m.get("id")) for m in objs(status.get("media_attachments"))}
        if segment.media and attached == {media.ref for media in segment.media}:
            return True
        if string(status.get("in_reply_to_id")) != answered or len(attached) != len(segment.media):
            return False
        if _same(string(status.get("spoiler_text")), segment.warning):
            return await self._says_the_same(status, self.text_of(segment))
        return False

    async def _says_the_same(self, status: Obj, text: str) -> bool:
        if _same(plain_text(string(status.get("content"))), text):
            return True
        try:
            _, source = await self._client.get(f"/api/v1/statuses/{quote(string(status.get('id')), safe='')}/source")
        except Rejected as error:
            raise OutcomeUnknown("a post like ours is there, but its text cannot be read") from error
        return _same(string(obj(source).get("text")), text)

    # changing what is there

    async def delete(self, remote_id: str) -> None:
        try:
            await self._client.send("DELETE", f"/api/v1/statuses/{quote(remote_id, safe='')}")
        except Rejected as error:
            if error.reason not in {"not_found", "gone"}:
                raise

    async def act(self, action: str, remote_id: str, refs: Mapping[str, str]) -> Mapping[str, str]:
        if action not in ACTIONS:
            raise Rejected(f"no action {action}", reason="not_supported")
        local_id = await self.local(remote_id, refs)
        await self._client.send("POST", f"/api/v1/statuses/{quote(local_id, safe='')}/{ACTIONS[action]}")
        return {**refs, "id": local_id, "server": self._client.base}


def receipt_of(status: Obj, base: str) -> Receipt:
    local_id, uri = string(status.get("id")), string(status.get("uri"))
    url = web(status.get("url")) or web(status.get("uri"))
    return Receipt(local_id, url, {"id": local_id, "server": base, "uri": uri, "url": url})


def _since(created: datetime | None, response: Response, now: datetime) -> datetime | None:
    """The earliest time, by the server's clock, at which the post can have been made."""
    if created is None:
        return None
    try:
        ahead = parsedate_to_datetime(response.headers.get("date", "")).astimezone(UTC) - now
    except (ValueError, TypeError):
        return created - SKEW_UNKNOWN
    return created + ahead - SKEW_KNOWN


def _is_older(statuses: list[Obj], since: datetime | None) -> bool:
    """True when the page reaches back before the time in question."""
    times = [when for when in (moment(s.get("created_at")) for s in statuses) if when is not None]
    return since is not None and bool(times) and min(times) < since


def _same(theirs: str, ours: str) -> bool:
    """Equal but for white space and the hosts of mentions, which servers show as they like."""
    return _bare(theirs) == _bare(ours)


def _bare(text: str) -> str:
    return _SPACE.sub("", _REMOTE_MENTION.sub(r"\1", text))
