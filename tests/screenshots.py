"""Draws the pictures of the documentation from the practice desk: `make screenshots`.

Every scene is opened through the window's own wishes and keys, in both themes, off-screen.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from socialdesk.app.offscreen import settled
from socialdesk.app.profile import Profile
from socialdesk.app.rehearsal import ARTICLE, TEXT
from socialdesk.app.window import Opened, open_window
from socialdesk.core.post import Draft
from socialdesk.practice.world import picture
from socialdesk.ui.dialogs.networks import NetworkTile

SIZE = (1600, 1000)
Scene = Callable[[Opened], Awaitable[None]]


async def desk(opened: Opened) -> None:
    opened.shell.fold()


async def composer(opened: Opened) -> None:
    services, call = opened.services, opened.bridge.call
    shown = await call(services.composing.add_picture, picture("teal-gold", 1200, 750), "chart.png")
    accounts = tuple(a.id for a in await call(services.accounts.list))
    shown = replace(shown, alt="Answers per week, before and after")
    opened.shell.write(Draft(text=TEXT, article=ARTICLE, pictures=(shown,), account_ids=accounts, language="en"))


async def outbox(opened: Opened) -> None:
    services, call = opened.services, opened.bridge.call
    opened.shell.fold()
    accounts = tuple(a.id for a in await call(services.accounts.list))
    draft = await call(services.composing.save, Draft(text=TEXT, article=ARTICLE, account_ids=accounts))
    await call(services.publishing.submit, draft.id)
    await call(services.publishing.settle)
    opened.shell.show_right("outbox")


async def hand_off(opened: Opened) -> None:
    services, call = opened.services, opened.bridge.call
    named = {"x_by_hand": "@northwind", "linkedin_group_by_hand": "Procurement people", "reddit_by_hand": "r/b2b"}
    accounts = [await call(services.accounts.sign_in, key, {"name": name}) for key, name in named.items()]
    shown = await call(services.composing.add_picture, picture("teal-gold", 1200, 750), "chart.png")
    shown = replace(shown, alt="Answers per week, before and after")
    words = "What buyers read before they talk to us\n\nhttps://northwind.example/what-buyers-read"
    draft = Draft(text=words, pictures=(shown,), account_ids=tuple(account.id for account in accounts))
    saved = await call(services.composing.save, draft)
    await call(services.publishing.submit, saved.id)
    await call(services.publishing.settle)
    opened.shell.show_right("outbox")


async def reader(opened: Opened) -> None:
    services, call = opened.services, opened.bridge.call
    column = (await call(services.columns.all))[0]
    rows = await call(services.reading.page, column.id, None, 60)
    row = next(row for row in rows if row.entry.title)
    await call(services.saving.save_entry, row.entry_id)
    opened.desk.actions.open_entry.emit(row)


async def account(opened: Opened) -> None:
    opened.shell.add_account()
    tiles = opened.shell.window.findChildren(NetworkTile)
    next(tile for tile in tiles if tile.accessibleName() == "Connect WordPress").click()


async def welcome(opened: Opened) -> None:
    if opened.shell.sheet is not None:
        opened.shell.sheet.close_sheet()
    opened.shell.window.set_right(None)
    opened.shell.show_welcome()


SCENES: tuple[Scene, ...] = (desk, composer, outbox, reader, hand_off, account, welcome)


async def shoot(opened: Opened, folder: Path) -> None:
    await opened.bridge.call(opened.services.refresh.now)
    opened.shell.window.resize(*SIZE)
    for scene in SCENES:
        await scene(opened)
        for theme in ("light", "dark"):
            opened.desk.theme.set_mode(theme)
            await settled(opened)
            await asyncio.sleep(0.6)
            target = folder / f"{scene.__name__}-{theme}.png"
            save(opened.shell.window, target)
            print(target)


def save(window: QWidget, target: Path) -> None:
    """As a PNG of 256 colours, dithered: less than half the size, and the gradients stay smooth."""
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    drawn = Image.frombytes("RGBA", (image.width(), image.height()), bytes(image.constBits())).convert("RGB")
    colours = drawn.quantize(256, method=Image.Quantize.MAXCOVERAGE, kmeans=3)
    few = drawn.quantize(palette=colours, dither=Image.Dither.FLOYDSTEINBERG)
    few.save(target, optimize=True)


def main(folder: str) -> int:
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)

    async def script(opened: Opened) -> None:
        await shoot(opened, target)

    with tempfile.TemporaryDirectory(prefix="socialdesk-pictures-") as temporary:
        return open_window(Profile.choose(Path(temporary)), practice=True, script=script)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
