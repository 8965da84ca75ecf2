"""One exchange over one connection, on aiohttp.

Imported when the first request is made: aiohttp takes a quarter of a second that the first paint must not wait for.

Why aiohttp itself and neither httpx nor its aiohttp transport: httpx takes nine times as long for the same bytes. The
transport (httpx_aiohttp 0.2) reports a connection that broke after the request was sent as a connect time-out, which
means "certainly never left", changes percent-escapes in addresses, and takes half as long again. httpx still encodes
uploads and international names (`encode`).

The address guard sits in the socket factory of the connector for content: it sees each address just before it is
connected to, whatever the name resolved to earlier. Typed and content addresses never share a connection.
"""

import asyncio
import base64
import select
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, cast
from weakref import WeakSet

import aiohttp
import truststore
import yarl
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection

from socialdesk.http.body import Body
from socialdesk.http.guard import is_private
from socialdesk.http.hop import Answer, Hop, Note
from socialdesk.http.names import look_up
from socialdesk.http.values import Trust

CONNECT_S = 10.0
IDLE_S = 20.0
KEEP_ALIVE_S = 4.0  # shorter than common servers' five seconds, so that they do not close under a request
MAX_CONNECTIONS = 100
MAX_PER_HOST = 16
LOOK_UPS = 16
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
        self._sessions: dict[Route, aiohttp.ClientSession] = {}
        self._under_way = 0
        self._retired = False

    async def exchange(self, hop: Hop, route: Route, note: Note, *, max_bytes: int, idle_s: float) -> Answer:
        """Sends one request and reads the whole answer. What may go wrong is translated by `failure`."""
        self._under_way += 1
        try:
            return await self._exchange(hop, route, note, max_bytes, idle_s)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and not task.cancelling():
                # aiohttp cancels those who wait for a connection when its pool is closed: not our caller's wish
                raise Interrupted("the connections were closed") from None
            raise
        finally:
            self._under_way -= 1
            if self._retired and not self._under_way:
                await self.aclose()

    async def retire(self) -> None:
        """Closes when the last exchange under way has ended. Nothing new may be begun."""
        self._retired = True
        if not self._under_way:
            await self.aclose()

    async def _exchange(self, hop: Hop, route: Route, note: Note, max_bytes: int, idle_s: float) -> Answer:
        session = self._sessions.get(route)
        if session is None:
            session = self._sessions[route] = self._open(route)
        proxy, secret = _proxy(route.proxy)
        headers_out = _headers_out(hop)
        if secret and hop.scheme == "http":  # a secure hop says it in the CONNECT before, and there only
            headers_out = {**headers_out, **secret}
        token = _note.set(note)
        try:
            response = await session.request(
                hop.method,
                yarl.URL(hop.url, encoded=True),
                headers=headers_out,
                data=_payload(hop.body),
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(sock_connect=CONNECT_S, sock_read=idle_s),
                proxy=proxy,
                proxy_headers=secret,
            )
        finally:
            _note.reset(token)
        headers = _headers_in(response)
        note.status, note.headers = response.status, headers
        try:
            body = await _read(response, headers, note, max_bytes) if hop.method != "HEAD" else b""
        finally:
            response.release()  # an answer that was not read to its end takes its connection with it
        return Answer(response.status, headers, body)

    async def aclose(self) -> None:
        sessions = tuple(self._sessions.values())
        self._sessions.clear()
        for session in sessions:
            await session.close()

    def _open(self, route: Route) -> aiohttp.ClientSession:
        guarded = route.trust is Trust.CONTENT and not route.proxy
        connector = _Connector(
            ssl=self._ssl,
            limit=MAX_CONNECTIONS,
            limit_per_host=MAX_PER_HOST,
            keepalive_timeout=KEEP_ALIVE_S,
            resolver=self._resolver() if self._resolver else _Resolver(),
            socket_factory=self._guarded_socket if guarded else None,
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

    def _guarded_socket(self, address: tuple[Any, ...]) -> socket.socket:
        family, kind, proto, _, where = address
        host, port = str(where[0]), int(where[1])
        if is_private(host) and not (self._also_trusted is not None and self._also_trusted(host, port)):
            _note.get().refused += 1
            raise _RefusedAddress(f"private address {host}")
        _note.get().tried += 1
        return socket.socket(family, kind, proto)


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


def _headers_out(hop: Hop) -> Mapping[str, str]:
    if hop.body or hop.method in ("POST", "PUT", "PATCH", "DELETE"):
        return {**hop.headers, "Content-Length": str(len(hop.body))}
    return hop.headers


def _headers_in(response: aiohttp.ClientResponse) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.raw_headers:
        name, value = raw_name.decode("latin-1").lower(), _decoded(raw_value)
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _decoded(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _proxy(url: str) -> tuple[yarl.URL | None, dict[str, str] | None]:
    """A proxy's address without its credentials, and these as a header."""
    if not url:
        return None, None
    parsed = yarl.URL(url)
    if not (parsed.user or parsed.password):
        return parsed, None
    pair = base64.b64encode(f"{parsed.user or ''}:{parsed.password or ''}".encode()).decode("ascii")
    return parsed.with_user(None), {"Proxy-Authorization": f"Basic {pair}"}


def _payload(body: bytes) -> bytes | AsyncIterator[bytes] | None:
    """Large bodies go out in pieces, so that the loop stays free and idle time is measured between them."""
    if len(body) <= _CHUNK:
        return body or None

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), _CHUNK):
            yield body[start : start + _CHUNK]
            await asyncio.sleep(0)

    return pieces()


async def _read(response: aiohttp.ClientResponse, headers: Mapping[str, str], note: Note, max_bytes: int) -> bytes:
    body = Body(headers.get("content-encoding", ""), max_bytes)
    body.announce(headers.get("content-length", ""))
    try:
        async for chunk in response.content.iter_any():
            body.feed(chunk)
        return body.finish()
    except BaseException:
        note.partial = body.so_far()
        raise
