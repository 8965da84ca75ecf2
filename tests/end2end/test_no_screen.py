"""Without a screen the main job is done off-screen and told; a command stops in order when it is interrupted."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from socialdesk.app.networks import own_networks
from socialdesk.practice.desk import USUAL, PracticeDesk
from socialdesk.practice.server import Fault
from tests.support.program import Program, sign_in

FACTS = {key: network.facts for key, network in own_networks().items()}
SCREEN = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "SOCIALDESK_PROFILE"}
WITHOUT_SCREEN = {name: value for name, value in os.environ.items() if name not in SCREEN}


def hear_interrupts() -> None:
    """A job in the background ignores them, and hands that on to what it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**WITHOUT_SCREEN, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-m", "socialdesk", *words]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def test_the_main_job_is_done_and_told(tmp_path: Path) -> None:
    done = run(tmp_path, "run")
    assert done.returncode == 0, done.stdout + done.stderr
    told = done.stdout
    titles = [FACTS[key].title for key in USUAL]
    assert len(titles) >= 8
    for title in titles:
        assert re.search(rf"^  {title} \S+: sent http://", told, re.M), title
    assert told.index("Network cut.") < told.index("Read back:")
    assert "Everything came out right." in told
    picture = (tmp_path / "socialdesk-screenshot.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 50_000


def test_plain_start_says_what_works_without_a_screen(tmp_path: Path) -> None:
    done = run(tmp_path, "--profile", str(tmp_path / "profile"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "socialdesk --help" in done.stderr


def test_interrupting_a_refresh_stops_in_order_and_keeps_what_was_there(tmp_path: Path, practice: PracticeDesk) -> None:
    program = Program(tmp_path)
    sign_in(program, practice)
    column = program.run("column", "add", "mastodon", "home", "--account", "northwind@practice.example")
    program.run("refresh")
    before = program.run("timeline", str(column["id"]))
    mastodon = practice.servers["mastodon"]
    mastodon.faults.add(Fault("hang", match="/timelines/home", seconds=30))
    asked = len(mastodon.requests("/timelines/home"))
    running = subprocess.Popen(
        [sys.executable, "-m", "socialdesk", "refresh"],
        env=program.environment,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hear_interrupts,  # noqa: PLW1509 (sets one signal and nothing else)
    )
    while len(mastodon.requests("/timelines/home")) == asked and running.poll() is None:
        time.sleep(0.005)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=20)
    mastodon.faults.clear()
    assert (running.returncode, said.strip()) == (130, "Stopped.")
    assert program.run("timeline", str(column["id"])) == before
