"""Cards: stable heights, parts that answer to the mouse, everything of an entry in its place."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from socialdesk.core.entry import Counts, EntryKind, MediaKind, Poll, Quoted, Reason
from socialdesk.core.rows import Row
from socialdesk.ui.column import actions_row
from socialdesk.ui.column.card import lay_out_post, said_aloud
from socialdesk.ui.column.column import ColumnView
from socialdesk.ui.column.look import Look
from socialdesk.ui.column.menu import card_menu
from socialdesk.ui.column.ops import Words
from socialdesk.ui.column.story import lay_out_story
from socialdesk.ui.desk import Desk
from socialdesk.ui.window import Window
from tests.ui.conftest import eventually
from tests.ui.fakes import NOW, Fakes, author, media, row, story

Open = Callable[..., Any]


def place_of(view: ColumnView, number: int, kind: str, value: object = None) -> QPoint:
    """The middle of a part of a card, in the list's viewport."""
    item = view.model.items[number]
    laid = view.list.cards.laid(item)
    hits = [*laid.hits, *actions_row.hits(laid.width, laid.actions_y)]
    hit = next(h for h in hits if h.kind == kind and (value is None or h.value == value))
    corner = view.list.visualRect(view.model.index(number)).topLeft()
    return corner + hit.box.center().toPoint()


def click(view: ColumnView, place: QPoint) -> None:
    QTest.mouseClick(view.list.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)


async def one_column(fakes: Fakes, open_window: Open, *rows: Row) -> tuple[Window, ColumnView]:
    fakes.columns_list.clear()
    fakes.headers.clear()
    fakes.add_column("Home", list(rows))
    window = await open_window()
    return window, window.strip.views()[0]


@pytest.mark.parametrize("kind", ["reply", "reshare", "like", "save", "rewrite"])
async def test_a_click_on_an_action_is_the_wish(
    desk: Desk, fakes: Fakes, open_window: Open, heard: Callable[[Any], list[Any]], kind: str
) -> None:
    _, view = await one_column(fakes, open_window, row(1), row(2))
    got = heard(getattr(desk.actions, kind))
    click(view, place_of(view, 1, kind))
    assert [r.entry_id for r in got] == [view.model.items[1].entry_id]


async def test_a_card_offers_what_the_plan_of_its_account_allows(desk: Desk) -> None:
    plain = row(1, network="wordpress")
    planned = replace(plain, plan_actions=("like", "quote"))
    assert actions_row.offered(desk.looks, plain) == ("save", "rewrite")
    assert actions_row.offered(desk.looks, planned) == ("like", "save", "rewrite")
    parent = QWidget()
    menus = [card_menu(desk, one, parent) for one in (plain, planned)]
    assert [any(a.text().startswith("Quote") for a in menu.actions()) for menu in menus] == [False, True]
    parent.deleteLater()


async def test_links_tags_faces_and_pictures_answer(
    desk: Desk, fakes: Fakes, open_window: Open, heard: Callable[[Any], list[Any]]
) -> None:
    text = "See https://harbor.example/a #B2B"
    _, view = await one_column(fakes, open_window, row(1, text=text, media=media(1, 3), link=None))
    links, tags = heard(desk.actions.open_link), heard(desk.actions.open_tag)
    authors, pictures = heard(desk.actions.open_author), heard(desk.actions.view_media)
    click(view, place_of(view, 0, "link"))
    click(view, place_of(view, 0, "tag"))
    click(view, place_of(view, 0, "author"))
    click(view, place_of(view, 0, "media", 2))
    assert links == ["https://harbor.example/a"]
    assert tags == ["B2B"]
    assert len(authors) == 1
    assert [index for _, index in pictures] == [2]


async def test_pressing_on_one_part_and_letting_go_on_another_does_nothing(
    desk: Desk, fakes: Fakes, open_window: Open, heard: Callable[[Any], list[Any]]
) -> None:
    _, view = await one_column(fakes, open_window, row(1))
    likes, replies = heard(desk.actions.like), heard(desk.actions.reply)
    port, none = view.list.viewport(), Qt.KeyboardModifier.NoModifier
    QTest.mousePress(port, Qt.MouseButton.LeftButton, none, place_of(view, 0, "like"))
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, none, place_of(view, 0, "reply"))
    assert likes == []
    assert replies == []


async def test_a_like_changes_count_and_mark_in_place(fakes: Fakes, open_window: Open) -> None:
    _, view = await one_column(fakes, open_window, row(1, counts=Counts(0, 0, 4)), row(2))
    before = view.list.cards.laid(view.model.items[0])
    click(view, place_of(view, 0, "like"))
    await eventually(lambda: view.model.items[0].entry.counts.likes == 5)
    assert "like" in view.model.items[0].entry.mine
    assert view.list.cards.laid(view.model.items[0]) is before


async def test_a_refused_save_is_taken_back_and_told(fakes: Fakes, open_window: Open) -> None:
    from socialdesk.core.errors import StoreError

    fakes.failing["save_entry"] = StoreError("full", reason="disk_full")
    window, view = await one_column(fakes, open_window, row(1))
    click(view, place_of(view, 0, "save"))
    await eventually(window.toast.isVisible)
    assert window.toast.label.text() == "The disk is full. Free some space and try again."
    assert not view.model.items[0].saved


