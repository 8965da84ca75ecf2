"""The outbox: accepted once, claimed once, a receipt never lost."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from socialdesk.core.post import (
    PERMALINK,
    Article,
    Delivery,
    DeliveryPlan,
    DeliveryState,
    Draft,
    Override,
    PartPlan,
    Picture,
    Publication,
    Receipt,
    Target,
)
from socialdesk.core.rows import Attempt
from socialdesk.store import blobs, drafts, outbox
from socialdesk.store.database import Store
from tests.store.conftest import NOW

BLOG, SHORT, OTHER = 1, 2, 3
LATER = NOW + timedelta(minutes=5)
PICTURE = Picture("a" * 64, "image/png", 10, 20, 300, "a pump", "pump.png")


def draft(**changes: object) -> Draft:
    return replace(Draft(text="Hello", account_ids=(BLOG, SHORT, OTHER)), **changes)  # type: ignore[arg-type]


def plan(account_id: int, *texts: str, waits_for: int | None = None, next_at: datetime | None = None) -> DeliveryPlan:
    parts = tuple(PartPlan(text, f"key-{account_id}-{n}", ("a" * 64,)) for n, text in enumerate(texts or ("Hello",)))
    return DeliveryPlan(account_id, parts, waits_for, next_at)


def accept(store: Store, *plans: DeliveryPlan, text: Draft | None = None) -> Publication:
    return store.write_now(outbox.accept, text or draft(), plans or (plan(SHORT),), NOW, durable=True)


def get(store: Store, delivery: Delivery) -> Delivery:
    found = store.read_now(outbox.get, delivery.id)
    assert found is not None
    return found


def claim(store: Store, delivery: Delivery, now: datetime = NOW) -> Delivery | None:
    return store.write_now(outbox.claim, delivery.id, "fingerprint", now, durable=True)


def put(store: Store, delivery: Delivery, state: DeliveryState, **changes: object) -> None:
    store.write_now(outbox.put, replace(delivery, state=state, **changes), None, NOW)  # type: ignore[arg-type]


def due(store: Store, now: datetime = NOW) -> list[int]:
    return [delivery.account_id for delivery in store.read_now(outbox.due, now)]


class TestAccept:
    def test_publication_is_whole_and_the_draft_is_gone(self, store: Store) -> None:
        whole = draft(
            overrides={SHORT: Override(text="Shorter", warning="w")},
            pictures=(PICTURE,),
            article=Article("Title", "# Text", tags=("b2b",), featured=PICTURE, publish_at=LATER),
            reply_to=Target("9", {"id": "9"}, "@ann", "Said", "https://social.example/9"),
            link="https://harbor.example",
            language="en",
            visibility="public",
            warning="w",
        )
        saved = store.write_now(drafts.save, whole, NOW)
        publication = accept(store, plan(BLOG), plan(SHORT, "one", f"two {PERMALINK}", waits_for=BLOG), text=saved)
        assert publication.draft == saved
        assert publication.created == NOW
        blog, short = publication.deliveries
        assert (blog.account_id, blog.state, blog.next_at, blog.waits_for) == (BLOG, DeliveryState.WAITING, NOW, None)
        assert (short.account_id, short.waits_for) == (SHORT, blog.id)
        assert short.parts == (
            PartPlan("one", "key-2-0", ("a" * 64,)),
            PartPlan(f"two {PERMALINK}", "key-2-1", ("a" * 64,)),
        )
        assert store.read_now(drafts.all) == ()
        assert store.read_now(outbox.get_publication, publication.id) == publication

    def test_accepting_twice_posts_once(self, store: Store) -> None:
        """Two quick presses of the button, or a retry after a crash between commit and answer."""
        saved = store.write_now(drafts.save, draft(), NOW)
        first = accept(store, plan(SHORT), text=saved)
        again = accept(store, plan(SHORT), text=saved)
        assert again == first
        assert len(store.read_now(outbox.publications, None, 10)) == 1

    def test_unsaved_drafts_are_different_ones(self, store: Store) -> None:
        assert accept(store).id != accept(store).id

    def test_all_or_nothing(self, store: Store) -> None:
        saved = store.write_now(drafts.save, draft(), NOW)
        with pytest.raises(KeyError):
            accept(store, plan(SHORT, waits_for=99), text=saved)
        assert store.read_now(drafts.all) == (saved,)
        assert store.read_now(outbox.publications, None, 10) == ()
        assert due(store) == []

    def test_autosave_after_sending_does_not_bring_the_draft_back(self, store: Store) -> None:
        saved = store.write_now(drafts.save, draft(), NOW)
        accept(store, text=saved)
        assert store.write_now(drafts.save, saved, LATER).id == 0
        assert store.read_now(drafts.all) == ()

    def test_what_was_written_after_sending_is_a_new_draft(self, store: Store) -> None:
        saved = store.write_now(drafts.save, draft(), NOW)
        accept(store, text=saved)
        more = store.write_now(drafts.save, replace(saved, text="A new thought"), LATER)
        assert more.id not in (0, saved.id)
        assert [d.text for d in store.read_now(drafts.all)] == ["A new thought"]

    def test_scheduled(self, store: Store) -> None:
        accept(store, plan(SHORT, next_at=LATER))
        assert due(store) == []
        assert store.read_now(outbox.next_due) == LATER
        assert due(store, LATER) == [SHORT]


class TestClaim:
    def test_claimed_once(self, store: Store) -> None:
        (delivery,) = accept(store).deliveries
        claimed = claim(store, delivery)
        assert claimed is not None
        assert claimed.state is DeliveryState.SENDING
        assert store.read_now(outbox.fingerprint, delivery.id) == "fingerprint"
        assert claim(store, delivery) is None

    @pytest.mark.parametrize("state", [s for s in DeliveryState if s is not DeliveryState.WAITING])
    def test_only_what_waits_can_be_claimed(self, store: Store, state: DeliveryState) -> None:
        (delivery,) = accept(store).deliveries
        put(store, delivery, state)
        assert claim(store, delivery) is None
        assert get(store, delivery).state is state

    def test_not_before_its_time(self, store: Store) -> None:
        (delivery,) = accept(store, plan(SHORT, next_at=LATER)).deliveries
        assert claim(store, delivery) is None
        assert claim(store, delivery, LATER) is not None

    def test_one_at_a_time_per_account(self, store: Store) -> None:
        first, second = (accept(store).deliveries[0] for _ in range(2))
        (other,) = accept(store, plan(OTHER)).deliveries
        assert claim(store, first)
        assert claim(store, second) is None
        assert due(store) == [OTHER]
        assert claim(store, other)
        put(store, first, DeliveryState.SENT)
        assert due(store) == [SHORT]
        assert claim(store, second)

    def test_dependants_wait_for_what_they_link_to(self, store: Store) -> None:
        blog, short = accept(store, plan(BLOG), plan(SHORT, waits_for=BLOG)).deliveries
        assert due(store) == [BLOG]
        assert claim(store, short) is None
        assert store.read_now(outbox.dependants, blog.id) == (short,)
        for state in (DeliveryState.SENDING, DeliveryState.IN_DOUBT, DeliveryState.REFUSED):
            put(store, blog, state)
            assert claim(store, short) is None
        put(store, blog, DeliveryState.SENT)
        assert due(store) == [SHORT]
        assert claim(store, short)

    def test_unknown_delivery(self, store: Store) -> None:
        assert store.write_now(outbox.claim, 99, "f", NOW) is None
        assert store.read_now(outbox.get, 99) is None
        assert store.read_now(outbox.get_publication, 99) is None


class TestSettle:
    def test_state_and_attempt_are_stored_together(self, store: Store) -> None:
        (delivery,) = accept(store).deliveries
        tried = Attempt(NOW, 0, "unreachable", "unreachable", "connection refused")
        waiting = replace(delivery, next_at=LATER, attempts=1, error="unreachable", error_detail="refused")
        store.write_now(outbox.put, waiting, tried, NOW, durable=True)
        assert get(store, delivery) == replace(waiting, updated=NOW)
        assert store.read_now(outbox.attempts, delivery.id) == (tried,)
        assert store.read_now(outbox.next_due) == LATER

    def test_receipt_is_never_lost(self, store: Store) -> None:
        (delivery,) = accept(store, plan(SHORT, "one", "two")).deliveries
        receipt = Receipt("77", "https://social.example/77", {"cid": "x"})
        store.write_now(outbox.record_receipt, delivery.id, 0, receipt, NOW, durable=True)
        put(store, delivery, DeliveryState.WAITING)  # a value read before the receipt came
        stored = get(store, delivery)
        assert stored.parts[0].receipt == receipt
        assert (stored.next_part, stored.permalink) == (1, receipt.permalink)

    def test_waiting_without_a_time_is_due_now(self, store: Store) -> None:
        (delivery,) = accept(store, plan(SHORT, next_at=LATER)).deliveries
        put(store, delivery, DeliveryState.WAITING, next_at=None)
        assert due(store) == [SHORT]

    def test_in_doubt_is_looked_for_at_its_time_or_left_to_the_person(self, store: Store) -> None:
        (delivery,) = accept(store).deliveries
        put(store, delivery, DeliveryState.IN_DOUBT, next_at=LATER)
        assert due(store) == []
        assert due(store, LATER) == [SHORT]
        put(store, delivery, DeliveryState.IN_DOUBT, next_at=None)
        assert due(store, LATER) == []
        assert store.read_now(outbox.next_due) is None

    def test_what_a_network_holds_is_looked_at_after_its_time(self, store: Store) -> None:
        (delivery,) = accept(store, replace(plan(SHORT), publish_at=LATER)).deliveries
        assert delivery.publish_at == LATER
        waits = (replace(delivery.parts[0], receipt=Receipt("waits", "", publish_at=LATER)),)
        put(store, delivery, DeliveryState.SCHEDULED, next_at=LATER, parts=waits)
        assert due(store) == []
        assert due(store, LATER) == [SHORT]
        assert store.read_now(outbox.next_due) == LATER
        assert claim(store, delivery, LATER) is None
        assert [d.id for d in store.read_now(outbox.open_of, SHORT)] == [delivery.id]
        out = (replace(delivery.parts[0], receipt=Receipt("out", "https://northwind.example/1")),)
        put(store, delivery, DeliveryState.SENT, next_at=None, parts=out)
        assert get(store, delivery).permalink == "https://northwind.example/1"

    @pytest.mark.parametrize("state", ["refused", "held", "sign_in", "cancelled", "sent"])
    def test_settled_is_not_due(self, store: Store, state: str) -> None:
        (delivery,) = accept(store).deliveries
        put(store, delivery, DeliveryState(state), next_at=None)
        assert due(store) == []
        assert store.read_now(outbox.next_due) is None


def test_found_sending_at_start_is_in_doubt(open_store: Callable[..., Store]) -> None:
    store = open_store()
    sending, waiting = accept(store, plan(SHORT), plan(OTHER)).deliveries
    assert claim(store, sending)
    store.close()
    again = open_store()
    (found,) = again.write_now(outbox.reclaim, LATER, durable=True)
    assert (found.id, found.state, found.next_at) == (sending.id, DeliveryState.IN_DOUBT, LATER)
    assert get(again, sending).state is DeliveryState.IN_DOUBT
    assert get(again, waiting) == waiting
    assert again.write_now(outbox.reclaim, LATER) == ()
    assert claim(again, sending) is None


def test_publications_newest_first_by_pages(store: Store) -> None:
    ids = [accept(store).id for _ in range(5)]
    first = store.read_now(outbox.publications, None, 2)
    rest = store.read_now(outbox.publications, first[-1].id, 10)
    assert [p.id for p in (*first, *rest)] == ids[::-1]


def test_taking_back_makes_a_draft_and_cancels_in_one_step(store: Store) -> None:
    publication = accept(store, plan(SHORT), plan(OTHER))
    again = store.write_now(outbox.take_back, publication.id, LATER)
    assert again is not None
    assert store.read_now(drafts.all) == (again,)
    assert again.text == "Hello"
    assert due(store, LATER) == []


class TestBlobs:
    def test_once_by_content(self, store: Store) -> None:
        name = store.write_now(blobs.put, b"picture", "image/png", NOW)
        assert store.write_now(blobs.put, b"picture", "image/png", NOW) == name
        assert store.read_now(blobs.get, name) == (b"picture", "image/png")
        assert store.read_now(blobs.get, "f" * 64) is None

    def test_what_a_draft_or_a_publication_names_is_kept(self, store: Store) -> None:
        names = [store.write_now(blobs.put, data, "image/png", NOW) for data in (b"one", b"two", b"three", b"four")]
        one, two, three, four = names
        pictures = (replace(PICTURE, blob=one),)
        text = Article("T", f"Words ![alt](blob:{two}) words", featured=replace(PICTURE, blob=three))
        saved = store.write_now(drafts.save, draft(pictures=pictures, article=text), NOW)
        tomorrow = NOW + timedelta(days=2)
        assert store.write_now(blobs.collect, tomorrow) == 1
        assert store.read_now(blobs.get, four) is None
        accept(store, text=saved)
        assert store.write_now(blobs.collect, tomorrow) == 0
        assert all(store.read_now(blobs.get, name) for name in (one, two, three))

    def test_discarded_draft_lets_its_pictures_go(self, store: Store) -> None:
        name = store.write_now(blobs.put, b"one", "image/png", NOW)
        saved = store.write_now(drafts.save, draft(pictures=(replace(PICTURE, blob=name),)), NOW)
        store.write_now(drafts.remove, saved.id)
        assert store.write_now(blobs.collect, NOW + timedelta(days=2)) == 1

    def test_picture_just_put_waits_for_its_draft(self, store: Store) -> None:
        name = store.write_now(blobs.put, b"one", "image/png", NOW)
        assert store.write_now(blobs.collect, NOW + timedelta(hours=23)) == 0
        store.write_now(blobs.put, b"one", "image/png", NOW + timedelta(days=3))
        assert store.write_now(blobs.collect, NOW + timedelta(days=3, hours=1)) == 0
        assert store.read_now(blobs.get, name) == (b"one", "image/png")


class TestDrafts:
    def test_saved_at_every_pause(self, store: Store) -> None:
        first = store.write_now(drafts.save, draft(text="Hel"), NOW)
        second = store.write_now(drafts.save, replace(first, text="Hello"), LATER)
        assert second == replace(first, text="Hello", updated=LATER)
        assert store.read_now(drafts.get, first.id) == second
        assert store.read_now(drafts.get, 99) is None

    def test_last_changed_first(self, store: Store) -> None:
        one, two = (store.write_now(drafts.save, draft(text=text), NOW) for text in "ab")
        store.write_now(drafts.save, one, LATER)
        assert [d.id for d in store.read_now(drafts.all)] == [one.id, two.id]

    def test_draft_that_the_store_lost_is_stored_again(self, store: Store) -> None:
        """A database put back from yesterday's copy does not know today's draft that the window still shows."""
        lost = draft(id=41, text="Still in the window")
        assert store.write_now(drafts.save, lost, NOW).id == 41
        assert [d.text for d in store.read_now(drafts.all)] == ["Still in the window"]

    def test_two_windows_on_one_draft_lose_nothing(self, store: Store) -> None:
        opened = store.write_now(drafts.save, draft(text="Hello"), NOW)
        one = store.write_now(drafts.save, replace(opened, text="Hello from one"), LATER)
        two = store.write_now(drafts.save, replace(opened, text="Hello from two"), LATER + timedelta(seconds=1))
        assert one.id == opened.id
        assert two.id not in (0, opened.id)
        assert {d.text for d in store.read_now(drafts.all)} == {"Hello from one", "Hello from two"}

    def test_what_was_written_after_sending_began_is_kept(self, store: Store) -> None:
        sent = store.write_now(drafts.save, draft(text="Hello"), NOW)
        store.write_now(drafts.save, replace(sent, text="Hello, and more"), LATER)
        accept(store, text=sent)
        (kept,) = store.read_now(drafts.all)
        assert (kept.text, kept.id != sent.id) == ("Hello, and more", True)
