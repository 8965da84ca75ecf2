"""Answers that go wrong on the wire."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable

from aiohttp import web

LINGER_ZERO = struct.pack("ii", 1, 0)  # close sends RST instead of FIN


def abort(request: web.Request) -> web.StreamResponse:
    """Drops the connection with a TCP reset. The response only satisfies the server's types; nothing of it leaves."""
    transport = request.transport
    if transport is not None and not transport.is_closing():
        connection = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_ZERO)
        transport.abort()
    return web.Response()


async def half_then_reset(request: web.Request, content_type: str, body: bytes) -> web.StreamResponse:
    """Announces the whole body, sends half of it and drops the connection."""
    answer = web.StreamResponse()
    answer.content_type = content_type
    answer.content_length = max(2, len(body))
    await answer.prepare(request)
    await answer.write(body[: len(body) // 2] or b"{")
    abort(request)
    return answer


async def drip(
    request: web.Request,
    real: web.StreamResponse,
    body: bytes,
    pause: Callable[[float], Awaitable[None]],
    seconds: float,
) -> web.StreamResponse:
    """Sends the real answer in twenty pieces over `seconds`."""
    answer = web.StreamResponse(status=real.status)
    answer.content_type = real.content_type
    answer.content_length = len(body)
    step = max(1, -(-len(body) // 20))
    try:
        await answer.prepare(request)
        for start in range(0, len(body), step):
            await answer.write(body[start : start + step])
            await pause(seconds / 20)
    except ConnectionError:
        return abort(request)
    except asyncio.CancelledError:
        abort(request)
        raise
    return answer
