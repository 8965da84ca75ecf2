"""Who signs in again is checked to be the same; what ends is known beside the account; verdicts in one sentence."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from socialdesk.core.account import Account, AccountChoice, Credential, Identity
from socialdesk.core.catalogue import Catalogue
from socialdesk.core.errors import AuthExpired, InputError, VaultError
from socialdesk.core.events import AccountsChanged
from socialdesk.core.network import Field, OAuthCode, SeveralFound, SignedIn
from tests.services.conftest import Desk
from tests.services.fakes import FakeNetwork

ANSWERS = {"server": "https://short.example", "token": "good"}


def one(key: str, name: str, token: str = "good") -> SignedIn:
    return SignedIn(Identity(key, name, f"@{name.lower()}", "https://short.example"), Credential({"token": token}))


def comes_back(desk: Desk, monkeypatch: pytest.MonkeyPatch, *found: SignedIn) -> None:
    """Whatever is typed, these are signed in."""

    async def sign_in(self: FakeNetwork, answers: Mapping[str, str]) -> SignedIn | SeveralFound:
        return found[0] if len(found) == 1 else SeveralFound(found)

    monkeypatch.setattr(desk.short, "sign_in", sign_in)


async def sign_in(desk: Desk, again: int = 0) -> Account | AccountChoice:
    return await desk.services.accounts.sign_in("short", ANSWERS, 0, again)


async def test_the_same_account_comes_back_to_its_place(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    first = await desk.sign_in("short")
    desk.short.world.token = "fresh"
    comes_back(desk, monkeypatch, one("1", "Northwind", "fresh"))
    back = await sign_in(desk, first)
    assert isinstance(back, Account)
    assert back.id == first
    assert desk.vault.get(first).get("token") == "fresh"


async def test_another_account_never_takes_its_place(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    first = await desk.sign_in("short")
    comes_back(desk, monkeypatch, one("2", "Harbor"))
    choice = await sign_in(desk, first)
    assert isinstance(choice, AccountChoice)
    assert choice.instead_of == "Northwind Pumps (@northwind)"
    assert choice.found == (("2", "Harbor"),)
    assert [account.id for account in await desk.services.accounts.list()] == [first], "nothing is kept yet"
    assert desk.vault.get(first).get("token") == "good"
    [added] = await desk.services.accounts.choose(choice, ["2"])
    assert added.id != first
    assert {account.name for account in await desk.services.accounts.list()} == {"Northwind Pumps", "Harbor"}


async def test_of_several_that_came_back_the_one_that_was_meant_is_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await desk.sign_in("short")
    comes_back(desk, monkeypatch, one("2", "Harbor"), one("1", "Northwind", "fresh"), one("3", "Museum"))
    back = await sign_in(desk, first)
    assert isinstance(back, Account)
    assert (back.id, desk.vault.get(first).get("token")) == (first, "fresh")
    assert len(await desk.services.accounts.list()) == 1


async def test_signing_in_again_for_an_account_that_is_gone_says_so(desk: Desk) -> None:
    first = await desk.sign_in("short")
    await desk.services.accounts.remove(first)
    with pytest.raises(InputError, match="no longer on the desk"):
        await sign_in(desk, first)


# trying, and verdicts


async def test_answers_are_tried_without_keeping_anything(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts = desk.services.accounts
    said = await accounts.try_sign_in("short", ANSWERS)
    assert said == "This works: Northwind Pumps (@northwind), may read and post."
    assert await accounts.list() == ()
    with pytest.raises(InputError, match="Token"):
        await accounts.try_sign_in("short", {**ANSWERS, "token": " "})
    comes_back(desk, monkeypatch, one("2", "Harbor"), one("3", "Museum"))
    assert "opens several accounts: Harbor" in await accounts.try_sign_in("short", ANSWERS)

    async def refused(self: FakeNetwork, answers: Mapping[str, str]) -> SignedIn:
        raise AuthExpired("401")

    monkeypatch.setattr(desk.short, "sign_in", refused)
    with pytest.raises(AuthExpired):
        await accounts.try_sign_in("short", ANSWERS)


async def test_an_account_says_itself_what_it_may(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.short, "access", lambda self: ("post",), raising=False)
    first = await desk.sign_in("short")
    assert await desk.services.accounts.test(first) == "This works: Northwind Pumps (@northwind), may post."


# when a sign-in ends


@pytest.fixture
def ends(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token says by its name how many days after the start of the test it ends."""
    start = desk.clock()

    def sign_in_ends(self: FakeNetwork) -> object:
        days = self._credential.get("token").partition(" ")[2]
        return start + timedelta(days=int(days)) if days else None

    monkeypatch.setattr(desk.short, "sign_in_ends", sign_in_ends, raising=False)


