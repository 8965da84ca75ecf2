"""Pictures for a network that takes them by their address only go over one of the person's blogs."""

from io import BytesIO

import pytest
from PIL import Image

from socialdesk.core.errors import AuthExpired, Rejected, Unreachable
from socialdesk.core.post import DeliveryState, Draft, MediaFile, Picture, Uploaded
from socialdesk.core.rules import PostRules
from tests.services.conftest import Desk
from tests.services.fakes import FakeNetwork


@pytest.fixture
def by_address(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The short network takes no bytes; the blog gives what it keeps an address."""

    async def rules(self: FakeNetwork) -> PostRules:
        return PostRules(limit=120, weigh=len, pictures_by_address=True)

    async def no_upload(self: FakeNetwork, media: MediaFile) -> Uploaded:
        raise Rejected("no uploads", reason="public_picture_needed")

    async def upload(self: FakeNetwork, media: MediaFile) -> Uploaded:
        self.world.calls.append("upload")
        return Uploaded("77", media.alt, media.width, media.height, f"https://blog.example/{media.blob[:8]}.png")

    async def hosting(self: FakeNetwork) -> PostRules:
        return PostRules(limit=0, weigh=len, article=True, hosts_pictures=True)

    monkeypatch.setattr(desk.short, "post_rules", rules)
    monkeypatch.setattr(desk.blog, "post_rules", hosting)
    monkeypatch.setattr(desk.short, "upload", no_upload)
    monkeypatch.setattr(desk.blog, "upload", upload)


async def a_picture(desk: Desk) -> Picture:
    file = BytesIO()
    Image.new("RGB", (40, 30), "#336699").save(file, "PNG")
    return await desk.services.composing.add_picture(file.getvalue(), "pump.png")


async def outcome(desk: Desk, publication: int) -> tuple[DeliveryState, str]:
    found = await desk.services.publishing.publication(publication)
    assert found is not None
    return found.deliveries[0].state, found.deliveries[0].error


@pytest.mark.usefixtures("by_address")
async def test_a_picture_is_put_on_the_blog_and_named_from_there(desk: Desk) -> None:
    short, _ = await desk.sign_in("short"), await desk.sign_in("blog")
    draft = Draft(text="Look", account_ids=(short,), pictures=(await a_picture(desk),))
    (check,) = await desk.services.composing.check(draft)
    assert check.sendable
    assert "pictures_on_blog" in {issue.code for issue in check.issues}
    await desk.publish(draft)
    (segment,) = desk.short.world.posts.values()
    (media,) = segment.media
    assert media.url == media.ref == f"https://blog.example/{draft.pictures[0].blob[:8]}.png"
    assert desk.blog.world.posts == {}


@pytest.mark.usefixtures("by_address")
async def test_without_a_blog_there_are_no_pictures(desk: Desk) -> None:
    short = await desk.sign_in("short")
    draft = Draft(text="Look", account_ids=(short,), pictures=(await a_picture(desk),))
    (check,) = await desk.services.composing.check(draft)
    assert "too_many_pictures" in {issue.code for issue in check.issues}
    await desk.sign_in("blog")
    assert (await desk.services.composing.check(draft))[0].sendable


@pytest.mark.usefixtures("by_address")
async def test_a_place_for_articles_that_gives_pictures_no_address_is_no_host(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def rules(self: FakeNetwork) -> PostRules:
        return PostRules(limit=0, weigh=len, article=True)  # as Tumblr, which takes pictures with the post alone

    monkeypatch.setattr(desk.blog, "post_rules", rules)
    short, _ = await desk.sign_in("short"), await desk.sign_in("blog")
    draft = Draft(text="Look", account_ids=(short,), pictures=(await a_picture(desk),))
    (check,) = await desk.services.composing.check(draft)
    assert "too_many_pictures" in {issue.code for issue in check.issues}


@pytest.mark.usefixtures("by_address")
@pytest.mark.parametrize(
    ("trouble", "state", "reason"),
    [
        (AuthExpired("401"), DeliveryState.REFUSED, "picture_host"),
        (Rejected("413", reason="media_too_large"), DeliveryState.REFUSED, "picture_host"),
        (Unreachable("down"), DeliveryState.WAITING, "unreachable"),
        (None, DeliveryState.REFUSED, "picture_host"),
    ],
    ids=["sign-in", "refused", "down", "no-address"],
)
async def test_trouble_at_the_blog_is_not_the_networks(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, trouble: Exception | None, state: DeliveryState, reason: str
) -> None:
    async def upload(self: FakeNetwork, media: MediaFile) -> Uploaded:
        if trouble is not None:
            raise trouble
        return Uploaded("77")

    short, _ = await desk.sign_in("short"), await desk.sign_in("blog")
    monkeypatch.setattr(desk.blog, "upload", upload)
    draft = Draft(text="Look", account_ids=(short,), pictures=(await a_picture(desk),))
    assert await outcome(desk, await desk.publish(draft)) == (state, reason)
    assert not (await desk.services.accounts.get(short)).needs_sign_in
    assert desk.short.world.posts == {}
