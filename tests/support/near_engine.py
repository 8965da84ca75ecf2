"""An engine on the window's own loop, for tests that change what its services do."""

from collections.abc import Callable
from contextlib import AsyncExitStack

from socialdesk.app.engine import open_services
from socialdesk.app.profile import Profile
from socialdesk.services.bundle import Services
from socialdesk.ui.bridge import Bridge
from socialdesk.vault import MemoryVault


class NearEngine:
    """Give it to `app.window.Program`."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._open = AsyncExitStack()

    async def connect(self, bridge: Bridge, died: Callable[[], None]) -> Services:
        services = await self._open.enter_async_context(open_services(self._profile, MemoryVault()))
        services.events.listen(bridge.event.emit)
        return services

    async def aclose(self) -> None:
        await self._open.aclose()
