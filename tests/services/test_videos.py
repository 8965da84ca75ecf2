"""A video from a person's file to the network, whole and as it is."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import pytest

from socialdesk.content.worker import Worker
from socialdesk.core.errors import InputError, StoreError
from socialdesk.core.post import DeliveryState, Draft, MediaFile, Override, Picture, Uploaded
from socialdesk.core.rules import PostRules, VideoRules
from socialdesk.practice.world import picture
from socialdesk.services import composing
from socialdesk.store import media_files
from tests.services.conftest import Desk, open_desk
from tests.services.fakes import FakeNetwork, World, fake
from tests.services.test_publishing import deliveries
from tests.support.videos import video


class Showing(FakeNetwork):
    """A network that takes videos."""

    files: ClassVar[list[MediaFile]]

    async def post_rules(self) -> PostRules:
        return replace(await super().post_rules(), video=VideoRules(size=10_000_000), focus=True)

    async def upload(self, media: MediaFile) -> Uploaded:
        self.files.append(media)
        return await super().upload(media)


@dataclass
class Cinema:
    desk: Desk
    network: type[Showing]
    account: int
    folder: Path

    def file(self, data: bytes, name: str = "tour.mp4") -> str:
        path = self.folder / name
        path.write_bytes(data)
        return str(path)

    async def add(self, data: bytes, name: str = "tour.mp4") -> Picture:
        return await self.desk.services.composing.add_video(self.file(data, name))

    @property
    def kept(self) -> list[str]:
        return [path.name for path in (self.desk.store.folder / media_files.FOLDER).glob("*")]


@pytest.fixture
async def cinema(tmp_path: Path, worker: Worker) -> AsyncIterator[Cinema]:
    network = type("FakeShowing", (Showing,), {"facts": fake("showing").facts, "world": World(), "files": []})
    async with open_desk(tmp_path, worker, {"showing": network}) as desk:
        yield Cinema(desk, network, await desk.sign_in("showing"), tmp_path)


async def test_a_video_goes_out_as_it_is_with_its_description(cinema: Cinema) -> None:
    data = video(1280, 720, 42.5, padding=2_000_000)
    kept = await cinema.add(data)
    assert (kept.mime, kept.width, kept.height, kept.seconds, kept.size) == ("video/mp4", 1280, 720, 42.5, len(data))
    described = replace(kept, alt="A tour of the pump hall")
    publication = await cinema.desk.publish(
        Draft(text="Have a look", account_ids=(cinema.account,), pictures=(described,))
    )
    assert (await deliveries(cinema.desk, publication))["showing"].state is DeliveryState.SENT
    (sent,) = cinema.network.files
    assert (sent.data, sent.mime, sent.alt, sent.seconds, sent.name) == (
        data,
        "video/mp4",
        "A tour of the pump hall",
        42.5,
        "tour.mp4",
    )


async def test_the_database_holds_no_videos(cinema: Cinema) -> None:
    kept = await cinema.add(video(padding=3_000_000))
    assert cinema.kept == [kept.blob]
    assert sum(path.stat().st_size for path in cinema.desk.store.folder.glob("*.sqlite3*")) < 2_000_000


async def test_what_is_no_video_is_refused_and_leaves_nothing(cinema: Cinema) -> None:
    for data in (b"", b"words", video(sound_only=True)):
        with pytest.raises(InputError, match="is not a video"):
            await cinema.add(data)
    with pytest.raises(InputError, match="cannot be read"):
        await cinema.desk.services.composing.add_video(str(cinema.folder / "missing.mp4"))
    assert cinema.kept == []


async def test_a_video_too_large_for_any_network_is_not_copied(cinema: Cinema, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(composing, "LARGEST_VIDEO", 1000)
    with pytest.raises(InputError, match="larger than 1 GB"):
        await cinema.add(video(padding=5000))


async def test_a_full_disk_is_said_before_anything_is_copied(cinema: Cinema, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media_files, "has_room", lambda folder, size: False)
    with pytest.raises(StoreError) as caught:
        await cinema.add(video())
    assert caught.value.reason == "disk_full"


async def test_a_video_that_is_gone_refuses_the_post(cinema: Cinema) -> None:
    kept = await cinema.add(video())
    os.unlink(media_files.path_of(kept.blob, cinema.desk.store.folder))
    publication = await cinema.desk.publish(Draft(text="x", account_ids=(cinema.account,), pictures=(kept,)))
    found = (await deliveries(cinema.desk, publication))["showing"]
    assert (found.state, found.error) == (DeliveryState.REFUSED, "media_missing")
    assert cinema.network.world.posts == {}


async def test_where_there_are_no_videos_it_is_left_out_only_when_the_person_says_so(cinema: Cinema) -> None:
    short = await cinema.desk.sign_in("short")
    kept = await cinema.add(video())
    draft = Draft(text="Look", account_ids=(cinema.account, short), pictures=(kept,))
    with pytest.raises(InputError, match="takes no videos here"):
        await cinema.desk.publish(draft)
    publication = await cinema.desk.publish(replace(draft, overrides={short: Override(without=("video",))}))
    found = await deliveries(cinema.desk, publication)
    assert {d.state for d in found.values()} == {DeliveryState.SENT}
    (sent,) = cinema.desk.short.world.posts.values()
    assert sent.media == ()
    assert len(cinema.network.files) == 1


async def test_the_point_that_stays_in_sight_goes_only_where_a_network_keeps_it(cinema: Cinema) -> None:
    shown: list[MediaFile] = []

    async def upload(network: FakeNetwork, media: MediaFile) -> Uploaded:
        shown.append(media)
        return Uploaded(media.blob)

    cinema.desk.short.upload = upload  # type: ignore[assignment, method-assign]
    short = await cinema.desk.sign_in("short")
    kept = await cinema.desk.services.composing.add_picture(picture("teal-gold", 60, 40), "hall.png")
    pointed = replace(kept, alt="The hall", focus=(-0.5, 0.25))
    await cinema.desk.publish(Draft(text="x", account_ids=(cinema.account, short), pictures=(pointed,)))
    assert [media.focus for media in cinema.network.files] == [(-0.5, 0.25)]
    assert [media.focus for media in shown] == [None]
