"""A document from a person's file to the network, whole and as it is."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import pytest

from socialdesk.content.worker import Worker
from socialdesk.core.errors import InputError
from socialdesk.core.post import DeliveryState, Draft, MediaFile, Override, Picture, Uploaded
from socialdesk.core.rules import DocumentRules, PostRules
from socialdesk.services import composing
from socialdesk.store import media_files
from tests.services.conftest import Desk, open_desk
from tests.services.fakes import FakeNetwork, World, fake
from tests.services.test_publishing import deliveries
from tests.support.documents import package, pdf


class Reading(FakeNetwork):
    """A network that takes documents."""

    files: ClassVar[list[MediaFile]]

    async def post_rules(self) -> PostRules:
        return replace(await super().post_rules(), documents=DocumentRules(pages=10))

    async def upload(self, media: MediaFile) -> Uploaded:
        self.files.append(media)
        return await super().upload(media)


@dataclass
class Library:
    desk: Desk
    network: type[Reading]
    account: int
    folder: Path

    async def add(self, data: bytes, name: str = "Annual report.pdf") -> Picture:
        path = self.folder / name
        path.write_bytes(data)
        return await self.desk.services.composing.add_document(str(path))

    @property
    def kept(self) -> list[str]:
        return [path.name for path in (self.desk.store.folder / media_files.FOLDER).glob("*")]


@pytest.fixture
async def library(tmp_path: Path, worker: Worker) -> AsyncIterator[Library]:
    network = type("FakeReading", (Reading,), {"facts": fake("reading").facts, "world": World(), "files": []})
    async with open_desk(tmp_path, worker, {"reading": network}) as desk:
        yield Library(desk, network, await desk.sign_in("reading"), tmp_path)


async def test_a_document_goes_out_as_it_is_under_its_title(library: Library) -> None:
    data = pdf(4, side=2200)
    assert len(data) > 2_000_000
    kept = await library.add(data)
    assert (kept.mime, kept.pages, kept.size, kept.alt) == ("application/pdf", 4, len(data), "Annual report")
    assert library.kept == [kept.blob]
    assert sum(path.stat().st_size for path in library.desk.store.folder.glob("*.sqlite3*")) < 2_000_000
    draft = Draft(text="Our year", account_ids=(library.account,), pictures=(replace(kept, alt="Our year in numbers"),))
    publication = await library.desk.publish(draft)
    assert (await deliveries(library.desk, publication))["reading"].state is DeliveryState.SENT
    (sent,) = library.network.files
    assert (sent.data, sent.mime, sent.alt) == (data, "application/pdf", "Our year in numbers")
    assert sent.name == "Annual report.pdf"


async def test_a_document_alone_is_a_post(library: Library) -> None:
    kept = await library.add(pdf())
    publication = await library.desk.publish(Draft(account_ids=(library.account,), pictures=(kept,)))
    assert (await deliveries(library.desk, publication))["reading"].state is DeliveryState.SENT
    assert len(library.network.files) == 1


async def test_what_is_no_document_is_refused_and_leaves_nothing(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    for data in (b"", b"words", package("xlsx")):
        with pytest.raises(InputError, match="is not a document"):
            await library.add(data)
    with pytest.raises(InputError, match="cannot be read"):
        await library.desk.services.composing.add_document(str(library.folder / "missing.pdf"))
    monkeypatch.setattr(composing, "LARGEST_DOCUMENT", 100)
    with pytest.raises(InputError, match="larger than 300 MB"):
        await library.add(pdf())
    assert library.kept == []


async def test_a_document_that_is_gone_refuses_the_post(library: Library) -> None:
    kept = await library.add(pdf())
    media_files.path_of(kept.blob, library.desk.store.folder).unlink()
    publication = await library.desk.publish(Draft(text="x", account_ids=(library.account,), pictures=(kept,)))
    found = (await deliveries(library.desk, publication))["reading"]
    assert (found.state, found.error) == (DeliveryState.REFUSED, "media_missing")


async def test_a_document_is_left_out_only_where_the_person_says_so(library: Library) -> None:
    short = await library.desk.sign_in("short")
    kept = await library.add(pdf())
    draft = Draft(text="Read this", account_ids=(library.account, short), pictures=(kept,))
    with pytest.raises(InputError, match="takes no documents here"):
        await library.desk.publish(draft)
    publication = await library.desk.publish(replace(draft, overrides={short: Override(without=("document",))}))
    found = await deliveries(library.desk, publication)
    assert {d.state for d in found.values()} == {DeliveryState.SENT}
    (sent,) = library.desk.short.world.posts.values()
    assert sent.media == ()
    assert len(library.network.files) == 1
