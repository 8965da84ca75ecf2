"""Reading, starring and labelling at the server, many items in one request."""

from collections.abc import Sequence

from socialdesk.core.errors import Rejected
from socialdesk.core.marks import BOOKMARK, LABEL, READ, Wish
from socialdesk.networks.greader import ids
from socialdesk.networks.greader.client import Client
from socialdesk.networks.greader.lists import Lists

BATCH = 100
_STREAMS = {READ: ids.READ, BOOKMARK: ids.STARRED}
_GONE = frozenset({"invalid", "not_found", "gone"})


class Marker:
    """`toggles` True: the server turns a state that an item has already round (Miniflux did until 2025)."""

    def __init__(self, client: Client, lists: Lists, *, has_labels: bool, toggles: bool) -> None:
        self._client = client
        self._lists = lists
        self._has_labels = has_labels
        self._toggles = toggles

    async def mark(self, wish: Wish, remote_ids: Sequence[str]) -> None:
        """As `core.marks.Marks.mark`."""
        stream = self._stream(wish)
        wanted = await self._not_so_yet(wish, remote_ids) if self._toggles else remote_ids
        try:
            for at in range(0, len(wanted), BATCH):
                await self._edit(stream, wanted[at : at + BATCH], is_set=wish.is_set)
        finally:
            self._lists.forget()

    def _stream(self, wish: Wish) -> str:
        name = wish.mark.removeprefix(LABEL)
        if wish.mark in _STREAMS:
            return _STREAMS[wish.mark]
        if not self._has_labels or not wish.mark.startswith(LABEL) or not name.strip():
            raise Rejected("this server has no such mark", reason="not_supported")
        return ids.LABEL + name

    async def _edit(self, stream: str, batch: Sequence[str], *, is_set: bool) -> None:
        """One request. A batch that is refused is parted: an item that is gone keeps no other from being marked."""
        form = [("a" if is_set else "r", stream), *(("i", ids.long_id(one)) for one in batch)]
        try:
            await self._client.change("edit-tag", form)
        except Rejected as error:
            if error.reason not in _GONE:
                raise
            if len(batch) == 1:
                if error.reason == "invalid":
                    raise
                return
            half = len(batch) // 2
            await self._edit(stream, batch[:half], is_set=is_set)
            await self._edit(stream, batch[half:], is_set=is_set)

    async def _not_so_yet(self, wish: Wish, remote_ids: Sequence[str]) -> list[str]:
        self._lists.forget()
        states = await self._lists.states()
        found = states.unread if wish.mark == READ else states.starred
        if found is None:
            return list(remote_ids)
        has = frozenset(found.ids)
        wants_in = wish.is_set != (wish.mark == READ)  # unread is the list of what is not read
        return [one for one in remote_ids if (one in has) != wants_in]
