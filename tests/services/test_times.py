"""Posts with a time: once and never silently late, whoever holds them and wherever the program stops."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest

from socialdesk.content.worker import Worker
from socialdesk.core.errors import AuthExpired, InputError, OutcomeUnknown, Rejected, Unreachable
from socialdesk.core.events import PersonWanted
from socialdesk.core.post import Article, Delivery, DeliveryState, Draft, Receipt, Segment
from socialdesk.core.rules import PostRules, ScheduleRules
from socialdesk.networks.handoff import NETWORKS as BY_HAND
from socialdesk.services.publishing import PublishService
from socialdesk.store import outbox
from tests.services.conftest import Desk, open_desk
from tests.services.fakes import START, Clock, FakeNetwork, World, fake

AT = START + timedelta(hours=3)
MINUTES = timedelta(minutes=1)


class Holding(FakeNetwork):
    """A network that publishes posts at their time by a clock of its own."""

    clock: ClassVar[Clock]
    waiting: ClassVar[dict[str, Segment]]
    asked: ClassVar[list[datetime]]
    troubles: ClassVar[list[Exception]]

    async def post_rules(self) -> PostRules:
        return replace(await super().post_rules(), schedule=ScheduleRules(timedelta(minutes=5), timedelta(days=30)))

    def go_on(self) -> None:
        for key, segment in list(self.waiting.items()):
            if segment.publish_at is not None and segment.publish_at <= self.clock():
                self.world.posts[f"out-{key}"] = self.waiting.pop(key)
                self.world.order.append(f"out-{key}")

    async def publish(self, segment: Segment, key: str) -> Receipt:
        if segment.publish_at is None:
            return await super().publish(segment, key)
        self.asked.append(segment.publish_at)
        assert segment.publish_at - self.clock() >= timedelta(minutes=5), "too late for this network"
        when, failure = self.world.failures.pop(0) if self.world.failures else ("", None)
        if failure is not None and when == "before":
            raise failure
        self.waiting[key] = segment
        if failure is not None:
            raise failure
        return Receipt(key, "", publish_at=segment.publish_at)

    async def find(self, segment: Segment, key: str) -> Receipt | None:
        self.go_on()
        if key in self.waiting:
            return Receipt(key, "", publish_at=self.waiting[key].publish_at)
        if f"out-{key}" in self.world.posts:
            return self._receipt(f"out-{key}")
        return await super().find(segment, key)

    async def scheduled(self, receipt: Receipt) -> Receipt | None:
        self.go_on()
        if self.troubles:
            raise self.troubles.pop(0)
        if receipt.remote_id in self.waiting:
            return None
        if f"out-{receipt.remote_id}" in self.world.posts:
            return self._receipt(f"out-{receipt.remote_id}")
        raise Rejected("404", reason="not_found")

    async def unschedule(self, receipt: Receipt) -> None:
        self.go_on()
        if self.troubles:
            raise self.troubles.pop(0)
        if f"out-{receipt.remote_id}" in self.world.posts:
            raise Rejected("it is out", reason="published")
        self.waiting.pop(receipt.remote_id, None)


@dataclass
class Timed:
    desk: Desk
    network: type[Holding]
    account: int
    short: int

    @property
    def publishing(self) -> PublishService:
        return self.desk.services.publishing

    async def plan(self, text: str = "At three", accounts: tuple[int, ...] = (), **fields: Any) -> int:
        fields = {"publish_at": AT, **fields}
        return await self.desk.publish(Draft(text=text, account_ids=accounts or (self.account,), **fields))

    async def delivery(self, publication: int, account: int = 0) -> Delivery:
        found = await self.publishing.publication(publication)
        assert found is not None
        return next(d for d in found.deliveries if d.account_id == (account or self.account))

    async def go_to(self, when: datetime) -> None:
        self.desk.clock.time = when
        await self.publishing.settle()

    @property
    def out(self) -> list[str]:
        return [segment.text for segment in self.network.world.posts.values()]


@pytest.fixture
async def timed(tmp_path: Path, worker: Worker) -> AsyncIterator[Timed]:
    fields: Mapping[str, Any] = {"facts": fake("holding").facts, "world": World()}
    network = type("FakeHolding", (Holding,), {**fields, "waiting": {}, "asked": [], "troubles": []})
    async with open_desk(tmp_path, worker, {"holding": network, **{n.facts.key: n for n in BY_HAND}}) as desk:
        network.clock = desk.clock  # type: ignore[attr-defined]
        account, short = await desk.sign_in("holding"), await desk.sign_in("short")
        yield Timed(desk, network, account, short)


async def test_the_network_holds_it_and_its_receipt_comes_when_it_is_out(timed: Timed) -> None:
    number = await timed.plan()
    found = await timed.delivery(number)
    assert (found.state, found.publish_at, found.permalink) == (DeliveryState.SCHEDULED, AT, "")
    assert timed.network.asked == [AT]
    await timed.go_to(AT + MINUTES)
    found = await timed.delivery(number)
    assert found.state is DeliveryState.SENT
    assert found.permalink.startswith("https://holding.example/out-")
    assert timed.out == ["At three"]


async def test_where_the_network_holds_nothing_the_desk_sends_it_at_its_time(timed: Timed) -> None:
    number = await timed.plan(accounts=(timed.short,))
    found = await timed.delivery(number, timed.short)
    assert (found.state, found.next_at) == (DeliveryState.WAITING, AT)
    await timed.go_to(AT - MINUTES)
    assert timed.desk.short.world.calls == []
    await timed.go_to(AT)
    assert (await timed.delivery(number, timed.short)).state is DeliveryState.SENT


async def test_a_thread_goes_out_from_here(timed: Timed) -> None:
    number = await timed.plan("One\n---\nTwo")
    assert (await timed.delivery(number)).state is DeliveryState.WAITING
    assert timed.network.asked == []
    await timed.go_to(AT)
    assert timed.out == ["One", "Two"]


async def test_a_clock_set_back_sends_nothing_before_its_time(timed: Timed) -> None:
    timed.desk.clock.time = AT + timedelta(days=3)
    number = await timed.plan(accounts=(timed.short,), publish_at=AT + timedelta(days=4))
    await timed.go_to(AT)
    found = await timed.delivery(number, timed.short)
    assert (found.state, timed.desk.short.world.calls) == (DeliveryState.WAITING, [])


async def test_a_computer_that_was_off_sends_nothing_late_without_being_asked(timed: Timed) -> None:
    number = await timed.plan(accounts=(timed.short,))
    await timed.go_to(AT + timedelta(minutes=31))
    found = await timed.delivery(number, timed.short)
    assert (found.state, found.error) == (DeliveryState.HELD, "overdue")
    assert timed.desk.short.world.calls == []
    assert await timed.publishing.open_ends() == (0, 1)
    assert PersonWanted(number, found.id, late=True) in timed.desk.events
    await timed.publishing.retry(found.id)
    await timed.publishing.settle()
    assert (await timed.delivery(number, timed.short)).state is DeliveryState.SENT


async def test_send_now_stays_now_while_the_network_is_away(timed: Timed) -> None:
    number = await timed.plan(accounts=(timed.short,))
    await timed.go_to(AT + timedelta(hours=1))
    timed.desk.short.world.failures.append(("before", Unreachable("no route", offline=True)))
    await timed.publishing.retry((await timed.delivery(number, timed.short)).id)
    await timed.publishing.settle()
    await timed.go_to(AT + timedelta(hours=2))
    assert (await timed.delivery(number, timed.short)).state is DeliveryState.SENT


async def test_an_hour_without_the_network_is_as_late_as_an_hour_switched_off(timed: Timed) -> None:
    number = await timed.plan(accounts=(timed.short,))
    timed.desk.short.world.failures.extend([("before", Unreachable("no route"))] * 3)
    for minutes in (0, 10, 20, 31):
        await timed.go_to(AT + minutes * MINUTES)
    await timed.go_to(AT + timedelta(hours=1))
    assert (await timed.delivery(number, timed.short)).error == "overdue"


async def test_a_network_that_was_away_until_too_late_to_hold_it_leaves_it_to_the_desk(timed: Timed) -> None:
    timed.network.world.failures.append(("before", Unreachable("no route")))
    number = await timed.plan(publish_at=START + 10 * MINUTES)
    await timed.go_to(START + 6 * MINUTES)
    found = await timed.delivery(number)
    assert (found.state, found.next_at, found.error) == (DeliveryState.WAITING, START + 10 * MINUTES, "")
    await timed.go_to(START + 10 * MINUTES)
    assert (await timed.delivery(number)).state is DeliveryState.SENT
    assert timed.out == ["At three"]


async def test_no_network_is_asked_for_a_time_that_went_by_during_the_uploads(
    timed: Timed, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare = timed.publishing._deliverer._preparer.segment

    async def slow(*args: Any) -> Segment:
        timed.desk.clock.forward(minutes=9)
        return await prepare(*args)

    monkeypatch.setattr(timed.publishing._deliverer._preparer, "segment", slow)
    number = await timed.plan(publish_at=START + 12 * MINUTES)
    assert timed.network.asked == []
    await timed.go_to(START + 11 * MINUTES)
    assert (await timed.delivery(number)).state is DeliveryState.WAITING
    monkeypatch.undo()
    await timed.go_to(START + 12 * MINUTES)
    assert timed.out == ["At three"]


@pytest.mark.parametrize("when", ["before", "after"])
async def test_an_unknown_outcome_of_handing_over_is_looked_for(timed: Timed, when: str) -> None:
    timed.network.world.failures.append((when, OutcomeUnknown("reset")))
    number = await timed.plan()
    await timed.go_to(START + MINUTES)
    await timed.go_to(START + 2 * MINUTES)
    assert (await timed.delivery(number)).state is DeliveryState.SCHEDULED
    assert len(timed.network.waiting) == 1
    await timed.go_to(AT + MINUTES)
    assert timed.out == ["At three"]


async def test_stopped_while_handing_over_and_started_after_the_time_it_is_out_once(timed: Timed) -> None:
    """The network took it, the program ended before the receipt was stored, and was off until it was out."""
    draft = await timed.desk.services.composing.save(Draft(text="Once", account_ids=(timed.account,), publish_at=AT))
    publication = await timed.publishing.submit(draft.id)
    delivery = publication.deliveries[0]
    await timed.desk.store.write(outbox.claim, delivery.id, "print", timed.desk.clock())
    timed.network.waiting[delivery.parts[0].key] = Segment("Once", publish_at=AT)
    timed.desk.clock.time = AT + timedelta(hours=4)
    await timed.publishing.start()
    await timed.publishing.settle()
    assert (await timed.delivery(publication.id)).state is DeliveryState.SENT
    assert timed.out == ["Once"]


async def test_started_again_long_after_its_time_the_receipt_is_fetched(timed: Timed) -> None:
    number = await timed.plan()
    await timed.publishing.stop(timedelta())
    timed.desk.clock.time = AT + timedelta(days=2)
    await timed.publishing.start()
    await timed.publishing.settle()
    assert (await timed.delivery(number)).state is DeliveryState.SENT


async def test_what_somebody_took_back_at_the_network_is_told(timed: Timed) -> None:
    number = await timed.plan()
    timed.network.waiting.clear()
    await timed.go_to(AT + MINUTES)
    found = await timed.delivery(number)
    assert (found.state, found.error) == (DeliveryState.REFUSED, "taken_back_there")
    draft = await timed.publishing.edit_again(number)
    assert (draft.text, draft.publish_at) == ("At three", AT)
    assert timed.out == []


async def test_cancelling_takes_it_back_at_the_network_first(timed: Timed) -> None:
    number = await timed.plan()
    await timed.publishing.cancel((await timed.delivery(number)).id)
    assert (await timed.delivery(number)).state is DeliveryState.CANCELLED
    assert timed.network.waiting == {}
    await timed.go_to(AT + MINUTES)
    assert timed.out == []


@pytest.mark.parametrize("trouble", [Unreachable("no route"), OutcomeUnknown("reset"), AuthExpired("401")])
async def test_what_is_not_certainly_taken_back_stays_scheduled(timed: Timed, trouble: Exception) -> None:
    number = await timed.plan()
    timed.network.troubles.extend([trouble, trouble])
    with pytest.raises(type(trouble)):
        await timed.publishing.edit_again(number)
    assert (await timed.delivery(number)).state is DeliveryState.SCHEDULED
    assert await timed.desk.services.composing.drafts() == ()
    timed.network.troubles.clear()
    await timed.go_to(AT + MINUTES)
    assert (await timed.delivery(number)).state is DeliveryState.SENT


async def test_stopped_between_taking_back_and_storing_it_may_be_taken_back_again(timed: Timed) -> None:
    number = await timed.plan()
    timed.network.waiting.clear()
    await timed.publishing.cancel((await timed.delivery(number)).id)
    assert (await timed.delivery(number)).state is DeliveryState.CANCELLED


async def test_editing_what_is_out_already_shows_its_receipt(timed: Timed) -> None:
    number = await timed.plan()
    timed.desk.clock.time = AT + timedelta(seconds=1)
    with pytest.raises(InputError, match="out already"):
        await timed.publishing.edit_again(number)
    assert (await timed.delivery(number)).state is DeliveryState.SENT
    assert timed.out == ["At three"]


async def test_another_time_is_another_post_and_the_first_never_goes_out(timed: Timed) -> None:
    number = await timed.plan()
    draft = await timed.publishing.edit_again(number)
    assert timed.network.waiting == {}
    again = await timed.desk.publish(replace(draft, publish_at=AT + timedelta(hours=1)))
    assert [s.publish_at for s in timed.network.waiting.values()] == [AT + timedelta(hours=1)]
    await timed.go_to(AT + timedelta(hours=2))
    assert timed.out == ["At three"]
    assert (await timed.delivery(number)).state is DeliveryState.CANCELLED
    assert (await timed.delivery(again)).state is DeliveryState.SENT


async def test_short_posts_go_out_with_their_article_at_its_time(timed: Timed) -> None:
    blog = await timed.desk.sign_in("blog")
    article = Article("Basics, reconsidered", "The basics.", status="future", publish_at=AT)
    accounts = (timed.account, timed.short, blog)
    number = await timed.plan("Read this", accounts, article=article, publish_at=None)
    assert (await timed.delivery(number, blog)).state is DeliveryState.SENT
    assert timed.out == []
    assert timed.network.asked == []
    for account in (timed.account, timed.short):
        with pytest.raises(InputError, match="its own time"):
            await timed.publishing.retry((await timed.delivery(number, account)).id)
    await timed.go_to(AT)
    permalink = (await timed.delivery(number, blog)).permalink
    assert timed.out == [f"Read this\n\n{permalink}"]
    assert (await timed.delivery(number, timed.short)).state is DeliveryState.SENT


async def test_an_article_that_its_blog_holds_gives_its_address_when_it_is_out(timed: Timed) -> None:
    timed.network.world.article = True
    article = Article("Basics, reconsidered", "The basics.", status="future", publish_at=AT)

    async def publish(network: Holding, segment: Segment, key: str) -> Receipt:
        network.waiting[key] = replace(segment, publish_at=AT)
        return Receipt(key, "https://holding.example/?p=7", publish_at=AT)

    timed.network.publish = publish  # type: ignore[assignment, method-assign]
    number = await timed.plan("Read this", (timed.account, timed.short), article=article, publish_at=None)
    assert (await timed.delivery(number)).state is DeliveryState.SCHEDULED
    await timed.go_to(AT)
    assert timed.desk.short.world.posts == {}
    await timed.go_to(AT + MINUTES)
    address = (await timed.delivery(number)).permalink
    assert address.startswith("https://holding.example/out-")
    assert [s.text for s in timed.desk.short.world.posts.values()] == [f"Read this\n\n{address}"]


async def test_what_is_posted_by_hand_becomes_yours_at_its_time(timed: Timed) -> None:
    by_hand = BY_HAND[0].facts.key
    account = await timed.desk.services.accounts.sign_in(by_hand, {"name": "@northwind"})
    number = await timed.plan(accounts=(account.id,))
    waiting = await timed.delivery(number, account.id)
    assert (waiting.state, waiting.next_at) == (DeliveryState.WAITING, AT)
    await timed.go_to(AT + timedelta(hours=5))
    assert (await timed.delivery(number, account.id)).state is DeliveryState.HAND_OFF
    assert PersonWanted(number, waiting.id, late=False) in timed.desk.events


async def test_a_time_that_is_over_is_not_accepted(timed: Timed) -> None:
    with pytest.raises(InputError, match="its time is over"):
        await timed.plan(publish_at=START - MINUTES)


async def test_a_removed_account_leaves_the_question_to_the_person(timed: Timed) -> None:
    number = await timed.plan()
    await timed.desk.services.accounts.remove(timed.account)
    for hours in range(6):
        await timed.go_to(AT + timedelta(hours=hours + 1))
    found = await timed.delivery(number)
    assert (found.state, found.next_at) == (DeliveryState.SCHEDULED, None)
    await timed.publishing.mark_sent(found.id, "https://holding.example/seen")
    assert (await timed.delivery(number)).permalink == "https://holding.example/seen"
