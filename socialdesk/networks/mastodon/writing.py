"""Publishing: posts, threads, looking for a post in doubt, changing, deleting, liking, boosting, bookmarking.

Sources: docs.joinmastodon.org/methods/statuses; app/services/post_status_service.rb for the key that makes a repeat
harmless for an hour.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urlsplit

from socialdesk.core.account import Account
from socialdesk.core.errors import OutcomeUnknown, RateLimited, Rejected
from socialdesk.core.post import Receipt, Segment, Target
from socialdesk.core.tolerant import Obj, moment, obj, objs, string
from socialdesk.http import Response
from socialdesk.networks.mastodon import scheduling
from socialdesk.networks.mastodon.client import Client
from socialdesk.networks.mastodon.comparing import Wanted, is_it
from socialdesk.networks.mastodon.editing import edit
from socialdesk.networks.mastodon.posting import body_of, text_of, visibility_of
from socialdesk.networks.mastodon.receipts import receipt_of
from socialdesk.networks.mastodon.rules import LOCAL, Limits, local_way

PAGE = 40
MAX_PAGES = 10
SKEW_KNOWN = timedelta(seconds=10)  # HTTP dates have whole seconds
SKEW_UNKNOWN = timedelta(minutes=5)
SLOW_WRITE = timedelta(seconds=60)  # a request that timed out here may still be at work there
HONOUR_KEYS = frozenset({"mastodon", "hometown", "glitch"})
REFUSES_QUOTES = frozenset({"not_found", "missing_permission", "invalid"})

ACTIONS = {
    "like": "favourite",
    "unlike": "unfavourite",
    "reshare": "reblog",
    "unreshare": "unreblog",
    "bookmark": "bookmark",
    "unbookmark": "unbookmark",
}


class Writer:
    """Writes as one account. `limits` tells what its server is."""

    def __init__(self, client: Client, account: Account, limits: Callable[[], Awaitable[Limits]]) -> None:
        self._client = client
        self._account = account
        self._limits = limits
        self._tried: dict[str, datetime] = {}

    # posts

    async def publish(self, segment: Segment, key: str) -> Receipt:
        """One post, or one that the server holds until `segment.publish_at`.

        Servers publish at once what is due within five minutes; such a post waits here (`RateLimited`) and goes out in
        its time. Raises `Rejected` (quote_not_allowed) where the author does not want to be quoted.
        """
        at = self._time_there(segment)
        local = await self._local_way(segment)
        answered = await self._answered(segment)
        quoted = await self.local_id(segment.quote) if segment.quote else ""
        text = text_of(segment, self._account, local)
        body = body_of(segment, self._account, text=text, answered=answered, quoted=quoted, local=local, at=at)
        self._tried[key] = self._client.now()
        try:
            _, answer = await self._client.send("POST", "/api/v1/statuses", json=body, headers={"Idempotency-Key": key})
        except Rejected as error:
            if quoted and error.reason in REFUSES_QUOTES and await self._refuses_quotes(quoted):
                raise Rejected(str(error), reason="quote_not_allowed", detail=error.detail) from error
            raise
        made = obj(answer)
        if not string(made.get("id")):
            raise OutcomeUnknown("the answer holds no post")
        if string(made.get("scheduled_at")) and not made.get("account"):
            return scheduling.held_as(made, self._wanted(segment, text, answered), self._client.base)
        return receipt_of(made, self._client.base)

    def _time_there(self, segment: Segment) -> datetime | None:
        """When the server shall publish it; None = at once. An overdue time is never sent: some date posts back."""
        if segment.publish_at is None or segment.publish_at <= self._client.now():
            return None
        if segment.publish_at - self._client.now() <= scheduling.LEAST_AHEAD:
            raise RateLimited("the server holds no post for so short a time", segment.publish_at)
        return segment.publish_at

    async def _local_way(self, segment: Segment) -> str:
        """How the server keeps a post to itself, where this one shall stay there. Raises `Rejected`."""
        if visibility_of(segment, self._account) != LOCAL.value:
            return ""
        way = local_way((await self._limits()).version, self._account.facts.get("software", ""))
        if not way:
            raise Rejected("the server has no posts that stay on it", reason="not_supported")
        return way

    async def _refuses_quotes(self, local_id: str) -> bool:
        """Whether the author's wish is why a quote was refused."""
        status = await self._status(local_id)
        return string(obj(status.get("quote_approval")).get("current_user")) in {"denied", "unknown"}

    async def said(self, segment: Segment) -> str:
        """The text as it is sent."""
        return text_of(segment, self._account, await self._local_way(segment))

    @staticmethod
    def _wanted(segment: Segment, text: str, answered: str) -> Wanted:
        return Wanted.of(segment, text, answered)

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
        """Looks among what waits and among the own posts since `segment.created`.

        Raises `OutcomeUnknown` when that far back cannot be read, when a post is like ours but its text cannot be
        compared, or when a server that does not know our keys may still be at work on the request.
        """
        wanted = self._wanted(segment, await self.said(segment), await self._answered(segment))
        if segment.publish_at is not None:
            held = await scheduling.find(self._client, wanted, segment.publish_at)
            if held is not None:
                return held
        found = await self._find_out(wanted, segment.created)
        if found is None:
            self._check_certain(key)
        return found

    async def _find_out(self, wanted: Wanted, created: datetime | None) -> Receipt | None:
        """The own post that is `wanted`, made since `created` (our clock); None = certainly none."""
        own = self._account.remote_id
        place: list[tuple[str, str]] = []
        for _ in range(MAX_PAGES):
            params = [("exclude_reblogs", "true"), ("limit", str(PAGE)), *place]
            response, answer = await self._client.get(f"/api/v1/accounts/{quote(own, safe='')}/statuses", params)
            if not isinstance(answer, list):
                raise OutcomeUnknown("the own posts cannot be read")
            since = _since(created, response, self._client.now())
            for status in objs(answer):
                if await is_it(status, wanted, since, self._source_of):
                    return receipt_of(status, self._client.base)
            if not answer or _is_older(objs(answer), since):
                return None
            place = [("max_id", string(objs(answer)[-1].get("id")))]
        raise OutcomeUnknown("too many own posts since to be sure")

    async def _source_of(self, status: Obj) -> str:
        try:
            _, source = await self._client.get(f"/api/v1/statuses/{quote(string(status.get('id')), safe='')}/source")
        except Rejected as error:
            raise OutcomeUnknown("a post like ours is there, but its text cannot be read") from error
        return string(obj(source).get("text"))

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

    # held until its time

    async def scheduled(self, receipt: Receipt) -> Receipt | None:
        """As `Schedules.scheduled`."""
        if await scheduling.is_held(self._client, receipt):
            return None
        out = await self._out(receipt)
        at = scheduling.time_of(receipt)
        on_its_way = at is not None and abs(self._client.now() - at) < scheduling.CLOCKS
        if out is None and not on_its_way:
            raise Rejected("the post is neither held nor out", reason="not_found")
        return out

    async def unschedule(self, receipt: Receipt) -> None:
        """As `Schedules.unschedule`."""
        if not await scheduling.take_back(self._client, receipt) and await self._out(receipt) is not None:
            raise Rejected("the post is out", reason="published")

    async def _out(self, receipt: Receipt) -> Receipt | None:
        """The receipt of the post that a held one became."""
        at = scheduling.time_of(receipt)
        if at is None or self._client.now() < at - scheduling.CLOCKS:
            return None
        return await self._find_out(scheduling.wanted_of(receipt), at - scheduling.CLOCKS)

    # changing what is there

    async def edit(self, remote_id: str, text: str) -> None:
        await edit(self._client, remote_id, text)

    async def delete(self, remote_id: str, refs: Mapping[str, str]) -> None:
        """Of a post that the server held until its time, what it became is deleted."""
        if refs.get("scheduled"):
            held = Receipt(remote_id, "", refs)
            if await scheduling.take_back(self._client, held):
                return
            out = await self._out(held)
            if out is None:
                return
            remote_id, refs = out.remote_id, out.refs
        remote_id = refs.get("id") or remote_id
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
