"""What the person writes, and what becomes of it on each network."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

DOCUMENT = "application/"  # what the type of a document begins with


@dataclass(frozen=True, slots=True)
class Picture:
    """An image, a video or a document of a draft, kept in the store by content hash. Size in bytes and pixels.

    `focus` is the point that stays in sight where a network crops, (x, y) from the middle: -1 to 1, right and up.
    `seconds` is the length of a video, 0 = an image. A document has no width and height; its `alt` is its title, and
    `pages` 0 = not known.
    """

    blob: str  # SHA-256 of the bytes, hex
    mime: str
    width: int
    height: int
    size: int
    alt: str = ""
    name: str = ""
    focus: tuple[float, float] | None = None
    seconds: float = 0.0
    pages: int = 0

    @property
    def is_video(self) -> bool:
        return self.mime.startswith("video/")

    @property
    def is_document(self) -> bool:
        return self.mime.startswith(DOCUMENT)

    @property
    def is_image(self) -> bool:
        return not (self.is_video or self.is_document)


@dataclass(frozen=True, slots=True)
class Article:
    """A long piece for a blog. `markdown` is what the person writes; the adapter gets clean HTML in `Segment`.

    `status`: publish, draft or future (then `publish_at`, UTC, says when).
    """

    title: str
    markdown: str
    slug: str = ""
    excerpt: str = ""
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    featured: Picture | None = None
    status: str = "publish"
    publish_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Poll:
    """A question to the readers. `minutes` it is open; `multiple`: one reader may choose several answers."""

    options: tuple[str, ...]
    minutes: int = 1440
    multiple: bool = False
    hide_totals: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """The entry that a post answers, quotes or re-shares, as the account that acts knows it.

    `account_id` is that account, 0 = whichever the draft names.
    """

    remote_id: str
    refs: Mapping[str, str] = field(default_factory=dict)
    author: str = ""
    text: str = ""
    url: str = ""
    account_id: int = 0


@dataclass(frozen=True, slots=True)
class Override:
    """What one account says differently; None = as in the draft. `without`: poll, video, document are left out."""

    text: str | None = None
    warning: str | None = None
    visibility: str | None = None
    without: tuple[str, ...] = ()
    replies: str | None = None


@dataclass(frozen=True, slots=True)
class SeenCard:
    """The card of a page as the person saw it before sending. An empty `title`: the page offers no card.

    `url` is the address in the post; `thumb` the hash of a JPEG in the store, '' = no picture; `fetched` is UTC.
    """

    url: str
    title: str = ""
    description: str = ""
    site: str = ""
    thumb: str = ""
    thumb_width: int = 0
    thumb_height: int = 0
    fetched: datetime | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A publication while it is being written. On disk at every pause in typing.

    `text` may hold several parts of a thread, divided by a line of three hyphens (`core.segments`).
    `link` is an address whose card the short posts carry; with an `article`, its permalink takes that place.
    `card` is what the person saw when the draft was sent. `no_card` is the address (or `PERMALINK`) whose card the
    person took away: another address has its card again.
    `poll` goes with the first part. `replies` says who may answer, a value of the account's `PostRules.replies_from`.
    `publish_at` (UTC) is when the short posts go out, None = now; an article has a time of its own, and what links to
    it never goes out before it.
    """

    id: int = 0
    text: str = ""
    account_ids: tuple[int, ...] = ()
    overrides: Mapping[int, Override] = field(default_factory=dict)
    pictures: tuple[Picture, ...] = ()
    article: Article | None = None
    reply_to: Target | None = None
    quote: Target | None = None
    link: str = ""
    language: str = ""
    visibility: str = ""
    warning: str = ""
    updated: datetime | None = None
    card: SeenCard | None = None
    no_card: str = ""
    poll: Poll | None = None
    replies: str = ""
    publish_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CardToSend:
    """A link card as the account's network gets it; `thumb` is a JPEG or empty."""

    url: str
    title: str
    description: str = ""
    thumb: bytes = b""
    thumb_width: int = 0
    thumb_height: int = 0


@dataclass(frozen=True, slots=True)
class MediaFile:
    """Bytes to upload, already within the account's `PostRules`."""

    blob: str
    mime: str
    data: bytes = field(repr=False)
    alt: str = ""
    width: int = 0
    height: int = 0
    name: str = ""
    focus: tuple[float, float] | None = None
    seconds: float = 0.0

    @property
    def is_video(self) -> bool:
        return self.mime.startswith("video/")

    @property
    def is_document(self) -> bool:
        return self.mime.startswith(DOCUMENT)


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A medium the network holds for us. `ref` is the adapter's own (id or JSON); `url` if it is public already."""

    ref: str
    alt: str = ""
    width: int = 0
    height: int = 0
    url: str = ""


