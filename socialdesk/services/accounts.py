"""Accounts: signing in and out, opening them for the other services, renewing their tokens."""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

from socialdesk.core.account import NOTHING, SIGN_IN_ENDS, Account, AccountChoice, Credential, Identity
from socialdesk.core.catalogue import Catalogue
from socialdesk.core.errors import AuthExpired, InputError, NetworkError, SocialDeskError, StoreError, VaultError
from socialdesk.core.events import AccountsChanged, ColumnsChanged
from socialdesk.core.looks import NetworkLook
from socialdesk.core.network import (
    ExchangesPassword,
    Lists,
    Network,
    NetworkClass,
    NetworkFacts,
    Nothing,
    Renews,
    RenewsEarly,
    SeveralFound,
    SignedIn,
    SignsIn,
    SignsOut,
)
from socialdesk.services import verdicts
from socialdesk.services.events import Events
from socialdesk.services.identities import account_of, end_of, is_same, kept_answers
from socialdesk.store import accounts as accounts_table
from socialdesk.store.database import Store

log = logging.getLogger(__name__)
EXTEND_PAUSE = timedelta(hours=1)  # after a token could not be made to last longer
T = TypeVar("T")


def utc_now() -> datetime:
    return datetime.now(UTC)


class KeepsSecrets(Protocol):
    """The vault: blocking calls, `VaultError` when it cannot."""

    def get(self, account_id: int) -> Credential: ...
    def put(self, account_id: int, credential: Credential) -> None: ...
    def remove(self, account_id: int) -> None: ...


@dataclass(slots=True)
class _Opened:
    network: Network
    credential: Credential


