"""Looks up host names on threads of their own.

asyncio's own look-up shares a few threads with everything else that blocks (keyring, files) and waits for them at the
end: a dead name server would hold up both. These threads end with the process.
"""

import asyncio
import contextlib
import socket
import threading
from typing import Any

from socialdesk.http.guard import is_literal, is_loopback

_LOOPBACK = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))

Found = tuple[socket.AddressFamily, str]


async def look_up(host: str, port: int, family: int = 0) -> list[Found]:
    """The addresses of a name: (family, address). Raises `socket.gaierror`.

    Loopback names are this machine (RFC 6761 section 6.3), whatever a name server says.
    """
    if is_loopback(host) and not is_literal(host):
        return [found for found in _LOOPBACK if family in (0, found[0])]
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[Any]] = loop.create_future()

    def look() -> None:
        try:
            infos = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM, 0, socket.AI_ADDRCONFIG)
        except (OSError, UnicodeError) as error:
            tell(answer.set_exception, error if isinstance(error, OSError) else socket.gaierror(str(error)))
        else:
            tell(answer.set_result, infos)

    def tell(take: Any, value: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(lambda: None if answer.done() else take(value))

    threading.Thread(target=look, name=f"look up {host}", daemon=True).start()
    return [(info[0], _scoped(info[4])) for info in await answer]


def _scoped(where: tuple[Any, ...]) -> str:
    """An address, with its zone where it has one (fe80::1%2)."""
    scope = where[3] if len(where) > 3 else 0
    return f"{where[0]}%{scope}" if scope and "%" not in where[0] else str(where[0])
