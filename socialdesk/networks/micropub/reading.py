"""Reading one's own posts: what is new or changed, and what came before."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from socialdesk.core.entry import Author, Entry, Page
from socialdesk.core.errors import Rejected
from socialdesk.core.tolerant import obj
from socialdesk.networks.micropub.client import Client
from socialdesk.networks.micropub.listing import Listed, newest, one_page
from socialdesk.networks.micropub.tolerant import number, string
from socialdesk.networks.micropub.translate import Item, entry_of

LARGEST_PAGE = 50
REMEMBERED = 300  # addresses in a cursor


class Reader:
    def __init__(self, client: Client, me: Author) -> None:
        self._client = client
        self._me = me

    async def fetch(self, kind: str, cursor: str, limit: int) -> Page:
        """Raises Rejected (not_supported) where the site does not list its posts."""
        if kind != "posts":
            raise Rejected(f"no source called {kind}", reason="not_supported")
        listed = await self._newest(min(limit, LARGEST_PAGE))
        items = listed.newest_first()[: max(limit, LARGEST_PAGE)]
        known = _known(cursor)
        marks = {item.url: _mark(item) for item in items}
        new = [item for item in items if known.get(item.url) != marks[item.url]]
        gap = bool(known) and bool(items) and not listed.whole and not any(item.url in known for item in items)
        kept = dict(list({**marks, **{u: m for u, m in known.items() if u not in marks}}.items())[:REMEMBERED])
        older = "" if cursor else _older(listed, limit)
        return Page(self._entries(new), json.dumps({"seen": kept}), older, gap=gap, unchanged=bool(known) and not new)

    async def _newest(self, limit: int) -> Listed:
        try:
            return await newest(self._client, limit)
        except Rejected as error:
            if error.reason != "invalid":
                raise
            raise Rejected("the site does not list its posts", reason="no_list", detail=error.detail) from error

    async def fetch_older(self, older: str, limit: int) -> Page:
        """Continues where the page that gave `older` ended."""
        place = _decoded(older)
        after, start = string(place.get("after")), number(place.get("offset")) or 0
        end = number(place.get("end")) or 0
        if end:  # oldest first: the page before `end`
            start = max(0, end - limit)
            listed = await one_page(self._client, end - start, offset=start)
            items, rest = listed.items[::-1], (json.dumps({"end": start}) if start else "")
            return Page(self._entries(items), older=rest)
        if not after and not start:
            return Page()
        listed = await one_page(self._client, min(limit, LARGEST_PAGE), offset=start, after=after)
        if not listed.items or listed.items[0].url == place.get("first"):
            return Page()  # the end, or a site that does not know what an offset is
        return Page(self._entries(listed.items), older=_older(listed, limit, string(place.get("first"))))

    def _entries(self, items: Sequence[Item]) -> tuple[Entry, ...]:
        return tuple(entry_of(item, self._me) for item in items)


def _older(listed: Listed, limit: int, first: str = "") -> str:
    """Where the past goes on, '' when this is all."""
    if listed.whole or not listed.items:
        return ""
    if listed.after:
        return json.dumps({"after": listed.after})
    if listed.oldest_first:
        return json.dumps({"end": listed.offset}) if listed.offset else ""
    following = listed.offset + len(listed.items)
    if following >= listed.total if listed.total is not None else len(listed.items) < limit:
        return ""
    return json.dumps({"offset": following, "first": first or listed.items[0].url})


def _known(cursor: str) -> Mapping[str, str]:
    return {str(url): str(mark) for url, mark in obj(_decoded(cursor).get("seen")).items()}


def _decoded(text: str) -> Mapping[str, Any]:
    try:
        return obj(json.loads(text)) if text else {}
    except ValueError:
        return {}


def _mark(item: Item) -> str:
    """Tells an edited post from the one that was seen."""
    told = json.dumps(item.properties, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:12]
