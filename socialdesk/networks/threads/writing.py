"""Posts in three steps: a container, waiting until it is ready, publishing it. Finding posts again, deleting them.

A container shows nowhere, so only the last step has to happen exactly once: a container that is published a second time
makes no second post, and its status tells whether the first time counted. Where the container is no longer known (the
program was started again), the own newest posts are looked through.
Source: Meta's document "Threads API, Posts".
"""

import unicodedata
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import quote

from socialdesk.core.errors import NetworkError, OutcomeUnknown, Rejected, Unreachable
from socialdesk.core.post import Receipt, Segment, Uploaded
from socialdesk.core.segments import address_in
from socialdesk.core.tolerant import Obj, obj, string, web
from socialdesk.http import Response
from socialdesk.networks.threads.client import Client
from socialdesk.networks.threads.refusals import reason_of
from socialdesk.networks.threads.rules import EVERYONE
from socialdesk.networks.threads.tolerant import data, moment

PAGE = 50
MAX_PAGES = 6
SKEW_KNOWN = timedelta(seconds=10)  # HTTP dates and Threads' times have whole seconds
SKEW_UNKNOWN = timedelta(minutes=5)
SLOW_WRITE = timedelta(seconds=60)  # a request that timed out here may still be at work there
WAITS_S = (1, 2, 4, 8, 15, 30, 30, 30)  # while Threads fetches pictures
_PROOF = "id,text,timestamp,permalink,media_type"
_REPLY_PROOF = f"{_PROOF},replied_to"


