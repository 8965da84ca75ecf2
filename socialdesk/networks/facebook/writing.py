"""Posts, comments, finding them again, changes, deletions, likes.

Facebook has no key that makes a repeat harmless. What stands in for it: pictures are uploaded unpublished, the post
itself is one small request, and after a doubt the Page's own newest posts are looked through. Facebook may also refuse
the same words twice; that counts as success only when the earlier post is found.
Source: Meta's documents "Pages API, Posts" and "Comments".
"""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import quote

from socialdesk.core.errors import NetworkError, OutcomeUnknown, Rejected, Unreachable
from socialdesk.core.post import MediaFile, Receipt, Segment, Uploaded
from socialdesk.core.segments import address_in
from socialdesk.core.tolerant import Obj, obj, string
from socialdesk.http import Response
from socialdesk.networks.facebook import scheduling
from socialdesk.networks.facebook.client import UPLOAD_S, Client
from socialdesk.networks.facebook.reading import next_of
from socialdesk.networks.facebook.tolerant import data, moment
from socialdesk.networks.facebook.translate import Place, comment_url, post_url

PAGE = 50
MAX_PAGES = 10
SKEW_KNOWN = timedelta(seconds=10)  # HTTP dates and Facebook's times have whole seconds
SKEW_UNKNOWN = timedelta(minutes=5)
SLOW_WRITE = timedelta(seconds=60)  # a request that timed out here may still be at work there
_PROOF = "id,message,created_time,attachments{media_type,media,subattachments}"
_COMMENT_PROOF = "id,from,message,created_time,attachment"


class Writer:
    def __init__(self, client: Client, place: Place) -> None:
        self._client = client
        self._place = place
        self._tried: dict[str, tuple[datetime, datetime]] = {}  # key -> first and last attempt

    async def upload(self, media: MediaFile) -> Uploaded:
        """A picture that nobody sees yet. Raises `Rejected` (media_type, media_too_large)."""
        form = {"published": "false", **({"alt_text_custom": media.alt} if media.alt else {})}
        file = {"source": (media.name or "picture", media.data, media.mime)}
        path = f"{self._me}/photos"
        try:
            made = await self._client.post(path, form, harmless=True, files=file, timeout_s=UPLOAD_S)
        except Rejected as error:
            if error.reason not in {"invalid", "duplicate"}:
                raise
            raise Rejected(str(error), reason="media_type", detail=error.detail) from error
        ref = string(made.get("id"))
        if not ref:
            raise Unreachable("the upload has no id", reason="invalid_answer")
        return Uploaded(ref, media.alt, media.width, media.height)

    async def publish(self, segment: Segment, key: str) -> Receipt:
        now = self._client.now()
        first, _ = self._tried.get(key, (now, now))
        self._tried[key] = (first, now)
        answered = answered_of(segment)
        path = f"{quote(answered, safe='_')}/comments" if answered else f"{self._me}/feed"
        form = comment_form(segment) if answered else post_form(segment)
        try:
            made = string((await self._client.post(path, form)).get("id"))
        except Rejected as error:
            if segment.publish_at is not None and error.reason == "invalid":
                raise Rejected(str(error), reason="cannot_plan", detail=error.detail) from error
            if error.reason != "duplicate":
                raise
            return await self._earlier(segment, min(first, segment.created or first), error)
        if not made:
            raise OutcomeUnknown("the answer holds no post")
        return self._receipt(made, segment)

    async def _earlier(self, segment: Segment, since: datetime, refused: Rejected) -> Receipt:
        """Facebook says it has this already: ours if it came since the delivery began."""
        try:
            found = await self._look(segment, since)
        except NetworkError as error:
            raise OutcomeUnknown("Facebook has this; whose it is cannot be seen", detail=str(error)) from error
        if found is None:
            raise refused
        return found

    async def find(self, segment: Segment, key: str) -> Receipt | None:
        """Looks through what the Page posted since the first attempt. Raises `OutcomeUnknown` when it cannot tell.

        "No" has to wait until nothing can be under way any more.
        """
        times = [when for when in (segment.created, *self._tried.get(key, ())) if when is not None]
        found = await self._look(segment, min(times, default=None))
        if found is None and times and self._client.now() - max(times) < SLOW_WRITE:
            raise OutcomeUnknown("Facebook may still be at work", retry_at=max(times) + SLOW_WRITE)
        return found

    async def _look(self, segment: Segment, begun: datetime | None) -> Receipt | None:
        """Among what waits, where it has a time, then among what is out: its time may have come meanwhile."""
        at = segment.publish_at
        if at is not None:
            rows = [row for row in await scheduling.waiting(self._client, self._me) if scheduling.is_due(row, at)]
            held = next((row for row in rows if self._is_ours(row, segment, None, comment=False)), None)
            if held is not None:
                return self._receipt(string(held.get("id")), segment)
        found = await self._out(segment, begun)
        return replace(found, publish_at=None) if found else None

    async def scheduled(self, receipt: Receipt) -> Receipt | None:
        is_out = await scheduling.is_out(self._client, receipt.remote_id)
        return replace(receipt, publish_at=None) if is_out else None

    async def unschedule(self, receipt: Receipt) -> None:
        await scheduling.take_back(self._client, receipt)

    async def _out(self, segment: Segment, begun: datetime | None) -> Receipt | None:
        answered = answered_of(segment)
        if answered:
            path = f"{quote(answered, safe='_')}/comments"
            params = {"fields": _COMMENT_PROOF, "filter": "stream", "order": "reverse_chronological"}
        else:
            path, params = f"{self._me}/published_posts", {"fields": _PROOF}
        params["limit"] = str(PAGE)
        for _ in range(MAX_PAGES):
            response, answer = await self._client.look(path, params)
            if "data" not in answer:
                raise OutcomeUnknown("the Page's own posts cannot be read")
            since = _since(begun, response, self._client.now())
            rows = data(answer)
            ours = (row for row in rows if self._is_ours(row, segment, since, comment=bool(answered)))
            if (found := next(ours, None)) is not None:
                return self._receipt(string(found.get("id")), segment)
            after = next_of(answer)
            if not after or _all_before(rows, since):
                return None
            params = {**params, "after": after}
        raise OutcomeUnknown("too many own posts since to be sure")

    def _is_ours(self, row: Obj, segment: Segment, since: datetime | None, *, comment: bool) -> bool:
        created = moment(row.get("created_time"))
        if since and created and created < since:
            return False
        if comment and string(obj(row.get("from")).get("id")) not in {self._place.me, ""}:
            return False
        attached = obj(row.get("attachment")) if comment else data(row.get("attachments"))
        if segment.media and not attached:
            return False
        return bare(string(row.get("message"))) == bare(segment.text)

    def _receipt(self, made: str, segment: Segment) -> Receipt:
        if not answered_of(segment):
            refs = {"kind": "post", "post": made}
            return Receipt(made, post_url(made, self._place), refs, segment.publish_at)
        post = _post_of(segment)
        return Receipt(made, comment_url(made, post, self._place), {"kind": "comment", "post": post})

    # what is out already

    async def edit(self, remote_id: str, text: str) -> None:
        """New words for a post or comment of the Page; saying them twice is harmless."""
        await self._client.post(quote(remote_id, safe="_"), {"message": text}, harmless=True)

    async def delete(self, remote_id: str) -> None:
        try:
            await self._client.delete(quote(remote_id, safe="_"))
        except Rejected as error:
            if error.reason not in {"not_found", "gone"}:
                raise

    async def act(self, action: str, remote_id: str, refs: Mapping[str, str]) -> Mapping[str, str]:
        path = f"{quote(remote_id, safe='_')}/likes"
        match action:
            case "like":
                await self._client.post(path, {}, harmless=True)
            case "unlike":
                await self._client.delete(path)
            case _:
                raise Rejected(f"no action {action}", reason="not_supported")
        return refs

    @property
    def _me(self) -> str:
        return quote(self._place.me, safe="")


