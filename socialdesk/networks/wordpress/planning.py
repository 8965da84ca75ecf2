"""Articles that the site holds until their time. They keep their number; only their status and address change.

WordPress publishes by its own clock, when somebody or we ask it for anything after that time (WP-Cron).
"""

from collections.abc import Awaitable, Callable

from socialdesk.core.errors import Rejected
from socialdesk.core.post import Receipt

PUBLIC = "publish"
PLANNED = "future"
_GONE = frozenset({"not_found", "gone"})


def as_planned(held: Receipt, now: Receipt, status: str) -> Receipt | None:
    """What `scheduled` answers of a post that is `now` so. Raises Rejected (not_found) where it will not go out."""
    if status == PUBLIC:
        return now
    if status != PLANNED:
        raise Rejected(f"the site no longer plans it: {status}", reason="not_found")
    return None if now.publish_at in {None, held.publish_at} else now


async def give_back(status: Callable[[], Awaitable[str]], delete: Callable[[], Awaitable[None]]) -> None:
    """What `unschedule` does: only what still waits is taken away."""
    try:
        found = await status()
    except Rejected as error:
        if error.reason not in _GONE:
            raise
        return
    if found == PUBLIC:
        raise Rejected("the article is out", reason="published")
    if found == PLANNED:
        await delete()
