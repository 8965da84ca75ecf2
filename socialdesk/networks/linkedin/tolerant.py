"""Reading LinkedIn's JSON: every field may be missing or of another type; nothing here raises."""

from datetime import UTC, datetime


def number(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def moment(value: object) -> datetime | None:
    """Milliseconds since 1970 as UTC."""
    ms = number(value)
    try:
        return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return None
