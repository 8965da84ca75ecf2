"""What stands before the words of a post until the person opens it, and who may see it, in words."""

from socialdesk.core.entry import Entry

_AUDIENCES = {"local": "this server only", "followers": "followers only", "mentioned": "for people mentioned"}


def cover(entry: Entry) -> str:
    """The title of the person's filter and the author's warning; "" = nothing covers the post."""
    filtered = f"Filtered: {entry.filtered}" if entry.filtered else ""
    return " · ".join(part for part in (filtered, entry.warning) if part)


def audience(entry: Entry) -> str:
    """Who may see the post; "" = everybody."""
    return _AUDIENCES.get(entry.audience, "")
