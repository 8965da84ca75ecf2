"""Secrets are kept in the keyring, whole or not at all, and nowhere else."""

import logging
import sys
from collections.abc import Callable
from typing import Any

import keyring
import pytest
from keyring import errors
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null

from socialdesk.core.account import NOTHING, Credential
from socialdesk.core.errors import VaultError
from socialdesk.vault import MemoryVault, Vault, no_keyring_sentence

SECRET = Credential({"token": "the-secret", "key": "ü 日本"})


class MemoryKeyring(KeyringBackend):
    """A keyring in memory that can be limited like the one of Windows, and can fail."""

    priority = 1  # type: ignore[assignment]

    def __init__(self, limit: int = 10**9) -> None:
        super().__init__()
        self.entries: dict[tuple[str, str], str] = {}
        self.limit = limit
        self.fail_after: int | None = None
        self.error: Exception = errors.KeyringError("the-secret")
        self.forgets = False

    def get_password(self, service: str, username: str) -> str | None:
        self._maybe_fail()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._maybe_fail()
        if len(password.encode("utf-16-le")) > self.limit:
            raise errors.PasswordSetError("too long")
        if not self.forgets:
            self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._maybe_fail()
        if (service, username) not in self.entries:
            raise errors.PasswordDeleteError("not there")
        del self.entries[service, username]

    def _maybe_fail(self) -> None:
        if self.fail_after is None:
            return
        if self.fail_after == 0:
            raise self.error
        self.fail_after -= 1


@pytest.fixture
def backend() -> MemoryKeyring:
    return MemoryKeyring()


@pytest.fixture
def use() -> Any:
    """Makes a backend the system's for one test."""
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


def vault_on(backend: MemoryKeyring, **options: Any) -> Vault:
    return Vault(keyring=lambda: backend, **options)


def big(size: int) -> Credential:
    return Credential({"token": "t" * size, "other": "ü" * 10})


@pytest.mark.parametrize("make", [lambda: vault_on(MemoryKeyring()), MemoryVault])
def test_what_is_put_is_what_is_got(make: Callable[[], Vault]) -> None:
    vault = make()
    assert vault.get(1) == NOTHING
    vault.put(1, SECRET)
    vault.put(2, Credential({"token": "other"}))
    assert vault.get(1).secrets == SECRET.secrets
    vault.put(1, Credential({"token": "renewed"}))
    assert (vault.get(1).get("token"), vault.get(2).get("token")) == ("renewed", "other")
    vault.remove(1)
    vault.remove(1)
    assert (vault.get(1), vault.get(2).get("token")) == (NOTHING, "other")


def test_one_entry_per_account_and_profile(backend: MemoryKeyring) -> None:
    vault_on(backend).put(1, SECRET)
    vault_on(backend, tag="ab12").put(1, Credential({"token": "other"}))
    assert set(backend.entries) == {("SocialDesk", "1"), ("SocialDesk:ab12", "1")}
    assert vault_on(backend).get(1).get("token") == "the-secret"


@pytest.mark.parametrize("size", [10, 1_200, 5_000, 60_000])
def test_large_secrets_fit_where_entries_are_small(size: int) -> None:
    backend = MemoryKeyring(limit=2_560)
    vault = vault_on(backend, chunk=1_200)
    vault.put(1, big(size))
    assert vault.get(1).secrets == big(size).secrets
    vault.put(1, big(size + 1))
    assert vault.get(1).secrets == big(size + 1).secrets
    vault.put(1, SECRET)
    assert len(backend.entries) == 1
    vault.put(1, big(size))
    vault.remove(1)
    assert backend.entries == {}


def test_a_large_secret_is_whole_or_the_old_one_however_far_it_came() -> None:
    for steps in range(1, 40):
        backend = MemoryKeyring()
        vault = vault_on(backend, chunk=100)
        vault.put(1, big(500))
        backend.fail_after = steps
        try:
            vault.put(1, big(700))
            done = True
        except VaultError:
            done = False
        backend.fail_after = None
        assert vault.get(1).secrets in ((big(700).secrets,) if done else (big(500).secrets, big(700).secrets))
        if done:
            return
    pytest.fail("never finished")


