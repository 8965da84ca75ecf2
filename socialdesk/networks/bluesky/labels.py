"""What moderation labels and the account's wishes mean for showing a post. Pure.

Sources: com.atproto.label.defs, app.bsky.actor.defs#preferences; defaults as in the official client.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = Mapping[str, Any]

HIDE = "!hide"
SIGNED_IN_ONLY = "!no-unauthenticated"
_ADULT = frozenset({"porn", "sexual", "graphic-media", "gore", "nsfl"})
_WORDS = {
    "!warn": "Content warning",
    "porn": "Adult content",
    "sexual": "Suggestive",
    "nudity": "Nudity",
    "graphic-media": "Graphic media",
    "gore": "Graphic media",
    "nsfl": "Graphic media",
}


@dataclass(frozen=True, slots=True)
class LabelWishes:
    """What the account asked for: visibility (`hide`, `warn`, `ignore` or `show`) by label value."""

    by_label: Mapping[str, str] = field(default_factory=dict)
    hide_adult: bool = False

    def hides(self, value: str) -> bool:
        return self.by_label.get(value) == "hide" or (self.hide_adult and value in _ADULT)

    def warns(self, value: str) -> bool:
        return self.by_label.get(value, "warn") == "warn"


NO_WISHES = LabelWishes()


def read_wishes(preferences: Iterable[Json]) -> LabelWishes:
    """The wishes in the answer of `app.bsky.actor.getPreferences`."""
    by_label: dict[str, str] = {}
    hide_adult = True  # the network's default until the person says otherwise
    for item in preferences:
        kind = str(item.get("$type", ""))
        if kind.endswith("#contentLabelPref"):
            by_label[str(item.get("label", ""))] = str(item.get("visibility", ""))
        elif kind.endswith("#adultContentPref"):
            hide_adult = item.get("enabled") is not True
    return LabelWishes(by_label, hide_adult)


def values(post: Json) -> tuple[str, ...]:
    """Label values on a post, by its author and by moderators; withdrawn ones are left out."""
    record = post.get("record") or post.get("value")
    own = record.get("labels") if isinstance(record, dict) else None
    every = [*_list(post.get("labels")), *_list(own.get("values") if isinstance(own, dict) else None)]
    found = [str(label.get("val", "")) for label in every if isinstance(label, dict) and not label.get("neg")]
    return tuple(dict.fromkeys(value for value in found if value))


def is_hidden(post: Json, wishes: LabelWishes, anonymous: bool) -> bool:
    """True when the post must not be shown at all."""
    on_post = values(post)
    author = post.get("author")
    on_author = values(author) if isinstance(author, dict) else ()
    if HIDE in on_post or HIDE in on_author or any(wishes.hides(value) for value in on_post):
        return True
    return anonymous and (SIGNED_IN_ONLY in on_post or SIGNED_IN_ONLY in on_author)


def warning(post: Json, wishes: LabelWishes) -> str:
    """The words to put over a post, '' when it may be shown as it is."""
    shown = [v for v in values(post) if v not in {HIDE, SIGNED_IN_ONLY} and wishes.warns(v)]
    words = [_WORDS.get(value, value.strip("!").replace("-", " ").capitalize()) for value in shown]
    return ", ".join(dict.fromkeys(words))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
