"""What the account subscribes to, and in which folders."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from socialdesk.core.errors import Rejected
from socialdesk.core.marks import Subscription
from socialdesk.core.tolerant import Obj, number, obj, objs, string
from socialdesk.networks.greader.client import Client
from socialdesk.networks.greader.ids import LABEL, name_in
from socialdesk.networks.greader.translate import icon_of, subscription_of

LASTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Known:
    """`names` of folders; `icons` by subscription."""

    names: frozenset[str] = frozenset()
    icons: Mapping[str, str] = field(default_factory=dict)


class Folders:
    """The account's folders and its feeds' icons, asked for now and then."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: tuple[Known, datetime] | None = None
        self._asking = asyncio.Lock()

    async def known(self) -> Known:
        async with self._asking:
            now = self._client.now()
            if self._known is None or now - self._known[1] > LASTS:
                found = await listed(self._client)
                icons = {string(one.get("id")): icon for one in found if (icon := icon_of(one))}
                self._known = (Known(frozenset(_folders(found)), icons), now)
            return self._known[0]

    def forget(self) -> None:
        self._known = None


async def listed(client: Client) -> list[Obj]:
    return objs(obj(await client.get("subscription/list")).get("subscriptions"))


async def subscriptions(client: Client) -> tuple[Subscription, ...]:
    """By title."""
    found = filter(None, map(subscription_of, await listed(client)))
    return tuple(sorted(found, key=lambda one: one.title.casefold()))


async def labels(client: Client) -> tuple[str, ...]:
    """Labels of items, without the folders. Servers that do not tell which is which are told by their feeds."""
    tags = objs(obj(await client.get("tag/list")).get("tags"))
    named = {name: string(one.get("type")) for one in tags if (name := name_in(string(one.get("id"))))}
    folders = set(_folders(await listed(client)))
    return tuple(sorted(name for name, kind in named.items() if kind != "folder" and name not in folders))


async def folders(client: Client) -> tuple[str, ...]:
    """Those with a feed in them, and those that the server calls a folder."""
    tags = objs(obj(await client.get("tag/list")).get("tags"))
    named = {name for one in tags if one.get("type") == "folder" and (name := name_in(string(one.get("id"))))}
    return tuple(sorted(named | set(_folders(await listed(client)))))


async def subscribe(client: Client, url: str, folder: str) -> Subscription:
    """As `core.marks.Subscribes.subscribe`."""
    found = await _by_url(client, url)
    if found is None:
        answer = obj(await client.post_for_json("subscription/quickadd", [("quickadd", url)]))
        stream = string(answer.get("streamId"))
        after = await subscriptions(client)
        found = next((one for one in after if one.id == stream or one.url == url), None)
        if found is None:
            if number(answer.get("numResults")) == 0 or not stream:
                raise Rejected("no feed there", reason="not_a_feed", detail=string(answer.get("error"))[:200])
            found = Subscription(stream, string(answer.get("streamName")) or url, url)
    if folder and folder != found.folder:
        await client.change("subscription/edit", [("ac", "edit"), ("s", found.id), ("a", LABEL + folder)])
        return Subscription(found.id, found.title, found.url, folder, found.site_url)
    return found


async def unsubscribe(client: Client, stream: str) -> None:
    """As `core.marks.Subscribes.unsubscribe`."""
    if any(one.id == stream for one in await subscriptions(client)):
        await client.change("subscription/edit", [("ac", "unsubscribe"), ("s", stream)])


async def _by_url(client: Client, url: str) -> Subscription | None:
    return next((one for one in await subscriptions(client) if one.url == url), None)


def _folders(found: list[Obj]) -> list[str]:
    categories = (one for feed in found for one in objs(feed.get("categories")))
    return [name for one in categories if (name := string(one.get("label")) or name_in(string(one.get("id"))))]
