"""The services as the window holds them: every method asks the engine's process."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from socialdesk.content.wire import unpack
from socialdesk.core.looks import NetworkLook

if TYPE_CHECKING:
    from socialdesk.core.catalogue import Catalogue
    from socialdesk.core.network import NetworkFacts

Ask = Callable[..., Awaitable[Any]]


class RemoteServices:
    """Stands in for `services.bundle.Services`. `facts` is a pickle of the facts of every network."""

    def __init__(self, ask: Ask, looks: tuple[NetworkLook, ...], facts: bytes) -> None:
        self._ask = ask
        self.accounts = _RemoteAccounts(ask, looks, facts)
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
    """What networks are is data, known here since the engine was ready: asking for it waits for nobody."""

    def __init__(self, ask: Ask, looks: tuple[NetworkLook, ...], facts: bytes) -> None:
        super().__init__(ask, "accounts")
        self.learn(looks, facts)

    def learn(self, looks: tuple[NetworkLook, ...], facts: bytes) -> None:
        """More networks became known."""
        self._looks, self._facts = looks, facts
        self._catalogue: Catalogue | None = None

    def looks(self) -> tuple[NetworkLook, ...]:
        return self._looks

    def networks(self) -> "tuple[NetworkFacts, ...]":
        return self._known().networks()

    def facts(self, network: str) -> "NetworkFacts":
        return self._known().facts(network)

    def _known(self) -> "Catalogue":
        if self._catalogue is None:
            from socialdesk.core.catalogue import Catalogue  # start-up: facts are for dialogs and the composer

            self._catalogue = Catalogue(unpack(self._facts))
        return self._catalogue
