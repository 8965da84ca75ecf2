"""The only secrets: one JSON document per account in the system's keyring. All calls block; use a thread.

Windows keeps at most 2,560 bytes per entry, so that larger documents (long-lived tokens with keys) are kept in parts
there. The parts are written first and the entry that names them last: a document is there whole or not at all.
"""

import json
import logging
import secrets
import sys
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from socialdesk.core.account import NOTHING, Credential
from socialdesk.core.errors import VaultError

_log = logging.getLogger(__name__)

SERVICE = "SocialDesk"
WINDOWS_CHARS = 1_200  # the limit of 2,560 bytes in UTF-16, with some room
_VERSION = 1
_INSECURE = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")

_T = TypeVar("_T")

_INSTALL = {
    "darwin": "The macOS keychain does not answer. Open Keychain Access and check that the login keychain is there.",
    "win32": "The Windows Credential Manager does not answer. Start its service (Credential Manager) and try again.",
}
_INSTALL_LINUX = (
    "There is no keyring on this computer. Install GNOME Keyring (package gnome-keyring) or KWallet (package "
    "kwalletmanager), sign in to the desktop again, and try again. Nothing was stored."
)
_UNLOCK = "The keyring is locked. Unlock it and try again."
_FAILED = "The keyring did not do what it was asked to. Restart it or sign in to the computer again."


class Keyring(Protocol):
    """What is used of a `keyring` backend."""

    def get_password(self, service: str, username: str) -> str | None: ...
    def set_password(self, service: str, username: str, password: str) -> None: ...
    def delete_password(self, service: str, username: str) -> None: ...


class Vault:
    """Credentials by account id. `tag` tells profiles apart; `chunk` is the largest entry in characters (0 = any).

    Every method raises `VaultError` (no_keyring, keyring_locked, keyring_failed) with a sentence that says what to do.
    """

    def __init__(
        self, tag: str = "", *, chunk: int | None = None, keyring: Callable[[], Keyring] | None = None
    ) -> None:
        self._service = f"{SERVICE}:{tag}" if tag else SERVICE
        self._chunk = (WINDOWS_CHARS if sys.platform == "win32" else 0) if chunk is None else chunk
        self._open = keyring or system_keyring

    def get(self, account_id: int) -> Credential:
        """The credential of an account; an empty one when none is kept."""
        head = self._read(str(account_id))
        document = self._whole(head) if head is not None else None
        if document is None:
            return NOTHING
        secrets_ = document.get("secrets")
        if not isinstance(secrets_, dict):
            raise VaultError(_FAILED, reason="keyring_failed")
        return Credential({str(k): str(v) for k, v in secrets_.items()})

    def put(self, account_id: int, credential: Credential) -> None:
        """Keeps a credential in place of the earlier one, and reads it back to be sure."""
        name = str(account_id)
        old_parts = self._parts_of(self._read(name))
        text = json.dumps({"version": _VERSION, "secrets": dict(credential.secrets)}, separators=(",", ":"))
        if self._chunk and len(text) > self._chunk:
            text = self._put_parts(name, text)
        self._write(name, text)
        if self._read(name) != text:
            raise VaultError(_FAILED, reason="keyring_failed")
        for part in old_parts:
            self._delete(part)

    def remove(self, account_id: int) -> None:
        """Forgets an account's credential. Forgetting what is not there succeeds."""
        name = str(account_id)
        head = self._read(name)
        if head is None:
            return
        self._delete(name)
        for part in self._parts_of(head):
            self._delete(part)

    def describe(self) -> str:
        """The backend's name, for `doctor`."""
        return _name(self._use(lambda keyring: keyring))

    def _put_parts(self, name: str, text: str) -> str:
        generation = secrets.token_hex(4)
        pieces = [text[i : i + self._chunk] for i in range(0, len(text), self._chunk)]
        parts = [f"{name}.{generation}.{i}" for i in range(len(pieces))]
        for part, piece in zip(parts, pieces, strict=True):
            self._write(part, piece)
        return json.dumps({"version": _VERSION, "parts": parts}, separators=(",", ":"))

    def _whole(self, head: str) -> dict[str, Any]:
        document = _decoded(head)
        if "parts" not in document:
            return document
        pieces = [self._read(part) for part in self._parts_of(head)]
        if any(piece is None for piece in pieces):
            raise VaultError(_FAILED, reason="keyring_failed")
        return _decoded("".join(piece or "" for piece in pieces))

    def _parts_of(self, head: str | None) -> tuple[str, ...]:
        try:
            parts = _decoded(head).get("parts", ()) if head else ()
        except VaultError:
            return ()
        return tuple(str(part) for part in parts)

    def _read(self, name: str) -> str | None:
        return self._use(lambda keyring: keyring.get_password(self._service, name))

    def _write(self, name: str, text: str) -> None:
        self._use(lambda keyring: keyring.set_password(self._service, name, text))

    def _delete(self, name: str) -> None:
        def delete(keyring: Keyring) -> None:
            if keyring.get_password(self._service, name) is not None:
                keyring.delete_password(self._service, name)

        self._use(delete)

    def _use(self, ask: Callable[[Keyring], _T]) -> _T:
        try:
            return ask(self._open())
        except VaultError:
            raise
        except Exception as error:
            translated = _translate(error)
            _log.debug("keyring: %s: %s", type(error).__name__, translated.reason)
        raise translated from None  # a backend's own words may quote what it was given


class MemoryVault:
    """Keeps credentials in memory only: for the practice networks, and for tests."""

    def __init__(self) -> None:
        self._kept: dict[int, Credential] = {}

    def get(self, account_id: int) -> Credential:
        return self._kept.get(account_id, NOTHING)

    def put(self, account_id: int, credential: Credential) -> None:
        self._kept[account_id] = credential

    def remove(self, account_id: int) -> None:
        self._kept.pop(account_id, None)

    def describe(self) -> str:
        return "in memory, nothing is stored"


def system_keyring() -> Keyring:
    """The system's keyring backend. Raises `VaultError` (no_keyring) when there is none that keeps secrets safe."""
    import keyring  # 0.1 s and a look at every installed backend: only when a secret is needed

    chosen = keyring.get_keyring()
    # a chain tries one backend after the other: the first that is safe is taken, and never another
    for backend in getattr(chosen, "backends", [chosen]):
        if not type(backend).__module__.startswith(_INSECURE):
            safe: Keyring = backend
            return safe
    raise VaultError(no_keyring_sentence(sys.platform), reason="no_keyring")


def no_keyring_sentence(platform: str) -> str:
    """What to install or start, for a value of `sys.platform`."""
    return _INSTALL.get(platform, _INSTALL_LINUX)


def _translate(error: Exception) -> VaultError:
    from keyring import errors  # loaded by now, or about to be

    if isinstance(error, errors.NoKeyringError):
        return VaultError(no_keyring_sentence(sys.platform), reason="no_keyring")
    # Secret Service reports a collection that was not unlocked as InitError
    if isinstance(error, (errors.KeyringLocked, errors.InitError)):
        return VaultError(_UNLOCK, reason="keyring_locked")
    return VaultError(_FAILED, reason="keyring_failed")


def _decoded(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if not isinstance(document, dict) or document.get("version") != _VERSION:
        raise VaultError(_FAILED, reason="keyring_failed")
    return document


def _name(backend: object) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"
