"""A keyring for tests that start the program in processes of its own: secrets in the file that FILE_KEYRING names."""

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend


class FileKeyring(KeyringBackend):
    priority = 1.0  # type: ignore[assignment]

    def _path(self) -> Path:
        return Path(os.environ["FILE_KEYRING"])

    def _all(self) -> dict[str, str]:
        try:
            found: dict[str, str] = json.loads(self._path().read_text())
        except FileNotFoundError:
            return {}
        return found

    def _write(self, secrets: dict[str, str]) -> None:
        draft = self._path().with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(secrets))
        draft.replace(self._path())

    def get_password(self, service: str, username: str) -> str | None:
        return self._all().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._write({**self._all(), f"{service}/{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        self._write({k: v for k, v in self._all().items() if k != f"{service}/{username}"})
