"""What every adapter keeps whose tokens are renewed: once, whoever asks, and kept where the next start finds it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.errors import AuthExpired, NetworkError
from socialdesk.core.network import Renews, SignedIn
from socialdesk.http import Http
from socialdesk.practice.server import Fault
from socialdesk.services.accounts import AccountService
from socialdesk.services.events import Events
from socialdesk.store.database import Store
from socialdesk.vault import Vault
from tests.networks.contract_base import ContractHooks, make_http
from tests.test_vault import MemoryKeyring

CALLS = 10


class RenewingContract(ContractHooks):
    @pytest.fixture
    def renews(self) -> None:
        if not issubclass(self.network, Renews):
            pytest.skip("the tokens of this network are not renewed")
        assert self.renew_path, "say where tokens are renewed"

    @asynccontextmanager
    async def _desk(self, folder: Path, keyring: MemoryKeyring, server: Any) -> AsyncIterator[AccountService]:
        """The service that hands out accounts, with a store and a keyring, as after a start of the program."""
        store, http = await asyncio.to_thread(Store.open, folder, now=datetime.now(UTC)), make_http(server)
        networks = {self.network.facts.key: self.network}
        try:
            yield AccountService(store, Vault(keyring=lambda: keyring), lambda: http, networks, Events())
        finally:
            await http.aclose()
            await asyncio.to_thread(store.close)

    async def _kept(self, accounts: AccountService, account: Account, credential: Credential) -> int:
        who = Identity(account.remote_id, account.name, account.handle, account.server, "", account.facts)
        return (await accounts.keep(account.network, SignedIn(who, credential))).id

    async def _look(self, server: Any, network: Any) -> int:
        return len((await network.fetch(self.source(server), "", 10)).entries)

    def _renewals(self, server: Any) -> int:
        return len(server.requests(self.renew_path))

    @pytest.mark.usefixtures("renews")
    async def test_ten_calls_at_once_renew_a_token_once(self, server: Any, http: Http, tmp_path: Path) -> None:
        spent, keyring = await self.spent(server, http), MemoryKeyring()
        async with self._desk(tmp_path, keyring, server) as accounts:
            number = await self._kept(accounts, *spent)
            before = self._renewals(server)
            calls = (accounts.use(number, lambda network: self._look(server, network)) for _ in range(CALLS))
            assert all(await asyncio.gather(*calls))
            assert self._renewals(server) == before + 1
        async with self._desk(tmp_path, keyring, server) as accounts:
            assert await accounts.use(number, lambda network: self._look(server, network))
            assert self._renewals(server) == before + 1, "the renewed token is the one in the keyring"
            assert not (await accounts.get(number)).needs_sign_in

    @pytest.mark.usefixtures("renews")
    @pytest.mark.parametrize("kind", ["500", "close", "html", "429"])
    async def test_a_renewal_that_fails_for_now_is_made_up_for(
        self, server: Any, http: Http, tmp_path: Path, kind: str
    ) -> None:
        """A network that is down for a moment takes no account away, and the token that is kept stays good."""
        spent, keyring = await self.spent(server, http), MemoryKeyring()
        async with self._desk(tmp_path, keyring, server) as accounts:
            number = await self._kept(accounts, *spent)
            server.faults.add(Fault(kind, match=self.renew_path))
            try:
                await accounts.use(number, lambda network: self._look(server, network))
            except AuthExpired:
                raise
            except NetworkError:
                pass
            assert server.faults.fired
            assert not (await accounts.get(number)).needs_sign_in
        async with self._desk(tmp_path, keyring, server) as accounts:
            assert await accounts.use(number, lambda network: self._look(server, network))

    @pytest.mark.usefixtures("renews")
    async def test_what_cannot_be_renewed_asks_to_sign_in_again(self, server: Any, http: Http, tmp_path: Path) -> None:
        spent, keyring = await self.spent(server, http), MemoryKeyring()
        async with self._desk(tmp_path, keyring, server) as accounts:
            number = await self._kept(accounts, *spent)
            server.faults.add(Fault("401", times=0))
            with pytest.raises(AuthExpired):
                await accounts.use(number, lambda network: self._look(server, network))
            assert (await accounts.get(number)).needs_sign_in
            assert Vault(keyring=lambda: keyring).get(number), "what is kept stays"
