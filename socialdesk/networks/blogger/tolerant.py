"""Reading Google's JSON: every field may be missing or of another type; nothing here raises."""

from socialdesk.core.tolerant import string


def strings(value: object) -> tuple[str, ...]:
    return tuple(text for text in map(string, value) if text) if isinstance(value, list) else ()


def count(value: object) -> int | None:
    """A whole number, which Google writes as text where it may be long."""
    text = string(value)
    return int(text) if text.isascii() and text.isdigit() else None
