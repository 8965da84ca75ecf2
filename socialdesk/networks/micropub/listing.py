"""The list of a site's own posts: `q=source` without an address.

The list is an extension, and its order is the site's own. Most give the newest first; some give the oldest first and
say how many there are, which is enough to ask for the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from socialdesk.core.errors import Unreachable
from socialdesk.core.tolerant import Obj, obj, objs
from socialdesk.networks.micropub.client import Client
from socialdesk.networks.micropub.tolerant import first, moment, number, string
from socialdesk.networks.micropub.translate import Item

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Listed:
    """Posts as they came. `whole`: there are no others.

    `offset` is where the page began, `total` how many there are (None = the site does not say), `after` its own word
    for the page after this one. `oldest_first`: as their times show, which those of one second do not.
    """

    items: tuple[Item, ...] = ()
    offset: int = 0
    total: int | None = None
    after: str = ""
    oldest_first: bool = False

    @property
    def whole(self) -> bool:
        return not self.offset and not self.after and (not self.items or self.total == len(self.items))

    @property
    def times(self) -> tuple[datetime, ...]:
        return tuple(when for item in self.items if (when := moment(item.published)))

    def newest_first(self) -> tuple[Item, ...]:
        return self.items[::-1] if self.oldest_first else self.items


async def newest(client: Client, limit: int) -> Listed:
    """The page with the newest posts. Raises Rejected where the site lists nothing."""
    page = await one_page(client, limit)
    if page.total is None or page.total <= len(page.items) or _falls(page.times):
        return page
    end = await one_page(client, limit, offset=max(0, page.total - limit))
    if page.oldest_first or max(end.times, default=_NEVER) > max(page.times, default=_NEVER):
        return replace(end, oldest_first=True)
    return page


async def with_words(client: Client, words: str) -> tuple[Item, ...]:
    """Posts that hold these words somewhere. A site that cannot filter gives its usual list: judge what comes."""
    payload = await client.get([("q", "source"), ("filter", words), ("limit", "20")])
    return _items(client, obj(payload).get("items"))


async def one_page(client: Client, limit: int, *, offset: int = 0, after: str = "") -> Listed:
    params = [("q", "source"), ("limit", str(limit))]
    params += [("offset", str(offset))] if offset else []
    params += [("after", after)] if after else []
    payload = obj(await client.get(params))
    if not isinstance(payload.get("items"), list):
        raise Unreachable("the answer has an unknown form", reason="invalid_answer")
    paging = obj(payload.get("paging"))
    items, total, following = _items(client, payload["items"]), number(paging.get("total")), string(paging.get("after"))
    page = Listed(items, offset, total, following)
    return replace(page, oldest_first=len(page.times) > 1 and page.times[0] < page.times[-1])


def _falls(times: Sequence[datetime]) -> bool:
    """Whether the newest certainly come first."""
    return len(times) > 1 and times[0] > times[-1]


def _items(client: Client, found: object) -> tuple[Item, ...]:
    """Items with an address; what was deleted is gone, whether the site still lists it or not."""
    made: Sequence[tuple[str, Obj]] = [
        (client.absolute(first(properties, "url") or string(item.get("url"))), properties)
        for item in objs(found)
        if (properties := obj(item.get("properties")))
    ]
    return tuple(Item(url, properties) for url, properties in made if url and "deleted" not in properties)
