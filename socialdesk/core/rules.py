"""What an account may post, as its server says: limits of texts, pictures, films, documents, polls and times."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


def has_address(text: str) -> bool:
    """Whether somebody wrote a whole web address into `text`."""
    return "https://" in text or "http://" in text


@dataclass(frozen=True, slots=True)
class PollRules:
    """What a poll may be. `option_limit` in characters."""

    options: int = 4
    option_limit: int = 50
    min_minutes: int = 5
    max_minutes: int = 43_829
    multiple: bool = True
    hides_totals: bool = False
    with_media: bool = False


@dataclass(frozen=True, slots=True)
class VideoRules:
    """What a video may be: one per post, sizes in bytes, length in seconds (0 = no limit known)."""

    types: tuple[str, ...] = ("video/mp4", "video/quicktime", "video/webm")
    size: int = 100_000_000
    seconds: float = 0.0
    alt_limit: int = 1500
    with_pictures: bool = False


@dataclass(frozen=True, slots=True)
class DocumentRules:
    """What a document may be: one per post, alone; size in bytes, `title_limit` in characters (0 = none known)."""

    types: tuple[str, ...] = ("application/pdf",)
    size: int = 100_000_000
    pages: int = 0
    title_limit: int = 0


@dataclass(frozen=True, slots=True)
class ScheduleRules:
    """How far ahead the network itself holds a post until its time."""

    min_ahead: timedelta = timedelta(minutes=5)
    max_ahead: timedelta = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class PostRules:
    """What one connected account may post, as its server says. Sizes in bytes, `limit` in the network's own units.

    Rules cross a process boundary, so their functions are such as can be pickled. `weigh` counts a text the way the
    network does, warning included by the caller where `warning_counts`.
    `link_card`: "none", "server" (the network makes it) or "client" (we build and send it; excludes pictures).
    `article`: takes an `ArticleToSend` instead of a text; with `notes` a text where the draft has no article.
    `findable`: `find` can prove that a post is out or is not.
    `splits_threads`: texts over the limit may become a thread.
    `pictures_by_address`: takes no bytes; pictures are put on one of the person's blogs first, and named from there.
    `hosts_pictures`: an uploaded picture has a public address at once, so that they may be put here for such networks.
    `replies_from`: who may answer a post, the first is the network's usual. `focus`: pictures have a point that stays
    in sight. `polls`, `video`, `documents`, `schedule`: None = the network has none; `schedule` needs the ability
    `Schedules`.
    """

    limit: int
    weigh: Callable[[str], int]
    max_pictures: int = 4
    picture_types: tuple[str, ...] = ("image/jpeg", "image/png", "image/gif", "image/webp")
    picture_bytes: int = 8_000_000
    picture_pixels: int = 33_000_000
    alt_limit: int = 1500
    splits_threads: bool = True
    link_card: str = "server"
    article: bool = False
    notes: bool = False
    findable: bool = True
    warning: bool = False
    warning_counts: bool = False
    visibilities: tuple[Choice, ...] = ()
    languages: bool = False
    replies: bool = True
    quotes: bool = False
    byte_limit: int = 0  # UTF-8 bytes, 0 = none
    pictures_by_address: bool = False
    hosts_pictures: bool = False
    replies_from: tuple[Choice, ...] = ()
    focus: bool = False
    polls: PollRules | None = None
    video: VideoRules | None = None
    documents: DocumentRules | None = None
    schedule: ScheduleRules | None = None
    has_link: Callable[[str], bool] = has_address  # whether the network makes a link of something: it may cost more
