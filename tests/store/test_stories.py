"""A column as stories: grouped by article, ranked by who carries it."""

from datetime import timedelta

from socialdesk.core.entry import Author, Counts, LinkCard
from socialdesk.core.saved import SavedItem
from socialdesk.store import columns, saved
from tests.store.conftest import NOW, Desk, article, post

CARD = LinkCard("https://harbor.example/posts/1", "Lead times", "How long", "https://harbor.example/1.png", "Harbor")


def linked(number: int, person: str, card: LinkCard = CARD, **changes: object) -> object:
    return post(number, author=Author(person, f"@{person}", remote_id=person), link=card, **changes)


def stories(desk: Desk, column_id: int, limit: int = 50, **more: object) -> tuple:  # type: ignore[type-arg]
    return desk.store.read_now(columns.stories, column_id, limit, NOW, **more)  # type: ignore[arg-type]


def test_posts_of_one_link_are_one_story(desk: Desk) -> None:
    source = desk.source(network="mastodon")
    column = desk.column(source)
    page = [
        linked(1, "ann", text="Short https://harbor.example/posts/1", counts=Counts(0, 0, 99)),
        linked(2, "bob", text="This matches what our buyers tell us every week", counts=Counts(1, 2, 3)),
        linked(3, "ann", text="Lead times"),
        post(4, text="no link"),
    ]
    ids = desk.apply(source, page).new_ids
    (story,) = stories(desk, column.id)
    assert (story.url, story.title, story.site, story.image_url) == (CARD.url, "Lead times", "Harbor", CARD.image_url)
    assert story.entry_ids == ids[:3]
    assert story.share_count == 2
    assert [author.name for author in story.authors] == ["ann", "bob"]
    assert story.networks == ("mastodon",)
    assert story.remark == "This matches what our buyers tell us every week"
    assert story.remark_by is not None
    assert story.remark_by.name == "bob"
    assert story.newest == desk.rows(column)[0].key
    assert (story.saved, story.seen) == (False, False)


def test_the_article_itself_joins_its_story(desk: Desk) -> None:
    feed, social = desk.source("feed"), desk.source("social", "mastodon")
    column = desk.column(feed, social)
    desk.apply(feed, [article(1, title="The real title", text="word " * 1000)])
    tracked = LinkCard("http://www.harbor.example/posts/1/?utm_source=x", "Shared title")
    desk.apply(social, [linked(1, "ann", tracked)])  # type: ignore[list-item]
    (story,) = stories(desk, column.id)
    assert (story.title, story.url) == ("The real title", "https://harbor.example/posts/1")
    assert (story.share_count, len(story.entry_ids)) == (1, 2)
    assert story.minutes == 4
    assert [author.name for author in story.authors] == ["ann"]


def test_article_nobody_shares_is_a_story_of_its_own(desk: Desk) -> None:
    source = desk.source()
    column = desk.column(source)
    desk.apply(source, [article(1)])
    (story,) = stories(desk, column.id)
    assert (story.title, story.share_count, story.authors, story.networks) == ("Article 1", 0, (), ("feeds",))
    assert story.minutes == 0


def test_most_shared_first_then_newest(desk: Desk) -> None:
    source = desk.source(network="mastodon")
    column = desk.column(source)

    def card(name: str) -> LinkCard:
        return LinkCard(f"https://harbor.example/{name}", name)

    desk.apply(
        source,
        [
            linked(1, "ann", card("new")),
            linked(2, "ann", card("loved")),
            linked(3, "bob", card("loved")),
            linked(4, "bob", card("old")),
            linked(5, "bob", card("old")),
        ],  # type: ignore[list-item]
    )
    found = stories(desk, column.id)
    assert [story.title for story in found] == ["loved", "new", "old"]
    first = stories(desk, column.id, 1)
    rest = stories(desk, column.id, 9, after=first[0].key)
    assert (*first, *rest) == found


def test_only_the_last_days_count(desk: Desk) -> None:
    source = desk.source(network="mastodon")
    column = desk.column(source)
    desk.apply(source, [linked(60 * 24 * 8, "ann")])  # type: ignore[list-item]
    assert stories(desk, column.id) == ()
    assert len(stories(desk, column.id, window=timedelta(days=9))) == 1


def test_saved_and_seen_marks(desk: Desk) -> None:
    source = desk.source(network="mastodon")
    column = desk.column(source)
    desk.apply(source, [linked(1, "ann"), linked(2, "bob")])  # type: ignore[list-item]
    desk.store.write_now(saved.add, SavedItem(0, CARD.url + "?utm_medium=y", "A", "saved", NOW, minutes=7))
    desk.store.write_now(columns.mark_all_seen, column.id, NOW)
    (story,) = stories(desk, column.id)
    assert (story.saved, story.minutes, story.seen) == (True, 7, True)
