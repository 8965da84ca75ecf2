"""Whether a post at the server is the one in question: answered post, media, warning, poll and text. Pure but for one
question, which `source_of` asks where a server shows the text in another form."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from socialdesk.core.plain import plain_text
from socialdesk.core.post import Segment
from socialdesk.core.tolerant import Obj, moment, obj, objs, string

_REMOTE_MENTION = re.compile(r"(?<![=/\w])(@\w+(?:[.-]+\w+)*)@\w[\w.-]*\w")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for. `answered` is the id there of the post it answers, '' = none."""

    text: str
    answered: str = ""
    warning: str = ""
    media: tuple[str, ...] = ()
    options: tuple[str, ...] = field(default=())

    @classmethod
    def of(cls, segment: Segment, text: str, answered: str) -> "Wanted":
        media = tuple(media.ref for media in segment.media)
        return cls(text, answered, segment.warning, media, segment.poll.options if segment.poll else ())


async def is_it(
    status: Obj, wanted: Wanted, since: datetime | None, source_of: Callable[[Obj], Awaitable[str]]
) -> bool:
    """`source_of` gives the text as it was written; it raises where that cannot be known."""
    created = moment(status.get("created_at"))
    if obj(status.get("reblog")) or (since and created and created < since):
        return False
    attached = {string(m.get("id")) for m in objs(status.get("media_attachments"))}
    if wanted.media and attached == set(wanted.media):
        return True
    if string(status.get("in_reply_to_id")) != wanted.answered or len(attached) != len(wanted.media):
        return False
    if options_of(status) != wanted.options or not same(string(status.get("spoiler_text")), wanted.warning):
        return False
    return same(plain_text(string(status.get("content"))), wanted.text) or same(await source_of(status), wanted.text)


def waits_as(held: Obj, wanted: Wanted, at: datetime) -> bool:
    """Whether a post that the server holds until its time is the one in question, to be out `at`."""
    params, when = obj(held.get("params")), moment(held.get("scheduled_at"))
    options = obj(params.get("poll")).get("options")
    asked = tuple(string(o) for o in options) if isinstance(options, list) else ()
    attached = {string(m.get("id")) for m in objs(held.get("media_attachments"))}
    return (
        when is not None
        and abs((when - at).total_seconds()) < 1
        and attached == set(wanted.media)
        and asked == wanted.options
        and string(params.get("in_reply_to_id")) == wanted.answered
        and same(string(params.get("spoiler_text")), wanted.warning)
        and same(string(params.get("text")), wanted.text)
    )


def options_of(status: Obj) -> tuple[str, ...]:
    return tuple(string(option.get("title")) for option in objs(obj(status.get("poll")).get("options")))


def same(theirs: str, ours: str) -> bool:
    """Equal but for white space and the hosts of mentions, which servers show as they like."""
    return _bare(theirs) == _bare(ours)


def _bare(text: str) -> str:
    return _SPACE.sub("", _REMOTE_MENTION.sub(r"\1", text))
