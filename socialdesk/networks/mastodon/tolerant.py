"""Reading somebody else's JSON: every field may be missing or of another type; nothing here raises."""

from urllib.parse import urlsplit

from socialdesk.core.tolerant import number, string


def strings(value: object) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


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
