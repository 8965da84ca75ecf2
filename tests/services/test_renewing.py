"""Renewing tokens beside another process and a locked keyring, and before they end; choosing among accounts."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import pytest

from socialdesk.core.account import AccountChoice, Credential, Identity
from socialdesk.core.errors import AuthExpired, InputError, VaultError
from socialdesk.core.network import SeveralFound, SignedIn
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
    assert "This works" in await desk.services.accounts.test(short)
    assert not (await desk.services.accounts.get(short)).needs_sign_in


async def test_a_renewed_token_serves_while_the_keyring_cannot_keep_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    short = await desk.sign_in("short")
    renews_from(desk, monkeypatch, "good")

    def locked(account_id: int, credential: Credential) -> None:
        raise VaultError("the keyring is locked", reason="keyring_locked")

    monkeypatch.setattr(desk.vault, "put", locked)
    assert "This works" in await desk.services.accounts.test(short)
    assert "This works" in await desk.services.accounts.test(short)
    assert "in memory only" in caplog.text
    caplog.clear()


# tokens that are made to last longer while they still work


@pytest.fixture
def extends(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime | None], None]:
    """Says when the fake network's token wants to be extended; a renewed one wants it in a month."""

    def arrange(due: datetime | None) -> None:
        def renew_at(self: FakeNetwork) -> datetime | None:
            return due + timedelta(days=30) if due and self._credential.get("token") == "longer" else due

        monkeypatch.setattr(desk.short, "renew_at", renew_at, raising=False)

    return arrange


async def test_a_token_is_extended_once_when_it_is_time(desk: Desk, extends: Callable[[datetime | None], None]) -> None:
    extends(desk.clock() + timedelta(days=7))
    short = await desk.sign_in("short")
    await desk.services.accounts.test(short)
    assert desk.short.world.renewals == 0
    desk.clock.forward(days=8)
    desk.short.world.token = "longer"
    await asyncio.gather(*(desk.services.accounts.test(short) for _ in range(10)))
    assert desk.short.world.renewals == 1
    assert desk.vault.get(short) == Credential({"token": "longer"})


async def test_an_extension_that_fails_is_tried_again_after_a_while_and_the_token_serves_on(
    desk: Desk, extends: Callable[[datetime | None], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[datetime] = []

    async def renew(self: FakeNetwork) -> Credential:
        tried.append(desk.clock())
        raise AuthExpired("not older than a day")

    extends(desk.clock())
    monkeypatch.setattr(desk.short, "renew", renew)
    short = await desk.sign_in("short")
    for minutes in (0, 1, 30, 30):
        desk.clock.forward(minutes=minutes)
        assert "This works" in await desk.services.accounts.test(short)
    assert len(tried) == 2
    assert not (await desk.services.accounts.get(short)).needs_sign_in


# one sign-in that opens several accounts


async def test_of_several_accounts_those_that_the_person_chooses_are_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def sign_in(self: FakeNetwork, answers: Mapping[str, str]) -> SeveralFound:
        names = {"11": "Northwind Pumps", "12": "Northwind Careers", "13": "Pump Museum"}
        return SeveralFound(
            tuple(
                SignedIn(Identity(key, name, name, "https://short.example"), Credential({"token": f"of {key}"}))
                for key, name in names.items()
            )
        )

    monkeypatch.setattr(desk.short, "sign_in", sign_in)
    accounts = desk.services.accounts
    choice = await accounts.sign_in("short", {"server": "https://short.example", "token": "good"})
    assert isinstance(choice, AccountChoice)
    assert choice.found == (("11", "Northwind Pumps"), ("12", "Northwind Careers"), ("13", "Pump Museum"))
    assert await accounts.list() == ()
    assert "of 11" not in repr(choice)
    with pytest.raises(InputError):
        await accounts.choose(choice, [])
    kept = await accounts.choose(choice, ["11", "13"])
    assert [account.name for account in await accounts.list()] == ["Northwind Pumps", "Pump Museum"]
    assert [desk.vault.get(account.id).get("token") for account in kept] == ["of 11", "of 13"]
    with pytest.raises(InputError):
        await accounts.choose(choice, ["12"])
