"""What the tests of every adapter use."""

from collections.abc import AsyncIterator

import pytest

from socialdesk.http import Http
from tests.networks.contract import make_http


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    """A door to the wire without memory and with little patience."""
    http = make_http()
    yield http
    await http.aclose()
