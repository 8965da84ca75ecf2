"""Posts as the app view gives them (`app.bsky.feed.defs`) as entries. Pure; what is missing or wrong is left out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from socialdesk.core.entry import Counts, Entry, EntryKind, Quoted, Reason
from socialdesk.networks.bluesky import embeds, labels, richtext

Json = Mapping[str, Any]

NETWORK_KEY = "bluesky"
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # an older date of creation is a mistake, not an old post


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: `did` is empty for an anonymous visitor; `web` is the base of links to profiles and posts."""

    web: str
    did: str = ""
    wishes: labels.LabelWishes = labels.NO_WISHES


def feed_entry(item: Json, reader: Reader) -> Entry | None:
    """From a `feedViewPost`: the post, and who re-shared it. None when it must not or cannot be shown."""
    entry, repost = post_entry(item.get("post"), reader), repost_of(item)
    if entry is None or repost is None:
        return entry
    by, at = embeds.author(repost.get("by"), reader.web), moment(repost.get("indexedAt"))
    return replace(entry, reason=Reason("reshare", by, at))


def repost_of(item: Json) -> Json | None:
    """The `reasonRepost` of a `feedViewPost`, if it has one."""
    reason = item.get("reason")
    return reason if isinstance(reason, dict) and str(reason.get("$type", "")).endswith("#reasonRepost") else None


def post_entry(post: object, reader: Reader) -> Entry | None:
    """From a `postView`. None for removed, blocked and hidden posts."""
    if not isinstance(post, dict) or not isinstance(post.get("uri"), str) or not isinstance(post.get("record"), dict):
        return None
    who = embeds.author(post.get("author"), reader.web)
    if who.remote_id != reader.did and labels.is_hidden(post, reader.wishes, anonymous=not reader.did):
        return None
    uri, record = post["uri"], post["record"]
    text = record.get("text") if isinstance(record.get("text"), str) else ""
    shown = embeds.shown(post.get("embed"), reader.web, reader.wishes)
    return Entry(
        key=uri,
        network=NETWORK_KEY,
        remote_id=uri,
        kind=EntryKind.POST,
        author=who,
        text=text,
        html=richtext.to_html(text, record.get("facets"), reader.web),
        url=embeds.post_url(uri, who, reader.web),
        published=published(record.get("createdAt"), post.get("indexedAt")),
        language=_language(record),
        warning=labels.warning(post, reader.wishes),
        media=shown.media,
        link=shown.link,
        quoted=shown.quoted,
        counts=Counts(_count(post, "replyCount"), _count(post, "repostCount"), _count(post, "likeCount")),
        reply_to=_reference(record, "parent")[0],
        tags=richtext.tags(record),
        mine=_mine(post),
        refs=post_refs(post),
    )


def post_refs(post: Json) -> dict[str, str]:
    """What acting on a post needs: its address and hash, the thread's beginning, the records of our like and repost."""
    record = post.get("record")
    root_uri, root_cid = _reference(record, "root") if isinstance(record, dict) else ("", "")
    viewer = _viewer(post)
    refs = {
        "uri": str(post.get("uri", "")),
        "cid": str(post.get("cid", "")),
        "root_uri": root_uri,
        "root_cid": root_cid,
        "like": str(viewer.get("like") or ""),
        "repost": str(viewer.get("repost") or ""),
    }
    return {name: value for name, value in refs.items() if value}


def thread_entries(thread: object, reader: Reader) -> tuple[Entry, ...]:
    """Every post of a `threadViewPost` tree that can be shown, oldest first."""
    found = [(level, entry) for level, node in _nodes(thread) if (entry := post_entry(node.get("post"), reader))]
    found.sort(key=lambda one: (one[1].published or EARLIEST, one[0]))
    return tuple({entry.key: entry for _, entry in found}.values())


def quoted_post(post: object, reader: Reader) -> Quoted | None:
    """A post in short, as the subject of a notice."""
    entry = post_entry(post, reader)
    return Quoted(entry.author, entry.text, entry.url) if entry else None


def moment(text: object) -> datetime | None:
    """A wire time as UTC; None when it is none. One without a zone is taken as UTC."""
    if not isinstance(text, str):
        return None
    try:
        when = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    try:
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except OverflowError:
        return None


def published(created_at: object, indexed_at: object) -> datetime | None:
    """The earlier of what the author's program said and when the network saw it: the order the network sorts by."""
    created, indexed = moment(created_at), moment(indexed_at)
    if created is None or created < EARLIEST:
        return indexed
    return created if indexed is None else min(created, indexed)


def _nodes(thread: object) -> Iterator[tuple[int, Json]]:
    """Every node of the tree with its level: what is answered is one above its answers."""
    todo = [(0, thread)]
    while todo:
        level, node = todo.pop()
        if isinstance(node, dict):
            yield level, node
            replies = node.get("replies")
            todo.append((level - 1, node.get("parent")))
            todo += [(level + 1, reply) for reply in (replies if isinstance(replies, list) else ())]


def _reference(record: Json, name: str) -> tuple[str, str]:
    reply = record.get("reply")
    ref = reply.get(name) if isinstance(reply, dict) else None
    return (str(ref.get("uri", "")), str(ref.get("cid", ""))) if isinstance(ref, dict) else ("", "")


def _viewer(post: Json) -> Json:
    viewer = post.get("viewer")
    return viewer if isinstance(viewer, dict) else {}


def _mine(post: Json) -> frozenset[str]:
    viewer = _viewer(post)
    names = {"like": "like", "repost": "reshare", "bookmarked": "bookmark"}
    return frozenset(ours for theirs, ours in names.items() if viewer.get(theirs))


def _count(post: Json, name: str) -> int | None:
    value = post.get(name)
    return value if isinstance(value, int) else None


def _language(record: Json) -> str:
    langs = record.get("langs")
    return next((lang for lang in langs if isinstance(lang, str)), "") if isinstance(langs, list) else ""
