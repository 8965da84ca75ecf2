"""One exchange over one connection, on aiohttp.

Imported when the first request is made: aiohttp takes a quarter of a second that the first paint must not wait for.

Why aiohttp itself and neither httpx nor its aiohttp transport: httpx takes nine times as long for the same bytes. The
transport (httpx_aiohttp 0.2) reports a connection that broke after the request was sent as a connect time-out, which
means "certainly never left", changes percent-escapes in addresses, and takes half as long again. httpx still encodes
uploads and international names (`encode`).
"""

import asyncio
import base64
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable, Mapping

import aiohttp
import truststore
import yarl
from aiohttp.abc import AbstractResolver

from socialdesk.http.body import Body
from socialdesk.http.connections import NOTE, Interrupted, Route, open_session
from socialdesk.http.hop import Answer, Hop, Note

CONNECT_S = 10.0
IDLE_S = 20.0
_CHUNK = 65_536
_OK = 200


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
        self._open: set[aiohttp.ClientResponse] = set()  # answers that go on
        self._under_way = 0
        self._retired = False

    async def exchange(self, hop: Hop, route: Route, note: Note, *, max_bytes: int, idle_s: float) -> Answer:
        """Sends one request and reads the whole answer. What may go wrong is translated by `failure`."""
        self._under_way += 1
        try:
            return await self._exchange(hop, route, note, max_bytes, idle_s)
        except asyncio.CancelledError as cancelled:
            raise _meaning(cancelled) from None
        finally:
            self._under_way -= 1
            if self._retired and not self._under_way:
                await self.aclose()

    async def retire(self) -> None:
        """Closes when the last exchange under way has ended. Nothing new may be begun."""
        self._retired = True
        if not self._under_way:
            await self.aclose()

    @contextlib.asynccontextmanager
    async def opened(
        self, hop: Hop, route: Route, note: Note, max_bytes: int, idle_s: float
    ) -> AsyncIterator[tuple[Answer, AsyncIterator[bytes]]]:
        """Sends one request; the body of a 200 comes piece by piece, that of any other answer is read at once.

        What may go wrong, here and with the pieces, is translated by `failure`.
        """
        try:
            response, headers = await self._asked(hop, route, note, idle_s)
        except asyncio.CancelledError as cancelled:
            raise _meaning(cancelled) from None
        self._open.add(response)
        try:
            if response.status == _OK:
                yield Answer(response.status, headers, b""), _pieces(response)
            else:
                yield Answer(response.status, headers, await _read(response, headers, note, max_bytes)), _nothing()
        finally:
            self._open.discard(response)
            response.close()

    async def _exchange(self, hop: Hop, route: Route, note: Note, max_bytes: int, idle_s: float) -> Answer:
        response, headers = await self._asked(hop, route, note, idle_s)
        try:
            body = await _read(response, headers, note, max_bytes) if hop.method != "HEAD" else b""
        finally:
            response.release()  # an answer that was not read to its end takes its connection with it
        return Answer(response.status, headers, body)

    async def _asked(
        self, hop: Hop, route: Route, note: Note, idle_s: float
    ) -> tuple[aiohttp.ClientResponse, dict[str, str]]:
        session = self._sessions.get(route)
        if session is None:
            session = self._sessions[route] = open_session(
                route, self._ssl, self._also_trusted, self._resolver() if self._resolver else None
            )
        proxy, secret = _proxy(route.proxy)
        headers_out = _headers_out(hop)
        if secret and hop.scheme == "http":  # a secure hop says it in the CONNECT before, and there only
            headers_out = {**headers_out, **secret}
        token = NOTE.set(note)
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
            NOTE.reset(token)
        headers = _headers_in(response)
        note.status, note.headers = response.status, headers
        return response, headers

    async def aclose(self) -> None:
        for response in tuple(self._open):
            response.close()  # who reads it is told; a closed pool alone would leave them waiting
        sessions = tuple(self._sessions.values())
        self._sessions.clear()
        for session in sessions:
            await session.close()


def _meaning(cancelled: asyncio.CancelledError) -> BaseException:
    """aiohttp cancels those who wait for a connection when its pool is closed: that is not our caller's wish."""
    task = asyncio.current_task()
    by_caller = task is None or task.cancelling()
    return cancelled if by_caller else Interrupted("the connections were closed")


async def _pieces(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    async for piece in response.content.iter_any():
        yield piece


async def _nothing() -> AsyncIterator[bytes]:
    none: tuple[bytes, ...] = ()
    for piece in none:
        yield piece


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
