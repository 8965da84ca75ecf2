"""The hand-off lane: a person posts in the browser, and says so. Nothing is sent, nothing is lost, nothing doubled."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from socialdesk.content.worker import Worker
from socialdesk.core.errors import InputError, VaultError
from socialdesk.core.events import OutboxChanged
from socialdesk.core.post import Article, Delivery, DeliveryState, Draft
from socialdesk.networks.handoff import NETWORKS
from socialdesk.store import outbox as outbox_table
from socialdesk.ui.delivery_words import standing
from tests.content.test_pictures import picture
from tests.services.conftest import Desk, open_desk

PLACES = {network.facts.key: network for network in NETWORKS}


@pytest.fixture
async def hands(tmp_path: Path, worker: Worker) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path, worker, PLACES) as opened:
        yield opened


async def named(desk: Desk, network: str, name: str) -> int:
    return (await desk.services.accounts.sign_in(network, {"name": name})).id


async def only(desk: Desk, publication_id: int) -> Delivery:
    publication = await desk.services.publishing.publication(publication_id)
    assert publication is not None
    [delivery] = publication.deliveries
    return delivery


async def test_a_post_waits_with_its_page_until_the_person_confirms(hands: Desk) -> None:
    x = await named(hands, "x_by_hand", "@northwind")
    number = await hands.publish(Draft(text="Pumps & prices: https://blog.example/pumps", account_ids=(x,)))
    waiting = await only(hands, number)
    assert waiting.state is DeliveryState.HAND_OFF
    shown = await hands.services.handing_off.show(waiting.id)
    assert shown.url == ("https://x.com/intent/post?text=Pumps%20%26%20prices%3A%20https%3A%2F%2Fblog.example%2Fpumps")
    assert shown.prefilled
    assert await hands.services.publishing.open_ends() == (0, 1)
    hands.events.clear()
    await hands.services.publishing.mark_sent(waiting.id, "https://x.com/northwind/status/77")
    sent = await only(hands, number)
    assert (sent.state, sent.permalink) == (DeliveryState.SENT, "https://x.com/northwind/status/77")
    assert OutboxChanged(number, waiting.id) in hands.events
    with pytest.raises(InputError, match="does not wait"):
        await hands.services.handing_off.show(waiting.id)
    with pytest.raises(InputError):
        await hands.services.publishing.mark_sent(waiting.id, "https://x.com/northwind/status/78")
    assert (await only(hands, number)).permalink == "https://x.com/northwind/status/77"


async def test_the_address_may_be_left_out_but_not_be_nonsense(hands: Desk) -> None:
    group = await named(hands, "facebook_group_by_hand", "Pump people")
    number = await hands.publish(Draft(text="Hello", account_ids=(group,)))
    waiting = await only(hands, number)
    with pytest.raises(InputError, match="no web address"):
        await hands.services.publishing.mark_sent(waiting.id, "over there")
    assert (await only(hands, number)).state is DeliveryState.HAND_OFF
    await hands.services.publishing.mark_sent(waiting.id)
    sent = await only(hands, number)
    assert (sent.state, sent.permalink) == (DeliveryState.SENT, "")


async def test_what_is_not_posted_is_cancelled_and_can_be_written_again(hands: Desk) -> None:
    x = await named(hands, "x_by_hand", "@northwind")
    number = await hands.publish(Draft(text="Perhaps not", account_ids=(x,)))
    waiting = await only(hands, number)
    await hands.services.publishing.cancel(waiting.id)
    assert (await only(hands, number)).state is DeliveryState.CANCELLED
    draft = await hands.services.publishing.edit_again(number)
    assert (draft.text, draft.account_ids) == ("Perhaps not", (x,))


async def test_it_needs_no_keyring(hands: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_args: object) -> None:
        raise VaultError("locked", reason="keyring_failed")

    for name in ("get", "put", "remove"):
        monkeypatch.setattr(hands.vault, name, locked)
    reddit = await named(hands, "reddit_by_hand", "r/marketing")
    number = await hands.publish(Draft(text="A title", account_ids=(reddit,)))
    waiting = await only(hands, number)
    shown = await hands.services.handing_off.show(waiting.id)
    assert shown.url == "https://www.reddit.com/r/marketing/submit?title=A%20title"
    await hands.services.accounts.remove(reddit)
    assert (await only(hands, number)).state is DeliveryState.CANCELLED


async def test_it_waits_however_often_the_program_ends(tmp_path: Path, worker: Worker) -> None:
    async with open_desk(tmp_path, worker, PLACES) as desk:
        x = await named(desk, "x_by_hand", "@northwind")
        number = await desk.publish(Draft(text="Still here", account_ids=(x,)))
    for _ in range(2):
        async with open_desk(tmp_path, worker, PLACES) as desk:
            await desk.services.publishing.start()
            await desk.settle_until(days=3)
            waiting = await only(desk, number)
            assert waiting.state is DeliveryState.HAND_OFF
            shown = await desk.services.handing_off.show(waiting.id)
            assert shown.rendition.text == "Still here"


async def test_killed_between_accepting_and_its_turn_it_waits_for_the_person(tmp_path: Path, worker: Worker) -> None:
    async with open_desk(tmp_path, worker, PLACES) as desk:
        x = await named(desk, "x_by_hand", "@northwind")
        saved = await desk.services.composing.save(Draft(text="Accepted", account_ids=(x,)))
        number = (await desk.services.publishing.submit(saved.id)).id  # nothing delivers yet
    async with open_desk(tmp_path, worker, PLACES) as desk:
        await desk.services.publishing.start()
        await desk.services.publishing.settle()
        assert (await only(desk, number)).state is DeliveryState.HAND_OFF


async def test_each_part_of_a_thread_answers_the_one_before(hands: Desk) -> None:
    x = await named(hands, "x_by_hand", "@northwind")
    number = await hands.publish(Draft(text="One\n---\nTwo", account_ids=(x,)))
    first = await only(hands, number)
    assert (await hands.services.handing_off.show(first.id)).url == "https://x.com/intent/post?text=One"
    await hands.services.publishing.mark_sent(first.id, "https://x.com/northwind/status/77")
    await hands.services.publishing.settle()
    second = await only(hands, number)
    assert (second.state, second.next_part) == (DeliveryState.HAND_OFF, 1)
    shown = await hands.services.handing_off.show(second.id)
    assert shown.url == "https://x.com/intent/post?in_reply_to=77&text=Two"
    said = standing(second, "X by hand", hands.clock())
    assert "part 2 of 2" in said.sentence
    await hands.services.publishing.mark_sent(second.id)
    await hands.services.publishing.settle()
    assert (await only(hands, number)).state is DeliveryState.SENT


async def test_a_short_post_carries_the_address_of_the_article(hands: Desk) -> None:
    blog, x = await hands.sign_in("blog"), await named(hands, "x_by_hand", "@northwind")
    article = Article("Pumps", "Long words.")
    number = await hands.publish(Draft(text="Read this", article=article, account_ids=(blog, x)))
    publication = await hands.services.publishing.publication(number)
    assert publication is not None
    out, waiting = publication.deliveries
    assert (out.state, waiting.state) == (DeliveryState.SENT, DeliveryState.HAND_OFF)
    shown = await hands.services.handing_off.show(waiting.id)
    assert shown.rendition.text == f"Read this\n\n{out.permalink}"
    assert shown.rendition.link == out.permalink


async def test_an_article_posted_by_hand_leads_and_the_rest_follows_its_address(hands: Desk) -> None:
    blob = await hands.services.composing.add_picture(picture(size=(40, 30)), "curve.png")
    medium, short = await named(hands, "medium_by_hand", "@northwind"), await hands.sign_in("short")
    article = Article("Pumps", f"Look **here**.\n\n![The curve](blob:{blob.blob})\n\nEnd.")
    number = await hands.publish(Draft(text="New", article=article, account_ids=(medium, short)))
    publication = await hands.services.publishing.publication(number)
    assert publication is not None
    lead, follower = publication.deliveries
    assert (lead.state, follower.state) == (DeliveryState.HAND_OFF, DeliveryState.WAITING)
    shown = await hands.services.handing_off.show(lead.id)
    assert shown.url == "https://medium.com/new-story"
    assert not shown.prefilled
    assert (shown.rendition.title, shown.rendition.html) == (
        "Pumps",
        "<p>Look <strong>here</strong>.</p>\n<p>[Picture 1]</p>\n<p>End.</p>",
    )
    assert [(p.blob, p.alt) for p in shown.rendition.pictures] == [(blob.blob, "The curve")]
    await hands.services.publishing.mark_sent(lead.id, "https://medium.com/@northwind/pumps-1")
    await hands.services.publishing.settle()
    [post] = hands.short.world.posts.values()
    assert "https://medium.com/@northwind/pumps-1" in post.text


async def test_pictures_are_made_fit_to_be_pasted(hands: Desk) -> None:
    first = await hands.services.composing.add_picture(picture(size=(60, 40)), "first.png")
    second = await hands.services.composing.add_picture(picture(size=(30, 20)), "second.png")
    instagram = await named(hands, "instagram_by_hand", "@northwind")
    number = await hands.publish(Draft(text="Look", pictures=(first, second), account_ids=(instagram,)))
    waiting = await only(hands, number)
    shown = await hands.services.handing_off.show(waiting.id)
    assert [p.blob for p in shown.rendition.pictures] == [first.blob, second.blob]
    data = await hands.services.handing_off.picture(waiting.id, 1)
    assert data.startswith((b"\x89PNG", b"\xff\xd8\xff"))
    with pytest.raises(InputError, match="no such picture"):
        await hands.services.handing_off.picture(waiting.id, 2)


async def test_two_answers_at_once_are_one(hands: Desk) -> None:
    x = await named(hands, "x_by_hand", "@northwind")
    number = await hands.publish(Draft(text="Once", account_ids=(x,)))
    waiting = await only(hands, number)
    answers = await asyncio.gather(
        hands.services.publishing.mark_sent(waiting.id, "https://x.com/a/status/1"),
        hands.services.publishing.cancel(waiting.id),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, InputError) for answer in answers) == 1


async def test_after_the_store_was_put_back_from_a_copy_it_is_the_persons_to_tell(hands: Desk) -> None:
    """What waited when the copy was made is in doubt then; nobody can look, and nothing of it was ever sent."""
    x = await named(hands, "x_by_hand", "@northwind")
    saved = await hands.services.composing.save(Draft(text="Copied", account_ids=(x,)))
    number = (await hands.services.publishing.submit(saved.id)).id
    waiting = await only(hands, number)
    doubtful = replace(waiting, state=DeliveryState.IN_DOUBT, next_at=hands.clock(), error="interrupted")
    hands.store.write_now(outbox_table.put, doubtful, None, hands.clock())
    await hands.services.publishing.start()
    await hands.services.publishing.settle()
    assert (await only(hands, number)).state is DeliveryState.HAND_OFF


async def test_signing_in_anew_under_the_same_name_keeps_account_and_outbox(hands: Desk) -> None:
    first = await named(hands, "reddit_by_hand", "r/Pumps")
    number = await hands.publish(Draft(text="A title", account_ids=(first,)))
    again = await named(hands, "reddit_by_hand", "https://www.reddit.com/r/pumps/")
    assert again == first
    await hands.services.publishing.settle()
    assert (await only(hands, number)).state is DeliveryState.HAND_OFF
