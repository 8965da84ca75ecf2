"""The account's muted words and hidden posts, as the network's own client applies them. Pure.

Sources: app.bsky.actor.defs#mutedWord; bluesky-social/atproto, packages/api/src/moderation/mutewords.ts.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from socialdesk.core.tolerant import moment, obj, objs, string
from socialdesk.networks.bluesky.richtext import tags

Json = Mapping[str, Any]

_UNSPACED = frozenset({"ja", "zh", "ko", "th", "vi"})  # languages in which words are found anywhere


@dataclass(frozen=True, slots=True)
class MutedWord:
    """`tags_only`: in hashtags alone. `strangers_only`: not what people say whom the account follows."""

    word: str
    tags_only: bool = False
    strangers_only: bool = False
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Mutes:
    words: tuple[MutedWord, ...] = ()
    hidden: frozenset[str] = frozenset()  # addresses of posts

    def __bool__(self) -> bool:
        return bool(self.words or self.hidden)


NO_MUTES = Mutes()


def read_mutes(preferences: Iterable[Json]) -> Mutes:
    """The mutes in the answer of `app.bsky.actor.getPreferences`."""
    words: list[MutedWord] = []
    hidden: set[str] = set()
    for item in preferences:
        kind = string(item.get("$type"))
        if kind.endswith("#mutedWordsPref"):
            words += [made for word in objs(item.get("items")) if (made := _word(word)).word]
        elif kind.endswith("#hiddenPostsPref") and isinstance(item.get("items"), list):
            hidden |= {string(uri) for uri in item["items"]}
    return Mutes(tuple(words), frozenset(hidden))


def is_muted(post: Json, mutes: Mutes, me: str, now: datetime) -> bool:
    """Whether a `postView` is to stay out of columns. Own posts never are."""
    author = obj(post.get("author"))
    if not mutes or author.get("did") == me:
        return False
    if post.get("uri") in mutes.hidden:
        return True
    follows = bool(obj(author.get("viewer")).get("following"))
    words = [
        word
        for word in mutes.words
        if not (word.until is not None and word.until <= now) and not (word.strangers_only and follows)
    ]
    return bool(words) and any(_meets(word, said) for said in _said(post) for word in words)


@dataclass(frozen=True, slots=True)
class _Said:
    text: str
    tags: frozenset[str] = frozenset()
    spaced: bool = True


def _word(item: Json) -> MutedWord:
    targets = item.get("targets")
    everywhere = isinstance(targets, list) and "content" in targets
    strangers_only = item.get("actorTarget") == "exclude-following"
    return MutedWord(
        string(item.get("value")).strip().lower(), not everywhere, strangers_only, moment(item.get("expiresAt"))
    )


def _said(post: Json) -> Iterator[_Said]:
    """What a post says, what hangs on it says, and what it quotes says."""
    record = obj(post.get("record") or post.get("value"))
    languages = record.get("langs")
    first = string(languages[0])[:2].lower() if isinstance(languages, list) and languages else ""
    spaced = first not in _UNSPACED
    yield _Said(string(record.get("text")).lower(), frozenset(tag.lower() for tag in tags(record)), spaced)
    embeds = [post["embed"]] if isinstance(post.get("embed"), dict) else objs(post.get("embeds"))
    for embed in embeds:
        yield from _said_by(embed, spaced)


def _said_by(embed: Json, spaced: bool) -> Iterator[_Said]:
    media = obj(embed.get("media")) or embed
    alts = [string(image.get("alt")) for name in ("images", "items") for image in objs(media.get(name))]
    card = obj(media.get("external"))
    words = [*alts, string(media.get("alt")), string(card.get("title")), string(card.get("description"))]
    yield from (_Said(text.lower(), spaced=spaced) for text in words if text)
    quoted = obj(embed.get("record"))
    quoted = obj(quoted.get("record")) or quoted  # one deeper beside media
    if isinstance(quoted.get("value"), dict):
        yield from _said(quoted)


def _meets(muted: MutedWord, said: _Said) -> bool:
    word, text = muted.word, said.text
    if word in said.tags:
        return True
    if muted.tags_only or len(word) > len(text):
        return False
    if len(word) == 1 or not said.spaced or any(letter.isspace() or _is_mark(letter) for letter in word):
        return word in text or any(word in _forms(group) for group in text.split())
    return any(word in _forms(group) for group in text.split())


def _forms(group: str) -> Iterator[str]:
    """How a group of letters between spaces may be meant: as it is, without marks around and within it."""
    yield group
    bare = group
    while bare and _is_mark(bare[0]):
        bare = bare[1:]
    while bare and _is_mark(bare[-1]):
        bare = bare[:-1]
    yield bare
    if "/" in bare or not any(map(_is_mark, bare)):  # "and/or" is two words, not "andor"
        return
    spaced = "".join(" " if _is_mark(letter) else letter for letter in bare)
    spaced = re.sub(" +", " ", spaced)
    yield spaced
    yield spaced.replace(" ", "")
    yield from spaced.split(" ")


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter).startswith("P")
