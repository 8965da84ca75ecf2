"""The practice feed reader's server, driven by a client that others wrote for The Old Reader (oldas)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import oldas
import pytest

from socialdesk.practice.greader import OLD_READER, PASSWORD, USER, PracticeReader
from socialdesk.practice.greader_state import READ, STARRED
from socialdesk.practice.world import World


@pytest.fixture
async def server() -> AsyncIterator[PracticeReader]:
    async with PracticeReader(World.load(), OLD_READER) as running:
        yield running


@pytest.fixture
async def session(server: PracticeReader) -> AsyncIterator[Any]:
    """Theirs, at our address in place of theoldreader.com."""

    class Session(oldas.Session):
        _LOGIN = f"{server.url}/accounts/ClientLogin"
        _API = f"{server.url}/reader/api/0/"

    made = Session("practice")
    await made.login(USER, PASSWORD)
    yield made
    await made._web_client.aclose()


async def test_it_signs_in(server: PracticeReader, session: Any) -> None:
    assert session.logged_in
    assert session.auth_code == server.auth
    assert (await oldas.User.load(session)).name == USER
    session.logout()
    with pytest.raises(oldas.OldASError):
        await session.login(USER, "wrong")


async def test_it_reads_subscriptions_and_folders(server: PracticeReader, session: Any) -> None:
    found = await oldas.Subscriptions.load(session)
    assert {one.title for one in found} == {feed.title for feed in server.reading.feeds.values()}
    assert {folder.name for folder in await oldas.Folders.load(session)} == set(server.reading.folders())


async def test_it_reads_articles(server: PracticeReader, session: Any) -> None:
    found = [article async for article in oldas.Articles.stream(session, oldas.State.READING_LIST, n=4)]
    assert [article.title for article in found] == [item.title for item in server.reading.newest_first()]
    by_title = {article.title: article for article in found}
    for item in server.reading.items.values():
        article = by_title[item.title]
        assert article.is_read == (READ in item.states)
        assert (article.html_url, article.summary.content) == (item.url, item.html)
        assert (article.author, article.origin.title) == (item.author, item.feed.title)
        assert article.published == item.published.replace(microsecond=0)


async def test_it_reads_what_is_unread_and_what_is_new(server: PracticeReader, session: Any) -> None:
    unread = await oldas.ArticleIDs.load_unread(session)
    numbers = {f"{item.number:024x}" for item in server.reading.items.values() if READ not in item.states}
    assert {one.article_id for one in unread} == numbers
    server.add_post("News")
    since = datetime.now(UTC) - timedelta(minutes=1)
    new = [a.title async for a in oldas.Articles.stream_new_since(session, since, oldas.State.READING_LIST)]
    assert new == ["News"]


async def test_it_marks_and_takes_marks_away(server: PracticeReader, session: Any) -> None:
    item = next(one for one in server.reading.items.values() if READ not in one.states)
    found = [article async for article in oldas.Articles.stream(session, oldas.State.READING_LIST)]
    article = next(one for one in found if one.title == item.title)
    assert await article.mark_read(session)
    assert await session.add_tag(article.id, oldas.State.STARRED)
    assert item.states == {READ, STARRED}
    assert await article.mark_unread(session)
    assert await session.remove_tag([article.id], oldas.State.STARRED)
    assert item.states == set()


async def test_it_subscribes_and_leaves(server: PracticeReader, session: Any) -> None:
    server.reading.offers["https://new.example/feed"] = "New Ideas"
    made = await oldas.Subscriptions.add(session, "https://new.example/feed")
    assert not made.failed
    found = next(s for s in await oldas.Subscriptions.load(session) if s.title == "New Ideas")
    assert await oldas.Subscriptions.move(session, found, "Ideas")
    assert server.reading.feeds[found.id].folder == "Ideas"
    assert await oldas.Subscriptions.remove(session, found)
    assert found.id not in server.reading.feeds
