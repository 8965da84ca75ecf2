"""A keyring that is locked is told as that, wherever a secret is needed, and nothing is lost by it."""

import pytest

from socialdesk.core.errors import InputError, VaultError
from socialdesk.core.post import DeliveryState, Draft
from socialdesk.core.rules import PostRules
from socialdesk.core.source import Source
from socialdesk.services.accounts import AccountService
from socialdesk.ui.delivery_words import standing
from tests.services.conftest import Desk
from tests.services.fakes import FakeNetwork


def lock(desk: Desk) -> None:
    def locked(_account_id: int) -> None:
        raise VaultError("the keyring is locked", reason="keyring_locked")

    desk.vault.get = locked  # type: ignore[assignment, method-assign]


async def test_a_column_says_that_the_keyring_is_locked(desk: Desk) -> None:
    account = await desk.sign_in("short")
    column = await desk.services.columns.add("Home", "house", (Source(0, "short", "home", account),))
    forget_opened(desk.services.accounts)
    lock(desk)
    await desk.services.refresh.now(column.id)
    assert (await desk.services.columns.header(column.id)).error == "keyring_locked"
    assert not (await desk.services.accounts.get(account)).needs_sign_in


async def test_a_post_waits_until_the_keyring_is_open(desk: Desk) -> None:
    account = await desk.sign_in("short")
    saved = await desk.services.composing.save(Draft(text="Patience", account_ids=(account,)))
    publication = await desk.services.publishing.submit(saved.id)
    forget_opened(desk.services.accounts)
    usual = desk.vault.get
    lock(desk)
    await desk.services.publishing.start()
    await desk.services.publishing.settle()
    [delivery] = publication.deliveries
    waiting = await desk.services.publishing.delivery(delivery.id)
    assert (waiting.state, waiting.error) == (DeliveryState.WAITING, "keyring_locked")
    desk.vault.get = usual  # type: ignore[method-assign]
    await desk.settle_until(minutes=5)
    assert (await desk.services.publishing.delivery(delivery.id)).state is DeliveryState.SENT
    assert len(desk.short.world.posts) == 1


async def test_a_post_is_accepted_while_the_keyring_is_locked_and_goes_out_once_it_is_open(desk: Desk) -> None:
    """As after a start of the program: neither a credential nor the limits are in memory."""
    account = await desk.sign_in("short")
    saved = await desk.services.composing.save(Draft(text="Patience", account_ids=(account,)))
    forget_opened(desk.services.accounts)
    usual = desk.vault.get
    lock(desk)
    assert (await desk.services.composing.check(saved))[0].sendable
    publication = await desk.services.publishing.submit(saved.id)
    assert await desk.services.composing.drafts() == ()
    await desk.services.publishing.start()
    await desk.services.publishing.settle()
    [delivery] = publication.deliveries
    waiting = await desk.services.publishing.delivery(delivery.id)
    assert (waiting.state, waiting.error) == (DeliveryState.WAITING, "keyring_locked")
    said = standing(waiting, "Short", desk.clock())
    assert said.sentence.startswith("The keyring is locked.")
    assert [fix.word for fix in said.fixes] == ["Try now"]
    desk.vault.get = usual  # type: ignore[method-assign]
    await desk.services.publishing.retry(delivery.id)
    await desk.services.publishing.settle()
    assert (await desk.services.publishing.delivery(delivery.id)).state is DeliveryState.SENT
    await desk.settle_until(hours=2)
    assert [segment.text for segment in desk.short.world.posts.values()] == ["Patience"]


async def test_what_is_too_long_is_refused_while_the_keyring_is_locked_too(desk: Desk) -> None:
    account = await desk.sign_in("short")
    saved = await desk.services.composing.save(Draft(text="x" * 121, account_ids=(account,)))
    forget_opened(desk.services.accounts)
    lock(desk)
    with pytest.raises(InputError, match="over the limit"):
        await desk.services.publishing.submit(saved.id)
    assert [draft.id for draft in await desk.services.composing.drafts()] == [saved.id]


async def test_limits_that_only_a_signed_in_account_may_ask_for_are_those_known_last(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = await desk.sign_in("short")
    monkeypatch.setattr(desk.short, "post_rules", rules_for_members)
    assert (await desk.services.composing.rules(account)).limit == 90
    forget_opened(desk.services.accounts)
    desk.clock.forward(days=2)
    lock(desk)
    assert (await desk.services.composing.rules(account)).limit == 90


async def test_limits_that_were_never_known_are_told_as_the_locked_keyring(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = await desk.sign_in("short")
    monkeypatch.setattr(desk.short, "post_rules", rules_for_members)
    saved = await desk.services.composing.save(Draft(text="Patience", account_ids=(account,)))
    forget_opened(desk.services.accounts)
    lock(desk)
    with pytest.raises(VaultError, match="locked"):
        await desk.services.publishing.submit(saved.id)
    assert [draft.id for draft in await desk.services.composing.drafts()] == [saved.id]


async def rules_for_members(network: FakeNetwork) -> PostRules:
    network._check()
    return PostRules(limit=90, weigh=len)


def forget_opened(accounts: AccountService) -> None:
    """As after a start of the program: no credential is in memory."""
    accounts._opened.clear()
