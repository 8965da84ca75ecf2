"""The layout of a story: one card per article, however many posts carry it."""

from PySide6.QtCore import QPointF, QRectF

from socialdesk.core.rows import Story
from socialdesk.ui.column.card import Laid
from socialdesk.ui.column.look import PAD, Look
from socialdesk.ui.column.ops import Chip, Face, Frame, Glyph, Hit, Photo, Words, lay_out
from socialdesk.ui.column.richtext import host_of, spans_of

_PICTURE = 104
_FACES = 3
_FACE = 18
_BUTTON = 28


def lay_out_story(look: Look, story: Story, width: int) -> Laid:
    """The card of `story` at `width`."""
    return _StoryLayout(look, story, width).make()


class _StoryLayout:
    def __init__(self, look: Look, story: Story, width: int) -> None:
        self.look, self.story = look, story
        self.laid = Laid(width)
        self.right = width - PAD
        self.room = width - 2 * PAD
        self.y = 12.0

    def make(self) -> Laid:
        if self.story.image_url:
            self._picture()
        self._title()
        self._shared_by()
        if self.story.remark:
            self._remark()
        self._buttons()
        self.laid.height = round(self.y + 12) + 1
        return self.laid

    def _picture(self) -> None:
        box = QRectF(PAD, self.y, self.room, _PICTURE)
        self.laid.ops.append(Photo(box, self.story.image_url, 10))
        if self.story.minutes:
            said = f"{self.story.minutes} min"
            chip = QRectF(box.left() + 8, box.bottom() - 30, self.look.width("small", said) + 31, 22)
            self.laid.ops.append(Chip(said, "small", chip, "book-open"))
        if self.story.saved:
            wide = self.look.width("small", "Offline") + 31
            chip = QRectF(box.right() - 8 - wide, box.bottom() - 30, wide, 22)
            self.laid.ops.append(Chip("Offline", "small", chip, "bookmark-check", "#6fe3ae"))
        self.laid.hits.append(Hit(box, "read"))
        self.y = box.bottom() + 8

    def _title(self) -> None:
        story = self.story
        title, _ = lay_out(
            self.look, story.title or story.url, "title", QPointF(PAD, self.y), self.room, pitch=21, lines=3
        )
        self.laid.ops.append(title)
        self.laid.hits.append(Hit(QRectF(PAD, self.y, self.room, title.height), "read"))
        self.y += title.height
        site = story.site or host_of(story.url)
        if story.minutes and not story.image_url:
            site = f"{site} · {story.minutes} min"
        self.laid.ops.append(Words(self.look.elided("small", site, self.room), "small", "muted", PAD, self.y, 18))
        self.y += 18

    def _shared_by(self) -> None:
        story, look = self.story, self.look
        self.y += 6
        x = float(PAD)
        for author in story.authors[:_FACES]:
            face = QRectF(x + 1, self.y + 1, _FACE, _FACE)
            self.laid.ops.append(Face(face, author.name or author.handle, author.avatar_url, ring="panel"))
            self.laid.hits.append(Hit(face, "face", author, author.name or author.handle))
            x += _FACE - 2
        x += 10 if story.authors else 0
        count = str(story.share_count)
        self.laid.ops.append(Words(count, "small_bold", "text", x, self.y))
        x += look.width("small_bold", count) + 4
        self.laid.ops.append(Words("shared this", "small", "text", x, self.y))
        end = x + look.width("small", "shared this")
        left = self.right + 12.0
        for network in reversed(story.networks):
            left -= 26
            if left < end + 8:
                break
            colour = look.looks.colour(network) or "text"
            self.laid.ops.append(Glyph(look.looks.icon(network), left, self.y + 3, 14, colour))
            self.laid.hits.append(Hit(QRectF(left, self.y, 14, 20), "time", None, look.looks.title(network)))
        self.y += 20

    def _remark(self) -> None:
        host = host_of(self.story.url)  # the card is the link already
        remark = " ".join(word for word in self.story.remark.split() if not (host and host in word))
        if not remark:
            return
        said = f"“{remark}”"
        self.y += 6
        block, _ = lay_out(
            self.look,
            said,
            "remark",
            QPointF(PAD, self.y),
            self.room,
            colour="second",
            pitch=18,
            lines=3,
            spans=spans_of(said),
        )
        self.laid.ops.append(block)
        by = self.story.remark_by
        if by is not None:
            box = QRectF(PAD, self.y, self.room, block.height)
            self.laid.hits.append(Hit(box, "time", None, by.name or by.handle))
        self.y += block.height

    def _buttons(self) -> None:
        self.y += 10
        look, x = self.look, float(PAD)
        roomy = self.room >= 290
        for kind, icon, said in (
            ("read", "book-open", "Read"),
            ("reshare", "repeat-2", "Re-share"),
            ("rewrite", "pen-line", "Rewrite"),
        ):
            wide = look.width("button", said) + 40 if roomy else 36
            box = QRectF(x, self.y, wide, _BUTTON)
            self.laid.ops.append(Frame(box, _BUTTON / 2, "strong_line"))
            self.laid.ops.append(Glyph(icon, x + 11, self.y + 7, 14, "text"))
            if roomy:
                self.laid.ops.append(Words(said, "button", "text", x + 30, self.y, _BUTTON))
            self.laid.hits.append(Hit(box, kind, None, said))
            x += wide + 8
        saved = self.story.saved
        for kind, icon, said, left in (
            ("save", "bookmark-check" if saved else "bookmark", "Saved" if saved else "Save", self.right - 40),
            ("more", "ellipsis", "More", self.right - 16),
        ):
            colour = "accent" if saved and kind == "save" else "muted"
            self.laid.ops.append(Glyph(icon, left, self.y + 6, 16, colour))
            self.laid.hits.append(Hit(QRectF(left - 4, self.y, 24, _BUTTON), kind, None, said))
        self.y += _BUTTON
