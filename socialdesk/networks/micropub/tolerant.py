"""Reading somebody else's JSON: every field may be missing or of another type; nothing here raises."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from socialdesk.core.tolerant import Obj, obj


def string(value: object) -> str:
    return value if isinstance(value, str) else ""


def number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def values(properties: Obj, name: str) -> list[Any]:
    """The values of a microformats property: always a list, whatever came."""
    found = properties.get(name)
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def first(properties: Obj, name: str) -> str:
    """The first text of a property; of an object its `value`."""
    for value in values(properties, name):
        text = string(value) or string(obj(value).get("value"))
        if text:
            return text
    return ""


def web(value: object, base: str = "") -> str:
    """An absolute http(s) address, relative ones resolved against `base`; else ''."""
    text = string(value).strip()
    if not text:
        return ""
    try:
        url = urljoin(base, text) if base else text
        return url if urlsplit(url).scheme in {"http", "https"} and urlsplit(url).hostname else ""
    except ValueError:
        return ""


def moment(value: object) -> datetime | None:
    """A time in ISO 8601 as UTC; without a zone it is taken for UTC."""
    try:
        when = datetime.fromisoformat(string(value).strip())
    except ValueError:
        return None
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
