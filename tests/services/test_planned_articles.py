"""An article that its blog holds: the short posts wait for the readers' address, and what is taken back stays back."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from socialdesk.content.worker import Worker
from socialdesk.core.errors import InputError
from socialdesk.core.post import Article, Delivery, DeliveryState, Draft
from socialdesk.networks.wordpress import NETWORK as WORDPRESS
from socialdesk.practice.wordpress import PracticeWordPress
from socialdesk.practice.world import World
from socialdesk.services.publishing import PublishService
from tests.services.conftest import Desk, open_desk
from tests.services.fakes import START

AT = START + timedelta(hours=3)
AFTER = timedelta(minutes=1)
ARTICLE = Article("Basics, planned", "The basics.", status="future", publish_at=AT)


@dataclass
class Planned:
    desk: Desk
    server: PracticeWordPress
    blog: int
    short: int

    @property
    def publishing(self) -> PublishService:
        return self.desk.services.publishing

    async def plan(self) -> int:
        return await self.desk.publish(Draft(text="Read this", account_ids=(self.blog, self.short), article=ARTICLE))

    async def of(self, publication: int, account: int) -> Delivery:
        found = await self.publishing.publication(publication)
        assert found is not None
        return next(d for d in found.deliveries if d.account_id == account)

    async def go_to(self, when: timedelta) -> None:
        self.desk.clock.time = AT + when
        await self.publishing.settle()

    @property
    def said(self) -> list[str]:
        return [segment.text for segment in self.desk.short.world.posts.values()]


@pytest.fixture
async def planned(tmp_path: Path, worker: Worker) -> AsyncIterator[Planned]:
    async with (
        PracticeWordPress(World.load()) as server,
        open_desk(tmp_path, worker, {"wordpress": WORDPRESS}) as desk,
    ):
        server.now = desk.clock
        blog = await desk.services.accounts.sign_in("wordpress", server.credentials)
        yield Planned(desk, server, blog.id, await desk.sign_in("short"))


async def test_the_short_post_waits_until_the_article_is_public_and_carries_its_address(planned: Planned) -> None:
    number = await planned.plan()
    held = await planned.of(number, planned.blog)
    assert (held.state, held.publish_at, held.permalink) == (DeliveryState.SCHEDULED, AT, "")
    assert (await planned.of(number, planned.short)).state is DeliveryState.WAITING
    await planned.go_to(timedelta())
    assert planned.said == [], "its time has come, but nobody has seen the article yet"
    await planned.go_to(AFTER)
    address = f"{planned.server.url}/basics-planned/"
    assert (await planned.of(number, planned.blog)).permalink == address
    assert planned.said == [f"Read this\n\n{address}"]


async def test_a_site_that_publishes_late_is_waited_for(planned: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    """WordPress looks at its plans when somebody visits; a site without visitors may forget it for a while."""
    number = await planned.plan()
    with monkeypatch.context() as patched:
        patched.setattr(planned.server.state, "publish_due", lambda _now: None)
        await planned.go_to(AFTER)
        assert (await planned.of(number, planned.blog)).state is DeliveryState.SCHEDULED
        assert planned.said == []
    await planned.go_to(timedelta(minutes=10))
    assert (await planned.of(number, planned.blog)).state is DeliveryState.SENT
    assert len(planned.said) == 1


async def test_moved_in_wordpress_the_short_post_goes_out_with_it(planned: Planned) -> None:
    number = await planned.plan()
    planned.server.titled(ARTICLE.title)[0].date = AT + timedelta(days=1)
    await planned.go_to(AFTER)
    held = await planned.of(number, planned.blog)
    assert (held.state, held.publish_at) == (DeliveryState.SCHEDULED, AT + timedelta(days=1))
    assert planned.said == []
    await planned.go_to(timedelta(days=1) + AFTER)
    assert (await planned.of(number, planned.short)).state is DeliveryState.SENT
    assert len(planned.said) == 1


async def test_seen_only_long_after_its_time_the_short_post_asks(planned: Planned) -> None:
    number = await planned.plan()
    await planned.go_to(timedelta(hours=5))
    assert (await planned.of(number, planned.blog)).state is DeliveryState.SENT
    short = await planned.of(number, planned.short)
    assert (short.state, short.error) == (DeliveryState.HELD, "overdue")
    assert planned.said == []


async def test_a_draft_again_in_wordpress_the_short_post_is_held(planned: Planned) -> None:
    number = await planned.plan()
    planned.server.titled(ARTICLE.title)[0].status = "draft"
    await planned.go_to(AFTER)
    found = await planned.of(number, planned.blog)
    assert (found.state, found.error) == (DeliveryState.REFUSED, "taken_back_there")
    assert (await planned.of(number, planned.short)).state is DeliveryState.HELD
    assert planned.said == []


async def test_cancelled_it_is_in_the_trash_first_and_nothing_goes_out(planned: Planned) -> None:
    number = await planned.plan()
    await planned.publishing.cancel((await planned.of(number, planned.blog)).id)
    assert not planned.server.titled(ARTICLE.title)
    assert [p.status for p in planned.server.state.posts.values() if p.title == ARTICLE.title] == ["trash"]
    await planned.go_to(AFTER)
    assert (await planned.of(number, planned.blog)).state is DeliveryState.CANCELLED
    assert (await planned.of(number, planned.short)).state is DeliveryState.HELD
    assert planned.said == []


async def test_edited_it_is_taken_back_and_goes_out_once_under_the_same_address(planned: Planned) -> None:
    draft = await planned.publishing.edit_again(await planned.plan())
    assert not planned.server.titled(ARTICLE.title)
    assert draft.article is not None
    assert (draft.article.markdown, draft.article.publish_at) == (ARTICLE.markdown, AT)
    mended = replace(draft, article=replace(draft.article, markdown="The basics, mended."))
    number = await planned.desk.publish(mended)
    await planned.go_to(AFTER)
    [post] = planned.server.titled(ARTICLE.title)
    assert (post.status, post.slug, "mended" in post.content) == ("publish", "basics-planned", True)
    assert (await planned.of(number, planned.short)).state is DeliveryState.SENT
    assert planned.said == [f"Read this\n\n{planned.server.url}/basics-planned/"]


async def test_edited_too_late_it_stays_out(planned: Planned) -> None:
    number = await planned.plan()
    planned.desk.clock.time = AT + timedelta(seconds=1)
    with pytest.raises(InputError, match="out already"):
        await planned.publishing.edit_again(number)
    await planned.publishing.settle()
    assert [post.status for post in planned.server.titled(ARTICLE.title)] == ["publish"]
    assert len(planned.said) == 1
