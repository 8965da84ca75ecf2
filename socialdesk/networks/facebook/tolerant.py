"""Reading Facebook's JSON: every field may be missing or of another type; nothing here raises."""

from datetime import UTC, datetime

from socialdesk.core.tolerant import Obj, number, obj, objs, string


def data(value: object) -> list[Obj]:
    """The objects of an edge: `{"data": [...]}`."""
    return objs(obj(value).get("data"))


def moment(value: object) -> datetime | None:
    """A time as UTC: ISO 8601 (the offset may have no colon), or seconds since 1970."""
    seconds = number(value)
    try:
        if seconds is not None:
            return datetime.fromtimestamp(seconds, UTC)
        when = datetime.fromisoformat(string(value))
    except (ValueError, OverflowError, OSError):
        return None
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
