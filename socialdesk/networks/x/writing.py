"""Posts, finding them again, deletions, reposts and bookmarks.

X has no key that makes a repeat harmless. What stands in for it: the own recent posts are looked through, and X itself
refuses the same words twice; that refusal counts as success only when the earlier post is found.
Source: docs.x.com, "Manage Posts".
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

from socialdesk.core.account import Account
from socialdesk.core.errors import NetworkError, OutcomeUnknown, Rejected
from socialdesk.core.post import Receipt, Segment
from socialdesk.core.tolerant import Obj, moment, obj, objs, string
from socialdesk.http import Response
from socialdesk.networks.x.client import Client
from socialdesk.networks.x.counting import without_invalid
from socialdesk.networks.x.links import links
from socialdesk.networks.x.places import post_id
from socialdesk.networks.x.refusals import missing
from socialdesk.networks.x.richtext import words_of
from socialdesk.networks.x.rules import EVERYONE
from socialdesk.networks.x.tolerant import strings
from socialdesk.networks.x.translate import references, url_of

PAGE = 20
MAX_PAGES = 10
SKEW_KNOWN = timedelta(seconds=10)  # HTTP dates have whole seconds
SKEW_UNKNOWN = timedelta(minutes=5)
SLOW_WRITE = timedelta(seconds=60)  # a request that timed out here may still be at work there

# action -> (method, what is written in the person's name, name of the limit)
_ACTIONS = {
    "like": ("POST", "likes", "like"),
    "unlike": ("DELETE", "likes", "unlike"),
    "reshare": ("POST", "retweets", "repost"),
    "unreshare": ("DELETE", "retweets", "unrepost"),
    "bookmark": ("POST", "bookmarks", "bookmark"),
    "unbookmark": ("DELETE", "bookmarks", "unbookmark"),
}
_SPACE = re.compile(r"\s+")
_MENTIONS_FIRST = re.compile(r"^(?:@\w{1,20}\s+)+")


class Writer:
    """Writes as one account; `web` is where people look at posts."""

    def __init__(self, client: Client, account: Account, web: str) -> None:
        self._client = client
        self._me = account.remote_id
        self._handle = account.handle
        self._web = web
        self._tried: dict[str, tuple[datetime, datetime]] = {}  # key -> first and last attempt
        self._doubted: dict[str, datetime] = {}  # key -> since when it may be out

    async def publish(self, segment: Segment, key: str) -> Receipt:
        body = body_of(segment)
        now = self._client.now()
        first, _ = self._tried.get(key, (now, now))
        self._tried[key] = (first, now)
        try:
            _, answer = await self._client.ask("POST", "/2/tweets", name="create", json=body)
        except OutcomeUnknown:
            self._doubted[key] = self._client.now()
            raise
        except Rejected as error:
            if error.reason != "duplicate":
                raise
            return await self._earlier(segment, key, min(first, segment.created or first), error)
        made = string(obj(answer.get("data")).get("id"))
        if not made:
            raise missing(answer) if objs(answer.get("errors")) else OutcomeUnknown("the answer holds no post")
        return self._receipt(made)

    async def _earlier(self, segment: Segment, key: str, since: datetime, refused: Rejected) -> Receipt:
        """X says it has these words already: ours if they came since the delivery began.

        What an attempt of a moment ago made may not show yet; it is looked for once more.
        """
        try:
            found = await self._look(segment, since)
        except NetworkError as error:
            raise OutcomeUnknown("X has these words; whose they are cannot be seen", detail=str(error)) from error
        if found is None:
            shown = self._doubted.get(key, since) + SLOW_WRITE
            if key in self._doubted and self._client.now() < shown:
                raise OutcomeUnknown("X has these words; the post does not show yet", retry_at=shown)
            raise refused
        return found

    async def find(self, segment: Segment, key: str) -> Receipt | None:
        """Looks through the own posts since the first attempt. Raises `OutcomeUnknown` when it cannot tell.

        Words alone X refuses a second time, also while the first attempt is still at work there, so "no" may be said
        at once: the repeat finds the post. With media X would take them twice, so then "no" has to wait until nothing
        can be under way any more.
        """
        self._doubted.setdefault(key, self._client.now())
        times = [when for when in (segment.created, *self._tried.get(key, ())) if when is not None]
        found = await self._look(segment, min(times, default=None))
        if found is None and segment.media and times and self._client.now() - max(times) < SLOW_WRITE:
            raise OutcomeUnknown("X may still be at work", retry_at=max(times) + SLOW_WRITE)
        return found

    async def find_by_address(self, url: str) -> Receipt | None:
        found = post_id(url, self._web)
        if not found:
            return None
        try:
            _, answer = await self._client.posts(f"/2/tweets/{found}", {}, name="post", proof=True)
        except Rejected as error:
            if error.reason != "not_found":
                raise
            return None
        mine = string(obj(answer.get("data")).get("author_id")) == self._me
        return self._receipt(found) if mine else None

    async def _look(self, segment: Segment, begun: datetime | None) -> Receipt | None:
        params = {"max_results": str(PAGE)}
        if begun is not None:
            params["start_time"] = (begun - SKEW_UNKNOWN).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        path = f"/2/users/{quote(self._me, safe='')}/tweets"
        for _ in range(MAX_PAGES):
            response, answer = await self._client.posts(path, params, name="posts", proof=True)
            if "meta" not in answer and "data" not in answer:
                raise OutcomeUnknown("the own posts cannot be read")
            since = _since(begun, response, self._client.now())
            ours = (post for post in objs(answer.get("data")) if is_ours(post, segment, since))
            found = next(ours, None)
            if found is not None:
                return self._receipt(string(found.get("id")))
            token = string(obj(answer.get("meta")).get("next_token"))
            if not token:
                return None
            params = {**params, "pagination_token": token}
        raise OutcomeUnknown("too many own posts since to be sure")

    def _receipt(self, post_id: str) -> Receipt:
        url = url_of(post_id, self._handle, self._web)
        return Receipt(post_id, url, {"id": post_id, "author": self._me, "url": url})

    async def delete(self, post_id: str) -> None:
        try:
            await self._client.ask("DELETE", f"/2/tweets/{quote(post_id, safe='')}", name="delete")
        except Rejected as error:
            if error.reason != "not_found":
                raise

    async def act(self, action: str, post_id: str, refs: Mapping[str, str]) -> Mapping[str, str]:
        if action not in _ACTIONS:
            raise Rejected(f"no action {action}", reason="not_supported")
        method, what, name = _ACTIONS[action]
        path, more = f"/2/users/{quote(self._me, safe='')}/{what}", {}
        if method == "POST":
            more = {"json": {"tweet_id": post_id}}
        else:
            path = f"{path}/{quote(post_id, safe='')}"
        try:
            await self._client.ask(method, path, name=name, harmless=True, **more)
        except Rejected as error:
            if error.reason != "already" and not (method == "DELETE" and error.reason == "not_found"):
                raise
        return refs


def body_of(segment: Segment) -> dict[str, Any]:
    """The request. `text` is always there, empty beside media alone; unknown names are refused by X."""
    body: dict[str, Any] = {"text": without_invalid(segment.text)}
    answered = _answered(segment)
    if answered:
        body["reply"] = {"in_reply_to_tweet_id": answered}
    elif segment.replies not in {"", EVERYONE}:
        body["reply_settings"] = segment.replies
    if segment.media:
        body["media"] = {"media_ids": [media.ref for media in segment.media]}
    elif segment.poll:
        body["poll"] = {"options": list(segment.poll.options), "duration_minutes": segment.poll.minutes}
    elif segment.quote:
        body["quote_tweet_id"] = segment.quote.remote_id
    beside = segment.media or segment.poll
    if beside and segment.quote and segment.quote.url and segment.quote.url not in body["text"]:
        body["text"] = f"{body['text']}\n\n{segment.quote.url}".lstrip()  # they and a quote exclude one another
    return body


def _answered(segment: Segment) -> str:
    if segment.previous:
        return segment.previous.remote_id
    return segment.reply_to.remote_id if segment.reply_to else ""


def is_ours(post: Obj, segment: Segment, since: datetime | None) -> bool:
    """Whether a post of the account is the one that `segment` made: its media, else its words and what it answers."""
    created = moment(post.get("created_at"))
    refers = references(post)
    if "retweeted" in refers or (since and created and created < since):
        return False
    keys = strings(obj(post.get("attachments")).get("media_keys"))
    attached = {key.rpartition("_")[2] for key in keys}
    if segment.media and attached == {media.ref for media in segment.media}:
        return True
    quoted = segment.quote.remote_id if segment.quote and "quote_tweet_id" in body_of(segment) else ""
    if len(keys) != len(segment.media) or refers.get("replied_to", "") != _answered(segment):
        return False
    theirs = words_of(post, quoted).text
    if segment.reply_to and not segment.text.startswith("@"):
        theirs = _MENTIONS_FIRST.sub("", theirs)  # X names whom it answers by itself
    return bare(theirs) == bare(body_of(segment)["text"])


def bare(text: str) -> str:
    """`text` for comparing: composed characters, no white space, addresses without what X may write differently."""
    normal = unicodedata.normalize("NFC", text)
    parts: list[str] = []
    done = 0
    for link in links(normal):
        address = link.url.partition("://")[2] or link.url
        host, slash, rest = address.partition("/")
        parts += (normal[done : link.start], (host.lower() + slash + rest).rstrip("/"))
        done = link.end
    return _SPACE.sub("", "".join(parts) + normal[done:])


def _since(begun: datetime | None, response: Response, now: datetime) -> datetime | None:
    """The earliest time, by X's clock, at which the post can have been made."""
    if begun is None:
        return None
    try:
        ahead = parsedate_to_datetime(response.headers.get("date", "")).astimezone(UTC) - now
    except (ValueError, TypeError):
        return begun - SKEW_UNKNOWN
    return begun + ahead - SKEW_KNOWN
