"""Reading X's JSON: every field may be missing or of another type; nothing here raises."""

from socialdesk.core.tolerant import string


def strings(value: object) -> tuple[str, ...]:
    return tuple(text for text in map(string, value) if text) if isinstance(value, list) else ()


def number(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def digits(value: object) -> int:
    """An id as a number, for comparing; 0 when it is none. Ids have 64 bits, more than a float holds."""
    text = string(value)
    return int(text) if text.isascii() and text.isdigit() else 0
