"""Reading somebody else's JSON: every field may be missing or of another type; nothing here raises."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

Obj = Mapping[str, Any]
NONE: Obj = {}


def obj(value: object) -> Obj:
    """`value` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else NONE


def objs(value: object) -> list[Obj]:
    """The objects of an array."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def string(value: object) -> str:
    """Text as it is, a number as its digits (some servers send ids so), else ''."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def strings(value: object) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def number(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def positive(value: object, default: int) -> int:
    found = number(value)
    return found if found is not None and found > 0 else default


def web(value: object) -> str:
    """An absolute http(s) address, else ''."""
    text = string(value)
    return text if text.startswith(("http://", "https://")) and host_of(text) else ""


def host_of(url: str) -> str:
    """Host and port of an address, '' when it cannot be read."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def moment(value: object) -> datetime | None:
    """A time in ISO 8601 as UTC; without a zone it is taken for UTC."""
    try:
        when = datetime.fromisoformat(string(value))
    except ValueError:
        return None
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
