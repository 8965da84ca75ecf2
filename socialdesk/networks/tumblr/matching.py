"""Whether a post that Tumblr shows is the one that a segment made. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from socialdesk.core.post import Segment
from socialdesk.core.tolerant import Obj, objs, string
from socialdesk.http import Response
from socialdesk.networks.tumblr.composing import note_of
from socialdesk.networks.tumblr.tolerant import moment

SKEW = timedelta(seconds=10)
SKEW_UNKNOWN = timedelta(minutes=5)
_SPACE = re.compile(r"\s+")


def is_ours(post: Obj, segment: Segment, since: datetime | None) -> bool:
    """By what it answers, its words, how many pictures it has, and its time. An article by its title."""
    created = moment(post.get("timestamp"))
    if since and created and created < since:
        return False
    theirs = objs(post.get("content"))
    if segment.article is not None:
        return bool(theirs) and bare(theirs[:1]) == bare([{"type": "text", "text": segment.article.title}])
    if string(post.get("parent_post_id")) != (segment.quote.remote_id if segment.quote else ""):
        return False
    return _pictures(theirs) == len(segment.media) and bare(theirs) == bare(note_of(segment))


def bare(blocks: Sequence[Obj]) -> str:
    """The words of text blocks for comparing: composed characters, no white space."""
    text = "".join(string(block.get("text")) for block in blocks if block.get("type") == "text")
    return _SPACE.sub("", unicodedata.normalize("NFC", text))


def _pictures(blocks: list[Obj]) -> int:
    return sum(block.get("type") in {"image", "video"} for block in blocks)


def since_of(segment: Segment, response: Response, now: datetime) -> datetime | None:
    """The earliest time, by Tumblr's clock, at which the post can have been made."""
    if segment.created is None:
        return None
    try:
        ahead = parsedate_to_datetime(response.headers.get("date", "")) - now
    except (ValueError, TypeError):
        return segment.created - SKEW_UNKNOWN
    return segment.created + ahead - SKEW
