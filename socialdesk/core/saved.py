"""What is kept for reading with the network cut."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ExtractedArticle:
    """An article cut out of its page. `html` is sanitised and names its pictures by their absolute addresses."""

    url: str
    title: str
    html: str
    text: str
    byline: str = ""
    site: str = ""
    published: datetime | None = None
    language: str = ""
    image_url: str = ""
    picture_urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SavedItem:
    """One saved post or link. `state`: saving, saved, failed. `size` in bytes of everything stored for it.

    `pictures` maps picture addresses in `html` to blob hashes. `entry_id` is set when a post was saved.
    """

    id: int
    url: str
    title: str
    state: str
    saved_at: datetime
    entry_id: int | None = None
    site: str = ""
    byline: str = ""
    published: datetime | None = None
    minutes: int = 0
    size: int = 0
    image_blob: str = ""
    error: str = ""
    text: str = ""
    html: str = ""
    pictures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    """A full-text search result. `snippet` marks matches with \\x02 and \\x03."""

    kind: str  # entry or saved
    id: int
    title: str
    snippet: str
    when: datetime | None
    network: str = ""
    site: str = ""
