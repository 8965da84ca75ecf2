"""Posts that the server holds until their time.

Source: docs.joinmastodon.org/methods/scheduled_statuses; app/services/post_status_service.rb, which publishes at once
what is due within five minutes.
"""

from datetime import datetime, timedelta
from urllib.parse import quote

from socialdesk.core.errors import OutcomeUnknown, Rejected
from socialdesk.core.post import Receipt
from socialdesk.core.tolerant import Obj, moment, obj, objs, string
from socialdesk.networks.mastodon.client import Client
from socialdesk.networks.mastodon.comparing import Wanted, waits_as

LEAST_AHEAD = timedelta(minutes=5)
CLOCKS = timedelta(minutes=5)  # how far a server's clock may be from ours, and how late its queue may run
PAGE = 40
MAX_PAGES = 8  # of 40: a server holds 300 posts of an account
_PATH = "/api/v1/scheduled_statuses"


def held_as(held: Obj, wanted: Wanted, base: str) -> Receipt:
    """The receipt of a post that waits. It keeps what the post will be known by when it is out: its id changes then."""
    kept = {
        "server": base,
        "scheduled": string(held.get("id")),
        "text": wanted.text,
        "answered": wanted.answered,
        "warning": wanted.warning,
        "media": " ".join(wanted.media),
        "options": "\n".join(wanted.options),
        "at": string(held.get("scheduled_at")),
    }
    at = moment(held.get("scheduled_at"))
    return Receipt(string(held.get("id")), "", {name: value for name, value in kept.items() if value}, at)


def time_of(receipt: Receipt) -> datetime | None:
    return receipt.publish_at or moment(receipt.refs.get("at"))


def wanted_of(receipt: Receipt) -> Wanted:
    refs = receipt.refs
    options = refs.get("options", "")
    return Wanted(
        refs.get("text", ""),
        refs.get("answered", ""),
        refs.get("warning", ""),
        tuple(refs.get("media", "").split()),
        tuple(options.split("\n")) if options else (),
    )


async def find(client: Client, wanted: Wanted, at: datetime) -> Receipt | None:
    """The receipt of a waiting post; None = none that waits is it."""
    place: list[tuple[str, str]] = []
    for _ in range(MAX_PAGES):
        _, answer = await client.get(_PATH, [("limit", str(PAGE)), *place])
        if not isinstance(answer, list):
            raise OutcomeUnknown("what waits cannot be read")
        waiting = objs(answer)
        held = next((one for one in waiting if waits_as(one, wanted, at)), None)
        if held is not None:
            return held_as(held, wanted, client.base)
        if len(waiting) < PAGE:
            return None
        place = [("max_id", string(waiting[-1].get("id")))]
    raise OutcomeUnknown("too many posts wait to be sure")


async def is_held(client: Client, receipt: Receipt) -> bool:
    try:
        _, answer = await client.get(_of(receipt))
    except Rejected as error:
        if error.reason not in {"not_found", "gone"}:
            raise
        return False
    return bool(string(obj(answer).get("id")))


async def take_back(client: Client, receipt: Receipt) -> bool:
    """Whether it still waited. Taking back twice is harmless."""
    try:
        await client.send("DELETE", _of(receipt), harmless=True)
    except Rejected as error:
        if error.reason not in {"not_found", "gone"}:
            raise
        return False
    return True


def _of(receipt: Receipt) -> str:
    return f"{_PATH}/{quote(receipt.refs.get('scheduled') or receipt.remote_id, safe='')}"
