"""The program is killed at random moments while it publishes to three networks, and started again: every post is out
exactly once and no draft is lost."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from socialdesk.practice.desk import PracticeDesk

KILLS = 60
SEED = 20261122


@pytest.fixture(scope="module")
def practice() -> Iterator[PracticeDesk]:
    with PracticeDesk() as desk:
        yield desk


class Program:
    """The command line in processes of its own, on one profile with a keyring in a file of the test."""

    def __init__(self, folder: Path) -> None:
        self.profile = folder / "profile"
        self.environment = {
            **os.environ,
            "SOCIALDESK_PROFILE": str(self.profile),
            "PYTHON_KEYRING_BACKEND": "tests.support.file_keyring.FileKeyring",
            "FILE_KEYRING": str(folder / "keyring.json"),
        }

    def begin(self, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "socialdesk", *words],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def run(self, *words: str, answers: str = "", ok: tuple[int, ...] = (0,)) -> object:
        done = subprocess.run(
            [sys.executable, "-m", "socialdesk", *words, "--json"],
            env=self.environment,
            input=answers,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode in ok, done.stderr
        return json.loads(done.stdout)


def sign_in(program: Program, practice: PracticeDesk) -> list[str]:
    """Connects the three accounts as a person would, secrets through standard input."""
    ids = []
    for network, secret in (("wordpress", "password"), ("mastodon", "token"), ("bluesky", "password")):
        given = practice.credentials[network]
        words = ["account", "add", network]
        for name, value in given.items():
            if name not in (secret, "handle"):
                words += ["--field", f"{name}={value}"]
        account = program.run(*words, answers=given[secret] + "\n")
        assert isinstance(account, dict)
        ids.append(str(account["id"]))
    return ids


@pytest.mark.timeout(600)
def test_killed_at_random_moments_every_post_is_out_exactly_once(tmp_path: Path, practice: PracticeDesk) -> None:
    program, chance = Program(tmp_path), random.Random(SEED)
    accounts = sign_in(program, practice)
    article = tmp_path / "article.md"
    article.write_text("# Basics, reconsidered\n\nThe basics of B2B used to be things we sent.\n")
    began = time.monotonic()
    words = ["--to", ",".join(accounts), "--article", str(article)]
    program.run("post", "Warm-up number 0", *words)
    usual = time.monotonic() - began

    for number in range(1, KILLS + 1):
        article.write_text(f"# Basics number {number}\n\nThe basics of B2B used to be things we sent.\n")
        running = program.begin("post", f"Killed number {number}", *words)
        try:
            running.wait(timeout=chance.uniform(0.25, 1.0) * usual)
        except subprocess.TimeoutExpired:
            running.send_signal(signal.SIGKILL)
            running.wait()

    program.run("outbox", "--deliver")
    time_limit = time.monotonic() + 120
    while True:
        published = program.run("outbox", "--deliver", "--limit", "200")
        assert isinstance(published, list)
        states = Counter(d["state"] for p in published for d in p["deliveries"])
        if set(states) == {"sent"} or time.monotonic() > time_limit:
            break
    assert set(states) == {"sent"}, states

    accepted = {p["text"] for p in published}
    drafts = drafts_of(program)
    for number in range(1, KILLS + 1):
        text = f"Killed number {number}"
        expected = 1 if text in accepted else 0
        assert copies(practice, text) == {"mastodon": expected, "bluesky": expected}, text
        assert articles(practice, f"Basics number {number}") == expected
        assert not (text in accepted and text in drafts), f"{text} is both sent and a draft"
    assert len(accepted) > KILLS // 4, "too few runs came far enough to prove anything"
