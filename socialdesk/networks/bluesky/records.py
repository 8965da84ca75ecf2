"""What the account writes: the record of a post (`app.bsky.feed.post`) from a segment. Pure."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from socialdesk.core.post import CardToSend, Receipt, Segment, Target, Uploaded
from socialdesk.networks.bluesky.keys import POST, THREADGATE, tid_time
from socialdesk.networks.bluesky.translate import moment

Json = dict[str, Any]

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_STEP = timedelta(milliseconds=1)
_MAY_ANSWER = {"nobody": "", "mentioned": "mentionRule", "following": "followingRule", "followers": "followerRule"}


@dataclass(frozen=True, slots=True)
class Ref:
    """A record that another one points to (`com.atproto.repo.strongRef`)."""

    uri: str
    cid: str

    def json(self) -> Json:
        return {"uri": self.uri, "cid": self.cid}


@dataclass(frozen=True, slots=True)
class ReplyTo:
    root: Ref
    parent: Ref

    def json(self) -> Json:
        return {"root": self.root.json(), "parent": self.parent.json()}


def reply_to(segment: Segment) -> ReplyTo | None:
    """Where the post belongs: behind the previous part of its thread, else below the entry it answers.

    The refs of the target or receipt must name uri and cid.
    """
    target = segment.previous or segment.reply_to
    if target is None:
        return None
    parent = ref_of(target)
    root_uri, root_cid = target.refs.get("root_uri", ""), target.refs.get("root_cid", "")
    if root_uri and root_cid:
        return ReplyTo(Ref(root_uri, root_cid), parent)
    first = ref_of(segment.root) if segment.previous and segment.root else parent
    return ReplyTo(first, parent)


def ref_of(target: Target | Receipt) -> Ref:
    return Ref(target.refs.get("uri") or target.remote_id, target.refs.get("cid", ""))


def created_at(segment: Segment, key: str) -> datetime | None:
    """When the post says it was written, in whole milliseconds: fixed, so that a repeat is the same record.

    Later than the part before it, because parts of equal time have no order.
    """
    when = segment.created or tid_time(key)
    if when is None:
        return None
    when = when.astimezone(UTC)
    when = when.replace(microsecond=when.microsecond // 1000 * 1000)
    before = moment(segment.previous.refs.get("created")) if segment.previous else None
    return max(when, before + _STEP) if before else when


def wire_time(when: datetime) -> str:
    """RFC 3339 in UTC with milliseconds, as all clients of the network write it."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def post_record(segment: Segment, created: datetime, facets: Sequence[Json], thumb: Json | None) -> Json:
    """The record; `thumb` is the uploaded picture of the link card."""
    record: Json = {"$type": POST, "text": segment.text, "createdAt": wire_time(created)}
    reply, embed = reply_to(segment), _embed(segment, thumb)
    if facets:
        record["facets"] = list(facets)
    if languages := _languages(segment.language):
        record["langs"] = languages
    if reply is not None:
        record["reply"] = reply.json()
    if embed is not None:
        record["embed"] = embed
    return record


def gate_record(segment: Segment, uri: str, created: datetime) -> Json | None:
    """The record that says who may answer the post at `uri`; None where everybody may, and for an answer.

    Who may answer is decided for a whole thread, where it begins. An unknown wish lets nobody answer.
    """
    if segment.replies in {"", "everybody"} or reply_to(segment) is not None:
        return None
    rule = _MAY_ANSWER.get(segment.replies, "")
    allow = [{"$type": f"{THREADGATE}#{rule}"}] if rule else []
    return {"$type": THREADGATE, "post": uri, "allow": allow, "createdAt": wire_time(created)}


def subject_record(kind: str, subject: Ref, now: datetime) -> Json:
    """The record of a like or a repost."""
    return {"$type": kind, "subject": subject.json(), "createdAt": wire_time(now)}


def shows_card(segment: Segment) -> bool:
    """Pictures and a link card exclude each other; pictures win."""
    return segment.card is not None and not segment.media


def _embed(segment: Segment, thumb: Json | None) -> Json | None:
    media: Json | None = None
    if segment.media and _is_video(segment.media[0]):
        media = {"$type": "app.bsky.embed.video", **_shown(segment.media[0], "video")}
    elif segment.media:
        media = {"$type": "app.bsky.embed.images", "images": [_shown(one, "image") for one in segment.media]}
    elif segment.card is not None:
        media = {"$type": "app.bsky.embed.external", "external": _external(segment.card, thumb)}
    if segment.quote is None:
        return media
    quote = {"$type": "app.bsky.embed.record", "record": ref_of(segment.quote).json()}
    if media is None:
        return quote
    return {"$type": "app.bsky.embed.recordWithMedia", "record": quote, "media": media}


def _is_video(uploaded: Uploaded) -> bool:
    return str(json.loads(uploaded.ref).get("mimeType", "")).startswith("video/")


def _shown(uploaded: Uploaded, name: str) -> Json:
    """A picture or video with its words; `name` is that of its bytes."""
    shown: Json = {"alt": uploaded.alt, name: json.loads(uploaded.ref)}
    if uploaded.width > 0 and uploaded.height > 0:
        shown["aspectRatio"] = {"width": uploaded.width, "height": uploaded.height}
    return shown


def _external(card: CardToSend, thumb: Json | None) -> Json:
    external: Json = {"uri": card.url, "title": card.title, "description": card.description}
    return external | {"thumb": thumb} if thumb else external


def _languages(text: str) -> list[str]:
    """Up to three language tags (BCP 47) out of a comma-separated list."""
    return [tag for tag in (part.strip() for part in text.split(",")) if _LANGUAGE.fullmatch(tag)][:3]


def receipt(uri: str, cid: str, permalink: str, record: Mapping[str, Any]) -> Receipt:
    """Proof of a post; its refs let it be answered, continued as a thread and deleted."""
    refs = {"uri": uri, "cid": cid, "created": str(record.get("createdAt", ""))}
    reply = record.get("reply")
    root = reply.get("root") if isinstance(reply, dict) else None
    if isinstance(root, dict):
        refs |= {"root_uri": str(root.get("uri", "")), "root_cid": str(root.get("cid", ""))}
    return Receipt(uri, permalink, refs)
