"""Reading JSON of servers: every field may be missing or of another type; nothing here raises."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from socialdesk.core.urls import is_web

Obj = Mapping[str, Any]
NONE: Obj = {}


def obj(value: object) -> Obj:
    """`value` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else NONE


def objs(value: object) -> list[Obj]:
    """The objects of an array."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def string(value: object) -> str:
    """Text as it is, a whole number as its digits, else ''."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def number(value: object) -> int | None:
    """A whole number, also one written as text."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def web(value: object) -> str:
    """An absolute http(s) address, else ''."""
    text = string(value)
    return text if is_web(text) else ""


def moment(value: object) -> datetime | None:
    """A time in ISO 8601 as UTC."""
    try:
        when = datetime.fromisoformat(string(value))
    except ValueError:
        return None
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
