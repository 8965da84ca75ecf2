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
from socialdesk.core.post import Draft, Picture
from socialdesk.practice.world import picture
from socialdesk.ui.dialogs.networks import NetworkTile

SIZE = (1600, 1000)
Scene = Callable[[Opened], Awaitable[None]]


DRAWN = ("wordpress", "x", "facebook", "linkedin", "mastodon", "bluesky", "threads")  # whom a company posts to
PAGE = "https://www.example.com/what-buyers-read"  # an address that X takes for a link and nobody has


async def _accounts(opened: Opened, *networks: str) -> tuple[int, ...]:
    return tuple(a.id for a in await opened.bridge.call(opened.services.accounts.list) if a.network in networks)


async def _chart(opened: Opened) -> Picture:
    add = opened.services.composing.add_picture
    shown = await opened.bridge.call(add, picture("teal-gold", 1200, 750), "chart.png")
    return replace(shown, alt="Answers per week, before and after")


async def desk(opened: Opened) -> None:
    opened.shell.fold()


async def composer(opened: Opened) -> None:
    shown, accounts = await _chart(opened), await _accounts(opened, *DRAWN)
    opened.shell.write(Draft(text=TEXT, article=ARTICLE, pictures=(shown,), account_ids=accounts, language="en"))


async def outbox(opened: Opened) -> None:
    services, call = opened.services, opened.bridge.call
    opened.shell.fold()
    accounts = await _accounts(opened, *DRAWN)
    draft = await call(services.composing.save, Draft(text=TEXT, article=ARTICLE, account_ids=accounts))
    await call(services.publishing.submit, draft.id)
    await call(services.publishing.settle)
    opened.shell.show_right("outbox")


async def hand_off(opened: Opened) -> None:
    services, call = opened.services, opened.bridge.call
    named = {"x_by_hand": "@northwind", "linkedin_group_by_hand": "Procurement people", "reddit_by_hand": "r/b2b"}
    accounts = [await call(services.accounts.sign_in, key, {"name": name}) for key, name in named.items()]
    shown = await _chart(opened)
    words = f"What buyers read before they talk to us\n\n{PAGE}"
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


async def cost(opened: Opened) -> None:
    """What X charges for a post with a link, told before it is sent."""
    accounts = await _accounts(opened, "x", "linkedin", "mastodon")
    words = f"What buyers read before they talk to us: 400 answers, one table. {PAGE}"
    opened.shell.write(Draft(text=words, pictures=(await _chart(opened),), account_ids=accounts, language="en"))


async def account(opened: Opened) -> None:
    """A password made for this program."""
    opened.shell.window.set_right(None)
    await _connect(opened, "WordPress")


async def account_browser(opened: Opened) -> None:
    """The browser, with an app of one's own: numbered steps and the address to enter there."""
    await _connect(opened, "X")


async def account_key(opened: Opened) -> None:
    """A key to paste."""
    await _connect(opened, "Ghost")


async def _connect(opened: Opened, title: str) -> None:
    if opened.shell.sheet is not None:
        opened.shell.sheet.close_sheet()
    opened.shell.add_account()
    tiles = opened.shell.window.findChildren(NetworkTile)
    next(tile for tile in reversed(tiles) if tile.accessibleName() == f"Connect {title}").click()


async def welcome(opened: Opened) -> None:
    if opened.shell.sheet is not None:
        opened.shell.sheet.close_sheet()
    opened.shell.window.set_right(None)
    opened.shell.show_welcome()


SCENES: tuple[Scene, ...] = (
    desk, composer, cost, outbox, reader, hand_off, account, account_browser, account_key, welcome,
)  # fmt: skip


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
