"""The account's own lists and saved feeds, to choose from when a column is added."""

from collections.abc import Mapping
from typing import Any

from socialdesk.core.errors import Rejected
from socialdesk.networks.bluesky.client import Client

Json = Mapping[str, Any]


async def choices(client: Client, did: str, kind: str, field_name: str) -> tuple[tuple[str, str], ...]:
    """(at-uri, name) pairs; empty where there is nothing to choose."""
    if (kind, field_name) == ("list", "list"):
        return await _lists(client, did)
    if (kind, field_name) == ("feed", "feed"):
        return await _feeds(client)
    return ()


async def _lists(client: Client, did: str) -> tuple[tuple[str, str], ...]:
    answer = await client.get("app.bsky.graph.getLists", [("actor", did), ("limit", "100")])
    own = {str(view.get("uri")): str(view.get("name") or view.get("uri")) for view in _objects(answer.get("lists"))}
    for uri in await _saved(client, "list"):
        if uri not in own:
            own[uri] = await _list_name(client, uri)
    return tuple(own.items())


async def _list_name(client: Client, uri: str) -> str:
    try:
        answer = await client.get("app.bsky.graph.getList", [("list", uri), ("limit", "1")])
    except Rejected:
        return uri
    view = answer.get("list")
    return str(view.get("name") or uri) if isinstance(view, dict) else uri


async def _feeds(client: Client) -> tuple[tuple[str, str], ...]:
    uris = await _saved(client, "feed")
    if not uris:
        return ()
    try:
        answer = await client.get("app.bsky.feed.getFeedGenerators", [("feeds", uri) for uri in uris])
    except Rejected:
        answer = {}
    names = {str(view.get("uri")): str(view.get("displayName") or "") for view in _objects(answer.get("feeds"))}
    return tuple((uri, names.get(uri) or uri) for uri in uris)


async def _saved(client: Client, kind: str) -> tuple[str, ...]:
    """At-uris of saved feeds or lists, pinned ones first (`savedFeedsPrefV2`)."""
    answer = await client.get("app.bsky.actor.getPreferences")
    every = [
        item
        for preference in _objects(answer.get("preferences"))
        if str(preference.get("$type", "")).endswith("#savedFeedsPrefV2")
        for item in _objects(preference.get("items"))
        if item.get("type") == kind and str(item.get("value", "")).startswith("at://")
    ]
    return tuple(str(item["value"]) for item in sorted(every, key=lambda item: item.get("pinned") is not True))


def _objects(value: object) -> list[Json]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
