"""The practice Mastodon with a judge: every request that it gets has to be one that the API's contract knows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from socialdesk.core.account import Account, Credential
from socialdesk.core.post import Segment
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.networks.mastodon.adapter import Mastodon
from socialdesk.practice.mastodon import PracticeMastodon
from socialdesk.practice.world import World
from tests.openapi import OpenApi

WORLD = World.load()
NOT_IN_CONTRACT = ("/.well-known/nodeinfo", "/nodeinfo", "/.well-known/webfinger")


def load_contract() -> OpenApi | None:
    return OpenApi("mastodon/openapi.json") if OpenApi.exists("mastodon/openapi.json") else None


@asynccontextmanager
async def judged(contract: OpenApi | None, **options: Any) -> AsyncIterator[PracticeMastodon]:
    async with PracticeMastodon(WORLD, {}, **options) as running:
        yield running
        for asked in running.log if contract else ():
            if contract and not asked.path.startswith(NOT_IN_CONTRACT):
                contract.check_request(asked)


def open_account(
    server: PracticeMastodon, http: Http, token: str = "", software: str = "mastodon", **options: Any
) -> Any:
    facts = {"domain": "practice.example", "software": software, "visibility": "public"}
    handle = server.credentials["handle"]
    account = Account(1, "mastodon", server.me.name, handle, server.url, server.me.id, facts=facts)
    return Mastodon(account, Credential({"access_token": token or server.credentials["token"]}), http, **options)


def source(kind: str, account_id: int | None = 1, /, **params: str) -> Source:
    return Source(1, "mastodon", kind, account_id, params)


def segment(text: str = "Hello", **changes: Any) -> Segment:
    return Segment(text, **{"visibility": "public", "created": datetime.now(UTC), **changes})
