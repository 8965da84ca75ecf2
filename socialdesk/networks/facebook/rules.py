"""What a Page may post. Source: Meta's documents "Page photos" and "Page feed"."""

from datetime import timedelta

from socialdesk.core.rules import PostRules, ScheduleRules
from socialdesk.core.text import graphemes

LIMIT = 63_206  # characters; Facebook names it nowhere any more, so a refusal of less is understood as well
MAX_PICTURES = 10
PICTURE_BYTES = 4_000_000
SCHEDULE = ScheduleRules(timedelta(minutes=11), timedelta(days=30))  # ten minutes, and one for the way there


def page_rules() -> PostRules:
    """The parts of a thread after the first go out as comments of the Page under it."""
    return PostRules(
        limit=LIMIT,
        weigh=graphemes,
        max_pictures=MAX_PICTURES,
        picture_types=("image/jpeg", "image/png", "image/gif"),
        picture_bytes=PICTURE_BYTES,
        link_card="server",
        findable=True,
        schedule=SCHEDULE,
    )
