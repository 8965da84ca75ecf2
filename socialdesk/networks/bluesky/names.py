"""Turning what people call an account, list or feed into the protocol's names. Answers are remembered."""

import re
from urllib.parse import unquote, urlsplit

from socialdesk.core.errors import Rejected
from socialdesk.networks.bluesky.client import Client
from socialdesk.networks.bluesky.keys import AtUri, is_handle, parse_at_uri

_COLLECTIONS = {"feed": "app.bsky.feed.generator", "lists": "app.bsky.graph.list"}
_PAGE = re.compile(r"/profile/(?P<actor>[^/]+)(?:/(?P<place>feed|lists)/(?P<rkey>[^/]+))?/?")
_NOT_RESOLVED = frozenset({"invalid", "not_found"})


def actor_of(typed: str) -> str:
    """A handle or DID out of what a person typed: with or without @, or the address of a profile page."""
    text = typed.strip()
    if text.startswith(("http://", "https://")):
        match = _PAGE.match(unquote(urlsplit(text).path))
        return match["actor"] if match else text
    return text.removeprefix("@")


class Names:
    """Handles resolved to DIDs through one server."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._dids: dict[str, str] = {}

    async def did(self, handle: str) -> str:
        """The DID behind a handle, '' when there is none."""
        name = handle.lower()
        if name.startswith("did:"):
            return handle
        if name not in self._dids:
            self._dids[name] = await self._resolve(name) if is_handle(name) else ""
        return self._dids[name]

    async def record(self, typed: str) -> str:
        """The at-uri, with a DID in it, of a list or feed: from its at-uri or the address of its page.

        Raises Rejected (not_found) when it is neither.
        """
        uri = parse_at_uri(typed.strip()) or _page_uri(typed.strip())
        did = await self.did(uri.repo) if uri else ""
        if uri is None or not did:
            raise Rejected("no such list or feed", reason="not_found")
        return str(uri._replace(repo=did))

    async def _resolve(self, handle: str) -> str:
        try:
            answer = await self._client.get("com.atproto.identity.resolveHandle", [("handle", handle)], signed=False)
        except Rejected as error:
            if error.reason in _NOT_RESOLVED:
                return ""
            raise
        return str(answer.get("did") or "")


def _page_uri(url: str) -> AtUri | None:
    match = _PAGE.match(unquote(urlsplit(url).path))
    if match is None or match["place"] is None:
        return None
    return AtUri(match["actor"], _COLLECTIONS[match["place"]], match["rkey"])
