"""The row of actions below a post: its places are fixed by the width alone, so counts change in place."""

from typing import NamedTuple

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from socialdesk.core.entry import EntryKind
from socialdesk.core.rows import Row
from socialdesk.ui import words
from socialdesk.ui.avatar import NetworkLooks
from socialdesk.ui.column.look import ACTIONS, PAD, TEXT_X, Look
from socialdesk.ui.column.ops import Hit

_ICON = 16
_WIDE = 56  # an action with a count
_SLIM = 34


class Place(NamedTuple):
    kind: str
    icon: str
    name: str
    x: float
    width: float


_ACTIONS = (
    ("reply", "reply", "Reply (R)", True),
    ("reshare", "repeat-2", "Re-share (T)", True),
    ("like", "heart", "Like (F)", True),
    ("save", "bookmark", "Save for offline (B)", False),
    ("rewrite", "pen-line", "Rewrite (W)", False),
)


ALL = tuple(kind for kind, *_ in _ACTIONS)
_HERE = ("save", "rewrite")  # the desk's own: no network is asked


def offered(looks: NetworkLooks, row: Row) -> tuple[str, ...]:
    """The desk's own actions, and those that the network of `row` has. An article is passed on by its link."""
    able = (*looks.actions(row), *_HERE)
    passes_on = row.entry.kind is EntryKind.ARTICLE and bool(row.entry.url)
    return tuple(kind for kind in ALL if kind in able or (kind == "reshare" and passes_on))


def places(width: int, kinds: tuple[str, ...] = ALL) -> tuple[Place, ...]:
    """Where each of `kinds` stands in a card of `width`; `more` at the right end."""
    room = width - PAD - TEXT_X - _ICON - 8
    ideal = 3 * _WIDE + 2 * _SLIM
    share = min(1.0, room / ideal)
    found, x = [], float(TEXT_X)
    for kind, icon, name, counted in _ACTIONS:
        if kind not in kinds:
            continue
        wide = (_WIDE if counted else _SLIM) * share
        found.append(Place(kind, icon, name, x, wide))
        x += wide
    return (*found, Place("more", "ellipsis", "More", width - PAD - _ICON, _ICON + 8))


def hits(width: int, top: float, kinds: tuple[str, ...] = ALL) -> list[Hit]:
    return [Hit(QRectF(p.x - 6, top, p.width, ACTIONS - 2), p.kind, None, p.name) for p in places(width, kinds)]


def paint_actions(painter: QPainter, look: Look, row: Row, width: int, top: float, hovered: str) -> None:
    """The actions of `row` as it is now; `hovered` names the one under the mouse."""
    counts = row.entry.counts
    number = {"reply": counts.replies, "reshare": counts.reshares, "like": counts.likes}
    middle = top + ACTIONS / 2 - 1
    for place in places(width, offered(look.looks, row)):
        done = place.kind in row.entry.mine or (place.kind == "save" and row.saved)
        token = _colour(place.kind, done=done, hovered=place.kind == hovered)
        icon = "bookmark-check" if done and place.kind == "save" else place.icon
        filled = done and place.kind == "like"
        look.icons.paint(painter, icon, place.x, middle - _ICON / 2, _ICON, look.colour(token), filled=filled)
        said = words.short_count(number.get(place.kind))
        if said and place.width - _ICON - 8 >= look.width("count", said):
            look.write(painter, "count", token, place.x + _ICON + 6, middle, said)


def _colour(kind: str, *, done: bool, hovered: bool) -> str:
    if done:
        return {"like": "bad", "reshare": "good"}.get(kind, "accent")
    return "text" if hovered else "muted"
