"""Settings of the desk: JSON values by name. Never a secret."""

from typing import Any

from socialdesk.store import settings as settings_table
from socialdesk.store.database import Store


class SettingsService:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def get(self, name: str, default: Any = None) -> Any:
        return await self._store.read(settings_table.get, name, default)

    async def put(self, name: str, value: Any) -> None:
        await self._store.write(settings_table.put, name, value)
