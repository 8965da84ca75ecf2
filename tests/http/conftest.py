"""What the tests of the wire share."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from socialdesk.core.budget import Pacing
from socialdesk.http import Connectivity, Http, ProxySettings
from tests.http.tls import make_certificate

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
async def make_http() -> AsyncIterator[Callable[..., Http]]:
    """Makes `Http` with a fixed clock and no proxy, and closes it after the test."""
    made: list[Http] = []

    def make(**options: Any) -> Http:
        options.setdefault("now", lambda: NOW)
        options.setdefault("user_agent", "SocialDesk/1.0 (+https://socialdesk.example/agent)")
        options.setdefault("connectivity", Connectivity(has_route=lambda: True))
        options.setdefault("proxy", ProxySettings(mode="none"))
        options.setdefault("pacing", Pacing(gap_s=0.0))
        http = Http.create(**options)
        made.append(http)
        return http

    yield make
    for http in made:
        await http.aclose()


@pytest.fixture
def http(make_http: Callable[..., Http]) -> Http:
    return make_http()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate with its key for 127.0.0.1 that no system knows."""
    return make_certificate(tmp_path_factory.mktemp("tls"), "127.0.0.1")
