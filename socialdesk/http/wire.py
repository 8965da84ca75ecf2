"""One exchange over one connection, on aiohttp below httpx's transport seam.

Imported when the first request is made: aiohttp and httpx take a third of a second that the first paint must not wait
for. Why not httpx's own transport: it takes three times as long for the same bytes. Why `httpx_aiohttp`'s is adapted
here: it reports a connection lost after a request was sent as a connect time-out ("certainly never left"), sends
addresses with their percent-escapes changed, and lets aiohttp send PUT and DELETE a second time by itself.

The address guard sits in the socket factory of the connector for content: it sees each address just before it is
connected to, whatever the name resolved to earlier. Typed and content addresses never share a connection.
"""

import asyncio
import select
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, cast
from weakref import WeakSet

import aiohttp
import httpx
import truststore
import yarl
from aiohttp.abc import AbstractResolver
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from httpx_aiohttp import AiohttpTransport
from httpx_aiohttp.transport import AiohttpResponseStream

from socialdesk.http.body import Body
from socialdesk.http.guard import is_private
from socialdesk.http.hop import Answer, Hop, Note
from socialdesk.http.values import Trust

CONNECT_S = 10.0
IDLE_S = 20.0
KEEP_ALIVE_S = 4.0  # shorter than common servers' five seconds, so that they do not close under a request
MAX_CONNECTIONS = 100
MAX_PER_HOST = 16
_CHUNK = 65_536

_note: ContextVar[Note] = ContextVar("note of the exchange under way")


class Interrupted(aiohttp.ClientConnectionError):
    """The connection broke after the request may have left."""


class _RefusedAddress(OSError):
    """The address guard's no."""


@dataclass(frozen=True, slots=True)
class Route:
    """How an exchange leaves: which guard, and through which proxy ("" = none)."""

    trust: Trust
    proxy: str = ""


class Wire:
    """The connection pools, one for each route. Bound to the loop of its first exchange."""

    def __init__(
        self,
        also_trusted: Callable[[str, int], bool] | None = None,
        resolver: Callable[[], AbstractResolver] | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._also_trusted = also_trusted
        self._resolver = resolver
        self._ssl = ssl_context or truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._transports: dict[Route, AiohttpTransport] = {}

    async def exchange(self, hop: Hop, route: Route, note: Note, *, max_bytes: int, idle_s: float) -> Answer:
        """Sends one request and reads the whole answer. What may go wrong is translated by `failure`."""
        request = _request(hop, idle_s)
        token = _note.set(note)
        try:
            response = await self._transport(route).handle_async_request(request)
        finally:
            _note.reset(token)
        stream = cast("httpx.AsyncByteStream", response.stream)
        headers = _headers(response)
        note.status, note.headers = response.status_code, headers
        try:
            body = await _read(stream, headers, note, max_bytes) if hop.method != "HEAD" else b""
        finally:
            await stream.aclose()
        return Answer(response.status_code, headers, body)

    async def aclose(self) -> None:
        transports = tuple(self._transports.values())
        self._transports.clear()
        for transport in transports:
            await transport.aclose()

    def _transport(self, route: Route) -> AiohttpTransport:
        transport = self._transports.get(route)
        if transport is None:
            transport = self._transports[route] = self._open(route)
        return transport

    def _open(self, route: Route) -> AiohttpTransport:
        guarded = route.trust is Trust.CONTENT and not route.proxy
        connector = _Connector(
            ssl=self._ssl,
            limit=MAX_CONNECTIONS,
            limit_per_host=MAX_PER_HOST,
            keepalive_timeout=KEEP_ALIVE_S,
            resolver=self._resolver() if self._resolver else None,
            socket_factory=self._guarded_socket if guarded else None,
        )
        session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            skip_auto_headers=("Content-Type",),
            middlewares=(_send_once,),
            timeout=aiohttp.ClientTimeout(),
        )
        return _Transport(
            verify=self._ssl, client=session, proxy=httpx.Proxy(route.proxy, ssl_context=None) if route.proxy else None
        )

    def _guarded_socket(self, address: tuple[Any, ...]) -> socket.socket:
        family, kind, proto, _, where = address
        host, port = str(where[0]), int(where[1])
        if is_private(host) and not (self._also_trusted is not None and self._also_trusted(host, port)):
            _note.get().refused += 1
            raise _RefusedAddress(f"private address {host}")
        _note.get().tried += 1
        return socket.socket(family, kind, proto)


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
        note = _note.get()
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


class _Transport(AiohttpTransport):
    """Sends addresses as they are, and lets aiohttp's own exceptions out: they tell what httpx's do not."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        session = cast("aiohttp.ClientSession", self.client)
        timeout = request.extensions["timeout"]
        proxy = self.proxy
        auth = proxy.auth if proxy is not None else None
        response = await session.request(
            request.method,
            yarl.URL(str(request.url), encoded=True),
            headers=[(name.decode("ascii"), value.decode("utf-8")) for name, value in request.headers.raw],
            data=request.extensions["body"],
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(sock_connect=timeout["connect"], sock_read=timeout["read"]),
            proxy=str(proxy.url) if proxy is not None else None,
            proxy_auth=aiohttp.BasicAuth(*auth) if auth is not None else None,
        )
        return httpx.Response(response.status, headers=response.raw_headers, stream=_Stream(response))


class _Stream(AiohttpResponseStream):
    """The raw body. Closing it early gives up the connection."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._aiohttp_response.content.iter_chunked(_CHUNK):
            yield chunk

    async def aclose(self) -> None:
        self._aiohttp_response.release()


def _request(hop: Hop, idle_s: float) -> httpx.Request:
    timeout = {"connect": CONNECT_S, "read": idle_s}
    extensions = {"timeout": timeout, "body": _payload(hop.body)}
    headers = dict(hop.headers)
    if hop.body or hop.method in ("POST", "PUT", "PATCH"):
        headers["Content-Length"] = str(len(hop.body))
    return httpx.Request(hop.method, hop.url, headers=headers, extensions=extensions)


def _payload(body: bytes) -> bytes | AsyncIterator[bytes] | None:
    """Large bodies go out in pieces, so that the loop stays free and idle time is measured between them."""
    if len(body) <= _CHUNK:
        return body or None

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), _CHUNK):
            yield body[start : start + _CHUNK]
            await asyncio.sleep(0)

    return pieces()


async def _read(stream: httpx.AsyncByteStream, headers: dict[str, str], note: Note, max_bytes: int) -> bytes:
    body = Body(headers.get("content-encoding", ""), max_bytes)
    body.announce(headers.get("content-length", ""))
    try:
        async for chunk in stream:
            body.feed(chunk)
        return body.finish()
    except BaseException:
        note.partial = body.so_far()
        raise


def _headers(response: httpx.Response) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in response.headers.multi_items():
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers
