"""A web server that does exactly what a test says, byte for byte, and remembers what it was asked."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: header names in lower case; `connection` counts from 1."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int


class Peer:
    """The test's side of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, status: int = 200, body: bytes = b"", **headers: str) -> None:
        await self.send(response(status, body, **headers))

    async def hang(self) -> None:
        """Says nothing more until the other side goes."""
        await self.reader.read()

    def close(self) -> None:
        self.writer.close()

    def reset(self) -> None:
        """Drops the connection with a RST."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Handler = Callable[[Asked, Peer], Awaitable[None]]


def response(status: int = 200, body: bytes = b"", **headers: str) -> bytes:
    """An HTTP/1.1 answer. Keyword names become header names: retry_after -> retry-after."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    given.setdefault("content-length", str(len(body)))
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"HTTP/1.1 {status} Status\r\n{lines}\r\n".encode("latin-1") + body


class RawServer:
    """Calls `handler` for each request; a connection is kept until the handler or the client ends it."""

    def __init__(self, handler: Handler, host: str = "127.0.0.1", ssl: object = None) -> None:
        self._handler, self._host, self._ssl = handler, host, ssl
        self.asked: list[Asked] = []
        self.connections = 0
        self.open = 0
        self.most_open = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._news = asyncio.Condition()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, self._host, 0, ssl=self._ssl)  # type: ignore[arg-type]
        self.port = self._server.sockets[0].getsockname()[1]
        scheme = "https" if self._ssl else "http"
        self.url = f"{scheme}://{self._host}:{self.port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for writer in tuple(self._writers):
            writer.transport.abort()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def targets(self) -> list[str]:
        return [a.target for a in self.asked]

    async def until_asked(self, times: int = 1) -> None:
        async with self._news:
            await self._news.wait_for(lambda: len(self.asked) >= times)

    async def until_all_closed(self) -> None:
        async with self._news:
            await self._news.wait_for(lambda: self.open == 0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        self.connections += 1
        number = self.connections
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            while not writer.is_closing():
                asked = await _read(reader, number)
                if asked is None:
                    break
                self.asked.append(asked)
                async with self._news:
                    self._news.notify_all()
                await self._handler(asked, Peer(reader, writer))
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()
            self.open -= 1
            self._tasks.discard(task)
            self._writers.discard(writer)
            async with self._news:
                self._news.notify_all()


async def _read(reader: asyncio.StreamReader, connection: int) -> Asked | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {}
    for line in filter(None, lines):
        name, _, value = line.partition(":")
        headers[name.casefold()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(method, target, headers, body, connection)


async def ok(_asked: Asked, peer: Peer) -> None:
    await peer.answer(200, b"{}", content_type="application/json")
