"""The program with everything it says written down, with a keyring of the test's choice, as talkative as it can be."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.program import ROOT, Answer, Program


class RecordedProgram(Program):
    """`environment` replaces the usual one, which has a keyring in a file; `loud` logs all records of all packages."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None, *, loud: bool = False) -> None:
        super().__init__(folder)
        if environment is not None:
            self.use(environment)
        self.module = "tests.support.loud" if loud else "socialdesk"
        self.said: list[Answer] = []

    def use(self, environment: Mapping[str, str]) -> None:
        """Runs what follows in another environment, for example after the keyring was locked."""
        own = {"SOCIALDESK_PROFILE": str(self.profile), "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
        self.environment = {**environment, **own}

    def try_(self, *words: object, answers: str = "") -> Answer:
        self.said.append(super().try_(*(str(word) for word in words), answers=answers))
        return self.said[-1]

    def run(self, *words: object, answers: str = "") -> Any:
        return super().run(*(str(word) for word in words), answers=answers)

    def add_account(self, network: str, secret: str, **fields: str) -> Any:
        """Signs in as a person would: the secret through standard input."""
        return self.run(*self.sign_in_words(network, **fields), answers=secret + "\n")

    @staticmethod
    def sign_in_words(network: str, **fields: str) -> list[str]:
        given = [word for name, value in fields.items() for word in ("--field", f"{name}={value}")]
        return ["account", "add", network, *given]

    def _command(self, words: tuple[str, ...]) -> list[str]:  # type: ignore[override]
        return [sys.executable, "-m", self.module, *words]
