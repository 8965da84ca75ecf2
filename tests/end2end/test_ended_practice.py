"""A practice desk that the system ends leaves nothing behind, whenever that comes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.program import ROOT


def eventually(true: Callable[[], object], timeout_s: float = 60) -> None:
    end = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.skipif(sys.platform == "win32", reason="there a program that is ended cannot tidy up")
@pytest.mark.parametrize("when", ["at once", "open"])
def test_a_practice_desk_that_is_ended_takes_its_folder_along(tmp_path: Path, when: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen", "TMPDIR": str(tmp_path)}
    desk = subprocess.Popen(
        [sys.executable, "-m", "socialdesk", "--practice"], cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL
    )
    mark = "" if when == "at once" else "/search.sqlite3"
    try:
        eventually(lambda: list(tmp_path.glob(f"socialdesk-practice-*{mark}")))
        desk.send_signal(signal.SIGTERM)
        desk.wait(60)
    finally:
        desk.kill()
        desk.wait()
    assert list(tmp_path.glob("socialdesk-practice-*")) == []
