"""Renewing tokens beside another process and a keyring that is locked."""

import pytest

from socialdesk.core.account import Credential
from socialdesk.core.errors import AuthExpired, VaultError
from tests.services.conftest import Desk
from tests.services.fakes import FakeNetwork


def renews_from(desk: Desk, monkeypatch: pytest.MonkeyPatch, newest: str) -> None:
    """As a server that takes each token for one renewal only."""

    async def renew(self: FakeNetwork) -> Credential:
        if self._credential.get("token") != newest:
            raise AuthExpired("this token was used already")
        return Credential({"token": "fresh"})

    monkeypatch.setattr(desk.short, "renew", renew)
    desk.short.world.token = "fresh"


async def test_a_token_that_another_process_renewed_is_the_one_to_renew(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = await desk.sign_in("short")
    await desk.services.accounts.open(short)
    desk.vault.put(short, Credential({"token": "newer"}))
    renews_from(desk, monkeypatch, "newer")
    assert "Signed in" in await desk.services.accounts.test(short)
    assert not (await desk.services.accounts.get(short)).needs_sign_in


async def test_a_renewed_token_serves_while_the_keyring_cannot_keep_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    short = await desk.sign_in("short")
    renews_from(desk, monkeypatch, "good")

    def locked(account_id: int, credential: Credential) -> None:
        raise VaultError("the keyring is locked", reason="keyring_locked")

    monkeypatch.setattr(desk.vault, "put", locked)
    assert "Signed in" in await desk.services.accounts.test(short)
    assert "Signed in" in await desk.services.accounts.test(short)
    assert "in memory only" in caplog.text
    caplog.clear()
