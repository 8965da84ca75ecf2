"""The layout of one post: what is drawn where, and what answers to the mouse."""

from datetime import datetime

from PySide6.QtCore import QPointF, QRectF

from socialdesk.core.entry import Entry, EntryKind, LinkCard, Media, MediaKind, Poll, Quoted
from socialdesk.core.rows import Row
from socialdesk.ui import words
from socialdesk.ui.column.covering import audience, cover
from socialdesk.ui.column.look import ACTIONS, FACE, LINE, PAD, TEXT_X, Look
from socialdesk.ui.column.ops import Bar, Chip, Face, Frame, Glyph, Hit, Op, Paragraphs, Photo, Words, lay_out
from socialdesk.ui.column.richtext import Span, host_of, shown_text

TEXT_LINES = 14
SUMMARY_LINES = 4
_TILE_GAP = 4
_THUMB = 72
_GLYPH_GAP = 22


class Laid:
    """A laid-out card. `actions_y` is the top of the action row, -1 = none (drawn from the row as it is now)."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.height = 0
        self.ops: list[Op] = []
        self.hits: list[Hit] = []
        self.live: list[tuple[Paragraphs, Span]] = []
        self.actions_y: float = -1
        self.age_box = QRectF()  # the age is drawn as it is now


def lay_out_post(look: Look, row: Row, width: int, *, unfolded: bool, now: datetime) -> Laid:
    """The card of `row` at `width`. `unfolded`: the person opened its content warning."""
    return _PostLayout(look, row, width, unfolded=unfolded, now=now).make()


class _PostLayout:
    def __init__(self, look: Look, row: Row, width: int, *, unfolded: bool, now: datetime) -> None:
        self.look, self.row, self.entry = look, row, row.entry
        self.unfolded, self.now = unfolded, now
        self.laid = Laid(width)
        self.y: float = 11
        self.right = width - PAD
        self.room = self.right - TEXT_X

    def make(self) -> Laid:
        entry = self.entry
        self._reason_line()
        self._head()
        folded = bool(cover(entry)) and not self.unfolded
        if cover(entry):
            self._warning()
        if not folded:
            self._body()
        if entry.kind is not EntryKind.NOTICE:
            self.laid.actions_y = self.y + 4
            self.y += 4 + ACTIONS
        self.laid.height = round(max(self.y + 4, 11 + FACE + 12)) + 1
        return self.laid

    def _add(self, *ops: Op) -> None:
        self.laid.ops.extend(ops)

    def _hit(self, box: QRectF, kind: str, value: object = None, name: str = "") -> None:
        self.laid.hits.append(Hit(box, kind, value, name))

    def _reason_line(self) -> None:
        reason = self.entry.reason
        if reason is None or reason.kind != "reshare" or reason.by is None:
            return
        said = f"{reason.by.name or reason.by.handle} re-shared"
        self._add(
            Glyph("repeat-2", TEXT_X - _GLYPH_GAP, self.y + 2, 14, "muted"),
            Words(self.look.elided("small", said, self.room), "small", "muted", TEXT_X, self.y, 18),
        )
        self.y += 20

    def _head(self) -> None:
        entry, look = self.entry, self.look
        face = QRectF(PAD, self.y, FACE, FACE)
        self._add(Face(face, entry.author.name or entry.author.handle, entry.author.avatar_url, entry.network))
        self._hit(face, "author", None, entry.author.name)
        age_width = max(look.width("small", words.age(entry.published, self.now)), look.width("small", "59m"))
        age_x = self.right - age_width
        self.laid.age_box = QRectF(age_x, self.y, age_width, LINE)
        self._hit(self.laid.age_box, "time", None, words.full_time(entry.published))
        room = age_x - 8 - TEXT_X
        name = look.elided("name", entry.author.name or entry.author.handle, room)
        name_width = look.width("name", name)
        self._add(Words(name, "name", "text", TEXT_X, self.y))
        self._hit(QRectF(TEXT_X, self.y, name_width, LINE), "author", None, entry.author.name)
        beside = self._beside_name()
        left = room - name_width - 6
        if beside and left > 24:
            self._add(Words(look.elided("small", beside, left), "small", "muted", TEXT_X + name_width + 6, self.y))
        self.y += LINE

    def _beside_name(self) -> str:
        reason = self.entry.reason
        if reason is not None and reason.kind != "reshare":
            return words.reason(reason.kind)
        handle = self.entry.author.handle
        shown = handle if not handle or handle.startswith("@") or "." in handle else f"@{handle}"
        return " · ".join(part for part in (audience(self.entry), shown) if part)

    def _warning(self) -> None:
        block, _ = lay_out(self.look, cover(self.entry), "text", QPointF(TEXT_X, self.y), self.room, lines=3)
        self._add(block)
        self.y += block.height + 4
        said = "Hide" if self.unfolded else "Show"
        box = QRectF(TEXT_X, self.y, self.look.width("button", said) + 24, 26)
        self._add(
            Frame(box, 13, "strong_line"), Words(said, "button", "text", box.left() + 12, box.top(), box.height())
        )
        self._hit(box, "warning", None, f"{said} what is behind the warning")
        self.y += 26 + 6

    def _body(self) -> None:
        entry = self.entry
        if entry.kind is EntryKind.ARTICLE:
            self._article()
        elif entry.text:
            self._text()
        if entry.quoted is not None:
            self._quoted(entry.quoted)
        if entry.media:
            self._media(entry.media[:4])
        if entry.poll is not None:
            self._poll(entry.poll)
        if entry.link is not None and not entry.media and (entry.link.title or entry.link.image_url):
            self._link(entry.link)

    def _text(self) -> None:
        text, spans = shown_text(self.entry)
        if not text:
            return
        block, was_cut = lay_out(
            self.look, text, "text", QPointF(TEXT_X, self.y), self.room, lines=TEXT_LINES, spans=spans
        )
        self._live(block, spans)
        if was_cut:
            self._more("Show all")

    def _article(self) -> None:
        entry = self.entry
        title, _ = lay_out(
            self.look, entry.title or entry.text, "card_title", QPointF(TEXT_X, self.y), self.room, pitch=19, lines=3
        )
        self._add(title)
        self._hit(QRectF(TEXT_X, self.y, self.room, title.height), "open", None, "")
        self.y += title.height
        summary = entry.summary or (entry.text if entry.title else "")
        if summary:
            block, _ = lay_out(
                self.look,
                " ".join(summary.split()),
                "text",
                QPointF(TEXT_X, self.y + 2),
                self.room,
                colour="second",
                lines=SUMMARY_LINES,
            )
            self._add(block)
            self.y += block.height + 2

    def _live(self, block: Paragraphs, spans: tuple[Span, ...]) -> None:
        self._add(block)
        for span in spans:
            for box in block.boxes(span):
                self._hit(box, span.kind, span.target, span.target)
        self.laid.live.extend((block, span) for span in spans)
        self.y += block.height

    def _more(self, said: str) -> None:
        self._add(Words(said, "button", "link", TEXT_X, self.y))
        self._hit(QRectF(TEXT_X, self.y, self.look.width("button", said), LINE), "open", None, "")
        self.y += LINE

    def _quoted(self, quoted: Quoted) -> None:
        self.y += 8
        top, inner = self.y, self.room - 24
        name = self.look.elided("name", quoted.author.name or quoted.author.handle, inner)
        head = Words(name, "name", "text", TEXT_X + 12, top + 8)
        block, _ = lay_out(self.look, quoted.text, "text", QPointF(TEXT_X + 12, top + 28), inner, lines=4)
        box = QRectF(TEXT_X, top, self.room, 28 + block.height + 10)
        self._add(Frame(box, 12), head, block)
        if quoted.url:
            self._hit(box, "link", quoted.url, quoted.url)
        self.y = box.bottom()

    def _link(self, card: LinkCard) -> None:
        self.y += 8
        thumb = _THUMB if card.image_url else 0
        inner_x, inner = TEXT_X + thumb + 12, self.room - thumb - 24
        title, _ = lay_out(
            self.look, card.title or card.url, "card_title", QPointF(inner_x, self.y + 27), inner, pitch=18, lines=2
        )
        box = QRectF(TEXT_X, self.y, self.room, _THUMB)
        offset = (36 - title.height) / 2
        title = Paragraphs(title.layout, QPointF(inner_x, self.y + 27 + offset), title.colour, title.height)
        site = self.look.elided("site", card.site or host_of(card.url), inner)
        if card.image_url:
            self._add(Photo(QRectF(TEXT_X, self.y, thumb, _THUMB), card.image_url, 12, left_only=True))
        self._add(Frame(box, 12), Words(site, "site", "muted", inner_x, self.y + 8 + offset, 18), title)
        self._hit(box, "link", card.url, card.url)
        self.y = box.bottom()

    def _media(self, media: tuple[Media, ...]) -> None:
        self.y += 8
        for index, (item, box) in enumerate(zip(media, tiles(media, TEXT_X, self.y, self.room), strict=True)):
            self._tile(index, item, box)
            bottom = box.bottom()
            self.y = max(self.y, bottom)

    def _tile(self, index: int, item: Media, box: QRectF) -> None:
        self._add(Photo(box, item.preview_url or (item.url if item.kind is MediaKind.IMAGE else ""), 10))
        if item.kind is not MediaKind.IMAGE:
            centre = box.center()
            mark = QRectF(centre.x() - 18, centre.y() - 13, 36, 26)
            icon = "volume-2" if item.kind is MediaKind.AUDIO else "play"
            self._add(Chip("", "mark", mark, icon))
        if item.alt:
            self._add(Chip("ALT", "mark", QRectF(box.left() + 8, box.bottom() - 26, 33, 18)))
        self._hit(box, "media", index, item.alt or "No description")

    def _poll(self, poll: Poll) -> None:
        total = sum(votes for _, votes in poll.options)
        self.y += 8
        for text, votes in poll.options:
            share = votes / total if total else 0.0
            said = f"{share:.0%}"
            said_x = self.right - 8 - self.look.width("small_bold", said)
            self._add(
                Bar(QRectF(TEXT_X, self.y, self.room, 26), share),
                Words(self.look.elided("small", text, said_x - TEXT_X - 16), "small", "text", TEXT_X + 8, self.y, 26),
                Words(said, "small_bold", "text", said_x, self.y, 26),
            )
            self.y += 30
        said = f"{words.plural(total, 'vote', 'votes')}{' · closed' if poll.closed else ''}"
        self._add(Words(said, "small", "muted", TEXT_X, self.y - 2))
        self.y += 16


def tiles(media: tuple[Media, ...], x: float, y: float, width: float) -> list[QRectF]:
    """The places of one to four pictures. Depends on nothing that arrives later, so a card never grows."""
    half = (width - _TILE_GAP) / 2
    match len(media):
        case 1:
            return [QRectF(x, y, width, _single_height(media[0], width))]
        case 2:
            return [QRectF(x, y, half, half), QRectF(x + half + _TILE_GAP, y, half, half)]
        case 3:
            small = (half - _TILE_GAP) / 2
            right = x + half + _TILE_GAP
            return [
                QRectF(x, y, half, half),
                QRectF(right, y, half, small),
                QRectF(right, y + small + _TILE_GAP, half, small),
            ]
        case _:
            tall = half * 0.66
            return [
                QRectF(x + (half + _TILE_GAP) * (i % 2), y + (tall + _TILE_GAP) * (i // 2), half, tall)
                for i in range(4)
            ]


def _single_height(item: Media, width: float) -> float:
    """The picture's own shape within reason; 16 : 9 where the network does not say."""
    shape = item.height / item.width if item.width > 0 and item.height > 0 else 9 / 16
    return float(round(min(max(width * shape, 96), width * 1.1)))


def said_aloud(entry: Entry, now: datetime, *, seen: bool) -> str:
    """A card as one sentence, for screen readers."""
    parts = ["New." if not seen else "", f"{entry.author.name or entry.author.handle}"]
    if entry.reason is not None:
        parts.append(words.reason(entry.reason.kind))
    parts.append(words.age(entry.published, now))
    body = cover(entry) or entry.title or entry.text
    counts = entry.counts
    said = [
        f"{number} {name}"
        for number, name in ((counts.replies, "replies"), (counts.reshares, "re-shares"), (counts.likes, "likes"))
        if number
    ]
    pictures = [m.alt or "no description" for m in entry.media]
    if pictures:
        said.append("pictures: " + "; ".join(pictures))
    return f"{' '.join(p for p in parts if p)}: {body}. {', '.join(said)}".rstrip()
