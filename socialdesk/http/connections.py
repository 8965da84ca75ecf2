"""Connections: pools, the look-up of names, the address guard, and the rule that nothing is sent twice.

The guard sits in the socket factory of the connector for content: it sees each address just before it is connected to,
whatever the name resolved to earlier. Typed and content addresses never share a connection.
"""

import asyncio
import select
import socket
import ssl
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, cast
from weakref import WeakSet

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection

from socialdesk.http.guard import is_private
from socialdesk.http.hop import Note
from socialdesk.http.names import look_up
from socialdesk.http.values import Trust

KEEP_ALIVE_S = 4.0  # shorter than common servers' five seconds, so that they do not close under a request
MAX_CONNECTIONS = 100
MAX_PER_HOST = 16
LOOK_UPS = 16

NOTE: ContextVar[Note] = ContextVar("note of the exchange under way")


class Interrupted(aiohttp.ClientConnectionError):
    """The connection broke after the request may have left."""


class RefusedAddress(OSError):
    """The address guard's no."""


@dataclass(frozen=True, slots=True)
class Route:
    """How an exchange leaves: which guard, and through which proxy ("" = none; its password is not shown)."""

    trust: Trust
    proxy: str = field(default="", repr=False)


def open_session(
    route: Route,
    ssl_context: ssl.SSLContext,
    also_trusted: Callable[[str, int], bool] | None,
    resolver: AbstractResolver | None,
) -> aiohttp.ClientSession:
    """A session for one route, with a pool of its own, that keeps no cookies and reads no environment."""
    guarded = route.trust is Trust.CONTENT and not route.proxy
    connector = _Connector(
        ssl=ssl_context,
        limit=MAX_CONNECTIONS,
        limit_per_host=MAX_PER_HOST,
        keepalive_timeout=KEEP_ALIVE_S,
        resolver=resolver or _Resolver(),
        socket_factory=_guarded_socket(also_trusted) if guarded else None,
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        skip_auto_headers=("Content-Type",),
        middlewares=(_send_once,),
        timeout=aiohttp.ClientTimeout(),
    )


def _guarded_socket(also_trusted: Callable[[str, int], bool] | None) -> Callable[[tuple[Any, ...]], socket.socket]:
    def make(address: tuple[Any, ...]) -> socket.socket:
        family, kind, proto, _, where = address
        host, port = str(where[0]), int(where[1])
        if is_private(host) and not (also_trusted is not None and also_trusted(host, port)):
            NOTE.get().refused += 1
            raise RefusedAddress(f"private address {host}")
        NOTE.get().tried += 1
        return socket.socket(family, kind, proto)

    return make


class _Resolver(AbstractResolver):
    """Looks up names, a few at a time."""

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(LOOK_UPS)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        async with self._slots:
            found = await look_up(host, port, family)
        flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=flags)
            for kind, address in found
        ]

    async def close(self) -> None:
        """Nothing to close: each thread ends with its look-up."""


class _Connector(aiohttp.TCPConnector):
    """Notes when an exchange has its connection, and with whom: from then on the request may have left.

    A kept connection that the server has closed meanwhile is given up before anything is sent on it.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._used: WeakSet[ResponseHandler] = WeakSet()

    async def connect(
        self, req: aiohttp.ClientRequest, traces: list[Any], timeout: aiohttp.ClientTimeout
    ) -> Connection:
        connection = await super().connect(req, traces, timeout)
        while connection.protocol in self._used and _has_news(connection):
            connection.close()
            connection = await super().connect(req, traces, timeout)
        if connection.protocol is not None:
            self._used.add(connection.protocol)
        note = NOTE.get()
        note.left = True
        peer = connection.transport.get_extra_info("peername") if connection.transport else None
        note.peer = str(peer[0]) if peer else ""
        return connection


def _has_news(connection: Connection) -> bool:
    """True when an idle connection has something to read: before a request is sent that is only its end."""
    sock = connection.transport.get_extra_info("socket") if connection.transport else None
    if sock is None or sock.fileno() < 0:
        return True
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(sock.fileno(), select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([sock.fileno()], [], [], 0)[0])


async def _send_once(request: aiohttp.ClientRequest, handler: Any) -> aiohttp.ClientResponse:
    """Keeps aiohttp from sending PUT and DELETE again by itself: it does so for two exceptions, not for ours."""
    try:
        return cast("aiohttp.ClientResponse", await handler(request))
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise Interrupted(str(error) or type(error).__name__) from error
