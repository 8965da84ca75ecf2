"""Articles that WordPress holds until their time, on each road to a site: what people do with them there meanwhile."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from socialdesk.core.errors import Rejected
from socialdesk.core.post import Segment
from socialdesk.http import Http
from socialdesk.practice.server import Fault
from tests.networks.test_wordpress import TestWordPressContract as OwnSite
from tests.networks.test_wordpress import article, let_time_pass
from tests.networks.test_wordpress_com import TestWordPressComContract as AtWordPressCom
from tests.networks.test_wordpress_xmlrpc import TestWordPressOverXmlRpcContract as OverXmlRpc

TITLE = "Planned for later"
KEY = "sd-0kp1q2r3s4t0001"


@pytest.fixture(params=[OwnSite, AtWordPressCom, OverXmlRpc], ids=["rest", "hosted", "xmlrpc"])
def road(request: pytest.FixtureRequest) -> Any:
    return request.param()


@pytest.fixture
async def server(road: Any) -> AsyncIterator[Any]:
    async with road.make_server() as running:
        yield running


@pytest.fixture
async def opened(road: Any, server: Any, http: Http) -> Any:
    return await road.open(server, http)


def planned(at: datetime) -> Segment:
    return article(TITLE, status="future", publish_at=at)


@pytest.fixture
def at() -> datetime:
    return (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)


async def test_its_address_is_the_readers_once_it_is_public(opened: Any, server: Any, at: datetime) -> None:
    receipt = await opened.publish(planned(at), KEY)
    assert "?p=" in receipt.permalink
    assert receipt.refs["status"] == "future"
    let_time_pass(server.state)
    out = await opened.scheduled(receipt)
    assert out.permalink == f"{server.url}/planned-for-later/"
    assert (out.remote_id, out.refs["status"]) == (receipt.remote_id, "publish")


async def test_published_earlier_by_hand_it_is_out(opened: Any, server: Any, at: datetime) -> None:
    receipt = await opened.publish(planned(at), KEY)
    [post] = server.titled(TITLE)
    post.status, post.date = "publish", datetime.now(UTC).replace(microsecond=0)
    out = await opened.scheduled(receipt)
    assert (out.publish_at, out.permalink) == (None, f"{server.url}/planned-for-later/")


async def test_moved_in_wordpress_it_has_the_new_time(opened: Any, server: Any, at: datetime) -> None:
    receipt = await opened.publish(planned(at), KEY)
    server.titled(TITLE)[0].date = at + timedelta(days=1)
    moved = await opened.scheduled(receipt)
    assert moved.publish_at == at + timedelta(days=1)
    found = await opened.find(planned(at), KEY)
    assert found.publish_at == at + timedelta(days=1)


@pytest.mark.parametrize("status", ["draft", "pending", "private", "trash"])
async def test_taken_back_in_wordpress_it_is_gone_and_stays_theirs(
    opened: Any, server: Any, at: datetime, status: str
) -> None:
    receipt = await opened.publish(planned(at), KEY)
    post = server.state.posts[int(receipt.remote_id)]
    post.status = status
    with pytest.raises(Rejected) as caught:
        await opened.scheduled(receipt)
    assert caught.value.reason == "not_found"
    await opened.unschedule(receipt)
    assert server.state.posts[post.id].status == status


async def test_deleted_for_good_it_is_gone(opened: Any, server: Any, at: datetime) -> None:
    receipt = await opened.publish(planned(at), KEY)
    del server.state.posts[int(receipt.remote_id)]
    with pytest.raises(Rejected) as caught:
        await opened.scheduled(receipt)
    assert caught.value.reason == "not_found"
    await opened.unschedule(receipt)


async def test_taken_back_it_lies_in_the_trash_and_leaves_its_address_free(
    opened: Any, server: Any, at: datetime
) -> None:
    receipt = await opened.publish(planned(at), KEY)
    post = server.state.posts[int(receipt.remote_id)]
    post.content += "<p>Somebody added this there.</p>"
    await opened.unschedule(receipt)
    assert (post.status, "Somebody added" in post.content) == ("trash", True)
    again = await opened.publish(planned(at), KEY.replace("1", "2"))
    assert again.publish_at == at
    assert server.state.posts[int(again.remote_id)].slug == "planned-for-later"


async def test_a_time_that_has_passed_means_now(opened: Any, at: datetime) -> None:
    receipt = await opened.publish(planned(at - timedelta(days=3)), KEY)
    assert receipt.publish_at is None
    assert receipt.permalink.endswith("/planned-for-later/")


async def test_over_xmlrpc_a_post_that_cannot_be_looked_at_is_planned_all_the_same(http: Http, at: datetime) -> None:
    road = OverXmlRpc()
    async with road.make_server() as server:
        opened = await road.open(server, http)
        server.faults.add(Fault("500", match="wp.getPost$", times=0))
        receipt = await opened.publish(planned(at), KEY)
        late = await opened.publish(planned(at - timedelta(days=3)), KEY.replace("1", "2"))
    assert (receipt.publish_at, receipt.refs["status"]) == (at, "future")
    assert (late.publish_at, late.refs["status"]) == (None, "publish")


async def test_over_xmlrpc_one_that_waits_behind_many_is_found(http: Http, at: datetime) -> None:
    road = OverXmlRpc()
    async with road.make_server() as server:
        opened = await road.open(server, http)
        receipt = await opened.publish(planned(at), KEY)
        [post] = server.titled(TITLE)
        for _ in range(70):
            number = server.state.new_post_id()
            server.state.posts[number] = replace(post, id=number, title="Another", slug=f"another-{number}", fields={})
        assert await opened.scheduled(receipt) is None