class AccountService:
    """Knows the accounts, and hands out opened networks. One lock per account around a renewal. `http` gives the wire.

    What is in `signed_in` is awaited with the account's id after each sign-in: what waited for it goes on.
    """

    def __init__(
        self,
        store: Store,
        vault: KeepsSecrets,
        http: Callable[[], object],
        networks: Mapping[str, NetworkClass],
        events: Events,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = store
        self._vault = vault
        self._http = http
        self._networks: dict[str, NetworkClass] = {}
        self._catalogue = Catalogue(())
        self.add_networks(networks)
        self._events = events
        self.signed_in: list[Callable[[int], Awaitable[None]]] = []
        self._opened: dict[int, _Opened] = {}
        self._locks: dict[int, asyncio.Lock] = {}
        self._now = now
        self._extend_after: dict[int, datetime] = {}
        self._choice_ids = itertools.count(1)
        self._choices: dict[int, SeveralFound] = {}

    def networks(self) -> tuple[NetworkFacts, ...]:
        """Facts of every network there is an adapter for, those with a sign-in first, by title."""
        return self._catalogue.networks()

    def add_networks(self, networks: Mapping[str, NetworkClass]) -> None:
        """Makes more networks known; one that is known already stays what it is."""
        self._networks = {**networks, **self._networks}
        self._catalogue = Catalogue(network.facts for network in self._networks.values())

    def looks(self) -> tuple[NetworkLook, ...]:
        return self._catalogue.looks()

    def facts(self, network: str) -> NetworkFacts:
        """Raises InputError when there is no adapter for `network`."""
        return self._catalogue.facts(network)

    async def list(self) -> tuple[Account, ...]:
        return await self._store.read(accounts_table.all)

    async def get(self, account_id: int) -> Account:
        account = await self._store.read(accounts_table.get, account_id)
        if account is None:
            raise InputError("This account is no longer on the desk.", "Choose another account.")
        return account

    async def find(self, name: str) -> Account:
        """The account meant by an id, a handle or a network's key, as typed on the command line."""
        every = await self.list()
        wanted = name.strip().lstrip("@").casefold()
        for account in every:
            if wanted in (str(account.id), account.handle.lstrip("@").casefold()):
                return account
        same = [a for a in every if wanted in (a.network, a.name.casefold())]
        if len(same) == 1:
            return same[0]
        listed = ", ".join(f"{a.id} ({a.network} {a.handle})" for a in every) or "none yet"
        problem = "is more than one account" if same else "is no account of this desk"
        raise InputError(f"“{name}” {problem}.", f"Accounts: {listed}.")

    def anonymous(self, network: str, server: str = "") -> Network:
        """The network as a visitor without an account sees it."""
        self.facts(network)
        visitor = Account(0, network, "", "", server.rstrip("/"))
        return self._networks[network](visitor, NOTHING, self._http())

    async def without_secret(self, account_id: int) -> Network:
        """The account for what needs no sign-in: its limits as far as they are public or kept, keys for its posts.

        Raises InputError if it is gone.
        """
        account = await self.get(account_id)
        return self._networks[account.network](account, NOTHING, self._http())

    async def open(self, account_id: int) -> Network:
        """The account, ready to use. Raises InputError if it is gone, VaultError if its secrets cannot be read."""
        if account_id not in self._opened:
            account = await self.get(account_id)
            by_hand = self.facts(account.network).by_hand  # has no secret: works without a keyring
            credential = NOTHING if by_hand else await asyncio.to_thread(self._vault.get, account_id)
            self._opened.setdefault(account_id, self._with(account, credential))  # another call may have been quicker
            await self._note_end(self._opened[account_id].network)
        return self._opened[account_id].network

    async def use(self, account_id: int, action: Callable[[Network], Awaitable[T]]) -> T:
        """Runs `action` with the opened account; an expired token is renewed once and the action repeated.

        An action must raise AuthExpired only when the request certainly had no effect.
        """
        network = await self._extended(account_id)
        used = self._opened[account_id].credential
        try:
            return await action(network)
        except AuthExpired:
            try:
                renewed = await self._renew(account_id, used)
                return await action(renewed)
            except AuthExpired:
                await self._needs_sign_in(account_id, needed=True)
                raise

    async def extend(self, account_id: int) -> None:
        """Makes the account's token last longer where that is due, also when nothing else is asked of the account."""
        await self._extended(account_id)

    async def _extended(self, account_id: int) -> Network:
        """The opened account, its token made to last longer where that is due. It works without that, too."""
        network = await self.open(account_id)
        due = network.renew_at() if isinstance(network, RenewsEarly) else None
        now = self._now()
        if due is None or now < max(due, self._extend_after.get(account_id, due)):
            return network
        self._extend_after[account_id] = now + EXTEND_PAUSE
        try:
            return await self._renew(account_id, self._opened[account_id].credential)
        except (NetworkError, VaultError) as error:
            log.info("the token of account %d is not renewed yet: %s", account_id, error)
            return network

    async def _renew(self, account_id: int, used: Credential) -> Network:
        """A network with a newer credential than `used`, renewing it unless somebody else just did."""
        async with self._locks.setdefault(account_id, asyncio.Lock()):
            opened = self._opened.get(account_id)
            if opened and opened.credential is not used:
                return opened.network
            account = (await self.open(account_id)).account
            # Another process of this profile may have renewed it since: only the newest can be renewed again.
            network = self._with(account, await asyncio.to_thread(self._vault.get, account_id)).network
            if not isinstance(network, Renews):
                raise AuthExpired("the token is no longer accepted and cannot be renewed")
            fresh = await network.renew()
            if not all(fresh.secrets.values()):
                raise AuthExpired("the renewal answered with an empty token")
            self._opened[account_id] = self._with(account, fresh)  # the one before is worth nothing any more
            try:
                await asyncio.to_thread(self._vault.put, account_id, fresh)
            except VaultError as error:
                log.warning("the renewed token of account %d is kept in memory only: %s", account_id, error)
            await self._note_end(self._opened[account_id].network)
            return self._opened[account_id].network

    async def _note_end(self, network: Network) -> None:
        """Keeps beside the account when its sign-in ends, so that lists can say it without the keyring."""
        ends = end_of(network)
        if network.account.facts.get(SIGN_IN_ENDS, "") == ends:
            return
        try:
            await self._store.write(accounts_table.set_fact, network.account.id, SIGN_IN_ENDS, ends)
        except StoreError as error:  # a disk that is full keeps nobody from reading
            log.warning("when the sign-in of account %d ends is not kept: %s", network.account.id, error)
        self._events.send(AccountsChanged(network.account.id))

    async def sign_in(
        self, network: str, answers: Mapping[str, str], form: int = 0, again: int = 0
    ) -> Account | AccountChoice:
        """Signs in with the answers of a token or app-password form. `again` as in `keep_found`."""
        result = await self._exchange(network, await self.completed(answers, again), form)
        return await self.keep_found(network, result, again)

    async def try_sign_in(self, network: str, answers: Mapping[str, str], form: int = 0, again: int = 0) -> str:
        """One sentence on what the answers of a form open. Nothing is kept; raises what signing in would raise."""
        result = await self._exchange(network, await self.completed(answers, again), form)
        if isinstance(result, SeveralFound):
            found = ", ".join(verdicts.named(one.identity.name, one.identity.handle) for one in result.found)
            return f"This works, and opens several accounts: {found}."
        opened = self._with(account_of(network, result.identity), result.credential).network
        return verdicts.works(result.identity, verdicts.access_of(opened))

    async def _exchange(self, network: str, answers: Mapping[str, str], form: int) -> SignedIn | SeveralFound:
        facts = self.facts(network)
        missing = self._missing(facts, form, answers)
        if missing:
            raise InputError(f"{facts.title} needs: {', '.join(missing)}.", "Fill in what is missing.")
        visitor = self.anonymous(network, answers.get("server", ""))
        if not isinstance(visitor, ExchangesPassword):
            raise InputError(f"{facts.title} has no such sign-in.", "Use the browser instead.")
        return await visitor.sign_in(answers)

    @staticmethod
    def _missing(facts: NetworkFacts, form: int, answers: Mapping[str, str]) -> tuple[str, ...]:
        sign_in = facts.sign_ins[form] if form < len(facts.sign_ins) else Nothing()
        if isinstance(sign_in, Nothing):
            return ()
        return tuple(f.label for f in sign_in.fields if not f.optional and not answers.get(f.name, "").strip())

    async def known_answers(self, account_id: int) -> tuple[str, ...]:
        """Names of fields that need no answer when somebody signs in to the account again: what was typed is kept."""
        try:
            return tuple(sorted(await self._answers_kept(account_id)))
        except VaultError:  # the form asks for everything; the keyring speaks up when the account is to be kept
            return ()

    async def completed(self, answers: Mapping[str, str], again: int) -> Mapping[str, str]:
        """The answers of a form, with what is kept of the account `again` where nothing was typed."""
        if not again:
            return answers
        kept = {"server": (await self.get(again)).server, **await self._answers_kept(again)}
        return {**kept, **{name: typed for name, typed in answers.items() if typed.strip()}}

    async def _answers_kept(self, account_id: int) -> dict[str, str]:
        """An app of one's own and the choices made with it; the secrets among them stay in the engine."""
        account = await self.get(account_id)
        facts = self.facts(account.network)
        kept = NOTHING if facts.by_hand else await asyncio.to_thread(self._vault.get, account_id)
        return kept_answers(facts, account, kept)

    async def keep_found(
        self, network: str, result: SignedIn | SeveralFound, again: int = 0
    ) -> Account | AccountChoice:
        """Keeps the account that a sign-in opened. Of several none is kept before the person has chosen.

        `again` is the account that the person meant to sign in again, 0 = none: it is kept when it is among those that
        came. Another is never kept in its place: the person chooses whether to add it.
        """
        found = (result,) if isinstance(result, SignedIn) else result.found
        meant = await self.get(again) if again else None
        if meant is not None:
            same = next((one for one in found if is_same(meant, account_of(network, one.identity))), None)
            if same is not None:
                return await self.keep(network, same)
        elif isinstance(result, SignedIn):
            return await self.keep(network, result)
        shown = tuple((one.identity.remote_id, one.identity.name or one.identity.handle) for one in found)
        instead_of = verdicts.named(meant.name, meant.handle) if meant is not None else ""
        choice = AccountChoice(next(self._choice_ids), network, shown, instead_of)
        self._choices = {choice.id: SeveralFound(found)}  # one dialog at a time: an older one was given up
        return choice

    async def choose(self, choice: AccountChoice, remote_ids: Sequence[str]) -> tuple[Account, ...]:
        """Keeps those of a choice that the person wants. Raises InputError when it has ended or none is named."""
        result = self._choices.get(choice.id)
        if result is None:
            raise InputError("This sign-in has ended.", "Start again.")
        wanted = [one for one in result.found if one.identity.remote_id in remote_ids]
        if not wanted:
            raise InputError("No account is chosen.", "Choose at least one.")
        kept = tuple([await self.keep(choice.network, one) for one in wanted])
        self._choices.pop(choice.id, None)
        return kept

    async def keep(self, network: str, signed_in: SignedIn) -> Account:
        """Stores a fresh sign-in; the same person signing in again keeps the account, its columns and drafts."""
        account = account_of(network, signed_in.identity)
        if ends := end_of(self._with(account, signed_in.credential).network):
            account = replace(account, facts={**account.facts, SIGN_IN_ENDS: ends})
        known = next((a for a in await self.list() if is_same(a, account)), None)
        if known is not None:
            kept = replace(account, id=known.id, needs_sign_in=known.needs_sign_in)
            await self._put_secret(kept, signed_in.credential)
            await self._store.write(accounts_table.update, kept, durable=True)
        else:
            kept = await self._store.write(accounts_table.add, account, durable=True)
            try:
                await self._put_secret(kept, signed_in.credential)
            except SocialDeskError:
                await self._store.write(accounts_table.remove, kept.id)
                raise
        self._opened.pop(kept.id, None)
        await self._needs_sign_in(kept.id, needed=False)
        for go_on in self.signed_in:
            await go_on(kept.id)
        return replace(kept, needs_sign_in=False)

    async def _put_secret(self, account: Account, credential: Credential) -> None:
        if not self.facts(account.network).by_hand:
            await asyncio.to_thread(self._vault.put, account.id, credential)

    async def test(self, account_id: int) -> str:
        """One sentence on whether the account works; raises what its network raises."""

        async def ask(network: Network) -> str:
            if not isinstance(network, SignsIn):
                return "No sign-in needed."
            return verdicts.works(await network.whoami(), verdicts.access_of(network))

        verdict = await self.use(account_id, ask)
        await self._needs_sign_in(account_id, needed=False)
        return f"{verdict} {verdicts.lasts(await self.get(account_id), self._now())}".strip()

    async def verdict(self, account_id: int) -> str:
        """The same sentence for an account that has just proved that it works; asks nobody."""
        account = await self.get(account_id)
        who = Identity(account.remote_id, account.name, account.handle, account.server, facts=account.facts)
        said = verdicts.works(who, verdicts.access_of(await self.without_secret(account_id)))
        return f"{said} {verdicts.lasts(account, self._now())}".strip()

    async def leaving(self, account_id: int) -> str:
        """What removing the account would take from the desk, and what would stay: to say before it is done."""
        account = await self.get(account_id)
        columns, waiting = await self._store.read(accounts_table.belongings, account_id)
        revokes = isinstance(await self.without_secret(account_id), SignsOut)
        return verdicts.leaving(account, self.facts(account.network), columns, waiting, revokes=revokes)

    async def remove(self, account_id: int) -> str:
        """Removes the account from the desk, revoking its token where the network can. Returns what stays."""
        account = await self.get(account_id)
        facts = self.facts(account.network)
        revoked = facts.by_hand or await self._revoke(account_id)
        await self._store.write(accounts_table.remove, account_id, durable=True)
        if not facts.by_hand:
            await asyncio.to_thread(self._vault.remove, account_id)
        self._opened.pop(account_id, None)
        self._events.send(AccountsChanged(account_id))
        self._events.send(ColumnsChanged())
        return verdicts.removed(account, facts, revoked=revoked)

    async def _revoke(self, account_id: int) -> bool:
        try:
            network = await self.open(account_id)
            if not isinstance(network, SignsOut):
                return False
            await network.sign_out()
        except (NetworkError, SocialDeskError) as error:
            log.info("the token of account %d was not revoked: %s", account_id, error)
            return False
        return True

    async def choices(self, account_id: int, kind: str, field: str) -> tuple[tuple[str, str], ...]:
        """What a source's field may be set to, as (value, label); empty where the person types it."""

        async def ask(network: Network) -> tuple[tuple[str, str], ...]:
            return await network.choices(kind, field) if isinstance(network, Lists) else ()

        return await self.use(account_id, ask)

    async def _needs_sign_in(self, account_id: int, *, needed: bool) -> None:
        await self._store.write(accounts_table.set_needs_sign_in, account_id, needed)
        self._events.send(AccountsChanged(account_id))

    def _with(self, account: Account, credential: Credential) -> _Opened:
        return _Opened(self._networks[account.network](account, credential, self._http()), credential)
