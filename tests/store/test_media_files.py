"""Videos and documents beside the database: whole or not at all, and gone when nothing names them."""

import hashlib
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from socialdesk.core.errors import StoreError
from socialdesk.core.post import DeliveryPlan, DeliveryState, Draft, PartPlan, Picture
from socialdesk.store import drafts, media_files, outbox
from socialdesk.store.database import Store
from tests.store.conftest import NOW

DATA = os.urandom(3 * media_files.PIECE + 17)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(DATA)
    return path


def keep(store: Store, source: Path, mime: str = "video/mp4") -> Picture:
    copied = media_files.copy(source, store.folder)
    media_files.keep(copied, store.folder)
    store.write_now(media_files.put, copied.blob, mime, copied.size, NOW, durable=True)
    return Picture(copied.blob, mime, 640, 360, copied.size)


def files(store: Store) -> list[str]:
    return sorted(path.name for path in (store.folder / media_files.FOLDER).iterdir())


def tidy(store: Store, days: float) -> None:
    now = NOW + timedelta(days=days)
    for path in (store.folder / media_files.FOLDER).iterdir():
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    media_files.sweep(store.folder, store.write_now(media_files.tidy, now), now)


def test_a_video_is_kept_once_by_its_hash(store: Store, source: Path) -> None:
    first, second = keep(store, source), keep(store, source)
    assert first == second
    assert files(store) == [hashlib.sha256(DATA).hexdigest()]
    assert media_files.read(first.blob, store.folder) == DATA
    assert media_files.read("0" * 64, store.folder) is None


def test_a_disk_that_fills_up_leaves_nothing_half(store: Store, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError) as caught:
        media_files.copy(source, store.folder)
    assert caught.value.reason == "disk_full"
    assert files(store) == []


def test_a_file_that_cannot_be_read_is_no_trouble_of_the_store(store: Store, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        media_files.copy(tmp_path / "missing.mp4", store.folder)


def test_what_a_draft_names_stays_and_what_nothing_names_goes(store: Store, source: Path) -> None:
    picture = keep(store, source)
    tidy(store, 0.5)
    assert files(store) == [picture.blob]  # its draft may be saved any moment
    kept = store.write_now(drafts.save, Draft(pictures=(picture,)), NOW)
    tidy(store, 400)
    assert files(store) == [picture.blob]
    store.write_now(drafts.remove, kept.id)
    tidy(store, 400)
    assert files(store) == []


@pytest.mark.parametrize("mime", ["video/mp4", "application/pdf"])
@pytest.mark.parametrize(("state", "stays"), [("sent", False), ("held", True), ("waiting", True), ("cancelled", False)])
def test_a_sent_file_gives_its_room_back_after_a_month(
    store: Store, source: Path, state: str, stays: bool, mime: str
) -> None:
    picture = keep(store, source, mime)
    plan = DeliveryPlan(1, (PartPlan("x", "k", (picture.blob,)),))
    publication = store.write_now(outbox.accept, Draft(text="x", pictures=(picture,)), (plan,), NOW, durable=True)
    (delivery,) = publication.deliveries
    store.write_now(outbox.put, replace(delivery, state=DeliveryState(state)), None, NOW)
    tidy(store, 29)
    assert files(store) == [picture.blob]
    tidy(store, 31)
    assert files(store) == ([picture.blob] if stays else [])
