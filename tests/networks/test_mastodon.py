"""The Mastodon adapter against the practice server: the inherited contract, and what only Mastodon has."""

from datetime import UTC, datetime
from typing import Any

from socialdesk.core.account import Account, Credential
from socialdesk.core.post import Segment
from socialdesk.core.source import Source
from socialdesk.http import Http
from socialdesk.networks.mastodon import NETWORK
from socialdesk.practice.mastodon import PracticeMastodon
from socialdesk.practice.world import World
from tests.networks.contract import NetworkContract

WORLD = World.load()


class TestMastodonContract(NetworkContract):
    network = NETWORK
    read_path = "^/api/v1/timelines/home$"
    publish_path = "^/api/v1/statuses$"

    def make_server(self) -> PracticeMastodon:
        return PracticeMastodon(WORLD, {})

    async def open(self, server: Any, http: Http) -> Any:
        return open_account(server, http)

    async def open_with_bad_credential(self, server: Any, http: Http) -> Any:
        return open_account(server, http, token="not-a-token-of-this-server")

    def secrets(self, server: Any) -> tuple[str, ...]:
        return (server.credentials["token"],)

    def source(self, server: Any) -> Source:
        return Source(1, "mastodon", "home", account_id=1)

    def add_post(self, server: Any, text: str) -> None:
        server.add_post(text)

    def segment(self, server: Any, text: str) -> Segment:
        return Segment(text=text, visibility="public", language="en", created=datetime.now(UTC))

    def times_posted(self, server: Any, text: str) -> int:
        return sum(status.text == text for status in server.state.statuses.values())


def open_account(
    server: PracticeMastodon, http: Http, token: str = "", software: str = "mastodon", **options: Any
) -> Any:
    facts = {"domain": "practice.example", "software": software, "visibility": "public"}
    handle = server.credentials["handle"]
    account = Account(1, "mastodon", server.me.name, handle, server.url, server.me.id, facts=facts)
    return NETWORK(account, Credential({"access_token": token or server.credentials["token"]}), http, **options)
