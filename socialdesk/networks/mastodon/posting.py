"""What one post says to the server: the body of `POST /api/v1/statuses`. Pure.

Source: docs.joinmastodon.org/methods/statuses (create).
"""

import re
from datetime import datetime
from typing import Any

from socialdesk.core.account import Account
from socialdesk.core.post import Poll, Segment
from socialdesk.networks.mastodon.rules import LOCAL

EYE = "\N{EYE}"
# From the widest to the narrowest: an answer without a choice of its own is no wider than what it answers.
_WIDTHS = ("public", "unlisted", "private", "direct")


def body_of(
    segment: Segment, account: Account, *, text: str, answered: str, quoted: str, local: str, at: datetime | None
) -> dict[str, Any]:
    """`text` is what `text_of` gave, `answered` and `quoted` are ids there, `local` as `rules.local_way` says.

    `at` is when the server shall publish it, None = at once.
    """
    visibility = visibility_of(segment, account)
    body: dict[str, Any] = {"visibility": visibility}
    if visibility == LOCAL.value and local != "visibility":
        body = {"visibility": "public", "local_only": True}
    optional = {
        "status": text,
        "media_ids": [media.ref for media in segment.media],
        "poll": _poll(segment.poll),
        "spoiler_text": segment.warning,
        "sensitive": bool(segment.warning),
        "language": segment.language.partition("-")[0].lower(),
        "in_reply_to_id": answered,
        "quoted_status_id": quoted,
        "scheduled_at": at.isoformat().replace("+00:00", "Z") if at else "",
    }
    return body | {name: value for name, value in optional.items() if value}


def _poll(poll: Poll | None) -> dict[str, Any] | None:
    if poll is None:
        return None
    return {
        "options": list(poll.options),
        "expires_in": poll.minutes * 60,
        "multiple": poll.multiple,
        "hide_totals": poll.hide_totals,
    }


def visibility_of(segment: Segment, account: Account) -> str:
    """The post's own choice, else the account's, narrowed to that of the post it answers."""
    if segment.visibility:
        return segment.visibility
    usual = account.facts.get("visibility", "") or "public"
    theirs = segment.reply_to.refs.get("visibility", "") if segment.reply_to else ""
    if theirs == LOCAL.value:
        return theirs
    wider = theirs in _WIDTHS and usual in _WIDTHS and _WIDTHS.index(theirs) > _WIDTHS.index(usual)
    return theirs if wider else usual


def text_of(segment: Segment, account: Account, local: str = "") -> str:
    """The text, with the mention without which the answered person would not hear of the answer.

    `local` as `rules.local_way` says, where the post stays on the server.
    """
    text = _with_mention(segment, account)
    return f"{text} {EYE}".lstrip() if local == "eye" and not text.rstrip("\ufe0f").endswith(EYE) else text


def _with_mention(segment: Segment, account: Account) -> str:
    author = segment.reply_to.author.lstrip("@") if segment.reply_to and not segment.previous else ""
    if not author or author == account.handle.lstrip("@"):
        return segment.text
    name, _, domain = author.partition("@")
    mention = f"@{name}" if not domain or domain == account.facts.get("domain", "") else f"@{author}"
    if re.search(rf"(?<![=/\w])@{re.escape(name)}(?![\w])", segment.text, re.IGNORECASE):
        return segment.text
    return f"{mention} {segment.text}"
