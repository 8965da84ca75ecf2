"""Marks that a network keeps with an account's entries (read, starred, labels), and what the account subscribes to.

Feed readers' servers are such networks: many entries are marked at once, here and on other devices, so what counts is
the state that is wanted, not each click. `Marks` is sent such states, `Page.marks` brings those of the network.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

READ = "read"
BOOKMARK = "bookmark"
LABEL = "label:"  # and the label's name


@dataclass(frozen=True, slots=True)
class Wish:
    """A mark that entries of an account shall have, or shall not have. `mark` is read, bookmark or label:<name>."""

    mark: str
    is_set: bool


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed that an account reads at its network. `id` is the network's, `folder` empty where it is in none."""

    id: str
    title: str
    url: str
    folder: str = ""
    site_url: str = ""


@runtime_checkable
class Marks(Protocol):
    async def mark(self, wish: Wish, remote_ids: Sequence[str]) -> None:
        """Sets or removes a mark of many entries. Saying the same twice is harmless, so no outcome is ever unknown.

        Entries that are gone are passed over. Raises Rejected where the network has no such mark.
        """
        ...

    async def labels(self) -> tuple[str, ...]:
        """The labels that the account has for entries, without its folders of feeds."""
        ...


@runtime_checkable
class Subscribes(Protocol):
    async def subscriptions(self) -> tuple[Subscription, ...]: ...

    async def subscribe(self, url: str, folder: str) -> Subscription:
        """Subscribes to the feed at `url`, or to one that the page there names. One that is subscribed to is given.

        Raises Rejected (not_a_feed, not_found).
        """
        ...

    async def unsubscribe(self, subscription_id: str) -> None:
        """One that is gone already succeeds."""
        ...


def wish_of(action: str) -> Wish:
    """The wish behind an action: bookmark, unbookmark, read, unread, label:<name>, unlabel:<name>."""
    plain = action.removeprefix("un")
    return Wish(plain, is_set=plain == action)
