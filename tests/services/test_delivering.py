"""The publisher against everything that comes between a claim and its outcome."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from socialdesk.core.errors import ContentError, InputError, OutcomeUnknown, RateLimited, Rejected, StoreError
from socialdesk.core.events import OutboxChanged
from socialdesk.core.post import Article, Delivery, DeliveryState, Draft
from socialdesk.services import delivering
from socialdesk.services.profile_lock import ProfileLock
from socialdesk.store import outbox
from tests.services.conftest import Desk
from tests.services.fakes import START
from tests.services.test_publishing import deliveries

ARTICLE = Article("Basics, reconsidered", "The basics of B2B used to be things we sent.")


async def submit(desk: Desk, text: str, *accounts: int) -> Delivery:
    draft = await desk.services.composing.save(Draft(text=text, account_ids=accounts))
    return (await desk.services.publishing.submit(draft.id)).deliveries[0]


def before_write(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, fn: Callable[..., Any], first: Callable[..., Any]
) -> None:
    """Does `first` in the store just before the services do `fn`, as another process would."""
    write = desk.store.write

    async def later(wanted: Callable[..., Any], *args: object, durable: bool = False, **kwargs: object) -> Any:
        if wanted is fn:
            await write(first)
        return await write(wanted, *args, durable=durable, **kwargs)

    monkeypatch.setattr(desk.store, "write", later)


def failing_writes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, fn: Callable[..., Any], times: int
) -> list[Callable[..., Any]]:
    """The disk is full for the first `times` of `fn`. Returns the tries."""
    write = desk.store.write
    tries: list[Callable[..., Any]] = []

    async def full(wanted: Callable[..., Any], *args: object, durable: bool = False, **kwargs: object) -> Any:
        if wanted is fn:
            tries.append(fn)
            if len(tries) <= times:
                raise StoreError("database or disk is full", reason="disk_full")
        return await write(wanted, *args, durable=durable, **kwargs)

    monkeypatch.setattr(desk.store, "write", full)
    return tries


async def test_what_is_being_sent_at_that_moment_is_not_taken_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    short = await desk.sign_in("short")
    delivery = await submit(desk, "Once", short)
    before_write(desk, monkeypatch, outbox.take_back, lambda db: outbox.claim(db, delivery.id, "print", desk.clock()))
    with pytest.raises(InputError, match="on its way"):
        await desk.services.publishing.edit_again(delivery.publication_id)
    assert await desk.services.composing.drafts() == ()
    assert (await desk.services.publishing.delivery(delivery.id)).state is DeliveryState.SENDING


@pytest.mark.parametrize("asked", ["retry", "cancel"])
async def test_what_is_being_sent_at_that_moment_is_left_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    short = await desk.sign_in("short")
    delivery = await submit(desk, "Once", short)
    before_write(desk, monkeypatch, outbox.change, lambda db: outbox.claim(db, delivery.id, "print", desk.clock()))
    with pytest.raises(InputError, match="may be out"):
        await getattr(desk.services.publishing, asked)(delivery.id)
    assert (await desk.services.publishing.delivery(delivery.id)).state is DeliveryState.SENDING


async def test_a_thread_that_is_out_in_part_is_never_written_again_from_its_start(desk: Desk) -> None:
    short = await desk.sign_in("short")
    desk.short.world.failures.extend([("", None), ("before", Rejected("no", reason="invalid"))])  # type: ignore[list-item]
    publication = await desk.publish(Draft(text="One\n---\nTwo\n---\nThree", account_ids=(short,), language="en"))
    first = desk.short.world.order[0]
    draft = await desk.services.publishing.edit_again(publication)
    assert (draft.text, draft.account_ids, draft.language) == ("Two\n---\nThree", (short,), "en")
    assert draft.reply_to is not None
    assert (draft.reply_to.remote_id, draft.reply_to.account_id) == (first, short)
    await desk.publish(draft)
    assert [desk.short.world.posts[key].text for key in desk.short.world.order] == ["One", "Two", "Three"]


async def test_accounts_without_a_part_out_are_written_again_before_a_thread_that_has_begun(desk: Desk) -> None:
    short, blog = await desk.sign_in("short"), await desk.sign_in("blog")
    desk.blog.world.article = False
    refused = Rejected("no", reason="invalid")
    desk.short.world.failures.extend([("", None), ("before", refused)])  # type: ignore[list-item]
    desk.blog.world.failures.append(("before", refused))
    publication = await desk.publish(Draft(text="One\n---\nTwo", account_ids=(short, blog)))
    draft = await desk.services.publishing.edit_again(publication)
    assert (draft.text, draft.account_ids) == ("One\n---\nTwo", (blog,))
    assert (await deliveries(desk, publication))["short"].state is DeliveryState.REFUSED


async def test_a_worker_that_dies_before_sending_delays_the_post(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    blog = await desk.sign_in("blog")
    preparer = desk.services.publishing._deliverer._preparer
    run = preparer._worker.run

    async def dies(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(preparer._worker, "run", run)
        raise ContentError("the worker process ended", reason="worker")

    monkeypatch.setattr(preparer._worker, "run", dies)
    publication = await desk.publish(Draft(account_ids=(blog,), article=ARTICLE))
    assert (await deliveries(desk, publication))["blog"].state is DeliveryState.WAITING
    await desk.settle_until(minutes=1)
    assert (await deliveries(desk, publication))["blog"].state is DeliveryState.SENT
    assert len(desk.blog.world.posts) == 1


async def test_a_receipt_is_kept_until_the_disk_takes_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(delivering, "STORE_PAUSE_S", 0.01)
    short = await desk.sign_in("short")
    failing_writes(desk, monkeypatch, outbox.settle, 3)
    publication = await desk.publish(Draft(text="Once", account_ids=(short,)))
    assert (await deliveries(desk, publication))["short"].state is DeliveryState.SENT
    assert [call.split()[0] for call in desk.short.world.calls] == ["publish"]
    assert "cannot be stored yet" in caplog.text
    caplog.clear()


async def test_nothing_is_sent_while_the_disk_is_too_full_to_claim_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    short = await desk.sign_in("short")
    tries = failing_writes(desk, monkeypatch, outbox.claim, 1)
    publication = await desk.publish(Draft(text="Once", account_ids=(short,)))
    assert desk.short.world.calls == []
    assert len(tries) == 1
    await desk.settle_until(minutes=1)
    assert (await deliveries(desk, publication))["short"].state is DeliveryState.SENT
    assert "could not be settled" in caplog.text
    caplog.clear()


async def test_the_desk_starts_to_deliver_when_the_other_process_ends(desk: Desk) -> None:
    short = await desk.sign_in("short")
    other = ProfileLock(desk.store.folder / "delivering.lock")
    assert other.acquire()
    assert not await desk.services.publishing.start()
    delivery = await submit(desk, "Once", short)
    await desk.services.publishing.settle()
    assert desk.short.world.calls == []
    other.release()
    await desk.services.publishing.settle()
    assert (await desk.services.publishing.delivery(delivery.id)).state is DeliveryState.SENT


async def test_a_disk_that_is_full_at_the_start_does_not_stop_the_desk(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    short = await desk.sign_in("short")
    delivery = await submit(desk, "Once", short)
    failing_writes(desk, monkeypatch, outbox.reclaim, 1)
    await desk.services.publishing.start()
    await desk.services.publishing.settle()
    await desk.services.publishing.settle()
    assert (await desk.services.publishing.delivery(delivery.id)).state is DeliveryState.SENT
    assert "cannot be read" in caplog.text
    caplog.clear()


async def test_a_server_that_fails_at_every_post_is_given_growing_pauses(desk: Desk) -> None:
    short = await desk.sign_in("short")
    desk.short.world.failures.extend([("before", OutcomeUnknown("status 500"))] * 40)
    publication = await desk.publish(Draft(text="Once", account_ids=(short,)))
    for _ in range(60):
        await desk.settle_until(seconds=5)
    tries = [call for call in desk.short.world.calls if call.startswith("publish")]
    assert 4 <= len(tries) <= 9
    desk.short.world.failures.clear()
    await desk.settle_until(hours=1)
    await desk.settle_until(hours=1)
    assert (await deliveries(desk, publication))["short"].state is DeliveryState.SENT


async def test_a_clock_set_back_holds_up_no_post(desk: Desk) -> None:
    short = await desk.sign_in("short")
    desk.clock.forward(days=400)
    delivery = await submit(desk, "Once", short)
    desk.clock.time = START
    await desk.services.publishing.start()
    await desk.services.publishing.settle()
    assert (await desk.services.publishing.delivery(delivery.id)).state is DeliveryState.SENT


async def test_removing_the_blogs_account_holds_what_waits_for_its_article(desk: Desk) -> None:
    short, blog = await desk.sign_in("short"), await desk.sign_in("blog")
    draft = await desk.services.composing.save(Draft(text="Read this", account_ids=(short, blog), article=ARTICLE))
    publication = await desk.services.publishing.submit(draft.id)
    await desk.services.accounts.remove(blog)
    found = await desk.services.publishing.publication(publication.id)
    assert found is not None
    states = {d.account_id: (d.state, d.error) for d in found.deliveries}
    assert states[blog][0] is DeliveryState.CANCELLED
    assert states[short] == (DeliveryState.HELD, "waits_for_failed")


async def test_deleting_an_article_holds_what_was_to_link_to_it(desk: Desk) -> None:
    short, blog = await desk.sign_in("short"), await desk.sign_in("blog")
    desk.short.world.failures.append(("before", RateLimited("429", START + timedelta(minutes=10))))
    publication = await desk.publish(Draft(text="Read this", account_ids=(short, blog), article=ARTICLE))
    await desk.services.publishing.delete_post((await deliveries(desk, publication))["blog"].id)
    assert (await deliveries(desk, publication))["short"].state is DeliveryState.HELD
    assert any(isinstance(e, OutboxChanged) for e in desk.events)


async def test_an_article_confirmed_without_its_address_sends_no_post_without_a_link(desk: Desk) -> None:
    short, blog = await desk.sign_in("short"), await desk.sign_in("blog")
    desk.blog.world.failures.append(("after", OutcomeUnknown("reset")))
    desk.blog.world.finds.extend(OutcomeUnknown("cannot tell") for _ in range(10))
    publication = await desk.publish(Draft(text="Read this", account_ids=(short, blog), article=ARTICLE))
    await desk.services.publishing.mark_sent((await deliveries(desk, publication))["blog"].id)
    await desk.services.publishing.settle()
    found = await deliveries(desk, publication)
    assert (found["blog"].state, found["short"].state) == (DeliveryState.SENT, DeliveryState.HELD)
    assert desk.short.world.posts == {}


async def test_an_answer_of_the_person_during_a_look_is_not_undone_by_it(desk: Desk) -> None:
    short = await desk.sign_in("short")
    delivery = await submit(desk, "Once", short)
    assert await desk.store.write(outbox.claim, delivery.id, "print", desk.clock()) is not None
    doubtful = await desk.store.write(outbox.reclaim, desk.clock())
    asked = desk.services.publishing

    async def find(network: object, segment: object, key: str) -> None:
        await asked.mark_sent(delivery.id, "https://short.example/seen")

    desk.short.find = find  # type: ignore[assignment, method-assign]
    assert [replace(d, updated=None).state for d in doubtful] == [DeliveryState.IN_DOUBT]
    await asked.start()
    await asked.settle()
    assert (await asked.delivery(delivery.id)).state is DeliveryState.SENT
    assert desk.short.world.posts == {}
