"""The command line in processes of its own, on a profile of its own, with everything it says written down."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    words: tuple[str, ...]
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output."""
        return json.loads(self.out)

    def __str__(self) -> str:
        return f"socialdesk {' '.join(self.words)}: exit status {self.status}\n{self.out}\n{self.err}"


class Program:
    """`environment` says which keyring is used; `loud` writes all log records of all packages to the profile's log."""

    def __init__(self, profile: Path, environment: Mapping[str, str], *, loud: bool = False) -> None:
        self.profile = profile
        self.environment = {**environment, "QT_QPA_PLATFORM": "offscreen", "BROWSER": "true"}
        self.module = "tests.support.loud" if loud else "socialdesk"
        self.said: list[Done] = []

    def run(self, *words: object, answers: str = "") -> Done:
        """Runs a command to its end; `answers` is its standard input."""
        command = tuple(str(word) for word in words)
        done = subprocess.run(
            [sys.executable, "-m", self.module, "--profile", str(self.profile), *command],
            env=self.environment,
            input=answers,
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        self.said.append(Done(command, done.returncode, done.stdout, done.stderr))
        return self.said[-1]

    def ask(self, *words: object, answers: str = "", status: int = 0) -> Any:
        """The JSON that a command answers with, having ended with `status`."""
        done = self.run(*words, "--json", answers=answers)
        assert done.status == status, str(done)
        return done.json

    def add_account(self, network: str, secret: str, **fields: str) -> dict[str, Any]:
        """Signs in as a person would: the secret through standard input."""
        words = [word for name, value in fields.items() for word in ("--field", f"{name}={value}")]
        account = self.ask("account", "add", network, *words, answers=secret + "\n")
        assert isinstance(account, dict)
        return account


def with_file_keyring(file: Path) -> dict[str, str]:
    """An environment whose keyring is the test's own file."""
    backend = "tests.support.file_keyring.FileKeyring"
    return {**os.environ, "PYTHON_KEYRING_BACKEND": backend, "FILE_KEYRING": str(file)}
