"""A person confirms a part of a thread that could not be looked for: the rest answers it, or waits, never alone."""

import pytest

from socialdesk.core.errors import InputError, OutcomeUnknown, Unreachable
from socialdesk.core.post import Delivery, DeliveryState, Draft, Receipt
from socialdesk.ui.delivery_words import standing
from tests.services.conftest import Desk
from tests.services.fakes import FakeNetwork

THREAD = Draft(text="One\n---\nTwo\n---\nThree")


async def doubtful_thread(desk: Desk) -> Delivery:
    """A thread of three whose second part is out, which nobody can tell."""
    short = await desk.sign_in("short")
    calls: list[str] = []

    def second_breaks() -> None:
        calls.append("publish")
        if len(calls) == 2:
            desk.short.world.failures.append(("after", OutcomeUnknown("reset")))

    desk.short.world.before_publish = second_breaks
    desk.short.world.finds.extend(OutcomeUnknown("cannot tell") for _ in range(20))
    number = await desk.publish(Draft(text=THREAD.text, account_ids=(short,)))
    for _ in range(6):
        await desk.settle_until(minutes=5)
    return await current(desk, number)


async def current(desk: Desk, publication_id: int) -> Delivery:
    publication = await desk.services.publishing.publication(publication_id)
    assert publication is not None
    [delivery] = publication.deliveries
    return delivery


def can_find_by_address(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def find_by_address(self: FakeNetwork, url: str) -> Receipt | None:
        key = url.rpartition("/")[2]
        return self._receipt(key) if key in self.world.posts else None

    monkeypatch.setattr(desk.short, "find_by_address", find_by_address, raising=False)


async def test_the_rest_answers_the_part_at_the_address(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    can_find_by_address(desk, monkeypatch)
    doubtful = await doubtful_thread(desk)
    assert (doubtful.state, doubtful.next_part) == (DeliveryState.IN_DOUBT, 1)
    first, second = desk.short.world.order
    await desk.services.publishing.mark_sent(doubtful.id, f" https://short.example/{second} ")
    await desk.services.publishing.settle()
    sent = await desk.services.publishing.delivery(doubtful.id)
    assert sent.state is DeliveryState.SENT
    third = desk.short.world.posts[desk.short.world.order[2]]
    assert third.previous is not None
    assert (third.previous.remote_id, third.root and third.root.remote_id) == (second, first)
    assert len(desk.short.world.posts) == 3


async def test_without_an_address_the_rest_is_held_until_there_is_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    can_find_by_address(desk, monkeypatch)
    doubtful = await doubtful_thread(desk)
    publishing = desk.services.publishing
    await publishing.mark_sent(doubtful.id)
    await publishing.settle()
    held = await publishing.delivery(doubtful.id)
    assert (held.state, held.next_part) == (DeliveryState.HELD, 2)
    said = standing(held, "Short", desk.clock())
    assert said.sentence == "part 3 of 3 has to answer the one before it, whose address is not known"
    assert [fix.action for fix in said.fixes] == ["is_there", "edit"]
    with pytest.raises(InputError, match="would stand alone"):
        await publishing.retry(held.id)
    with pytest.raises(InputError, match="address"):
        await publishing.mark_sent(held.id)
    await desk.settle_until(hours=1)
    assert len(desk.short.world.posts) == 2
    await publishing.mark_sent(held.id, f"https://short.example/{desk.short.world.order[1]}")
    await publishing.settle()
    assert (await publishing.delivery(held.id)).state is DeliveryState.SENT
    third = desk.short.world.posts[desk.short.world.order[2]]
    assert third.previous is not None
    assert third.previous.remote_id == desk.short.world.order[1]


async def test_an_address_that_leads_nowhere_changes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    can_find_by_address(desk, monkeypatch)
    doubtful = await doubtful_thread(desk)
    publishing = desk.services.publishing
    with pytest.raises(InputError, match="no post of yours"):
        await publishing.mark_sent(doubtful.id, "https://short.example/elsewhere")
    with pytest.raises(InputError, match="part 1"):
        await publishing.mark_sent(doubtful.id, f"https://short.example/{desk.short.world.order[0]}")
    with pytest.raises(InputError, match="no web address"):
        await publishing.mark_sent(doubtful.id, "the second one")
    assert await publishing.delivery(doubtful.id) == doubtful


async def test_where_the_network_cannot_be_asked_the_part_stays_in_doubt(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unreachable(self: FakeNetwork, url: str) -> Receipt | None:
        raise Unreachable("no network", offline=True)

    monkeypatch.setattr(desk.short, "find_by_address", unreachable, raising=False)
    doubtful = await doubtful_thread(desk)
    with pytest.raises(Unreachable):
        await desk.services.publishing.mark_sent(doubtful.id, "https://short.example/2")
    assert (await desk.services.publishing.delivery(doubtful.id)).state is DeliveryState.IN_DOUBT


async def test_where_addresses_cannot_be_looked_up_the_rest_is_held(desk: Desk) -> None:
    doubtful = await doubtful_thread(desk)
    await desk.services.publishing.mark_sent(doubtful.id, f"https://short.example/{desk.short.world.order[1]}")
    await desk.services.publishing.settle()
    held = await desk.services.publishing.delivery(doubtful.id)
    assert (held.state, held.error) == (DeliveryState.HELD, "previous_unknown")
    assert len(desk.short.world.posts) == 2
    draft = await desk.services.publishing.edit_again(held.publication_id)
    assert (draft.text, draft.reply_to) == ("Three", None)


async def test_a_last_part_needs_no_address(desk: Desk) -> None:
    short = await desk.sign_in("short")
    desk.short.world.failures.append(("after", OutcomeUnknown("reset")))
    desk.short.world.finds.extend(OutcomeUnknown("cannot tell") for _ in range(20))
    number = await desk.publish(Draft(text="Once", account_ids=(short,)))
    await desk.services.publishing.mark_sent((await current(desk, number)).id)
    assert (await current(desk, number)).state is DeliveryState.SENT
