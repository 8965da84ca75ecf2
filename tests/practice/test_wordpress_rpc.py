"""The XML-RPC of the practice blog, judged by somebody else's client: python-wordpress-xmlrpc."""

import collections
import collections.abc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from wordpress_xmlrpc import Client, WordPressComment, WordPressPost
from wordpress_xmlrpc.compat import xmlrpc_client
from wordpress_xmlrpc.exceptions import InvalidCredentialsError
from wordpress_xmlrpc.methods import comments, media, options, posts, taxonomies, users

from socialdesk.practice.server import ServerThread
from socialdesk.practice.wordpress import PASSWORD, PracticeWordPress
from socialdesk.practice.world import World, picture


@pytest.fixture
def server() -> Iterator[PracticeWordPress]:
    server = PracticeWordPress(World.load())
    with ServerThread(server):
        yield server


@contextmanager
def signed_in(server: PracticeWordPress, password: str = PASSWORD) -> Iterator[Any]:
    client = Client(f"{server.url}/xmlrpc.php", "northwind", password)
    try:
        yield client
    finally:
        client.server("close")()


@pytest.fixture
def client(server: PracticeWordPress, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(collections, "Iterable", collections.abc.Iterable, raising=False)  # it was written for 3.9
    with signed_in(server) as client:
        yield client


def test_who_and_where(server: PracticeWordPress, client: Any) -> None:
    me = client.call(users.GetProfile())
    assert (me.id, me.username, me.roles) == ("1", "northwind", ["administrator"])
    [blog] = client.call(users.GetUsersBlogs())
    assert (blog.id, blog.url, blog.is_admin) == ("1", f"{server.url}/", True)
    told = {option.name: option.value for option in client.call(options.GetOptions(["software_version", "home_url"]))}
    assert told == {"software_version": "6.1.9", "home_url": server.url}


def test_a_wrong_password(server: PracticeWordPress) -> None:
    with signed_in(server, "wrong") as stranger, pytest.raises(InvalidCredentialsError):
        stranger.call(users.GetProfile())


def test_a_post_from_beginning_to_end(server: PracticeWordPress, client: Any) -> None:
    post = WordPressPost()
    post.title, post.content, post.post_status, post.slug = "Judged", "<p>Words</p>", "publish", "judged"
    post.terms_names = {"post_tag": ["B2B", "new"], "category": ["Field notes"]}
    post.custom_fields = [{"key": "handle", "value": "k1"}, {"key": "_hidden", "value": "k2"}]
    post.id = client.call(posts.NewPost(post))
    seen = client.call(posts.GetPost(post.id))
    assert (seen.title, seen.content, seen.slug, seen.post_status) == ("Judged", "<p>Words</p>", "judged", "publish")
    assert seen.link == f"{server.url}/judged/"
    assert {term.name for term in seen.terms} == {"B2B", "new", "Field notes"}
    assert [(field["key"], field["value"]) for field in seen.custom_fields] == [("handle", "k1")]
    assert seen.comment_status == "closed"  # nothing was said about it
    post.title = "Judged again"
    assert client.call(posts.EditPost(post.id, post))
    assert client.call(posts.GetPost(post.id)).title == "Judged again"
    assert client.call(posts.DeletePost(post.id))
    assert client.call(posts.GetPost(post.id)).post_status == "trash"
    assert client.call(posts.DeletePost(post.id))
    with pytest.raises(xmlrpc_client.Fault) as caught:
        client.call(posts.GetPost(post.id))
    assert caught.value.faultCode == 404


def test_lists_of_posts(client: Any) -> None:
    newest = client.call(posts.GetPosts({"number": 2}))
    assert len(newest) == 2
    assert newest[0].date >= newest[1].date
    after = client.call(posts.GetPosts({"number": 2, "offset": 1}))
    assert after[0].id == newest[1].id


def test_a_planned_post_calls_itself_published(client: Any) -> None:
    post = WordPressPost()
    post.title, post.content, post.post_status = "Planned", "Words", "future"
    post.date = datetime.now(UTC).replace(microsecond=0, tzinfo=None) + timedelta(days=2)
    number = client.call(posts.NewPost(post))
    assert number in [one.id for one in client.call(posts.GetPosts({"post_status": "future"}))]
    seen = client.call(posts.GetPost(number))
    assert (seen.post_status, seen.date) == ("publish", post.date)


def test_a_picture(server: PracticeWordPress, client: Any) -> None:
    data = {"name": "shelf.png", "type": "image/png", "bits": xmlrpc_client.Binary(picture("x", 64, 36))}
    made = client.call(media.UploadFile(data))
    assert made["url"].endswith("/shelf.png")
    seen = next(one for one in client.call(media.GetMediaLibrary({"number": 5})) if one.id == made["id"])
    assert (seen.link, seen.metadata["width"]) == (made["url"], 64)


def test_comments(server: PracticeWordPress, client: Any) -> None:
    post = next(iter(server.state.posts.values()))
    comment = WordPressComment()
    comment.content = "Well said"
    number = client.call(comments.NewComment(post.id, comment))
    seen = client.call(comments.GetComment(number))
    assert (seen.content, seen.status, str(seen.user)) == ("Well said", "approve", "1")
    assert str(number) in [str(one.id) for one in client.call(comments.GetComments({"post_id": str(post.id)}))]
    seen.content = "Better said"
    assert client.call(comments.EditComment(number, seen))
    assert server.state.comments[int(number)].content == "Better said"
    again = WordPressComment()
    again.content = "Better said"
    with pytest.raises(InvalidCredentialsError):  # 403: this is how it takes "you said that already"
        client.call(comments.NewComment(post.id, again))
    assert client.call(comments.DeleteComment(number))
    assert server.state.comments[int(number)].status == "trash"


def test_terms(client: Any) -> None:
    names = [term.name for term in client.call(taxonomies.GetTerms("post_tag"))]
    assert "B2B" in names