async def test_what_is_behind_a_warning_is_folded_until_asked_for(fakes: Fakes, open_window: Open) -> None:
    secret = row(1, warning="Numbers before the release", text="Secret #B2B", media=media(1, 2))
    _, view = await one_column(fakes, open_window, secret, row(2))
    folded = view.list.cards.laid(secret)
    assert {h.kind for h in folded.hits}.isdisjoint({"tag", "media"})
    click(view, place_of(view, 0, "warning"))
    opened = view.list.cards.laid(secret)
    assert {"tag", "media"} <= {h.kind for h in opened.hits}
    assert opened.height > folded.height
    click(view, place_of(view, 0, "warning"))
    assert view.list.cards.laid(secret).height == folded.height


async def test_the_persons_own_filter_covers_like_a_warning(fakes: Fakes, open_window: Open) -> None:
    covered = row(1, filtered="Spoilers", warning="The end", text="Secret #B2B")
    _, view = await one_column(fakes, open_window, covered, row(2))
    assert "tag" not in {h.kind for h in view.list.cards.laid(covered).hits}
    said = said_aloud(covered.entry, NOW, seen=True)
    assert "Filtered: Spoilers · The end" in said
    assert "Secret" not in said
    click(view, place_of(view, 0, "warning"))
    assert "tag" in {h.kind for h in view.list.cards.laid(covered).hits}


async def test_a_post_for_few_says_so(fakes: Fakes, open_window: Open) -> None:
    local, public = row(1, audience="local"), row(2)
    _, view = await one_column(fakes, open_window, local, public)
    words = [[op.text for op in view.list.cards.laid(one).ops if isinstance(op, Words)] for one in (local, public)]
    assert any("this server only" in text for text in words[0])
    assert not any("this server only" in text for text in words[1])


RICH = {
    "plain": {},
    "one picture of unknown size": {"media": (replace(media(1, 1)[0], width=0, height=0),)},
    "very tall picture": {"media": (replace(media(1, 1)[0], width=10, height=9000),)},
    "film": {"media": (replace(media(1, 1)[0], kind=MediaKind.VIDEO),)},
    "three pictures": {"media": media(1, 3)},
    "four pictures": {"media": media(1, 4)},
    "six pictures": {"media": media(1, 6)},
    "poll": {"poll": Poll((("Yes", 3), ("No", 0)), closed=True)},
    "quote": {"quoted": Quoted(author(2), "Quoted words " * 40, "https://q.example/1")},
    "reshare": {"reason": Reason("reshare", author(3))},
    "article": {"kind": EntryKind.ARTICLE, "title": "A long title " * 8, "summary": "Words " * 80},
    "notice": {"kind": EntryKind.NOTICE, "text": "", "reason": Reason("follow", author(2))},
    "endless word": {"text": "x" * 4000},
    "nothing": {"text": "", "author": replace(author(1), name="", handle="")},
    "right to left": {"text": "שלום עולם " * 20},
}


@pytest.mark.parametrize("name", RICH)
@pytest.mark.parametrize("width", [258, 350, 638])
async def test_every_part_stays_inside_its_card(desk: Desk, name: str, width: int) -> None:
    laid = lay_out_post(Look(desk), row(1, **{"link": None, **RICH[name]}), width, unfolded=False, now=NOW)
    assert 40 < laid.height < 1200
    for hit in [*laid.hits, *(actions_row.hits(width, laid.actions_y) if laid.actions_y >= 0 else ())]:
        assert hit.box.left() >= 0
        assert hit.box.right() <= width
        assert hit.box.bottom() <= laid.height


@pytest.mark.parametrize("width", [258, 350, 638])
async def test_actions_never_overlap(desk: Desk, width: int) -> None:
    boxes = [h.box for h in actions_row.hits(width, 0)]
    for left, right in itertools.pairwise(boxes):
        assert left.right() <= right.left() + 0.01
        assert right.width() >= 16


@pytest.mark.parametrize("width", [258, 350, 638])
async def test_a_story_offers_read_reshare_rewrite_and_save(desk: Desk, width: int) -> None:
    laid = lay_out_story(Look(desk), story(1), width)
    buttons = {h.kind: h.box for h in laid.hits if h.kind in ("reshare", "rewrite", "save", "more")}
    assert set(buttons) == {"reshare", "rewrite", "save", "more"}
    for hit in laid.hits:
        assert hit.box.right() <= width
        assert hit.box.bottom() <= laid.height
    assert not buttons["rewrite"].intersects(buttons["save"])


async def test_a_picture_that_arrives_later_changes_no_height(fakes: Fakes, desk: Desk, open_window: Open) -> None:
    _, view = await one_column(fakes, open_window, row(1, media=media(1, 1), link=None), row(2))
    before = view.list.visualRect(view.model.index(1)).top()
    ready: list[object] = []
    desk.pictures.ready.connect(ready.append)
    await eventually(lambda: ready)
    assert view.list.visualRect(view.model.index(1)).top() == before


async def test_a_card_is_one_sentence_for_screen_readers(fakes: Fakes, open_window: Open) -> None:
    _, view = await one_column(fakes, open_window, row(1, media=media(1, 1), counts=Counts(1, 0, 31)))
    said = view.model.data(view.model.index(0), Qt.ItemDataRole.AccessibleTextRole)
    assert said == said_aloud(view.model.items[0].entry, NOW, seen=False)
    for part in ("New.", "Meridian Ops", "9m", "b2bchat", "31 likes", "A chart"):
        assert part in said
