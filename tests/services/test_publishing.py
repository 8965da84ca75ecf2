"""What a person writes goes out once, whatever happens on the way."""

from dataclasses import replace
from datetime import timedelta

import pytest

from socialdesk.core.errors import AuthExpired, InputError, OutcomeUnknown, RateLimited, Rejected, Unreachable
from socialdesk.core.post import Article, Delivery, DeliveryState, Draft, Override, Poll
from socialdesk.core.rules import Choice, PollRules, PostRules
from tests.services.conftest import Desk
from tests.services.fakes import START, FakeNetwork

ARTICLE = Article("Basics, reconsidered", "The basics of B2B used to be things we sent.")


async def deliveries(desk: Desk, publication_id: int) -> dict[str, Delivery]:
    publication = await desk.services.publishing.publication(publication_id)
    assert publication is not None
    accounts = {a.id: a.network for a in await desk.services.accounts.list()}
    return {accounts[d.account_id]: d for d in publication.deliveries}


async def test_a_post_goes_to_every_account_and_its_draft_is_gone(desk: Desk) -> None:
    short = await desk.sign_in("short")
    publication = await desk.publish(Draft(text="What 400 buyers told us", account_ids=(short,)))
    sent = (await deliveries(desk, publication))["short"]
    assert sent.state is DeliveryState.SENT
    assert sent.permalink.startswith("https://short.example/")
    assert [s.text for s in desk.short.world.posts.values()] == ["What 400 buyers told us"]
    assert await desk.services.composing.drafts() == ()


async def test_the_blog_goes_first_and_the_short_post_carries_its_address(desk: Desk) -> None:
    short, blog = await desk.sign_in("short"), await desk.sign_in("blog")
    publication = await desk.publish(Draft(text="Read this", account_ids=(short, blog), article=ARTICLE))
    sent = await deliveries(desk, publication)
    assert {d.state for d in sent.values()} == {DeliveryState.SENT}
    (post,) = desk.short.world.posts.values()
    assert sent["blog"].permalink in post.text
    (piece,) = desk.blog.world.posts.values()
    assert piece.article is not None
    assert piece.article.html == "<p>The basics of B2B used to be things we sent.</p>"


async def test_the_short_post_holds_while_the_blog_refuses_and_goes_when_it_is_mended(desk: Desk) -> None:
    short, blog = await desk.sign_in("short"), await desk.sign_in("blog")
    desk.blog.world.failures.append(("before", Rejected("no permission", reason="missing_permission")))
    publication = await desk.publish(Draft(text="Read this", account_ids=(short, blog), article=ARTICLE))
    held = await deliveries(desk, publication)
    assert (held["blog"].state, held["short"].state) == (DeliveryState.REFUSED, DeliveryState.HELD)
    assert desk.short.world.posts == {}
    await desk.services.publishing.retry(held["blog"].id)
    await desk.services.publishing.settle()
    assert {d.state for d in (await deliveries(desk, publication)).values()} == {DeliveryState.SENT}
    assert len(desk.short.world.posts) == 1


async def test_a_held_post_is_not_sent_without_the_address_it_waits_for(desk: Desk) -> None:
    short, blog = await desk.sign_in("short"), await desk.sign_in("blog")
    desk.blog.world.failures.append(("before", Rejected("no", reason="invalid")))
    publication = await desk.publish(Draft(text="Read this", account_ids=(short, blog), article=ARTICLE))
    with pytest.raises(InputError, match="not out yet"):
        await desk.services.publishing.retry((await deliveries(desk, publication))["short"].id)
    assert desk.short.world.posts == {}
    assert (await deliveries(desk, publication))["short"].state is DeliveryState.HELD


async def test_an_unclear_answer_is_looked_for_and_not_sent_twice(desk: Desk) -> None:
    short = await desk.sign_in("short")
    desk.short.world.failures.append(("after", OutcomeUnknown("reset")))
    publication = await desk.publish(Draft(text="Once", account_ids=(short,)))
    assert (await deliveries(desk, publication))["short"].state is DeliveryState.IN_DOUBT
    await desk.settle_until(seconds=10)
    assert (await deliveries(desk, publication))["short"].state is DeliveryState.SENT
    assert [c.split()[0] for c in desk.short.world.calls] == ["publish", "find"]


async def test_an_unclear_answer_without_a_post_is_sent_again_after_the_look(desk: Desk) -> None:
    short = await desk.sign_in("short")
    desk.short.world.failures.append(("before", OutcomeUnknown("time-out")))
    publication = await desk.publish(Draft(text="Once", account_ids=(short,)))
    await desk.settle_until(seconds=10)
    assert (await deliveries(desk, publication))["short"].state is DeliveryState.SENT
    assert [c.split()[0] for c in desk.short.world.calls] == ["publish", "find", "publish"]
    assert len(desk.short.world.posts) == 1


