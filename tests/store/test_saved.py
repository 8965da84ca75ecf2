"""What is kept for reading with the network cut."""

from dataclasses import replace
from datetime import timedelta

from socialdesk.core.saved import SavedItem
from socialdesk.store import blobs, saved
from socialdesk.store.database import Store
from tests.store.conftest import NOW, Desk, article

URL = "https://harbor.example/posts/1"


def item(**changes: object) -> SavedItem:
    plain = SavedItem(
        0,
        URL,
        "Lead times",
        "saved",
        NOW,
        site="Harbor",
        byline="Ann",
        published=NOW - timedelta(days=1),
        minutes=4,
        size=123,
        image_blob="b" * 64,
        text="Words " * 100,
        html="<p>Words</p>",
        pictures={"https://harbor.example/1.png": "c" * 64},
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def add(store: Store, **changes: object) -> SavedItem:
    return store.write_now(saved.add, item(**changes), durable=True)


def test_comes_back_as_it_was(store: Store) -> None:
    stored = add(store)
    assert store.read_now(saved.get, stored.id) == stored == replace(item(), id=stored.id)
    assert store.read_now(saved.get, 99) is None


def test_found_by_any_form_of_its_address(store: Store) -> None:
    stored = add(store)
    assert store.read_now(saved.by_url, "http://www.harbor.example/posts/1/?utm_source=mail#top") == stored
    assert store.read_now(saved.by_url, "https://harbor.example/posts/2") is None
    assert store.read_now(saved.by_url, "no address") is None


def test_found_by_entry(desk: Desk) -> None:
    (entry_id,) = desk.apply(desk.source(), [article(1)]).new_ids
    stored = add(desk.store, entry_id=entry_id)
    assert desk.store.read_now(saved.for_entry, entry_id) == stored
    assert desk.store.read_now(saved.for_entry, 99) is None


def test_update(store: Store) -> None:
    stored = add(store, state="saving", html="", text="", pictures={})
    whole = replace(item(), id=stored.id, state="failed", error="unreachable")
    store.write_now(saved.update, whole)
    assert store.read_now(saved.get, stored.id) == whole


def test_update_after_removal_does_not_bring_it_back(store: Store) -> None:
    """Fetching goes on for a moment after a person has removed the item."""
    name = store.write_now(blobs.put, b"picture", "image/png", NOW)
    stored = add(store, pictures={})
    store.write_now(saved.remove, stored.id)
    store.write_now(saved.update, replace(stored, pictures={"x": name}))
    assert store.read_now(saved.get, stored.id) is None
    assert store.write_now(blobs.collect, NOW + timedelta(days=2)) == 1


def test_listed_newest_first_and_light(store: Store) -> None:
    ids = [add(store, title=f"T{n}").id for n in range(4)]
    first = store.read_now(saved.all, None, 3)
    rest = store.read_now(saved.all, first[-1].id, 3)
    assert [i.id for i in (*first, *rest)] == ids[::-1]
    assert {i.html for i in first} == {""}
    assert {len(i.text) for i in first} == {300}


def test_pictures_live_as_long_as_the_item(store: Store) -> None:
    one, two = (store.write_now(blobs.put, data, "image/png", NOW) for data in (b"one", b"two"))
    stored = add(store, image_blob=one, pictures={"https://x.example/2.png": two})
    later = NOW + timedelta(days=2)
    assert store.write_now(blobs.collect, later) == 0
    store.write_now(saved.update, replace(stored, image_blob="", pictures={"https://x.example/2.png": two}))
    assert store.write_now(blobs.collect, later) == 1
    store.write_now(saved.remove, stored.id)
    assert store.write_now(blobs.collect, later) == 1
