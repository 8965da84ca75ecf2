"""Which addresses may lead into a private network: those a person named, and no others."""

from urllib.parse import urlsplit

from socialdesk.http import Trust
from socialdesk.store import entries as entries_table
from socialdesk.store import sources as sources_table
from socialdesk.store.database import Store


async def hosts_typed_for(store: Store, entry_id: int | None) -> frozenset[str]:
    """Hosts, with port if any, that a person named for the source of an entry."""
    if entry_id is None:
        return frozenset()
    stored = await store.read(entries_table.get, entry_id)
    return frozenset() if stored is None else await store.read(sources_table.typed_hosts, stored.source_id)


async def hosts_typed(store: Store) -> frozenset[str]:
    """Hosts, with port if any, that a person named for any source of the desk."""
    return await store.read(sources_table.all_typed_hosts)


def trust_in(url: str, typed: frozenset[str]) -> Trust:
    """Content may lead to a private address only on the very host that a person named."""
    return Trust.TYPED if urlsplit(url).netloc in typed else Trust.CONTENT