async def test_where_the_network_cannot_tell_the_person_answers(desk: Desk) -> None:
    short = await desk.sign_in("short")
    desk.short.world.failures.append(("after", OutcomeUnknown("reset")))
    desk.short.world.finds.extend(OutcomeUnknown("cannot tell") for _ in range(10))
    publication = await desk.publish(Draft(text="Once", account_ids=(short,)))
    for _ in range(6):
        await desk.settle_until(minutes=5)
    doubtful = (await deliveries(desk, publication))["short"]
    assert (doubtful.state, doubtful.next_at) == (DeliveryState.IN_DOUBT, None)
    with pytest.raises(InputError):
        await desk.services.publishing.retry(doubtful.id)
    await desk.services.publishing.mark_sent(doubtful.id, "https://short.example/seen")
    seen = (await deliveries(desk, publication))["short"]
    assert (seen.state, seen.permalink) == (DeliveryState.SENT, "https://short.example/seen")


async def test_the_person_may_say_that_a_doubtful_post_is_not_there(desk: Desk) -> None:
    short = await desk.sign_in("short")
    desk.short.world.failures.append(("before", OutcomeUnknown("reset")))
    desk.short.world.finds.extend(OutcomeUnknown("cannot tell") for _ in range(10))
    publication = await desk.publish(Draft(text="Once", account_ids=(short,)))
    await desk.services.publishing.mark_not_sent((await deliveries(desk, publication))["short"].id)
    await desk.services.publishing.settle()
    assert (await deliveries(desk, publication))["short"].state is DeliveryState.SENT


async def test_a_thread_resumes_at_the_part_that_is_missing(desk: Desk) -> None:
    short = await desk.sign_in("short")
    desk.short.world.failures.extend([("", None), ("before", Unreachable("no route"))])  # type: ignore[list-item]
    publication = await desk.publish(Draft(text="One\n---\nTwo\n---\nThree", account_ids=(short,)))
    waiting = (await deliveries(desk, publication))["short"]
    assert (waiting.state, waiting.next_part) == (DeliveryState.WAITING, 1)
    await desk.settle_until(minutes=5)
    assert [desk.short.world.posts[key].text for key in desk.short.world.order] == ["One", "Two", "Three"]
    first, second, third = (desk.short.world.posts[key] for key in desk.short.world.order)
    assert first.previous is None
    assert second.previous is not None
    assert third.root is not None
    assert third.root.remote_id == desk.short.world.order[0]


async def test_a_rate_limit_holds_the_whole_account_until_the_servers_time(desk: Desk) -> None:
    short = await desk.sign_in("short")
    desk.short.world.failures.append(("before", RateLimited("429", START + timedelta(minutes=10))))
    first = await desk.publish(Draft(text="First", account_ids=(short,)))
    second = await desk.publish(Draft(text="Second", account_ids=(short,)))
    assert len([c for c in desk.short.world.calls if c.startswith("publish")]) == 1
    await desk.settle_until(minutes=11)
    states = [(await deliveries(desk, p))["short"].state for p in (first, second)]
    assert states == [DeliveryState.SENT, DeliveryState.SENT]


async def test_an_expired_token_is_renewed_once_and_the_post_goes_out(desk: Desk) -> None:
    short = await desk.sign_in("short")
    desk.short.world.token = "rotated"
    publication = await desk.publish(Draft(text="Still here", account_ids=(short,)))
    assert (await deliveries(desk, publication))["short"].state is DeliveryState.SENT
    assert desk.short.world.renewals == 1
    assert desk.vault.kept[short].get("token") == "rotated"


async def test_a_refused_renewal_asks_to_sign_in_and_keeps_the_delivery(desk: Desk) -> None:
    short = await desk.sign_in("short")
    desk.short.world.failures.extend([("before", AuthExpired("revoked"))] * 2)
    publication = await desk.publish(Draft(text="Kept", account_ids=(short,)))
    assert (await deliveries(desk, publication))["short"].state is DeliveryState.SIGN_IN
    (account,) = await desk.services.accounts.list()
    assert account.needs_sign_in
    assert await desk.sign_in("short") == short


async def test_what_cannot_be_sent_is_refused_before_it_is_accepted_and_stays_a_draft(desk: Desk) -> None:
    short = await desk.sign_in("short")
    draft = await desk.services.composing.save(Draft(text="x" * 121, account_ids=(short,)))
    with pytest.raises(InputError, match="over the limit of 120"):
        await desk.services.publishing.submit(draft.id)
    (kept,) = await desk.services.composing.drafts()
    assert kept.text == "x" * 121


async def test_a_draft_cannot_be_sent_twice(desk: Desk) -> None:
    short = await desk.sign_in("short")
    draft = await desk.services.composing.save(Draft(text="Once", account_ids=(short,)))
    await desk.services.publishing.submit(draft.id)
    with pytest.raises(InputError):
        await desk.services.publishing.submit(draft.id)


