"""Field expansion of the Graph API: `id,from{name},comments.filter(stream).limit(5){id,message}`."""

from collections.abc import Mapping
from dataclasses import dataclass, field


class FieldError(ValueError):
    """The text is no list of fields."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One field with its modifiers (`limit` -> "5") and the fields wanted of what it leads to (none = the usual)."""

    name: str
    modifiers: Mapping[str, str] = field(default_factory=dict)
    inner: tuple["Wanted", ...] = ()


def parse_fields(text: str) -> tuple[Wanted, ...]:
    """Raises FieldError."""
    found, rest = _list(text.replace(" ", ""))
    if rest:
        raise FieldError(f"unexpected {rest[:10]}")
    return found


def _list(text: str) -> tuple[tuple[Wanted, ...], str]:
    found: list[Wanted] = []
    while True:
        one, text = _one(text)
        found.append(one)
        if not text.startswith(","):
            return tuple(found), text
        text = text[1:]


def _one(text: str) -> tuple[Wanted, str]:
    name, text = _word(text)
    modifiers: dict[str, str] = {}
    while text.startswith("."):
        modifier, text = _word(text[1:])
        if not text.startswith("(") or ")" not in text:
            raise FieldError(f"{modifier} wants a value")
        modifiers[modifier], _, text = text[1:].partition(")")
    inner: tuple[Wanted, ...] = ()
    if text.startswith("{"):
        inner, text = _list(text[1:])
        if not text.startswith("}"):
            raise FieldError("a bracket is missing")
        text = text[1:]
    return Wanted(name, modifiers, inner), text


def _word(text: str) -> tuple[str, str]:
    end = next((i for i, c in enumerate(text) if not (c.isalnum() or c == "_")), len(text))
    if end == 0:
        raise FieldError(f"a name is missing before {text[:10]!r}")
    return text[:end], text[end:]
