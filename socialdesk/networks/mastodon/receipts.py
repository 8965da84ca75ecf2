"""Proof that a post is out, as the server names it. Pure."""

from socialdesk.core.post import Receipt
from socialdesk.core.tolerant import Obj, string
from socialdesk.networks.mastodon.tolerant import web


def receipt_of(status: Obj, base: str) -> Receipt:
    local_id, uri = string(status.get("id")), string(status.get("uri"))
    url = web(status.get("url")) or web(status.get("uri"))
    return Receipt(local_id, url, {"id": local_id, "server": base, "uri": uri, "url": url})
