"""The X adapter against the practice server: the inherited contract, and columns."""

import json
import pickle
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from socialdesk.core.account import Account, Credential
from socialdesk.core.entry import EntryKind
from socialdesk.core.errors import NetworkError, Rejected
from socialdesk.core.post import Segment
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.networks.x import NETWORK
from socialdesk.practice.server import Fault
from tests.networks.contract import NetworkContract, make_http
from tests.networks.x_judge import DOCUMENTS, WORLD, Judge, RecordingX, XDocument, judged, load_judge


def open_account(server: RecordingX, http: Http, token: str = "", **options: Any) -> Any:
    facts = options.pop("facts", {})
    account = Account(1, "x", server.me.name, server.me.username, server.url, server.me.id, facts=facts)
    return NETWORK(account, Credential({"access_token": token or server.credentials["token"]}), http, **options)


def source(kind: str, **params: str) -> Source:
    return Source(1, "x", kind, 1, params)


@pytest.fixture(scope="module")
def judge() -> Judge | None:
    return load_judge()


class TestXContract(NetworkContract):
    network = NETWORK
    read_path = "/timelines/reverse_chronological$"
    publish_path = "^/2/tweets$"

    def make_server(self) -> RecordingX:
        return RecordingX(WORLD, {})

    async def open(self, server: Any, http: Http) -> Any:
        return open_account(server, http)

    async def open_with_bad_credential(self, server: Any, http: Http) -> Any:
        return open_account(server, http, token="not-a-token-of-this-server")

    def secrets(self, server: Any) -> tuple[str, ...]:
        return (server.credentials["token"],)

    def source(self, server: Any) -> Source:
        return source("home")

    def add_post(self, server: Any, text: str) -> None:
        server.add_post(text)

    def segment(self, server: Any, text: str) -> Segment:
        return Segment(text=text, created=datetime.now(UTC))

    def times_posted(self, server: Any, text: str) -> int:
        return sum(post.text == text for post in server.state.posts.values())
