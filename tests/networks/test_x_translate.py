"""X's posts beside the values they must become: both vocabularies, long posts, reposts, quotes, media, odd answers."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialdesk.core.entry import Author, Counts, Entry, LinkCard, Media, MediaKind, Poll, Reason
from socialdesk.networks.x.places import name_of, tags_query, words_query
from socialdesk.networks.x.translate import SENSITIVE, Around, around_of, entry_of, mention_reason

WEB = "https://x.com"
POST = {
    "id": "1900000000000000001",
    "text": "Ten lessons from a year of B2B webinars https://t.co/aaaaaaaaaa #B2B with @harbor &amp; friends "
    "https://t.co/bbbbbbbbbb",
    "author_id": "11",
    "created_at": "2026-08-22T10:00:00.000Z",
    "lang": "en",
    "conversation_id": "1900000000000000001",
    "possibly_sensitive": False,
    "public_metrics": {
        "repost_count": 4,
        "reply_count": 2,
        "like_count": 9,
        "quote_count": 1,
        "bookmark_count": 3,
        "impression_count": 700,
    },
    "attachments": {"media_keys": ["3_5", "7_6", "16_7", "3_404"]},
    "entities": {
        "urls": [
            {
                "start": 40,
                "end": 63,
                "url": "https://t.co/aaaaaaaaaa",
                "expanded_url": "https://www.blog.example/webinars?utm_source=x",
                "display_url": "blog.example/webinars",
                "unwound_url": "https://www.blog.example/webinars",
                "title": "Webinars",
                "description": "What worked",
                "images": [{"url": "https://pbs.example/1.jpg", "width": 800, "height": 320}],
            },
            {
                "start": 90,
                "end": 113,
                "url": "https://t.co/bbbbbbbbbb",
                "expanded_url": "https://x.com/vantage/status/1900000000000000001/photo/1",
                "display_url": "pic.x.com/bbbbbbbbbb",
                "media_key": "3_5",
            },
        ],
        "hashtags": [{"start": 64, "end": 68, "tag": "B2B"}],
        "mentions": [{"start": 74, "end": 81, "username": "harbor", "id": "12"}],
    },
}
USERS = [
    {
        "id": "11",
        "name": "Vantage Journal",
        "username": "vantage",
        "profile_image_url": "https://pbs.example/v_normal.jpg",
    },
    {"id": "12", "name": "Harbor", "username": "harbor"},
]
MEDIA = [
    {"media_key": "3_5", "type": "photo", "url": "https://pbs.example/5.jpg", "alt_text": "A stage", "width": 1200,
     "height": 675},
    {"media_key": "7_6", "type": "video", "preview_image_url": "https://pbs.example/6.jpg", "duration_ms": 9000,
     "variants": [
         {"content_type": "application/x-mpegURL", "url": "https://video.example/6.m3u8"},
         {"bit_rate": 832000, "content_type": "video/mp4", "url": "https://video.example/6-small.mp4"},
         {"bit_rate": 2176000, "content_type": "video/mp4", "url": "https://video.example/6-large.mp4"},
     ]},
    {"media_key": "16_7", "type": "animated_gif", "preview_image_url": "https://pbs.example/7.jpg"},
]  # fmt: skip


def translate(post: dict[str, Any], me: str = "", **includes: Any) -> Entry:
    entry = entry_of(post, around_of({"includes": {"users": USERS, **includes}}, WEB, me))
    assert entry is not None
    return entry


def test_a_whole_post() -> None:
    entry = translate(POST, media=MEDIA)
    author = Author(
        "Vantage Journal", "vantage", "https://x.com/vantage", "https://pbs.example/v_normal.jpg", remote_id="11"
    )
    address = "https://www.blog.example/webinars?utm_source=x"
    assert entry.text == f"Ten lessons from a year of B2B webinars {address} #B2B with @harbor & friends"
    assert entry.html == (
        "<p>Ten lessons from a year of B2B webinars "
        f'<a href="{address}">blog.example/webinars</a> '
        '<a href="https://x.com/hashtag/B2B">#B2B</a> with '
        '<a href="https://x.com/harbor">@harbor</a> &amp; friends</p>'
    )
    assert (entry.author, entry.counts, entry.tags) == (author, Counts(2, 4, 9), ("B2B",))
    assert entry.published == datetime(2026, 8, 22, 10, tzinfo=UTC)
    assert entry.key == "https://x.com/i/status/1900000000000000001"
    assert entry.url == "https://x.com/vantage/status/1900000000000000001"
    assert entry.link == LinkCard(
        "https://www.blog.example/webinars", "Webinars", "What worked", "https://pbs.example/1.jpg", "blog.example"
    )
    assert entry.media == (
        Media(MediaKind.IMAGE, "https://pbs.example/5.jpg", "", "A stage", 1200, 675),
        Media(MediaKind.VIDEO, "https://video.example/6-large.mp4", "https://pbs.example/6.jpg"),
        Media(MediaKind.GIF, "https://pbs.example/7.jpg", "https://pbs.example/7.jpg"),
    )
    assert entry.refs["conversation"] == entry.remote_id == POST["id"]
    assert (entry.language, entry.warning, entry.reason, entry.mine) == ("en", "", None, frozenset())


@pytest.mark.parametrize("name", ["note_post", "note_tweet"])
def test_a_long_post_is_whole_with_its_own_links(name: str) -> None:
    whole = "Long\n\nand longer https://t.co/cccccccccc\nto the end"
    urls = [{"url": "https://t.co/cccccccccc", "expanded_url": "https://example.com/c", "display_url": "example.com/c"}]
    post = {**POST, "text": "Long and lon… https://t.co/x", name: {"text": whole, "entities": {"urls": urls}}}
    entry = translate(post)
    assert entry.text == "Long\n\nand longer https://example.com/c\nto the end"
    assert entry.html == (
        '<p>Long</p><p>and longer <a href="https://example.com/c">example.com/c</a><br>to the end</p>'
    )


@pytest.mark.parametrize(("refers", "included"), [("referenced_posts", "posts"), ("referenced_tweets", "tweets")])
def test_a_repost_is_the_original_with_who_passed_it_on(refers: str, included: str) -> None:
    repost = {
        "id": "1900000000000000009",
        "text": "RT @vantage: Ten lessons from a y…",
        "author_id": "12",
        "created_at": "2026-08-23T10:00:00.000Z",
        refers: [{"type": "retweeted", "id": POST["id"]}],
    }
    entry = translate(repost, me="12", **{included: [POST]})
    assert entry.key == translate(POST).key
    assert entry.author.handle == "vantage"
    assert entry.reason is not None
    assert entry.reason.by is not None
    assert (entry.reason.kind, entry.reason.by.handle) == ("reshare", "harbor")
    assert entry.reason.at == datetime(2026, 8, 23, 10, tzinfo=UTC)
    assert entry.mine == {"reshare"}
    assert translate(repost, me="11", **{included: [POST]}).mine == frozenset()


def test_a_repost_whose_original_did_not_come_along() -> None:
    repost = {
        "id": "1900000000000000009",
        "text": "RT @somebody: Ten lessons from a y…",
        "author_id": "12",
        "created_at": "2026-08-23T10:00:00.000Z",
        "referenced_posts": [{"type": "retweeted", "id": "1800000000000000001"}],
    }
    entry = translate(repost)
    assert (entry.text, entry.author.name, entry.author.url) == (
        "Ten lessons from a y…",
        "somebody",
        "https://x.com/somebody",
    )
    assert entry.key == "https://x.com/i/status/1800000000000000001"
    assert entry.url == "https://x.com/somebody/status/1800000000000000001"
    assert entry.reason is not None
    assert entry.reason.kind == "reshare"


def test_a_quote_shows_what_it_quotes_without_the_link_to_it() -> None:
    quote = {
        "id": "1900000000000000010",
        "text": "So true https://t.co/dddddddddd",
        "author_id": "12",
        "referenced_posts": [{"type": "quoted", "id": POST["id"]}],
        "entities": {
            "urls": [
                {
                    "url": "https://t.co/dddddddddd",
                    "expanded_url": "https://twitter.com/vantage/status/1900000000000000001",
                    "display_url": "twitter.com/vantage/stat…",
                }
            ]
        },
    }
    entry = translate(quote, posts=[POST])
    assert (entry.text, entry.link) == ("So true", None)
    assert entry.quoted is not None
    assert entry.quoted.author.name == "Vantage Journal"
    assert entry.quoted.text.startswith("Ten lessons")
    assert entry.quoted.url == "https://x.com/vantage/status/1900000000000000001"
    assert translate(quote).quoted is None


def test_answers_polls_and_warnings() -> None:
    post = {
        **POST,
        "lang": "und",
        "possibly_sensitive": True,
        "in_reply_to_user_id": "12",
        "attachments": {"media_keys": ["3_5"], "poll_ids": ["77"]},
        "referenced_tweets": [{"type": "replied_to", "id": "1800000000000000002"}],
        "public_metrics": {"retweet_count": 3, "reply_count": 0, "like_count": 0, "quote_count": 0},
    }
    poll = {
        "id": "77",
        "voting_status": "closed",
        "options": [{"position": 2, "label": "No", "votes": 1}, {"position": 1, "label": "Yes", "votes": 5}],
    }
    entry = translate(post, media=MEDIA, polls=[poll])
    assert (entry.reply_to, entry.warning, entry.language) == ("1800000000000000002", SENSITIVE, "")
    assert entry.poll == Poll((("Yes", 5), ("No", 1)), closed=True)
    assert entry.counts == Counts(0, 3, 0)
    around = around_of({"includes": {"users": USERS}}, WEB, "12")
    assert mention_reason(post, around).kind == "reply"
    assert mention_reason({**post, "in_reply_to_user_id": "11"}, around).kind == "mention"


def test_links_of_other_kinds_become_html() -> None:
    post = {"id": "1", "text": "$AAPL and 故人 <b>example.com/a</b> ＃tag #tag", "author_id": "0"}
    entry = translate(post)
    assert entry.html == (
        '<p><a href="https://x.com/search?q=%24AAPL">$AAPL</a> and 故人 &lt;b&gt;'
        '<a href="http://example.com/a">example.com/a</a>&lt;/b&gt; '
        '<a href="https://x.com/hashtag/tag">＃tag</a> <a href="https://x.com/hashtag/tag">#tag</a></p>'
    )
    assert (entry.author.name, entry.url) == ("Unknown account", "https://x.com/i/status/1")


def test_an_address_that_is_none_is_not_linked() -> None:
    urls = [{"url": "https://t.co/eeeeeeeeee", "expanded_url": "javascript:alert(1)", "display_url": "x"}, {"url": 7}]
    entry = translate({"id": "1", "text": "See https://t.co/eeeeeeeeee", "entities": {"urls": urls}})
    assert entry.text == "See https://t.co/eeeeeeeeee"
    assert "javascript" not in entry.html


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(POST)), inner, max_size=4),
    max_leaves=12,
)
NAMES = sorted({*POST, "referenced_posts", "referenced_tweets", "note_post", "article", "username"})


@given(
    post=st.dictionaries(st.sampled_from(NAMES), ODD, max_size=8),
    includes=st.dictionaries(st.sampled_from(["users", "posts", "tweets", "media", "polls"]), ODD),
)
def test_no_answer_is_too_odd(post: dict[str, Any], includes: dict[str, Any]) -> None:
    around = around_of({"includes": includes}, WEB, "12")
    entry = entry_of({**POST, **post}, around)
    assert entry is None or isinstance(entry.text, str)
    assert isinstance(mention_reason(post, around), Reason)


@pytest.mark.parametrize("post", [{}, {"id": ""}, {"id": "abc"}, {"id": 1.5}, {"id": None}])
def test_what_has_no_id_is_no_post(post: dict[str, Any]) -> None:
    assert entry_of(post, Around(WEB)) is None


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("b2b   marketing", "b2b marketing"),
        ("“content marketing” -is:reply", '"content marketing" -is:reply'),
        ("„Vertrieb“", '"Vertrieb"'),
        ("https://example.com/a", 'url:"https://example.com/a"'),
        ("from:harbor OR from:vantage", "from:harbor OR from:vantage"),
    ],
)
def test_what_people_type_becomes_a_query(typed: str, query: str) -> None:
    assert words_query(typed) == query


@pytest.mark.parametrize(
    ("typed", "query"),
    [("#B2B", "#B2B"), ("b2b, #saas ＃abm", "#b2b OR #saas OR #abm"), ("#a#b", "#a OR #b"), ("a a", "#a")],
)
def test_hashtags_become_a_query(typed: str, query: str) -> None:
    assert tags_query(typed) == query


@pytest.mark.parametrize(
    "typed",
    ["harbor", "@harbor", " @harbor ", "https://x.com/harbor", "x.com/harbor/", "https://twitter.com/harbor/status/12"],
)
def test_names_as_people_write_them(typed: str) -> None:
    assert name_of(typed) == "harbor"
