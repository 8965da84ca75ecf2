"""Posts that Facebook holds until their time. They keep their id when they are out.

Source: Meta's document "Pages API, Posts" ("Publish a post", scheduled posts): ten minutes to thirty days ahead.
"""

from datetime import datetime, timedelta
from urllib.parse import quote

from socialdesk.core.errors import OutcomeUnknown, Rejected
from socialdesk.core.post import Receipt, Segment
from socialdesk.core.tolerant import Obj, string
from socialdesk.networks.facebook.client import Client
from socialdesk.networks.facebook.reading import next_of
from socialdesk.networks.facebook.tolerant import data, moment

PAGE = 50
MAX_PAGES = 6
SAME_TIME = timedelta(minutes=1)
_PROOF = "id,message,scheduled_publish_time,attachments{media_type,media,subattachments}"
_STATE = {"fields": "id,is_published,scheduled_publish_time"}


def times_of(segment: Segment) -> dict[str, str]:
    """What a post says of its time; nothing where it goes out at once."""
    if segment.publish_at is None:
        return {}
    return {"published": "false", "scheduled_publish_time": str(int(segment.publish_at.timestamp()))}


async def waiting(client: Client, page: str) -> list[Obj]:
    """All posts that wait. Raises `OutcomeUnknown` when they cannot be read whole."""
    params = {"fields": _PROOF, "limit": str(PAGE)}
    found: list[Obj] = []
    for _ in range(MAX_PAGES):
        answer = await client.get(f"{page}/scheduled_posts", params)
        if "data" not in answer:
            raise OutcomeUnknown("what waits cannot be read")
        found += data(answer)
        after = next_of(answer)
        if not after:
            return found
        params = {**params, "after": after}
    raise OutcomeUnknown("too many posts wait to be sure")


def is_due(row: Obj, at: datetime) -> bool:
    """Whether a waiting post goes out at `at`."""
    when = moment(row.get("scheduled_publish_time"))
    return when is not None and abs(when - at) <= SAME_TIME


async def is_out(client: Client, post: str) -> bool:
    """Raises `Rejected` (not_found) where it is neither out nor waiting."""
    answer = await client.get(quote(post, safe="_"), _STATE)
    if string(answer.get("id")) != post:
        raise OutcomeUnknown("Facebook does not say how the post stands")
    return answer.get("is_published") is True


async def take_back(client: Client, receipt: Receipt) -> None:
    """Deletes what still waits. Raises `Rejected` (published) for what is out."""
    try:
        if await is_out(client, receipt.remote_id):
            raise Rejected("the post is out", reason="published")
        await client.delete(quote(receipt.remote_id, safe="_"))
    except Rejected as error:
        if error.reason != "not_found":
            raise
