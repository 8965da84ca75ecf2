"""The window over a disk that is full: it opens, and it does not close over words that are not stored."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from socialdesk.app import window as app_window
from socialdesk.app.profile import Profile
from socialdesk.app.window import Program
from socialdesk.core.errors import StoreError
from socialdesk.services.composing import ComposeService
from socialdesk.services.searching import SearchService
from socialdesk.store import drafts
from socialdesk.store.database import Store
from socialdesk.ui.desk import Desk
from socialdesk.ui.shell import Shell
from tests.end2end.desk import eventually
from tests.services.fakes import START
from tests.support.near_engine import NearEngine

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)  # said by the off-screen platform


async def test_the_window_stays_open_until_the_draft_is_stored(
    qapp: QApplication,
    tmp_path: Path,
    collect_on_this_thread: None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    profile = Profile.choose(tmp_path)
    engine = NearEngine(profile)

    async def full(*args: object) -> None:
        raise StoreError("database or disk is full", reason="disk_full")

    def cannot_start(self: object) -> None:
        raise StoreError("database or disk is full", reason="disk_full")

    shells: list[Any] = []

    def kept(desk: Desk) -> Shell:
        shells.append(Shell(desk))
        return shells[0]  # type: ignore[no-any-return]

    monkeypatch.setattr(app_window, "Shell", kept)
    monkeypatch.setattr(SearchService, "start", cannot_start)
    program = asyncio.create_task(Program(qapp, engine, profile, None).run(None))
    await eventually(lambda: shells and "full" in shells[0].window.toast.label.text())
    shell = shells.pop()
    window = shell.window
    shell.compose()
    await eventually(shell.composer.editor.isVisible)
    with monkeypatch.context() as patch:
        patch.setattr(ComposeService, "save", full)
        shell.composer.editor.insertPlainText("Not to be lost")
        window.close()
        await eventually(lambda: "Close again" in window.toast.label.text())
        assert not program.done()
        assert window.isVisible()
    window.close()
    assert await program == 0
    store = Store.open(profile.data, now=START)
    assert [draft.text for draft in store.read_now(drafts.all)] == ["Not to be lost"]
    store.close()
    caplog.clear()
