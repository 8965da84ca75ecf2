"""Publishing as a Facebook Page: words, links, pictures, comments, finding posts again; signing in, choosing a Page."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from socialdesk.core.account import NOTHING, Account
from socialdesk.core.errors import AuthExpired, InputError, NetworkError, OutcomeUnknown, Rejected, Unreachable
from socialdesk.core.network import (
    Edits,
    OAuthCode,
    RenewsEarly,
    SeveralFound,
    SignedIn,
)
from socialdesk.core.post import MediaFile, Segment, Target, Uploaded
from socialdesk.http import Http
from socialdesk.http.loopback import parse_pasted
from socialdesk.networks.facebook.adapter import Facebook
from socialdesk.networks.facebook.facts import PORT, REDIRECT, SCOPES
from socialdesk.networks.facebook.signin import server_of, web_of
from socialdesk.practice.facebook_oauth import KNOWN_SCOPES, LONG
from socialdesk.practice.facebook_refusals import GraphError
from socialdesk.practice.facebook_state import Comment, Post
from socialdesk.practice.server import Fault
from socialdesk.practice.world import picture
from tests.networks.browsing import sent_back
from tests.networks.graph_judge import GraphJudge, RecordingFacebook, judged, load_judge
from tests.networks.test_facebook import Later, open_page

KEY = "sd-1"


@pytest.fixture(scope="module")
def judge() -> GraphJudge | None:
    return load_judge()


@pytest.fixture
async def server(judge: GraphJudge | None) -> AsyncIterator[RecordingFacebook]:
    async for running in judged(judge):
        yield running


@pytest.fixture
def opened(server: RecordingFacebook, http: Http) -> Any:
    return open_page(server, http)


@pytest.fixture
def visitor(server: RecordingFacebook, http: Http) -> Any:
    return Facebook(Account(0, "facebook", "", "", server.url), NOTHING, http)


def post(text: str, **more: Any) -> Segment:
    return Segment(text=text, created=datetime.now(UTC), **more)


def newest(server: RecordingFacebook) -> Post:
    return next(reversed(server.state.posts.values()))


def last_comment(server: RecordingFacebook) -> Comment:
    return next(reversed(server.state.comments.values()))


def image(alt: str = "") -> MediaFile:
    return MediaFile("b", "image/png", picture("seed", 40, 30), alt, 40, 30, "a.png")


# publishing


async def test_the_first_address_becomes_the_card(server: RecordingFacebook, opened: Any) -> None:
    receipt = await opened.publish(post("Read (https://northwind.example/a), or https://b.example/"), KEY)
    assert newest(server).link == "https://northwind.example/a"
    assert receipt.permalink == f"{server.url}/{newest(server).id}"
    assert receipt.refs == {"kind": "post", "post": receipt.remote_id}
    async with aiohttp.ClientSession() as browser, browser.get(receipt.permalink) as page:
        assert page.status == 200


@pytest.mark.parametrize("count", [1, 3])
async def test_pictures_with_descriptions(server: RecordingFacebook, opened: Any, count: int) -> None:
    before = len(server.state.posts)
    media = tuple([await opened.upload(image(f"A pump, {number}")) for number in range(count)])
    assert len(server.state.posts) == before, "nobody sees a picture before the post"
    await opened.publish(post("Pictures of https://northwind.example/a", media=media), KEY)
    made = newest(server)
    assert [server.state.photos[photo].alt for photo in made.photos] == [f"A pump, {n}" for n in range(count)]
    assert (made.link, len(server.state.posts)) == ("", before + 1)


async def test_a_picture_that_facebook_does_not_take(server: RecordingFacebook, opened: Any) -> None:
    with pytest.raises(Rejected) as caught:
        await opened.upload(replace(image(), mime="image/x-icon"))
    assert caught.value.reason == "media_unfit"


@pytest.mark.parametrize("when", ["before", "after"])
async def test_an_upload_that_breaks_may_simply_be_repeated(server: RecordingFacebook, opened: Any, when: str) -> None:
    server.faults.add(Fault("close", match="/photos$", when=when))
    with pytest.raises(Unreachable):
        await opened.upload(image())
    await opened.publish(post("With a picture", media=(await opened.upload(image()),)), KEY)
    assert len(newest(server).photos) == 1


async def test_a_comment_answers_a_post_and_an_answer_stands_under_its_comment(
    server: RecordingFacebook, opened: Any
) -> None:
    asked = server.comment(server.add_post("Ours"), "A question")
    target = Target(asked.id, {"kind": "comment", "post": asked.post})
    receipt = await opened.publish(post("An answer", reply_to=target), KEY)
    made = last_comment(server)
    assert (made.message, made.parent, made.post) == ("An answer", asked.id, asked.post)
    assert receipt.refs == {"kind": "comment", "post": asked.post}
    found = await open_page(server, opened._http, now=Later()).find(post("An answer", reply_to=target), KEY)
    assert found == receipt
    await opened.delete(receipt.remote_id, receipt.refs)
    assert made.id not in server.state.comments


async def test_a_comment_takes_one_picture(server: RecordingFacebook, opened: Any) -> None:
    target = Target(server.add_post("Ours").id)
    media = (await opened.upload(image()), await opened.upload(image()))
    await opened.publish(post("Look", reply_to=target, media=media[:1]), KEY)
    assert last_comment(server).photo == media[0].ref
    with pytest.raises(Rejected) as caught:
        await opened.publish(post("Look", reply_to=target, media=media), KEY)
    assert caught.value.reason == "too_many_pictures"


async def test_the_parts_of_a_thread_are_comments_under_the_first(server: RecordingFacebook, opened: Any) -> None:
    first = await opened.publish(post("First"), KEY)
    second = await opened.publish(post("Second", previous=first, root=first), KEY)
    third = await opened.publish(post("Third", previous=second, root=first), KEY)
    made = server.state.comments[third.remote_id]
    assert (made.post, made.parent) == (first.remote_id, "")


async def test_somebody_elses_post_and_words_like_ours_are_not_ours(server: RecordingFacebook, http: Http) -> None:
    opened = open_page(server, http, now=Later())
    server.add_post("The same words", minutes_ago=60)
    server.add_post("The same words", by="harbor")
    segment = post("The same words")
    assert await opened.find(segment, KEY) is None
    made = server.add_post("The  same\nwords ")
    found = await opened.find(segment, KEY)
    assert found is not None
    assert found.remote_id == made.id
    assert await opened.find(replace(segment, media=(Uploaded(""),)), KEY) is None


async def test_no_has_to_wait_until_nothing_can_be_under_way(server: RecordingFacebook, opened: Any) -> None:
    segment = post("Perhaps")
    server.faults.add(Fault("close", match="/feed$"))
    with pytest.raises(OutcomeUnknown):
        await opened.publish(segment, KEY)
    with pytest.raises(OutcomeUnknown) as caught:
        await opened.find(segment, KEY)
    assert caught.value.retry_at is not None
    assert timedelta(seconds=50) < caught.value.retry_at - datetime.now(UTC) <= timedelta(seconds=60)
    server.add_post("Perhaps")
    assert await opened.find(segment, KEY) is not None


async def test_the_same_words_again_count_only_when_the_earlier_post_is_this_deliverys(
    server: RecordingFacebook, opened: Any
) -> None:
    segment = post("Said twice")
    receipt = await opened.publish(segment, KEY)
    assert await opened.publish(segment, KEY) == receipt
    assert sum(row.message == "Said twice" for row in server.state.posts.values()) == 1
    server.add_post("Said before", minutes_ago=30)
    with pytest.raises(Rejected) as caught:
        await opened.publish(post("Said before"), "sd-2")
    assert caught.value.reason == "duplicate"
    server.faults.add(Fault("500", match="/published_posts$"))
    with pytest.raises(OutcomeUnknown):
        await opened.publish(segment, KEY)


async def test_so_many_posts_since_that_nobody_can_tell(server: RecordingFacebook, http: Http) -> None:
    for number in range(520):
        server.add_post(f"Post {number}", minutes_ago=-1)
    with pytest.raises(OutcomeUnknown):
        await open_page(server, http, now=Later()).find(post("Another"), KEY)


async def test_words_are_changed_and_a_post_that_is_gone_cannot_be(server: RecordingFacebook, opened: Any) -> None:
    assert isinstance(opened, Edits)
    receipt = await opened.publish(post("With a tpyo"), KEY)
    await opened.edit(receipt.remote_id, receipt.refs, "Without a typo")
    assert newest(server).message == "Without a typo"
    await opened.delete(receipt.remote_id, receipt.refs)
    with pytest.raises(Rejected) as caught:
        await opened.edit(receipt.remote_id, receipt.refs, "Too late")
    assert caught.value.reason == "not_found"


async def test_likes_of_posts_and_comments(server: RecordingFacebook, opened: Any) -> None:
    made = server.add_post("Likeable")
    comment = server.comment(made, "Indeed")
    for node in (made, comment):
        for action, liked in (("like", True), ("like", True), ("unlike", False), ("unlike", False)):
            await opened.act(action, node.id, {})
            assert (server.me.id in node.likes) == liked
    with pytest.raises(Rejected) as caught:
        await opened.act("reshare", made.id, {})
    assert caught.value.reason == "not_supported"


async def test_a_link_that_facebook_cannot_read(server: RecordingFacebook, opened: Any) -> None:
    server.refuse("/feed$", GraphError(100, "The url you supplied is invalid", sub=1609005))
    with pytest.raises(Rejected) as caught:
        await opened.publish(post("See https://northwind.example/a"), KEY)
    assert caught.value.reason == "link_refused"


# signing in


def app_answers(server: RecordingFacebook, **more: str) -> dict[str, str]:
    return {"client_id": server.credentials["client_id"], "client_secret": server.credentials["client_secret"], **more}


def test_the_real_addresses() -> None:
    assert server_of(Account(0, "facebook", "", "", "")) == "https://graph.facebook.com"
    assert web_of("https://graph.facebook.com") == "https://www.facebook.com"


def test_the_steps_name_the_address_to_register_and_scopes_have_reasons() -> None:
    form = Facebook.facts.sign_ins[0]
    assert isinstance(form, OAuthCode)
    assert (form.port, REDIRECT) == (PORT, f"http://localhost:{PORT}/callback")
    assert any(step.copy == REDIRECT for step in form.steps)
    assert all(why for _, why in form.scopes)
    assert all(any(scope in step.text for step in form.steps) for scope, _ in SCOPES)


async def test_the_whole_way_through_the_browser(server: RecordingFacebook, visitor: Any, http: Http) -> None:
    step = await visitor.begin_sign_in(app_answers(server, scopes="business_management"), "http://127.0.0.1:1/callback")
    query = parse_qs(urlsplit(step.url).query)
    assert query["scope"][0].split(",") == [*(scope for scope, _ in SCOPES), "business_management"]
    assert server.credentials["client_secret"] not in step.url
    code = parse_pasted(await sent_back(step.url, REDIRECT), step.state)
    done = await visitor.finish_sign_in(step, code)
    assert isinstance(done, SignedIn)
    who = done.identity
    assert (who.remote_id, who.name, who.handle) == (server.me.id, "Northwind Pumps", "northwind")
    assert server.oauth.extended == 1, "a Page's token lives as long as the person's that it came from"
    token = server.oauth.tokens[done.credential.get("access_token")]
    assert (token.page, token.ends) == (server.me.id, None)
    account = Account(5, "facebook", who.name, who.handle, who.server, who.remote_id, who.avatar_url, who.facts)
    page = Facebook(account, done.credential, http)
    assert await page.whoami() == who
    secrets = [value for name, value in done.credential.secrets.items() if name not in {"client_id", "user_token_ends"}]
    shown = f"{step!r} {done!r} {page!r} {vars(page)}"
    assert not [secret for secret in secrets if secret in shown]


async def test_of_several_pages_those_that_one_may_post_to_are_offered(server: RecordingFacebook, visitor: Any) -> None:
    server.add_page("Northwind Careers", "northwindcareers")
    server.add_page("Pump Museum", tasks=("ANALYZE",))
    done = await visitor.sign_in({"token": server.credentials["user_token"]})
    assert isinstance(done, SeveralFound)
    assert [one.identity.name for one in done.found] == ["Northwind Pumps", "Northwind Careers"]
    assert len({one.credential.get("access_token") for one in done.found}) == 2


@pytest.mark.parametrize(
    "wanted",
    ["Northwind Careers", "northwindcareers", "https://www.facebook.com/northwindcareers/", "@NorthwindCareers"],
)
async def test_a_page_may_be_named(server: RecordingFacebook, visitor: Any, wanted: str) -> None:
    server.add_page("Northwind Careers", "northwindcareers")
    done = await visitor.sign_in({"token": server.credentials["user_token"], "page": wanted})
    assert isinstance(done, SignedIn)
    assert done.identity.name == "Northwind Careers"


async def test_no_page_to_post_to(server: RecordingFacebook, visitor: Any) -> None:
    for answers in ({"page": "Another Page"}, {}):
        server.me.tasks = server.me.tasks if answers else ("ANALYZE",)
        with pytest.raises(Rejected) as caught:
            await visitor.sign_in({"token": server.credentials["user_token"], **answers})
        assert caught.value.reason == "no_page"


async def test_a_pasted_token_of_the_page_itself(server: RecordingFacebook, visitor: Any) -> None:
    done = await visitor.sign_in({"token": f" {server.credentials['token']}\n"})
    assert isinstance(done, SignedIn)
    assert done.identity.remote_id == server.me.id
    assert set(done.credential.secrets) == {"access_token"}


async def test_a_pasted_token_for_an_hour_lasts_with_the_apps_secret(server: RecordingFacebook, visitor: Any) -> None:
    short = server.oauth.give(KNOWN_SCOPES, lasts=timedelta(hours=1))
    done = await visitor.sign_in({"token": short, **app_answers(server)})
    assert isinstance(done, SignedIn)
    assert done.credential.get("user_token") != short
    ends = datetime.fromtimestamp(int(done.credential.get("user_token_ends")), UTC)
    assert timedelta(days=59) < ends - datetime.now(UTC) <= timedelta(days=60)


async def test_a_token_that_is_not_good(visitor: Any) -> None:
    with pytest.raises(AuthExpired):
        await visitor.sign_in({"token": "EAAPnonsense"})


@pytest.mark.parametrize("answers", [{"token": ""}, {"token": "two words"}, {"token": "x", "client_id": "abc"}])
async def test_what_cannot_be_a_token(visitor: Any, answers: dict[str, str]) -> None:
    with pytest.raises(InputError):
        await visitor.sign_in(answers)


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": ""},
        {"client_id": "not a number"},
        {"client_secret": ""},
        {"client_secret": "two words"},
        {"redirect": "http://northwind.example/"},
        {"version": "twenty"},
    ],
)
async def test_what_cannot_be_an_app(server: RecordingFacebook, visitor: Any, changed: dict[str, str]) -> None:
    with pytest.raises(InputError):
        await visitor.begin_sign_in(app_answers(server, **changed), REDIRECT)


async def test_a_wrong_secret_and_a_wrong_code(server: RecordingFacebook, visitor: Any) -> None:
    step = await visitor.begin_sign_in(app_answers(server, client_secret="0" * 32), REDIRECT)
    code = parse_pasted(await sent_back(step.url, REDIRECT), step.state)
    with pytest.raises(Rejected) as caught:
        await visitor.finish_sign_in(step, code)
    assert caught.value.reason == "app_not_allowed"
    step = await visitor.begin_sign_in(app_answers(server), REDIRECT)
    with pytest.raises(Rejected) as caught:
        await visitor.finish_sign_in(step, "nonsense")
    assert caught.value.reason == "invalid"
    server.faults.add(Fault("500", match="access_token$"))
    with pytest.raises(Unreachable):
        await visitor.finish_sign_in(step, "nonsense")


async def test_an_app_that_is_live_has_a_redirect_address_of_its_own(server: RecordingFacebook, visitor: Any) -> None:
    back = "https://northwind.example/signed-in"
    app = server.oauth.register(back, live=True)
    answers = {"client_id": app.id, "client_secret": app.secret, "redirect": back, "version": "26.0"}
    step = await visitor.begin_sign_in(answers, REDIRECT)
    assert step.redirect_uri == back
    assert "/v26.0/dialog/oauth" in step.url
    done = await visitor.finish_sign_in(step, parse_pasted(await sent_back(step.url, back), step.state))
    assert done.identity.facts == {"version": "v26.0"}


async def test_the_version_of_the_account_is_the_one_that_is_asked(server: RecordingFacebook, http: Http) -> None:
    opened = open_page(server, http, facts={"version": "v26.0"})
    await opened.whoami()
    assert server.sent[-1][0].path == "/v26.0/me"


# renewing


async def signed_in(server: RecordingFacebook, visitor: Any, http: Http, **options: Any) -> Any:
    done = await visitor.sign_in({"token": server.credentials["user_token"], **app_answers(server)})
    account = Account(5, "facebook", "Northwind Pumps", "northwind", server.url, done.identity.remote_id)
    return Facebook(account, done.credential, http, **options)


async def test_the_persons_token_is_extended_a_month_before_its_end(
    server: RecordingFacebook, visitor: Any, http: Http
) -> None:
    opened = await signed_in(server, visitor, http)
    assert isinstance(opened, RenewsEarly)
    due = opened.renew_at()
    assert due is not None
    assert timedelta(days=29) < due - datetime.now(UTC) <= LONG - timedelta(days=30)
    assert open_page(server, http).renew_at() is None
    before = opened._credential
    fresh = await opened.renew()
    assert fresh.get("user_token") not in {"", before.get("user_token")}
    assert all(fresh.secrets.values())


async def test_a_pages_token_that_died_is_had_again_from_the_person(
    server: RecordingFacebook, visitor: Any, http: Http
) -> None:
    opened = await signed_in(server, visitor, http)
    server.oauth.ended[opened._credential.get("access_token")] = 460
    with pytest.raises(AuthExpired):
        await opened.whoami()
    fresh = await opened.renew()
    assert (await Facebook(opened.account, fresh, http).whoami()).remote_id == server.me.id


async def test_renewal_that_cannot_be(server: RecordingFacebook, visitor: Any, http: Http) -> None:
    with pytest.raises(AuthExpired):
        await open_page(server, http).renew()  # only the Page's own token is known
    opened = await signed_in(server, visitor, http)
    server.oauth.ended[opened._credential.get("user_token")] = 460
    with pytest.raises(AuthExpired):
        await opened.renew()
    server.oauth.ended.clear()
    server.me.tasks = ()
    with pytest.raises(AuthExpired):
        await opened.renew()
    server.faults.add(Fault("close"))
    with pytest.raises(NetworkError) as caught:
        await opened.renew()
    assert type(caught.value) is Unreachable


# a time of its own


async def test_a_time_that_facebook_does_not_take_is_kept_here(server: RecordingFacebook, opened: Any) -> None:
    for at in (timedelta(minutes=3), timedelta(days=200)):
        with pytest.raises(Rejected) as caught:
            await opened.publish(post("Not so", publish_at=datetime.now(UTC) + at), KEY)
        assert caught.value.reason == "cannot_plan"
    assert not any(one.message == "Not so" for one in server.state.posts.values())


async def test_a_waiting_post_is_known_by_its_time(server: RecordingFacebook, http: Http) -> None:
    opened = open_page(server, http, now=Later())
    server.writing.refuses_repeats = False
    at = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)
    receipts = [await opened.publish(post("Twice", publish_at=at + n * timedelta(hours=1)), f"k{n}") for n in (0, 1)]
    found = [await opened.find(post("Twice", publish_at=at + n * timedelta(hours=1)), f"k{n}") for n in (0, 1)]
    assert found == receipts
    assert await opened.find(post("Twice", publish_at=at + timedelta(hours=2)), "k2") is None


async def test_a_waiting_post_with_pictures_and_new_words(server: RecordingFacebook, opened: Any) -> None:
    at = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)
    receipt = await opened.publish(post("Soon", media=(await opened.upload(image()),), publish_at=at), KEY)
    await opened.edit(receipt.remote_id, receipt.refs, "Soon, and better")
    (held,) = [one for one in server.state.posts.values() if not one.published]
    assert (held.message, len(held.photos), held.scheduled) == ("Soon, and better", 1, at)
    server.state.remove_post(held.id)
    with pytest.raises(Rejected) as caught:
        await opened.scheduled(receipt)
    assert caught.value.reason == "not_found"
