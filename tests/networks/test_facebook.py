"""The Facebook adapter against the practice server: the inherited contract, and columns."""

import json
import pickle
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from socialdesk.core.account import Account, Credential
from socialdesk.core.entry import MediaKind
from socialdesk.core.errors import AuthExpired, NetworkError, OutcomeUnknown, RateLimited, Rejected, Unreachable
from socialdesk.core.post import Segment
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.networks.facebook.adapter import Facebook as NETWORK
from socialdesk.practice.facebook_refusals import GraphError
from socialdesk.practice.server import Fault
from socialdesk.ui.words import sentence
from tests.networks.contract import NetworkContract, make_http
from tests.networks.graph_judge import WORLD, GraphJudge, RecordingFacebook, judged, load_judge


class Later:
    """A clock that is two minutes ahead, and two more each time it is asked: nothing can be under way any more."""

    def __init__(self) -> None:
        self._asked = 0

    def __call__(self) -> datetime:
        self._asked += 1
        return datetime.now(UTC) + self._asked * timedelta(minutes=2)


def open_page(server: RecordingFacebook, http: Http, token: str = "", **options: Any) -> Any:
    page = server.me
    account = Account(1, "facebook", page.name, page.username, server.url, page.id, facts=options.pop("facts", {}))
    return NETWORK(account, Credential({"access_token": token or server.credentials["token"]}), http, **options)


def source(kind: str) -> Source:
    return Source(1, "facebook", kind, 1)


@pytest.fixture(scope="module")
def judge() -> GraphJudge | None:
    return load_judge()


class TestFacebookContract(NetworkContract):
    network = NETWORK
    read_path = "/published_posts$"
    publish_path = "/(feed|comments)$"

    def make_server(self) -> RecordingFacebook:
        return RecordingFacebook(WORLD, {})

    @pytest.fixture
    async def server(self, judge: GraphJudge | None) -> AsyncIterator[RecordingFacebook]:
        """Every request of the suite is judged by Facebook's specifications, too."""
        async for running in judged(judge):
            yield running

    async def open(self, server: Any, http: Http) -> Any:
        return open_page(server, http, now=Later())

    async def open_with_bad_credential(self, server: Any, http: Http) -> Any:
        return open_page(server, http, token="not-a-token-of-this-server")

    def secrets(self, server: Any) -> tuple[str, ...]:
        return (server.credentials["token"],)

    def source(self, server: Any) -> Source:
        return source("posts")

    def add_post(self, server: Any, text: str) -> None:
        server.add_post(text)

    def segment(self, server: Any, text: str) -> Segment:
        return Segment(text=text, created=datetime.now(UTC))

    def times_posted(self, server: Any, text: str) -> int:
        rows = (*server.state.posts.values(), *server.state.comments.values())
        return sum(row.message == text for row in rows)
