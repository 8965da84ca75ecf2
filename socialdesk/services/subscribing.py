"""Feeds that an account subscribes to at its network: list, subscribe, unsubscribe."""

from socialdesk.core.errors import InputError
from socialdesk.core.events import SubscriptionsChanged
from socialdesk.core.marks import Subscribes, Subscription
from socialdesk.core.network import Network
from socialdesk.core.urls import complete, has_sign_in, is_web
from socialdesk.services.accounts import AccountService
from socialdesk.services.events import Events


class SubscribeService:
    def __init__(self, accounts: AccountService, events: Events) -> None:
        self._accounts = accounts
        self._events = events

    async def list(self, account_id: int) -> tuple[Subscription, ...]:
        """By title. Raises InputError where the network has no subscriptions, and what it raises itself."""

        async def ask(network: Network) -> tuple[Subscription, ...]:
            return await _able(network).subscriptions()

        return await self._accounts.use(account_id, ask)

    async def add(self, account_id: int, address: str, folder: str = "") -> Subscription:
        """Subscribes to the feed at an address as a person types it. Raises as `list`."""
        url = complete(address)
        if not is_web(url) or has_sign_in(url):
            raise InputError(
                f"“{address.strip()}” is not the address of a feed.", "Type it with its host, no password."
            )

        async def ask(network: Network) -> Subscription:
            return await _able(network).subscribe(url, folder.strip())

        found = await self._accounts.use(account_id, ask)
        self._events.send(SubscriptionsChanged(account_id))
        return found

    async def remove(self, account_id: int, subscription_id: str) -> None:
        """Ends a subscription; its items are gone at the network, and stay here. Raises as `list`."""

        async def ask(network: Network) -> None:
            await _able(network).unsubscribe(subscription_id)

        await self._accounts.use(account_id, ask)
        self._events.send(SubscriptionsChanged(account_id))


def _able(network: Network) -> Subscribes:
    if not isinstance(network, Subscribes):
        raise InputError("This network has no subscriptions.", "Add a feed as a column instead.")
    return network