async def test_edit_again_takes_back_only_what_is_not_out(desk: Desk) -> None:
    short, blog = await desk.sign_in("short"), await desk.sign_in("blog")
    desk.short.world.failures.append(("before", Rejected("no", reason="invalid")))
    publication = await desk.publish(Draft(text="Read this", account_ids=(short, blog), article=ARTICLE))
    draft = await desk.services.publishing.edit_again(publication)
    after = await deliveries(desk, publication)
    assert draft.account_ids == (short,)
    assert draft.article is None
    assert draft.link == after["blog"].permalink
    assert (after["short"].state, after["blog"].state) == (DeliveryState.CANCELLED, DeliveryState.SENT)


async def test_deleting_a_post_removes_it_at_the_network(desk: Desk) -> None:
    short = await desk.sign_in("short")
    publication = await desk.publish(Draft(text="One\n---\nTwo", account_ids=(short,)))
    await desk.services.publishing.delete_post((await deliveries(desk, publication))["short"].id)
    assert desk.short.world.posts == {}


async def test_a_delivery_in_flight_at_a_crash_is_looked_for_at_the_next_start(desk: Desk) -> None:
    from socialdesk.store import outbox

    short = await desk.sign_in("short")
    draft = await desk.services.composing.save(Draft(text="In flight", account_ids=(short,)))
    publication = await desk.services.publishing.submit(draft.id)
    (delivery,) = publication.deliveries
    assert await desk.store.write(outbox.claim, delivery.id, "print", desk.clock()) is not None
    await desk.services.publishing.start()
    await desk.settle_until(seconds=10)
    assert [c.split()[0] for c in desk.short.world.calls] == ["find", "publish"]
    assert len(desk.short.world.posts) == 1


async def test_signing_in_again_sends_what_waited_for_it(desk: Desk) -> None:
    short = await desk.sign_in("short")
    desk.short.world.failures.extend([("before", AuthExpired("revoked"))] * 2)
    publication = await desk.publish(Draft(text="Kept", account_ids=(short,)))
    assert (await deliveries(desk, publication))["short"].state is DeliveryState.SIGN_IN
    await desk.sign_in("short")
    await desk.services.publishing.settle()
    assert (await deliveries(desk, publication))["short"].state is DeliveryState.SENT


async def test_a_post_sent_hours_later_carries_the_time_it_left(desk: Desk) -> None:
    short = await desk.sign_in("short")
    desk.short.world.failures.append(("before", Unreachable("no network", offline=True)))
    await desk.publish(Draft(text="From the train", account_ids=(short,)))
    await desk.settle_until(hours=3)
    (post,) = desk.short.world.posts.values()
    assert post.created == START + timedelta(hours=3)


async def test_a_doubtful_post_is_looked_for_from_the_time_it_was_first_sent(desk: Desk) -> None:
    short = await desk.sign_in("short")
    desk.short.world.failures.append(("after", OutcomeUnknown("reset")))
    publication = await desk.publish(Draft(text="Once", account_ids=(short,)))
    assert (await deliveries(desk, publication))["short"].begun == START


async def test_an_upload_that_the_network_dropped_is_made_again(desk: Desk) -> None:
    short = await desk.sign_in("short")
    desk.short.world.failures.append(("before", Rejected("blob not found", reason="media_missing")))
    publication = await desk.publish(Draft(text="With a picture", account_ids=(short,)))
    assert (await deliveries(desk, publication))["short"].state is DeliveryState.SENT


async def test_a_poll_and_who_may_answer_go_with_the_first_part_where_the_network_has_them(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    choices = Choice("all", "All"), Choice("some", "Some")

    async def asking(network: FakeNetwork) -> PostRules:
        return PostRules(limit=120, weigh=len, polls=PollRules(), replies_from=choices)

    monkeypatch.setattr(desk.short, "post_rules", asking)
    short, blog = await desk.sign_in("short"), await desk.sign_in("blog")
    desk.blog.world.article = False
    draft = Draft(text="Well?\n---\nMore", account_ids=(short, blog), poll=Poll(("Yes", "", "No")))
    with pytest.raises(InputError, match="has no polls"):
        await desk.publish(draft)
    overrides = {short: Override(replies="some"), blog: Override(without=("poll",))}
    await desk.publish(replace(draft, overrides=overrides))
    first, second = desk.short.world.posts.values()
    assert (first.poll, first.replies) == (Poll(("Yes", "No")), "some")
    assert (second.poll, second.replies) == (None, "")
    assert {(s.poll, s.replies) for s in desk.blog.world.posts.values()} == {(None, "")}


async def test_what_can_be_done_with_posts_that_are_out_is_known_without_a_sign_in(desk: Desk) -> None:
    short = await desk.sign_in("short")
    desk.vault.kept.clear()
    assert await desk.services.publishing.able() == {short: ("delete",)}
