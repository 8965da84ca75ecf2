"""The services as the window holds them: every method asks the engine's process."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from socialdesk.core.catalogue import Catalogue
from socialdesk.core.network import NetworkFacts

Ask = Callable[..., Awaitable[Any]]


class RemoteServices:
    """Stands in for `services.bundle.Services`."""

    def __init__(self, ask: Ask, facts: tuple[NetworkFacts, ...]) -> None:
        self._ask = ask
        self.accounts = _RemoteAccounts(ask, facts)
        self.start = partial(ask, "start")

    def __getattr__(self, name: str) -> "_RemoteService":
        if name.startswith("_"):
            raise AttributeError(name)
        service = _RemoteService(self._ask, name)
        setattr(self, name, service)
        return service


class _RemoteService:
    def __init__(self, ask: Ask, name: str) -> None:
        self._ask, self._name = ask, name

    def __getattr__(self, method: str) -> Callable[..., Awaitable[Any]]:
        if method.startswith("_"):
            raise AttributeError(method)
        asked = partial(self._ask, f"{self._name}.{method}")
        setattr(self, method, asked)
        return asked


class _RemoteAccounts(_RemoteService):
    """Facts about networks are data, known here since the engine was ready: asking for them waits for nobody."""

    def __init__(self, ask: Ask, facts: tuple[NetworkFacts, ...]) -> None:
        super().__init__(ask, "accounts")
        catalogue = Catalogue(facts)
        self.networks = catalogue.networks
        self.facts = catalogue.facts
