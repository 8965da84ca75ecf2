"""The LinkedIn adapter against the practice server: the inherited contract as a page, and what members get."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from socialdesk.core.account import Account, Credential
from socialdesk.core.post import Segment
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.networks.linkedin.adapter import LinkedIn as NETWORK
from socialdesk.practice.linkedin import PERSON, PracticeLinkedIn, build
from socialdesk.practice.world import World
from tests.networks.contract import NetworkContract, make_http

WORLD = World.load()


async def no_sleep(_seconds: float) -> None:
    return


def open_page(server: PracticeLinkedIn, http: Http, token: str = "", **options: Any) -> Any:
    account = Account(1, "linkedin", server.me.name, server.me.handle, server.url, server.page)
    credential = Credential({"access_token": token or server.credentials["token"]})
    return NETWORK(account, credential, http, **{"sleep": no_sleep, **options})


def open_member(server: PracticeLinkedIn, http: Http, **options: Any) -> Any:
    facts = options.pop("facts", {})
    account = Account(2, "linkedin", server.me.name, server.me.name, server.url, PERSON, facts=facts)
    credential = Credential({"access_token": server.credentials["member_token"]})
    return NETWORK(account, credential, http, **{"sleep": no_sleep, **options})


class TestLinkedInPageContract(NetworkContract):
    network = NETWORK
    read_path = "^/rest/posts$"
    publish_path = "^/rest/posts$"
    threads = False

    def make_server(self) -> PracticeLinkedIn:
        return build(WORLD, {})

    async def open(self, server: Any, http: Http) -> Any:
        return open_page(server, http)

    async def open_with_bad_credential(self, server: Any, http: Http) -> Any:
        return open_page(server, http, token="not-a-token-of-this-server")

    def secrets(self, server: Any) -> tuple[str, ...]:
        return (server.credentials["token"],)

    def source(self, server: Any) -> Source:
        return Source(1, "linkedin", "posts", 1)

    def add_post(self, server: Any, text: str) -> None:
        server.add_post(text)

    def segment(self, server: Any, text: str) -> Segment:
        return Segment(text=text, created=datetime.now(UTC))

    def times_posted(self, server: Any, text: str) -> int:
        return server.shown(server.page).count(text)


@pytest.fixture
async def server() -> AsyncIterator[PracticeLinkedIn]:
    async with build(WORLD, {}) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = make_http()
    yield http
    await http.aclose()
