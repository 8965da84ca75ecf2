"""Posts that Tumblr's queue holds until their time. When they are out they have another number, and name their first.

Source: tumblr/docs `api.md`, "Creating a Post" (`publish_on`), "Fetching a Post" (`scheduled_publish_time`).
"""

from datetime import datetime, timedelta
from urllib.parse import quote

from socialdesk.core.errors import Rejected, Unreachable
from socialdesk.core.post import Receipt
from socialdesk.core.tolerant import Obj, obj, objs, string
from socialdesk.networks.tumblr.client import Client
from socialdesk.networks.tumblr.tolerant import moment

PAGE = 20
MAX_PAGES = 5
CLOCKS = timedelta(minutes=10)  # how late the queue may run, and how far its clock may be from ours
SAME_TIME = timedelta(minutes=1)
_QUEUED = frozenset({"queue", "queued"})


def is_due(post: Obj, at: datetime | None) -> bool:
    """Whether a queued post may be the one for `at`; one that names no time may be."""
    when = moment(post.get("scheduled_publish_time")) or moment(post.get("publish_on"))
    return at is None or when is None or abs(when - at) <= SAME_TIME


async def state_of(client: Client, path: str, number: str) -> str:
    """queue, published, ...; '' where there is no post of this number (any more)."""
    try:
        _, answer = await client.ask("GET", f"{path}/posts/{quote(number, safe='')}")
    except Rejected as error:
        if error.reason not in {"not_found", "gone"}:
            raise
        return ""
    return string(obj(answer).get("state"))


async def number_of(client: Client, path: str, receipt: Receipt) -> str:
    """The number of a post that is out; '' while it waits. Raises `Rejected` (not_found) where it is neither."""
    number = receipt.refs.get("queued") or receipt.remote_id
    state = await state_of(client, path, number)
    if state in _QUEUED:
        return ""
    if state == "published":
        return number
    out = await _born_of(client, path, number)
    if not out and (receipt.publish_at is None or client.now() > receipt.publish_at + CLOCKS):
        raise Rejected("the queue no longer has it", reason="not_found")
    return out


async def _born_of(client: Client, path: str, number: str) -> str:
    """The number under which what was queued as `number` is out, '' = not among the newest posts."""
    for page in range(MAX_PAGES):
        params = {"limit": str(PAGE), "offset": str(page * PAGE), "npf": "true"}
        _, answer = await client.ask("GET", f"{path}/posts", params=params)
        posts = obj(answer).get("posts")
        if not isinstance(posts, list):
            raise Unreachable("the answer has an unknown form", reason="invalid_answer")
        for post in objs(posts):
            if string(post.get("genesis_post_id")) == number:
                return string(post.get("id_string")) or string(post.get("id"))
        if len(posts) < PAGE:
            return ""
    return ""
