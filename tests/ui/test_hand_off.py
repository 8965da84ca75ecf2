"""The steps of posting by hand: what is offered, and what the clipboard then holds."""

from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from socialdesk.core.errors import InputError
from socialdesk.core.post import Delivery, DeliveryState, HandOff, PartPlan, Picture, Rendition
from socialdesk.ui.desk import Desk
from socialdesk.ui.hand_off import HandOffSteps
from tests.ui.conftest import eventually
from tests.ui.fakes import Fakes

WAITING = Delivery(7, 1, 1, DeliveryState.HAND_OFF, (PartPlan("", ""),))


class HandingOff:
    def __init__(self, shown: HandOff | InputError, pictures: tuple[bytes, ...] = ()) -> None:
        self.shown, self.pictures = shown, pictures

    async def show(self, _delivery_id: int) -> HandOff:
        if isinstance(self.shown, InputError):
            raise self.shown
        return self.shown

    async def picture(self, _delivery_id: int, index: int) -> bytes:
        return self.pictures[index]


def png(colour: str) -> bytes:
    image = QImage(8, 6, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(data.data())


async def steps_of(desk: Desk, fakes: Fakes, service: HandingOff) -> HandOffSteps:
    fakes.handing_off = service  # type: ignore[attr-defined]
    made = HandOffSteps(desk, "Medium", "Medium")
    made.resize(500, 100)
    made.show()
    made.show_delivery(WAITING)
    return made


def words(steps: HandOffSteps) -> list[str]:
    return [b.text() for b in steps.findChildren(QPushButton) if b.isVisible()]


def press(steps: HandOffSteps, word: str) -> None:
    found = [b for b in steps.findChildren(QPushButton) if b.accessibleName() == f"{word}: Medium" and b.isVisible()]
    assert len(found) == 1, words(steps)
    QTest.mouseClick(found[0], Qt.MouseButton.LeftButton)


async def test_an_article_is_copied_with_its_formatting(desk: Desk, fakes: Fakes, heard: Any) -> None:
    said = Rendition("Look **here**.", title="Pumps", html="<p>Look <strong>here</strong>.</p>")
    steps = await steps_of(desk, fakes, HandingOff(HandOff("https://medium.com/new-story", said)))
    await eventually(lambda: words(steps) == ["Open Medium", "Copy title", "Copy text"])
    opened = heard(desk.actions.open_browser)
    press(steps, "Open Medium")
    assert opened == ["https://medium.com/new-story"]
    press(steps, "Copy title")
    assert QApplication.clipboard().text() == "Pumps"
    press(steps, "Copy text")
    held = QApplication.clipboard().mimeData()
    assert (held.text(), held.html()) == (said.text, said.html)
    steps.deleteLater()


async def test_pictures_come_one_by_one_with_their_descriptions(desk: Desk, fakes: Fakes) -> None:
    pictures = (Picture("0" * 64, "image/png", 8, 6, 9, alt="A curve"), Picture("1" * 64, "image/png", 8, 6, 9))
    service = HandingOff(HandOff("", Rendition("", pictures=pictures)), (png("#ff0000"), png("#0000ff")))
    steps = await steps_of(desk, fakes, service)
    await eventually(lambda: words(steps) == ["Copy picture 1 of 2"])
    press(steps, "Copy picture 1 of 2")
    await eventually(lambda: words(steps) == ["Copy picture 2 of 2", "Copy description 1"])
    assert QApplication.clipboard().image().pixelColor(2, 2) == QColor("#ff0000")
    press(steps, "Copy description 1")
    assert QApplication.clipboard().text() == "A curve"
    press(steps, "Copy picture 2 of 2")
    await eventually(lambda: words(steps) == ["Copy picture 1 of 2"])
    assert QApplication.clipboard().image().pixelColor(2, 2) == QColor("#0000ff")
    steps.deleteLater()


async def test_a_picture_that_cannot_be_drawn_is_said(desk: Desk, fakes: Fakes, heard: Any) -> None:
    picture = Picture("0" * 64, "image/png", 8, 6, 9)
    service = HandingOff(HandOff("", Rendition("", pictures=(picture,))), (b"no picture",))
    steps = await steps_of(desk, fakes, service)
    await eventually(lambda: words(steps) == ["Copy picture 1 of 1"])
    told = heard(desk.actions.notice)
    QApplication.clipboard().setText("kept")
    press(steps, "Copy picture 1 of 1")
    await eventually(lambda: told)
    assert QApplication.clipboard().text() == "kept"
    steps.deleteLater()


async def test_what_was_answered_meanwhile_offers_nothing(desk: Desk, fakes: Fakes, heard: Any) -> None:
    told = heard(desk.actions.notice)
    service = HandingOff(InputError("It does not wait.", "See the outbox."))
    steps = await steps_of(desk, fakes, service)
    await eventually(lambda: not steps._tasks.busy("show"))
    assert words(steps) == []
    assert told == []
    steps.deleteLater()