@pytest.mark.usefixtures("ends")
async def test_the_days_that_are_left_are_known_without_the_keyring(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    comes_back(desk, monkeypatch, one("1", "Northwind", "good 60"))
    account = await sign_in(desk)
    assert isinstance(account, Account)
    monkeypatch.setattr(desk.vault, "get", lambda _: pytest.fail("the keyring is not asked"))
    [kept] = await desk.services.accounts.list()
    assert kept.days_left(desk.clock()) == 60
    assert not kept.ends_soon(desk.clock())
    desk.clock.forward(days=53, hours=1)
    assert (kept.days_left(desk.clock()), kept.ends_soon(desk.clock())) == (6, True)
    desk.clock.forward(days=30)
    assert kept.days_left(desk.clock()) == 0


@pytest.mark.usefixtures("ends")
async def test_a_renewal_brings_a_new_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    comes_back(desk, monkeypatch, one("1", "Northwind", "old 1"))
    account = await sign_in(desk)
    assert isinstance(account, Account)
    desk.short.world.token = "new 9"
    desk.events.clear()
    await desk.services.accounts.test(account.id)
    assert (await desk.services.accounts.get(account.id)).days_left(desk.clock()) == 9
    assert AccountsChanged(account.id) in desk.events


@pytest.mark.usefixtures("ends")
async def test_an_account_of_an_earlier_version_learns_its_end_when_it_is_opened(desk: Desk) -> None:
    first = await desk.sign_in("short")
    assert (await desk.services.accounts.get(first)).sign_in_ends is None
    desk.vault.put(first, Credential({"token": "good 5"}))
    desk.services.accounts._opened.clear()
    await desk.services.accounts.open(first)
    assert (await desk.services.accounts.get(first)).days_left(desk.clock()) == 5


# what removing takes and leaves


async def test_what_removing_takes_and_leaves_is_said_before_and_after(desk: Desk) -> None:
    first = await desk.sign_in("short")
    before = await desk.services.accounts.leaving(first)
    assert before == (
        "What it posted stays at Short; saved items and the history of its posts stay here."
        " The app stays connected there until you remove it: in Short's own settings."
    )
    after = await desk.services.accounts.remove(first)
    assert after == f"@northwind is removed. {before}"


async def test_what_waits_and_what_is_shown_is_counted(desk: Desk) -> None:
    from socialdesk.core.source import Source

    first = await desk.sign_in("short")
    await desk.services.columns.add("Home", "home", (Source(0, "short", "home", first, {}),))
    said = await desk.services.accounts.leaving(first)
    assert said.startswith("1 column loses what it shows of it. What it posted stays")


async def test_a_network_that_takes_its_token_back_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []

    async def sign_out(self: FakeNetwork) -> None:
        ended.append(self.account.id)

    monkeypatch.setattr(desk.short, "sign_out", sign_out, raising=False)
    first = await desk.sign_in("short")
    assert (await desk.services.accounts.leaving(first)).endswith(" Short is asked to end its access, too.")
    assert (await desk.services.accounts.remove(first)).endswith(" Its access has ended there, too.")
    assert ended == [first]


# what was typed once


@pytest.fixture
def own_app(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The network's form asks for an app of one's own and for a choice."""
    fields = (Field("client_id", "Client ID"), Field("client_secret", "Secret", secret=True), Field("blog", "Blog"))
    form = OAuthCode((Field("server", "Server"), *fields, Field("token", "Token", secret=True)))
    monkeypatch.setattr(desk.short, "facts", replace(desk.short.facts, sign_ins=(form,)))
    desk.services.accounts._catalogue = Catalogue((desk.short.facts,))


@pytest.mark.usefixtures("own_app")
async def test_an_app_of_ones_own_is_typed_once(desk: Desk) -> None:
    accounts = desk.services.accounts
    secrets = {"token": "good", "client_id": "the-id", "client_secret": "the-secret"}
    who = Identity("1", "Northwind", "@northwind", "https://short.example", facts={"blog": "field-notes"})
    account = await accounts.keep("short", SignedIn(who, Credential(secrets)))
    assert await accounts.known_answers(account.id) == ("blog", "client_id", "client_secret")
    typed = {"server": "https://short.example", "client_id": "", "client_secret": " ", "blog": "another", "token": ""}
    assert await accounts.completed(typed, account.id) == {
        "server": "https://short.example",
        "client_id": "the-id",
        "client_secret": "the-secret",
        "blog": "another",
    }
    assert await accounts.completed(typed, 0) == typed


@pytest.mark.usefixtures("own_app")
async def test_a_locked_keyring_lets_the_form_ask_for_everything(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    who = Identity("1", "Northwind", "@northwind", "https://short.example")
    account = await desk.services.accounts.keep("short", SignedIn(who, Credential({"client_id": "the-id"})))

    def locked(account_id: int) -> Credential:
        raise VaultError("the keyring is locked", reason="keyring_locked")

    monkeypatch.setattr(desk.vault, "get", locked)
    assert await desk.services.accounts.known_answers(account.id) == ()