def post_form(segment: Segment) -> dict[str, str]:
    """A post: its words, its pictures, else the card of its first address."""
    form = {"message": segment.text} if segment.text else {}
    for number, media in enumerate(segment.media):
        form[f"attached_media[{number}]"] = json.dumps({"media_fbid": media.ref}, separators=(",", ":"))
    link = "" if segment.media else address_in(segment.text)
    return {**form, **({"link": link} if link else {}), **scheduling.times_of(segment)}


def comment_form(segment: Segment) -> dict[str, str]:
    """A comment takes one picture. Raises `Rejected` (too_many_pictures) for more."""
    if len(segment.media) > 1:
        raise Rejected("a comment takes one picture", reason="too_many_pictures")
    form = {"message": segment.text} if segment.text else {}
    return {**form, **({"attachment_id": media.ref} if (media := next(iter(segment.media), None)) else {})}


def answered_of(segment: Segment) -> str:
    """What a comment goes under, '' for a post: of a thread all parts after the first stand under that."""
    if segment.previous is not None:
        root = segment.root or segment.previous
        return root.remote_id
    return segment.reply_to.remote_id if segment.reply_to else ""


def _post_of(segment: Segment) -> str:
    """The post that a comment belongs to."""
    root = segment.root or segment.previous
    if root is not None:
        return root.refs.get("post") or root.remote_id
    target = segment.reply_to
    return (target.refs.get("post") or target.remote_id) if target else ""


def bare(text: str) -> str:
    """`text` for comparing: composed characters, no white space."""
    return "".join(unicodedata.normalize("NFC", text).split())


def _all_before(rows: list[Obj], since: datetime | None) -> bool:
    times = [when for row in rows if (when := moment(row.get("created_time"))) is not None]
    return bool(since and times) and max(times) < (since or times[0])


def _since(begun: datetime | None, response: Response, now: datetime) -> datetime | None:
    """The earliest time, by Facebook's clock, at which the post can have been made."""
    if begun is None:
        return None
    try:
        ahead = parsedate_to_datetime(response.headers.get("date", "")).astimezone(UTC) - now
    except (ValueError, TypeError):
        return begun - SKEW_UNKNOWN
    return begun + ahead - SKEW_KNOWN
