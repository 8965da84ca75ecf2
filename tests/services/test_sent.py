"""Posts that are out: new words for them, and how they were received; the same on the command line."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from socialdesk.app.profile import Profile
from socialdesk.cli.main import app
from socialdesk.core.account import Account, Credential
from socialdesk.core.errors import InputError, Rejected
from socialdesk.core.measures import Measure
from socialdesk.core.network import Edits
from socialdesk.core.network import Measures as CanMeasure
from socialdesk.core.post import Delivery, Draft
from socialdesk.practice.facebook import PracticeFacebook
from socialdesk.practice.server import ServerThread
from socialdesk.practice.world import World
from socialdesk.store import accounts as accounts_table
from socialdesk.store.database import Store
from socialdesk.vault import Vault
from tests.services.conftest import Desk
from tests.services.fakes import FakeNetwork
from tests.support.file_keyring import FileKeyring


@pytest.fixture
def able(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The short network can change and measure posts; what it was asked to change."""
    changed: list[tuple[str, str]] = []

    async def edit(self: FakeNetwork, remote_id: str, refs: Mapping[str, str], text: str) -> None:
        if text == "Forbidden":
            raise Rejected("no", reason="missing_permission")
        changed.append((remote_id, text))

    async def measures(self: FakeNetwork, remote_id: str, refs: Mapping[str, str]) -> tuple[Measure, ...]:
        return (Measure("views", "Views" if remote_id else "Views of all", 12),)

    monkeypatch.setattr(desk.short, "edit", edit, raising=False)
    monkeypatch.setattr(desk.short, "measures", measures, raising=False)
    assert issubclass(desk.short, Edits)
    assert issubclass(desk.short, CanMeasure)
    return changed


async def sent(desk: Desk, text: str = "One\n---\nTwo") -> Delivery:
    short = await desk.sign_in("short")
    publication = await desk.services.publishing.publication(await desk.publish(Draft(text=text, account_ids=(short,))))
    assert publication is not None
    return publication.deliveries[0]


async def test_a_part_gets_new_words_at_the_network_and_here(desk: Desk, able: list[tuple[str, str]]) -> None:
    delivery = await sent(desk)
    await desk.services.publishing.change_post(delivery.id, " Two, mended ", 1)
    receipt = delivery.parts[1].receipt
    assert receipt is not None
    assert able == [(receipt.remote_id, "Two, mended")]
    after = await desk.services.publishing.delivery(delivery.id)
    assert [part.text for part in after.parts] == ["One", "Two, mended"]
    assert after.state is delivery.state


async def test_what_the_network_refuses_stays_as_it_was(desk: Desk, able: list[tuple[str, str]]) -> None:
    delivery = await sent(desk, "One")
    with pytest.raises(Rejected):
        await desk.services.publishing.change_post(delivery.id, "Forbidden")
    assert (await desk.services.publishing.delivery(delivery.id)).parts[0].text == "One"


async def test_numbers_of_a_post_and_of_an_account(desk: Desk, able: list[tuple[str, str]]) -> None:
    delivery = await sent(desk)
    assert await desk.services.publishing.numbers(delivery.id) == (Measure("views", "Views", 12),)
    assert await desk.services.publishing.account_numbers(delivery.account_id) == (
        Measure("views", "Views of all", 12),
    )


async def test_what_cannot_be_changed_or_measured_says_so(desk: Desk) -> None:
    delivery = await sent(desk, "One")
    publishing = desk.services.publishing
    for ask in (
        publishing.change_post(delivery.id, "New"),
        publishing.change_post(delivery.id, "  "),
        publishing.change_post(delivery.id, "New", 5),
        publishing.change_post(99, "New"),
        publishing.numbers(delivery.id),
        publishing.account_numbers(delivery.account_id),
    ):
        with pytest.raises(InputError):
            await ask
    await publishing.delete_post(delivery.id)
    with pytest.raises(InputError):
        await publishing.numbers(delivery.id)


# on the command line, with a Page


@pytest.fixture
def facebook() -> Iterator[PracticeFacebook]:
    server = PracticeFacebook(World.load(), {})
    with ServerThread(server):
        yield server


@pytest.fixture
def profile(tmp_path: Path, facebook: PracticeFacebook, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = Profile.choose(tmp_path)
    made.make()
    store = Store.open(made.data, now=facebook.now())
    page = facebook.me
    account = Account(0, "facebook", page.name, page.username, facebook.url, page.id)
    kept = store.write_now(accounts_table.add, account)
    store.close()
    monkeypatch.setattr("socialdesk.vault.system_keyring", FileKeyring)
    monkeypatch.setenv("FILE_KEYRING", str(tmp_path / "keyring.json"))
    Vault(made.tag).put(kept.id, Credential({"access_token": facebook.credentials["token"]}))
    return tmp_path


def run(profile: Path, *words: str, code: int = 0) -> Any:
    answer = CliRunner().invoke(app, ["--profile", str(profile), *words])
    assert answer.exit_code == code, answer.output
    return json.loads(answer.stdout) if "--json" in words else answer.output


def test_a_page_is_measured_and_its_post_changed(profile: Path, facebook: PracticeFacebook) -> None:
    shown = run(profile, "sent", "numbers", "--account", "northwind")
    assert "212  Engagements with posts" in shown
    posted = run(profile, "post", "With a tpyo", "--to", "northwind", "--json")
    delivery = posted["deliveries"][0]
    assert delivery["state"] == "sent", posted
    run(profile, "sent", "change", str(delivery["id"]), "Without a typo")
    assert next(reversed(facebook.state.posts.values())).message == "Without a typo"
    numbers = run(profile, "sent", "numbers", str(delivery["id"]), "--json")
    assert {"name": "post_clicks", "title": "Clicks", "value": 31} in numbers


def test_the_command_wants_a_delivery_or_an_account(profile: Path) -> None:
    for words in ((), ("1", "--account", "northwind")):
        assert "--account" in run(profile, "sent", "numbers", *words, code=2)
    assert "There is no delivery 7." in run(profile, "sent", "change", "7", "New words", code=1)
