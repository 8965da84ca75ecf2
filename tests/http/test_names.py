"""Looking up names does not hold up anything else."""

import asyncio
import socket
import threading
from typing import Any

import pytest

from socialdesk.http.names import look_up


async def test_loopback_names_are_this_machine_whatever_a_name_server_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a: pytest.fail("nobody should be asked"))
    for name in ("localhost", "Desk.Localhost."):
        assert await look_up(name, 80) == [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")]
    assert await look_up("localhost", 80, socket.AF_INET6) == [(socket.AF_INET6, "::1")]


async def test_all_addresses_with_their_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    infos = [
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("fe80::1", 80, 0, 2)),
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("2606:4700::1", 80, 0, 0)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 80)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a: infos)
    assert [address for _, address in await look_up("a.example", 80)] == ["fe80::1%2", "2606:4700::1", "93.184.215.14"]


@pytest.mark.parametrize("error", [socket.gaierror(socket.EAI_AGAIN, "no"), UnicodeError("label too long")])
async def test_failures_are_those_of_a_name_server(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_args: Any) -> Any:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(socket.gaierror):
        await look_up("a.example", 80)


async def test_a_dead_name_server_blocks_no_shared_thread_and_can_be_left(monkeypatch: pytest.MonkeyPatch) -> None:
    alive = threading.Event()

    def hang(*_args: Any) -> list[Any]:
        alive.wait(10)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    look_ups = [asyncio.create_task(look_up(f"host{n}.example", 80)) for n in range(100)]
    await asyncio.sleep(0)
    assert await asyncio.wait_for(asyncio.to_thread(lambda: "free"), 5) == "free"
    for task in look_ups:
        task.cancel()
    assert all(isinstance(e, asyncio.CancelledError) for e in await asyncio.gather(*look_ups, return_exceptions=True))
    alive.set()
