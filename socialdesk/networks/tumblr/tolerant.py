"""Reading Tumblr's JSON: every field may be missing or of another type; nothing here raises."""

from datetime import UTC, datetime


def number(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def moment(value: object) -> datetime | None:
    """Seconds since 1970 as UTC."""
    seconds = number(value)
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
