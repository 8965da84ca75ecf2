"""The program as a person starts it: the command line in processes of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from socialdesk.practice.desk import PracticeDesk

SECRETS = {"wordpress": "password", "mastodon": "token", "bluesky": "password"}
NOT_ASKED = {"handle"}  # practice servers tell it, sign-in forms do not ask for it
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Answer:
    """What one command said."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Program:
    """Commands on one profile, with a keyring in a file of the test."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.profile = folder / "profile"
        self.environment = {
            **os.environ,
            "SOCIALDESK_PROFILE": str(self.profile),
            "PYTHON_KEYRING_BACKEND": "tests.support.file_keyring.FileKeyring",
            "FILE_KEYRING": str(folder / "keyring.json"),
            "PYTHONPATH": str(ROOT),
            **environment,
        }

    def begin(self, *words: str) -> subprocess.Popen[bytes]:
        """Starts a command and does not wait for it."""
        nothing = subprocess.DEVNULL
        return subprocess.Popen(
            self._command(words), env=self.environment, stdin=nothing, stdout=nothing, stderr=nothing
        )

    def try_(self, *words: str, answers: str = "") -> Answer:
        """Runs a command to its end; `answers` are typed in."""
        done = subprocess.run(
            self._command(words),
            env=self.environment,
            input=answers,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    def run(self, *words: str, answers: str = "") -> Any:
        """Runs a command that must work, and returns the one JSON document it prints."""
        answer = self.try_(*words, "--json", answers=answers)
        assert answer.status == 0, answer.err
        return answer.json

    @staticmethod
    def _command(words: tuple[str, ...]) -> list[str]:
        return [sys.executable, "-m", "socialdesk", *words]


def sign_in(program: Program, practice: PracticeDesk) -> list[str]:
    """Connects the three practice accounts as a person would, secrets through standard input; returns their ids."""
    ids = []
    for network, secret in SECRETS.items():
        given = practice.credentials[network]
        words = ["account", "add", network]
        for name, value in given.items():
            if name != secret and name not in NOT_ASKED:
                words += ["--field", f"{name}={value}"]
        account = program.run(*words, answers=given[secret] + "\n")
        ids.append(str(account["id"]))
    return ids