@dataclass(frozen=True, slots=True)
class ArticleToSend:
    """An article ready for a blog: clean HTML whose pictures are already at the blog."""

    title: str
    html: str
    slug: str = ""
    excerpt: str = ""
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    featured: Uploaded | None = None
    status: str = "publish"
    publish_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that a segment is out. `refs` is what the adapter needs to answer, find or delete it later (cid ...).

    With `publish_at` (UTC) the network holds it and publishes it itself at that time (`Schedules`).
    """

    remote_id: str
    permalink: str
    refs: Mapping[str, str] = field(default_factory=dict)
    publish_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """One post of a thread (or an article), complete: what `Publishes.publish` sends.

    `previous` and `root` are the receipts of the thread so far; `reply_to` is somebody else's entry.
    `created` is fixed when the delivery is accepted, so that a repeat is byte-identical.
    `publish_at` (UTC) asks the network to hold it until then; only where its `PostRules.schedule` allows that time.
    """

    text: str
    media: tuple[Uploaded, ...] = ()
    card: CardToSend | None = None
    article: ArticleToSend | None = None
    reply_to: Target | None = None
    quote: Target | None = None
    previous: Receipt | None = None
    root: Receipt | None = None
    language: str = ""
    visibility: str = ""
    warning: str = ""
    created: datetime | None = None
    poll: Poll | None = None
    replies: str = ""
    publish_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rendition:
    """What a person posts by hand: the words, and what goes with them.

    `link` is the address in the words ('' = none). `html` is an article with its formatting, `text` then its Markdown.
    `answers` is the address of the part before, which this one answers. `pictures` are pasted one by one.
    """

    text: str
    title: str = ""
    link: str = ""
    html: str = ""
    answers: str = ""
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class HandOff:
    """One part that waits to be posted in the browser at `url`. `prefilled`: the page has the words already."""

    url: str
    rendition: Rendition
    prefilled: bool = False


class DeliveryState(StrEnum):
    WAITING = "waiting"  # to be sent at `next_at`
    SENDING = "sending"  # claimed; the wire may have it
    SENT = "sent"
    REFUSED = "refused"  # editable again
    IN_DOUBT = "in_doubt"  # may have happened: look first
    HELD = "held"  # what it links to failed, or the person holds it
    SIGN_IN = "sign_in"  # waits for the person to sign in again
    HAND_OFF = "hand_off"  # the person posts it in the browser, then says so
    SCHEDULED = "scheduled"  # the network has it and publishes it itself at `publish_at`
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class PartPlan:
    """One segment of a delivery before its uploads and cards exist: text and which pictures, by position."""

    text: str
    key: str  # idempotency key, made by the adapter, committed before the first byte
    picture_blobs: tuple[str, ...] = ()
    receipt: Receipt | None = None

    @property
    def is_out(self) -> bool:
        """Whether readers can see it: a receipt of a network that still holds it is none of that."""
        return self.receipt is not None and self.receipt.publish_at is None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One publication on its way to one account.

    `waits_for` is the delivery (the blog's) whose permalink this one carries; its text holds `PERMALINK` in that place.
    `error` is a reason code; `error_detail` the log's words. `begun` is when the part at hand was first claimed, the
    time that its post carries; None when it certainly has not gone out. `publish_at` is when the person wants it out,
    None = as soon as possible; `next_at` is when this desk acts next.
    """

    id: int
    publication_id: int
    account_id: int
    state: DeliveryState
    parts: tuple[PartPlan, ...]
    waits_for: int | None = None
    next_at: datetime | None = None
    attempts: int = 0
    error: str = ""
    error_detail: str = ""
    updated: datetime | None = None
    begun: datetime | None = None
    publish_at: datetime | None = None

    @property
    def next_part(self) -> int:
        """Index of the first part without a receipt; len(parts) when all are out."""
        return next((i for i, part in enumerate(self.parts) if part.receipt is None), len(self.parts))

    @property
    def permalink(self) -> str:
        first = self.parts[0] if self.parts else None
        return first.receipt.permalink if first and first.is_out and first.receipt else ""


@dataclass(frozen=True, slots=True)
class Publication:
    """A draft that was sent, with its deliveries."""

    id: int
    draft: Draft
    created: datetime
    deliveries: tuple[Delivery, ...]


PERMALINK = "\ue000permalink\ue000"  # private-use characters: cannot be typed by accident


@dataclass(frozen=True, slots=True)
class DeliveryPlan:
    """One delivery to be made of an accepted draft.

    `waits_for_account` names the account of the same publication whose permalink this one carries.
    `next_at` None = as soon as possible; `publish_at` as in `Delivery`.
    """

    account_id: int
    parts: tuple[PartPlan, ...]
    waits_for_account: int | None = None
    next_at: datetime | None = None
    publish_at: datetime | None = None
