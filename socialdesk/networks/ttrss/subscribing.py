"""What the account subscribes to, its categories and its labels."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

from socialdesk.core.errors import Rejected
from socialdesk.core.marks import Subscription
from socialdesk.core.tolerant import number, obj, objs, string
from socialdesk.networks.ttrss.client import Client
from socialdesk.networks.ttrss.translate import subscription_of

LASTS = timedelta(minutes=10)
FEEDS = -3  # a category: all feeds, without the virtual ones
_NOT_A_FEED = frozenset({2, 3, 4, 6})


class Feeds:
    """The account's subscriptions, asked for now and then."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: tuple[Mapping[int, Subscription], datetime] | None = None
        self._asking = asyncio.Lock()

    async def known(self) -> Mapping[int, Subscription]:
        async with self._asking:
            now = self._client.now()
            if self._known is None or now - self._known[1] > LASTS:
                self._known = ({int(one.id): one for one in await subscriptions(self._client)}, now)
            return self._known[0]

    def forget(self) -> None:
        self._known = None


async def subscriptions(client: Client) -> tuple[Subscription, ...]:
    """By title."""
    named = await folders(client)
    found = (subscription_of(one, named) for one in objs(await client.call("getFeeds", cat_id=FEEDS)))
    return tuple(sorted(filter(None, found), key=lambda one: one.title.casefold()))


async def folders(client: Client) -> Mapping[int, str]:
    """Categories by id, without the special ones."""
    found = objs(await client.call("getCategories", enable_nested=False))
    pairs = ((number(one.get("id")), string(one.get("title"))) for one in found)
    return {folder: title for folder, title in pairs if folder is not None and folder > 0 and title}


async def labels(client: Client) -> Mapping[str, int]:
    """Labels by name."""
    found = objs(await client.call("getLabels"))
    pairs = ((string(one.get("caption")), _signed(one.get("id"))) for one in found)
    return {name: label for name, label in pairs if name and label}


async def subscribe(client: Client, url: str, folder: str) -> Subscription:
    """As `core.marks.Subscribes.subscribe`. Raises Rejected (no_folder) for a category that there is not."""
    named = {title.casefold(): one for one, title in (await folders(client)).items()}
    if folder and folder.casefold() not in named:
        raise Rejected("no such category", reason="no_folder")
    before = {one.id: one for one in await subscriptions(client)}
    known = next((one for one in before.values() if one.url == url), None)
    if known is not None:
        return known
    answer = obj(
        await client.call(
            "subscribeToFeed", feed_url=url, category_id=named.get(folder.casefold(), 0), login="", password=""
        )
    )
    status = obj(answer.get("status"))
    code = number(status.get("code"))
    if code not in {0, 1}:
        reason = "not_a_feed" if code in _NOT_A_FEED else "no_feed_there"
        raise Rejected(f"code {code}", reason=reason, detail=string(status.get("message"))[:200])
    after = await subscriptions(client)
    given = string(status.get("feed_id"))
    made = next((one for one in after if one.id == given or one.url == url), None)
    made = made or next((one for one in after if one.id not in before), None)
    return made or Subscription(given or "0", url, url, folder)


async def unsubscribe(client: Client, subscription_id: str) -> None:
    """As `core.marks.Subscribes.unsubscribe`."""
    try:
        await client.call("unsubscribeFeed", feed_id=number(subscription_id) or 0)
    except Rejected as error:
        if error.reason != "not_found":
            raise


def _signed(value: object) -> int | None:
    """Labels have ids below zero."""
    try:
        return int(string(value))
    except ValueError:
        return None
