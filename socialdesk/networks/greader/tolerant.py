"""Reading somebody else's JSON: every field may be missing or of another type; nothing here raises."""

from datetime import UTC, datetime

from socialdesk.core.tolerant import number, string


def strings(value: object) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def content(value: object) -> str:
    """The HTML in `{"content": ...}`, '' where there is none."""
    return string(value.get("content")) if isinstance(value, dict) else ""


def since_1970(value: object, *, per_second: int = 1) -> datetime | None:
    """A time as a number of seconds, or of parts of one; also as text. None = there is none that can be."""
    found = number(value)
    if not found or found < 0:
        return None
    try:
        return datetime.fromtimestamp(found / per_second, UTC)
    except (OverflowError, OSError, ValueError):
        return None
