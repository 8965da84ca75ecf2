"""Whether a post or comment that LinkedIn shows is the one that a segment made. Pure."""

import re
import unicodedata
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from socialdesk.core.post import Segment
from socialdesk.core.tolerant import Obj, obj, objs, string
from socialdesk.http import Response
from socialdesk.networks.linkedin.littletext import little, plain
from socialdesk.networks.linkedin.tolerant import moment

SKEW = timedelta(seconds=10)
SKEW_UNKNOWN = timedelta(minutes=5)
_SPACE = re.compile(r"\s+")
_ADDRESS = re.compile(r"https?://\S+")  # LinkedIn may shorten them


def is_ours(post: Obj, segment: Segment, since: datetime | None) -> bool:
    """By its words, how many pictures it has, and its time."""
    created = moment(post.get("createdAt")) or moment(post.get("publishedAt"))
    if since and created and created < since:
        return False
    if len(media_of(post)) != len(segment.media):
        return False
    return bare(plain(string(post.get("commentary")))) == bare(plain(little(segment.text)))


def is_our_comment(comment: Obj, segment: Segment, me: str, since: datetime | None) -> bool:
    created = moment(obj(comment.get("created")).get("time"))
    if string(comment.get("actor")) != me or (since and created and created < since):
        return False
    return bare(string(obj(comment.get("message")).get("text"))) == bare(segment.text)


def media_of(post: Obj) -> list[Obj]:
    """The pictures, document or film of a post; the picture of an article's card is none of them."""
    content = obj(post.get("content"))
    several = objs(obj(content.get("multiImage")).get("images"))
    one = obj(content.get("media"))
    return several or ([one] if string(one.get("id")) else [])


def bare(text: str) -> str:
    """`text` for comparing: composed characters, no white space, addresses only as such."""
    return _SPACE.sub("", _ADDRESS.sub("\ufffc", unicodedata.normalize("NFC", text)))


def since_of(segment: Segment, response: Response, now: datetime) -> datetime | None:
    """The earliest time, by LinkedIn's clock, at which the post can have been made."""
    if segment.created is None:
        return None
    try:
        ahead = parsedate_to_datetime(response.headers.get("date", "")) - now
    except (ValueError, TypeError):
        return segment.created - SKEW_UNKNOWN
    return segment.created + ahead - SKEW
