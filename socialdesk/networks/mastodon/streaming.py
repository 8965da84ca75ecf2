"""News while a connection stands, as server-sent events (docs.joinmastodon.org/methods/streaming).

One connection per stream: home and notifications share theirs. What comes is a hint only: edits and deletions name the
post, everything else is asked for in the usual way, so that filters and the person's own marks are right. GoToSocial,
Pleroma and Akkoma have WebSockets only, with the token in the address; their columns are asked in the usual rhythm.
"""

import json
from collections.abc import AsyncGenerator
from urllib.parse import urlencode, urlsplit

from socialdesk.core.errors import Rejected
from socialdesk.core.listening import Heard, Hearing
from socialdesk.core.source import Source
from socialdesk.core.tolerant import obj, string
from socialdesk.http.server_events import ServerEvent
from socialdesk.networks.mastodon.address import server_of, tags_of
from socialdesk.networks.mastodon.client import Client

ROOT = "/api/v1/streaming/"
_PERSONS = "user"
_NEWS = {"update": "home", "notification": "notifications"}
_SCHEMES = {"wss": "https", "ws": "http", "https": "https", "http": "http"}


def stream_of(source: Source, server: str) -> str:
    """The path and query of the stream that tells of `source` below `ROOT`; "" = none does."""
    if source.account_id is None or _is_elsewhere(source, server):
        return ""
    match source.kind:
        case "home" | "notifications":
            return _PERSONS
        case "local":
            return "public/local"
        case "list":
            return f"list?{urlencode({'list': source.params.get('list', '')})}"
        case "hashtag":
            return _of_hashtag(source.params.get("tag", ""))
    return ""


def _is_elsewhere(source: Source, server: str) -> bool:
    named = source.params.get("server", "").strip()
    try:
        return bool(named) and server_of(named) != server
    except Rejected:
        return True


def _of_hashtag(typed: str) -> str:
    """A stream tells of one hashtag only."""
    try:
        tags = tags_of(typed)
    except Rejected:
        return ""
    return f"hashtag?{urlencode({'tag': tags[0]})}" if len(tags) == 1 else ""


def base_of(streaming: str, server: str) -> str:
    """The address of the streams: where the server says, unless that is no address or less safe than the server."""
    try:
        parts = urlsplit(streaming)
        named = f"{_SCHEMES.get(parts.scheme, '')}://{parts.netloc}{parts.path}".rstrip("/")
    except ValueError:
        return server
    if not parts.netloc or "@" in parts.netloc or parts.scheme not in _SCHEMES:
        return server
    return server if server.startswith("https://") and not named.startswith("https://") else named


async def listen(client: Client, base: str, stream: str) -> AsyncGenerator[Heard, None]:
    path, _, query = stream.partition("?")
    async with client.listen(f"{base}{ROOT}{path}{'?' if query else ''}{query}") as events:
        yield Heard(Hearing.LIVE)
        async for event in events:
            heard = heard_of(event, stream)
            if heard is not None:
                yield heard


def heard_of(event: ServerEvent, stream: str) -> Heard | None:
    """What an event tells, None = nothing that concerns a column."""
    match event.name:
        case "update" | "notification":
            return Heard(Hearing.NEW, source_kind=_NEWS[event.name] if stream == _PERSONS else "")
        case "delete":
            return Heard(Hearing.GONE, event.data.strip()) if event.data.strip() else None
        case "status.update":
            local_id = _id_in(event.data)
            return Heard(Hearing.CHANGED, local_id) if local_id else None
    return None


def _id_in(data: str) -> str:
    try:
        return string(obj(json.loads(data)).get("id"))
    except (ValueError, RecursionError):
        return ""
