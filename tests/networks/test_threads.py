"""The Threads adapter against the practice server: the inherited contract, columns, posts, signing in."""

import json
import pickle
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from socialdesk.core.account import NOTHING, Account, Credential
from socialdesk.core.entry import MediaKind
from socialdesk.core.errors import (
    AuthExpired,
    InputError,
    NetworkError,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unreachable,
)
from socialdesk.core.network import OAuthCode
from socialdesk.core.post import MediaFile, Segment, Target, Uploaded
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.http.loopback import parse_pasted
from socialdesk.networks.threads.adapter import Threads
from socialdesk.networks.threads.facts import SCOPES
from socialdesk.networks.threads.signin import server_of, web_of
from socialdesk.networks.threads.translate import Place, entry_of
from socialdesk.practice.facebook_refusals import GraphError
from socialdesk.practice.server import Fault
from socialdesk.ui.words import sentence
from tests.networks.contract import NetworkContract, make_http
from tests.networks.threads_judge import WORLD, RecordingThreads, ThreadsJudge, judged, load_judge


class Later:
    """A clock that is two minutes ahead, and two more each time it is asked: nothing can be under way any more."""

    def __init__(self) -> None:
        self._asked = 0

    def __call__(self) -> datetime:
        self._asked += 1
        return datetime.now(UTC) + self._asked * timedelta(minutes=2)


def open_account(server: RecordingThreads, http: Http, token: str = "", **options: Any) -> Any:
    me = server.me
    account = Account(1, "threads", me.name, me.username, server.url, me.id)
    return Threads(account, Credential({"access_token": token or server.credentials["token"]}), http, **options)


def source(kind: str, **params: str) -> Source:
    return Source(1, "threads", kind, 1, params)


@pytest.fixture(scope="module")
def judge() -> ThreadsJudge | None:
    return load_judge()


class TestThreadsContract(NetworkContract):
    network = Threads
    read_path = "/me/threads$"
    publish_path = "/threads_publish$"

    def make_server(self) -> RecordingThreads:
        return RecordingThreads(WORLD, {})

    @pytest.fixture
    async def server(self, judge: ThreadsJudge | None) -> AsyncIterator[RecordingThreads]:
        """Every request of the suite is judged by Meta's collection, too."""
        async for running in judged(judge):
            yield running

    async def open(self, server: Any, http: Http) -> Any:
        return open_account(server, http, now=Later())

    async def open_with_bad_credential(self, server: Any, http: Http) -> Any:
        return open_account(server, http, token="not-a-token-of-this-server")

    def secrets(self, server: Any) -> tuple[str, ...]:
        return (server.credentials["token"],)

    def source(self, server: Any) -> Source:
        return source("posts")

    def add_post(self, server: Any, text: str) -> None:
        server.add_post(text)

    def segment(self, server: Any, text: str) -> Segment:
        return Segment(text=text, created=datetime.now(UTC))

    def times_posted(self, server: Any, text: str) -> int:
        return sum(post.text == text for post in server.state.posts.values())
