"""The accounts that can post, and what each of them takes."""

import logging
from collections.abc import Iterable, Mapping

from PySide6.QtCore import QObject, Signal

from socialdesk.core.account import Account
from socialdesk.core.errors import InputError, SocialDeskError
from socialdesk.core.network import NetworkFacts
from socialdesk.core.rules import PostRules
from socialdesk.ui import words
from socialdesk.ui.desk import Desk
from socialdesk.ui.tasks import Tasks

log = logging.getLogger(__name__)


class Roster(QObject):
    """`changed` after accounts or rules became known or went away."""

    changed = Signal()

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._tasks = Tasks(self, desk.actions.tell)
        self.accounts: dict[int, Account] = {}
        self.rules: dict[int, PostRules] = {}
        self.problems: dict[int, str] = {}

    async def load(self) -> None:
        """Asks who is there, then what each one takes; a server that does not answer holds up nobody else."""
        accounts = await self._desk.bridge.call(self._desk.services.accounts.list)
        self.accounts = {account.id: account for account in accounts}
        self.rules = {i: rules for i, rules in self.rules.items() if i in self.accounts}
        self.changed.emit()
        self.refresh(self.accounts)

    def ask_again(self) -> None:
        """Asks for the rules that are still missing."""
        for account_id in self.accounts:
            if account_id not in self.rules and not self._tasks.busy(f"rules {account_id}"):
                self._tasks.start(f"rules {account_id}", self._ask(account_id))

    def refresh(self, account_ids: Iterable[int]) -> None:
        """Asks again what these accounts take; until the answer is here the last one holds."""
        for account_id in account_ids:
            if account_id in self.accounts:
                self._tasks.start(f"rules {account_id}", self._ask(account_id))

    def facts(self, account_id: int) -> NetworkFacts:
        facts: NetworkFacts = self._desk.services.accounts.facts(self.accounts[account_id].network)
        return facts

    def is_by_hand(self, account_id: int) -> bool:
        """Whether the person posts there in the browser."""
        return account_id in self.accounts and self.facts(account_id).by_hand

    def title(self, account_id: int) -> str:
        """The network's name; with the handle where two accounts share a network."""
        account = self.accounts[account_id]
        title = self.facts(account_id).title
        twins = sum(1 for other in self.accounts.values() if other.network == account.network)
        return f"{title} {account.handle}".strip() if twins > 1 else title

    def order(self) -> tuple[int, ...]:
        return tuple(self.accounts)

    def usual(self) -> tuple[int, ...]:
        """What a post goes to when the person chose nothing yet: the first account that takes short posts.

        Empty until that is known.
        """
        short = tuple(i for i in self.order() if i in self.rules and (self.rules[i].notes or not self.rules[i].article))
        is_known = len(self.rules) + len(self.problems) >= len(self.accounts)
        return short[:1] or (self.order()[:1] if is_known else ())

    def rules_of(self, account_ids: tuple[int, ...]) -> Mapping[int, PostRules]:
        return {i: self.rules[i] for i in account_ids if i in self.rules}

    async def _ask(self, account_id: int) -> None:
        try:
            self.rules[account_id] = await self._desk.bridge.call(self._desk.services.composing.rules, account_id)
            self.problems.pop(account_id, None)
        except InputError:
            self.accounts.pop(account_id, None)  # a network that takes no posts has no place in the composer
        except SocialDeskError as error:
            log.info("rules of account %d: %r", account_id, error)
            if account_id not in self.rules:
                self.problems[account_id] = words.sentence_of(error)
        self.changed.emit()
