"""Which posts the practice app view puts into a feed, in which order, and how pages follow each other."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from socialdesk.practice.bluesky_rules import POST, REPOST
from socialdesk.practice.bluesky_state import Record, State, wire_time

Item = TypeVar("Item")
SortKey = tuple[str, str]

_TERM = re.compile(r'"[^"]+"|\S+')
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class FeedItem:
    post: Record
    repost: Record | None = None

    @property
    def key(self) -> SortKey:
        """Newest first by time, ties by CID."""
        place = self.repost or self.post
        return wire_time(place.sort_at), place.cid


def page(
    items: Iterable[Item], key: Callable[[Item], SortKey], cursor: str, limit: int
) -> tuple[Sequence[Item], dict[str, str]]:
    """One page, newest first, and `{"cursor": ...}` if there is more behind it."""
    ordered = sorted(items, key=key, reverse=True)
    if cursor:
        at, _, cid = cursor.partition("::")
        ordered = [item for item in ordered if key(item) < (at, cid)]
    shown = ordered[:limit]
    return shown, {"cursor": "::".join(key(shown[-1]))} if len(ordered) > len(shown) else {}


def timeline(state: State, did: str) -> list[FeedItem]:
    return by_accounts(state, {did, *state.follows(did)})


def by_accounts(state: State, dids: set[str]) -> list[FeedItem]:
    """Posts and re-shares of these accounts."""
    posts = [FeedItem(record) for record in state.of(POST) if record.did in dids]
    reposts = [
        FeedItem(state.records[subject], record)
        for record in state.of(REPOST)
        if record.did in dids and (subject := str(record.value["subject"]["uri"])) in state.records
    ]
    return posts + reposts


def author_feed(state: State, did: str, which: str) -> list[FeedItem]:
    """`which` as in app.bsky.feed.getAuthorFeed's filter."""
    items = by_accounts(state, {did})
    if which == "posts_no_replies":
        return [item for item in items if item.repost or "reply" not in item.post.value]
    if which == "posts_with_media":
        return [i for i in items if not i.repost and _embed_kind(i.post) == "app.bsky.embed.images"]
    if which == "posts_and_author_threads":
        return [i for i in items if i.repost or _root_owner(i.post) in {"", did}]
    return items


def search(state: State, query: str, params: Mapping[str, str]) -> list[Record]:
    """Posts that have every term: words, "phrases", #tags, from:, mentions:, domain:, lang:, since:, until:."""
    terms = [term.strip('"').casefold() for term in _TERM.findall(query) if term != "*"]
    named = ((name, params[other]) for name, other in _PARAMETERS.items() if params.get(other))
    terms += [f"{name}:{value}".casefold() for name, value in named]
    return [record for record in state.of(POST) if all(_has(state, record, term) for term in terms)]


_PARAMETERS = {
    "from": "author", "mentions": "mentions", "domain": "domain", "lang": "lang", "since": "since", "until": "until",
}  # fmt: skip


def _has(state: State, record: Record, term: str) -> bool:
    name, colon, value = term.partition(":")
    text = str(record.value["text"]).casefold()
    if not colon or not value or name not in _PARAMETERS:
        return _has_words(text, term)
    match name:
        case "from":
            return value.lstrip("@") in {state.accounts[record.did].handle, record.did.casefold()}
        case "mentions":
            return f"@{value.lstrip('@')}" in text
        case "domain":
            return any((urlsplit(url).hostname or "").endswith(value) for url in _links(record))
        case "lang":
            return value in record.value.get("langs", [])
        case "since":
            return wire_time(record.sort_at).casefold() >= value
    return wire_time(record.sort_at).casefold() < value


def _has_words(text: str, term: str) -> bool:
    if term.startswith("#"):
        return re.search(rf"{re.escape(term)}(?!\w)", text) is not None
    wanted, words = _WORD.findall(term), _WORD.findall(text)
    return any(words[i : i + len(wanted)] == wanted for i in range(len(words) - len(wanted) + 1))


def _links(record: Record) -> list[str]:
    features = [feature for facet in record.value.get("facets", ()) for feature in facet["features"]]
    external = (record.value.get("embed") or {}).get("external") or {}
    return [str(feature["uri"]) for feature in features if "uri" in feature] + [str(external.get("uri", ""))]


def _embed_kind(record: Record) -> str:
    return str((record.value.get("embed") or {}).get("$type", ""))


def _root_owner(record: Record) -> str:
    reply = record.value.get("reply")
    return str(reply["root"]["uri"]).split("/")[2] if isinstance(reply, Mapping) else ""