class Writer:
    def __init__(self, client: Client, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._client = client
        self._sleep = sleep
        self._containers: dict[str, str] = {}  # key -> container that is or was about to be published
        self._tried: dict[str, tuple[datetime, datetime]] = {}  # key -> first and last attempt

    async def publish(self, segment: Segment, key: str) -> Receipt:
        container = self._containers.get(key) or await self._container(segment)
        self._containers[key] = container
        await self._until_ready(container, key)
        now = self._client.now()
        first, _ = self._tried.get(key, (now, now))
        self._tried[key] = (first, now)
        try:
            made = string((await self._client.post("me/threads_publish", {"creation_id": container})).get("id"))
        except Rejected as error:
            if await self._status_of(container) != "PUBLISHED":
                self._containers.pop(key, None)
                raise
            return await self._earlier(segment, key, error)
        if not made:
            raise OutcomeUnknown("the answer holds no post")
        return await self._receipt(made, segment)

    async def _earlier(self, segment: Segment, key: str, refused: Rejected) -> Receipt:
        """The container was published before."""
        found = await self._look(segment, self._begun(segment, key))
        if found is None:
            raise OutcomeUnknown("published, and not to be seen yet", detail=refused.detail) from refused
        return found

    async def find(self, segment: Segment, key: str) -> Receipt | None:
        """Raises `OutcomeUnknown` when it cannot tell: "no" has to wait until nothing can be under way any more."""
        found = await self._look(segment, self._begun(segment, key))
        if found is not None:
            return found
        container = self._containers.get(key)
        status = await self._status_of(container) if container else ""
        if status == "PUBLISHED":
            raise OutcomeUnknown("published, and not to be seen yet", retry_at=self._client.now() + SKEW_KNOWN)
        if status == "FINISHED":
            return None  # publishing this container once more makes one post, whatever is still under way
        times = [when for when in (segment.created, *self._tried.get(key, ())) if when is not None]
        if times and self._client.now() - max(times) < SLOW_WRITE:
            raise OutcomeUnknown("Threads may still be at work", retry_at=max(times) + SLOW_WRITE)
        return None

    def _begun(self, segment: Segment, key: str) -> datetime | None:
        times = [when for when in (segment.created, *self._tried.get(key, ())) if when is not None]
        return min(times, default=None)

    # containers

    async def _container(self, segment: Segment) -> str:
        pictures = tuple(picture_forms(segment.media))
        words = text_form(segment)
        if len(pictures) < 2:
            return await self._make({**words, **(pictures[0] if pictures else {"media_type": "TEXT"})})
        children = [await self._make({**picture, "is_carousel_item": "true"}) for picture in pictures]
        for child in children:
            await self._until_ready(child, "")
        return await self._make({**words, "media_type": "CAROUSEL", "children": ",".join(children)})

    async def _make(self, form: dict[str, str]) -> str:
        made = string((await self._client.post("me/threads", form, harmless=True)).get("id"))
        if not made:
            raise Unreachable("the container has no id", reason="invalid_answer")
        return made

    async def _until_ready(self, container: str, key: str) -> None:
        """Returns when it can be published. Raises `Rejected` where Threads could not use what is in it."""
        for wait in (*WAITS_S, 0):
            answer = await self._client.get(quote(container, safe=""), {"fields": "id,status,error_message"})
            status, said = string(answer.get("status")), string(answer.get("error_message"))
            if status in {"FINISHED", "PUBLISHED"}:
                return
            if status in {"ERROR", "EXPIRED"}:
                self._containers.pop(key, None)
            if status == "ERROR":
                raise Rejected("Threads could not use the post", reason=reason_of(said) or "media_type", detail=said)
            if status == "EXPIRED":
                raise Unreachable("the container has expired", reason="media_processing")
            if wait:
                await self._sleep(wait)
        raise Unreachable("Threads is still preparing the post", reason="media_processing")

    async def _status_of(self, container: str) -> str:
        """'' where nothing is known of it any more."""
        try:
            answer = await self._client.get(quote(container, safe=""), {"fields": "id,status"})
        except Rejected:
            return ""
        return string(answer.get("status"))

    # what is out

    async def _look(self, segment: Segment, begun: datetime | None) -> Receipt | None:
        """The own post that `segment` made. Answers are in a list of their own."""
        path, fields = ("me/replies", _REPLY_PROOF) if answered_of(segment) else ("me/threads", _PROOF)
        params = {"fields": fields, "limit": str(PAGE)}
        if begun is not None:
            params["since"] = str(int((begun - SKEW_UNKNOWN).timestamp()))
        for _ in range(MAX_PAGES):
            response, answer = await self._client.look(path, params)
            if "data" not in answer:
                raise OutcomeUnknown("the own posts cannot be read")
            since, rows = _since(begun, response, self._client.now()), data(answer)
            found = next((row for row in rows if _is_ours(row, segment, since)), None)
            if found is not None:
                post_id = string(found.get("id"))
                return _receipt(post_id, web(found.get("permalink")), segment)
            after = string(obj(obj(answer.get("paging")).get("cursors")).get("after"))
            if not rows or not after or after == params.get("after"):
                return None
            params = {**params, "after": after}
        raise OutcomeUnknown("too many own posts since to be sure")

    async def _receipt(self, post_id: str, segment: Segment) -> Receipt:
        """It is out; without its address it is looked for once more."""
        try:
            answer = await self._client.get(quote(post_id, safe=""), {"fields": "id,permalink"})
        except NetworkError as error:
            raise OutcomeUnknown("it is out, its address is not known yet", detail=str(error)) from error
        return _receipt(post_id, web(answer.get("permalink")), segment)

    async def delete(self, post_id: str) -> None:
        try:
            await self._client.delete(quote(post_id, safe=""))
        except Rejected as error:
            if error.reason not in {"not_found", "gone"}:
                raise


def text_form(segment: Segment) -> dict[str, str]:
    """Words, what they answer and quote, and the card of their first address (beside pictures there is none)."""
    link = "" if segment.media else address_in(segment.text)
    form = {
        "text": segment.text,
        "reply_to_id": answered_of(segment),
        "quote_post_id": segment.quote.remote_id if segment.quote else "",
        "link_attachment": "" if segment.quote else link,
        "reply_control": "" if answered_of(segment) or segment.replies == EVERYONE else segment.replies,
    }
    return {name: value for name, value in form.items() if value}


def picture_forms(media: tuple[Uploaded, ...]) -> Iterator[dict[str, str]]:
    """Raises `Rejected` (public_picture_needed) for a picture without an address that Threads can ask for."""
    for one in media:
        if not one.url.startswith("https://") and not one.url.startswith("http://"):
            raise Rejected("Threads takes no uploads", reason="public_picture_needed")
        yield {"media_type": "IMAGE", "image_url": one.url, **({"alt_text": one.alt} if one.alt else {})}


def answered_of(segment: Segment) -> str:
    if segment.previous:
        return segment.previous.remote_id
    return segment.reply_to.remote_id if segment.reply_to else ""


def _receipt(post_id: str, permalink: str, segment: Segment) -> Receipt:
    root = segment.root or segment.previous
    beginning = root.refs.get("root") or root.remote_id if root else ""
    if not beginning and segment.reply_to:
        beginning = segment.reply_to.refs.get("root") or segment.reply_to.remote_id
    return Receipt(post_id, permalink, {"id": post_id, "root": beginning or post_id})


def _is_ours(row: Obj, segment: Segment, since: datetime | None) -> bool:
    created = moment(row.get("timestamp"))
    if since and created and created < since:
        return False
    kind = string(row.get("media_type"))
    if kind == "REPOST_FACADE" or (segment.media and kind.startswith("TEXT")):
        return False
    answered = string(obj(row.get("replied_to")).get("id"))
    if answered and answered != answered_of(segment):
        return False
    return bare(string(row.get("text"))) == bare(segment.text)


def bare(text: str) -> str:
    """`text` for comparing: composed characters, no white space."""
    return "".join(unicodedata.normalize("NFC", text).split())


def _since(begun: datetime | None, response: Response, now: datetime) -> datetime | None:
    """The earliest time, by Threads' clock, at which the post can have been made."""
    if begun is None:
        return None
    try:
        ahead = parsedate_to_datetime(response.headers.get("date", "")).astimezone(UTC) - now
    except (ValueError, TypeError):
        return begun - SKEW_UNKNOWN
    return begun + ahead - SKEW_KNOWN
