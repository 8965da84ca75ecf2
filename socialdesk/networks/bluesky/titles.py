"""What lists and feeds are called, for columns that were added by an address."""

from socialdesk.core.entry import SourceMeta
from socialdesk.core.errors import RateLimited, Rejected, Unreachable
from socialdesk.core.tolerant import Obj, obj, string
from socialdesk.networks.bluesky.client import Client
from socialdesk.networks.bluesky.keys import parse_at_uri

GENERATOR, LIST = "app.bsky.feed.generator", "app.bsky.graph.list"


async def meta_of(client: Client, uri: str) -> SourceMeta | None:
    """Its title and picture; None where nobody says, which is no reason not to read it."""
    parts = parse_at_uri(uri)
    if parts is None:
        return None
    try:
        view = await _view(client, uri, parts.collection)
    except (Rejected, Unreachable, RateLimited):
        return None
    title = string(view.get("displayName")) or string(view.get("name"))
    return SourceMeta(title=title.strip(), icon_url=string(view.get("avatar"))) if title.strip() else None


async def _view(client: Client, uri: str, collection: str) -> Obj:
    if collection == GENERATOR:
        return obj((await client.get("app.bsky.feed.getFeedGenerator", [("feed", uri)])).get("view"))
    if collection == LIST:
        return obj((await client.get("app.bsky.graph.getList", [("list", uri), ("limit", "1")])).get("list"))
    return {}
