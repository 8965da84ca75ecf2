"""Telling "we are offline" from "they are gone"."""

import socket

import pytest

from socialdesk.http.connectivity import RECENT_S, Connectivity, system_has_route


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def make(*, route: bool = True) -> tuple[Connectivity, Clock]:
    clock = Clock()
    return Connectivity(has_route=lambda: route, clock=clock), clock


def test_nothing_ever_succeeded() -> None:
    connectivity, clock = make()
    assert connectivity.lost(clock.now)
    assert not connectivity.online


def test_something_succeeded_while_we_waited() -> None:
    connectivity, clock = make()
    began = clock.now
    clock.now += 5
    connectivity.succeeded()
    assert not connectivity.lost(began)
    assert connectivity.online


@pytest.mark.parametrize(("ago", "offline"), [(RECENT_S - 1, False), (RECENT_S + 1, True)])
def test_a_name_that_does_not_exist_counts_when_nothing_succeeded_lately(ago: float, offline: bool) -> None:
    connectivity, clock = make()
    connectivity.succeeded()
    clock.now += ago
    assert connectivity.lost(clock.now, name_unknown=True) is offline


def test_without_a_route_every_unknown_name_means_offline() -> None:
    connectivity, clock = make(route=False)
    connectivity.succeeded()
    clock.now += 1
    assert connectivity.lost(clock.now, name_unknown=True)


def test_after_sleep_what_was_before_tells_nothing() -> None:
    connectivity, clock = make()
    connectivity.succeeded()
    connectivity.look_again()
    assert connectivity.lost(clock.now, name_unknown=True)


def test_listeners_hear_changes_only() -> None:
    connectivity, clock = make()
    heard: list[bool] = []
    connectivity.listen(heard.append)
    connectivity.succeeded()
    for _ in range(2):
        connectivity.lost(clock.now + 1)
    for _ in range(2):
        connectivity.succeeded()
    assert heard == [False, True]


@pytest.mark.parametrize("route", [True, False])
def test_the_systems_routes_are_asked_without_sending_anything(monkeypatch: pytest.MonkeyPatch, route: bool) -> None:
    asked: list[str] = []

    class Probe:
        def __init__(self, _family: int, kind: int) -> None:
            assert kind == socket.SOCK_DGRAM

        def __enter__(self) -> "Probe":
            return self

        def __exit__(self, *_error: object) -> None:
            pass

        def connect(self, where: tuple[str, int]) -> None:
            asked.append(where[0])
            if not route:
                raise OSError("Network is unreachable")

    monkeypatch.setattr(socket, "socket", Probe)
    assert system_has_route() is route
    assert len(asked) == (1 if route else 2)