def test_a_missing_part_is_a_failure_and_not_half_a_secret(backend: MemoryKeyring) -> None:
    vault = vault_on(backend, chunk=100)
    vault.put(1, big(500))
    del backend.entries[next(key for key in backend.entries if key[1].endswith(".2"))]
    with pytest.raises(VaultError) as caught:
        vault.get(1)
    assert caught.value.reason == "keyring_failed"


def test_a_keyring_that_forgets_is_noticed(backend: MemoryKeyring) -> None:
    backend.forgets = True
    with pytest.raises(VaultError) as caught:
        vault_on(backend).put(1, SECRET)
    assert caught.value.reason == "keyring_failed"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 9}', '{"version": 1}', '{"version": 1, "secrets": []}'])
def test_what_cannot_be_read_is_a_failure(backend: MemoryKeyring, text: str) -> None:
    backend.entries["SocialDesk", "1"] = text
    with pytest.raises(VaultError) as caught:
        vault_on(backend).get(1)
    assert caught.value.reason == "keyring_failed"


@pytest.mark.parametrize(
    ("error", "reason", "words"),
    [
        (errors.NoKeyringError(), "no_keyring", "install|Install|answer"),
        (errors.KeyringLocked("the-secret"), "keyring_locked", "Unlock"),
        (errors.InitError("Prompt dismissed"), "keyring_locked", "Unlock"),
        (errors.PasswordSetError("the-secret"), "keyring_failed", "keyring"),
        (OSError("the-secret"), "keyring_failed", "keyring"),
        (RuntimeError("the-secret"), "keyring_failed", "keyring"),
    ],
)
@pytest.mark.parametrize("ask", ["get", "put", "remove"])
def test_failures_have_a_reason_and_a_sentence_and_tell_no_secret(
    backend: MemoryKeyring,
    ask: str,
    error: Exception,
    reason: str,
    words: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    backend.fail_after, backend.error = 0, error
    vault = vault_on(backend)
    with pytest.raises(VaultError, match=words) as caught:
        {"get": lambda: vault.get(1), "put": lambda: vault.put(1, SECRET), "remove": lambda: vault.remove(1)}[ask]()
    assert caught.value.reason == reason
    assert caught.value.__suppress_context__
    assert "the-secret" not in f"{caught.value!r} {caught.value} {caplog.text}"


@pytest.mark.parametrize("chosen", [fail.Keyring, null.Keyring])
def test_without_a_real_keyring_nothing_is_stored(use: Any, chosen: Any) -> None:
    use(chosen())
    with pytest.raises(VaultError) as caught:
        Vault().put(1, SECRET)
    assert caught.value.reason == "no_keyring"
    assert str(caught.value) == no_keyring_sentence(sys.platform)


def test_the_systems_keyring_is_used(use: Any, backend: MemoryKeyring) -> None:
    use(backend)
    Vault().put(1, SECRET)
    assert Vault().get(1).secrets == SECRET.secrets
    assert "MemoryKeyring" in Vault().describe()


def test_of_several_keyrings_a_safe_one_is_used(use: Any, backend: MemoryKeyring, monkeypatch: Any) -> None:
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [null.Keyring(), backend])
    use(chainer.ChainerBackend())
    Vault().put(1, SECRET)
    assert len(backend.entries) == 1
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [null.Keyring()])
    with pytest.raises(VaultError):
        Vault().get(1)


@pytest.mark.parametrize(
    ("platform", "words"),
    [
        ("linux", ("GNOME Keyring", "KWallet", "Nothing was stored")),
        ("freebsd14", ("GNOME Keyring",)),
        ("darwin", ("Keychain Access",)),
        ("win32", ("Credential Manager",)),
    ],
)
def test_the_sentence_says_what_to_do(platform: str, words: tuple[str, ...]) -> None:
    sentence = no_keyring_sentence(platform)
    assert all(word in sentence for word in words)


def test_nothing_shows_the_secret(backend: MemoryKeyring) -> None:
    vault = vault_on(backend)
    vault.put(1, SECRET)
    memory = MemoryVault()
    memory.put(1, SECRET)
    assert "the-secret" not in f"{vault!r} {memory!r} {vault.get(1)!r} {memory.describe()}"
