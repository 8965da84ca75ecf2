"""A keyring that is locked is told as that, wherever a secret is needed, and nothing is lost by it."""

from socialdesk.core.errors import VaultError
from socialdesk.core.post import DeliveryState, Draft
from socialdesk.core.source import Source
from socialdesk.services.accounts import AccountService
from tests.services.conftest import Desk


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


def forget_opened(accounts: AccountService) -> None:
    """As after a start of the program: no credential is in memory."""
    accounts._opened.clear()
