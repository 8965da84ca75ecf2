"""What the Bluesky adapter makes of answers: recorded from the reference servers, and broken ones."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialdesk.core.entry import Counts, EntryKind, MediaKind
from socialdesk.networks.bluesky import labels, notices, refresh
from socialdesk.networks.bluesky.translate import Reader, feed_entry, post_entry, published, thread_entries

RECORDED = json.loads((Path(__file__).parent / "recorded" / "bluesky.json").read_text())
ME, OTHER = "did:plc:northwindnorthwindnorthw", "did:plc:harborharborharborharbor"
READER = Reader("https://bsky.app", ME)
VISITOR = Reader("https://bsky.app")


def recorded(text: str, source: str = "timeline") -> Any:
    found = [item for item in RECORDED[source]["feed"] if item["post"]["record"]["text"].startswith(text)]
    return found[0]


def post(**more: Any) -> dict[str, Any]:
    record = {"text": "Hello", "createdAt": "2026-11-22T10:00:00.000Z", **more.pop("record", {})}
    return {
        "uri": f"at://{OTHER}/app.bsky.feed.post/3n2umutb45k2l",
        "cid": "bafyx",
        "author": {"did": OTHER, "handle": "harbor.test", **more.pop("author", {})},
        "record": record,
        "indexedAt": "2026-11-22T10:00:01.000Z",
        **more,
    }


class TestRecorded:
    def test_text_with_facets(self) -> None:
        entry = feed_entry(recorded("Größe"), READER)
        assert entry is not None
        assert entry.kind is EntryKind.POST
        assert entry.key == entry.remote_id == entry.refs["uri"]
        assert entry.html.startswith("<p>Größe zählt: 北風 👩‍🚀 <a ")
        assert '<a href="https://harbor.example/a">https://harbor.example/a</a>' in entry.html
        assert '<a href="https://bsky.app/hashtag/b2b">#b2b</a>' in entry.html
        assert f'<a href="https://bsky.app/profile/{ME}">@northwind.test</a></p>' in entry.html
        assert entry.tags == ("b2b",)
        assert entry.language == "en"
        assert (entry.author.name, entry.author.handle) == ("Harbor Analytics", "harbor.test")
        assert entry.url == f"https://bsky.app/profile/harbor.test/post/{entry.key.rsplit('/')[-1]}"
        assert entry.mine == {"like"}
        assert entry.refs["like"].startswith(f"at://{ME}/app.bsky.feed.like/")

    def test_picture_with_label(self) -> None:
        entry = feed_entry(recorded("A chart"), READER)
        assert entry is not None
        [picture] = entry.media
        assert (picture.kind, picture.alt, picture.width, picture.height) == (MediaKind.IMAGE, "Bar chart", 400, 200)
        assert "feed_fullsize" in picture.url
        assert "feed_thumbnail" in picture.preview_url
        assert entry.warning == "Graphic media"

    def test_gallery(self) -> None:
        entry = feed_entry(recorded("A gallery"), READER)
        assert entry is not None
        assert [(m.alt, m.width) for m in entry.media] == [("One", 400)]

    def test_card(self) -> None:
        entry = feed_entry(recorded("A card"), READER)
        assert entry is not None
        assert entry.link is not None
        assert (entry.link.url, entry.link.title) == ("https://harbor.example/answers", "Answer times")
        assert (entry.link.description, entry.link.site) == ("What they buy you", "harbor.example")
        assert "feed_thumbnail" in entry.link.image_url

    def test_quotes(self) -> None:
        plain, both = feed_entry(recorded("Worth a look"), READER), feed_entry(recorded("Quote and"), READER)
        assert plain is not None
        assert both is not None
        assert plain.quoted == both.quoted
        assert plain.quoted is not None
        assert (plain.quoted.text, plain.quoted.author.handle) == ("We count replies now.", "northwind.test")
        assert plain.quoted.url.startswith("https://bsky.app/profile/northwind.test/post/")
        assert (len(plain.media), len(both.media)) == (0, 1)

    def test_a_list_is_shown_as_a_card(self) -> None:
        entry = feed_entry(recorded("A list"), READER)
        assert entry is not None
        assert entry.link is not None
        assert (entry.link.title, entry.link.description) == ("Customers", "Who buys")
        assert entry.link.url.startswith(f"https://bsky.app/profile/{OTHER}/lists/")

    def test_reply_knows_its_thread(self) -> None:
        entry = feed_entry(recorded("How do you"), READER)
        mine = feed_entry(recorded("We count"), READER)
        assert entry is not None
        assert mine is not None
        assert entry.reply_to == mine.key
        assert (entry.refs["root_uri"], entry.refs["root_cid"]) == (mine.key, mine.refs["cid"])

    def test_reshare_and_original_are_one_entry(self) -> None:
        [again, first] = [
            entry
            for item in RECORDED["timeline"]["feed"]
            if (entry := feed_entry(item, READER)) and entry.text == "We count replies now."
        ]
        assert again.key == first.key
        assert first.reason is None
        assert again.reason is not None
        assert again.reason.by is not None
        assert (again.reason.kind, again.reason.by.name) == ("reshare", "Harbor Analytics")
        assert again.reason.at is not None
        assert again.published is not None
        assert again.reason.at > again.published
        assert again.counts == Counts(replies=1, reshares=1, likes=1)

    def test_date_of_an_old_post(self) -> None:
        entry = feed_entry(recorded("Said long ago"), READER)
        assert entry is not None
        assert entry.published == datetime(2021, 5, 5, 10, 0, tzinfo=UTC)

    def test_thread(self) -> None:
        entries = thread_entries(RECORDED["thread"]["thread"], READER)
        assert [entry.text for entry in entries] == ["We count replies now.", "How do you count them?"]

    def test_notifications(self) -> None:
        posts = {p["uri"]: p for p in RECORDED["posts"]["posts"]}
        every = RECORDED["notifications"]["notifications"]
        entries = [entry for n in every if (entry := notices.notice_entry(n, posts, READER))]
        seen = [
            (e.reason.kind, e.kind.value, e.text[:10], e.quoted.text if e.quoted else "") for e in entries if e.reason
        ]
        assert seen == [
            ("like", "notice", "", "We count replies now."),
            ("reshare", "notice", "", "We count replies now."),
            ("quote", "post", "Quote and ", "We count replies now."),
            ("quote", "post", "Worth a lo", "We count replies now."),
            ("reply", "post", "How do you", ""),
            ("mention", "post", "Größe zähl", ""),
            ("follow", "notice", "", ""),
        ]
        assert len({entry.key for entry in entries}) == len(entries)
        assert all(e.author.name == "Harbor Analytics" and e.published and e.url for e in entries)
        assert set(notices.wanted_posts(every)) <= set(posts) | {e.key for e in entries}


class TestDates:
    @pytest.mark.parametrize(
        ("created", "indexed", "expected"),
        [
            ("2026-11-22T10:00:00Z", "2026-11-22T10:00:05.1Z", "2026-11-22T10:00:00+00:00"),
            ("2031-01-01T00:00:00Z", "2026-11-22T10:00:05Z", "2026-11-22T10:00:05+00:00"),
            ("2026-11-22T12:00:00+02:00", None, "2026-11-22T10:00:00+00:00"),
            ("2026-11-22T10:00:00", None, "2026-11-22T10:00:00+00:00"),
            ("yesterday", "2026-11-22T10:00:05Z", "2026-11-22T10:00:05+00:00"),
            ("0001-01-01T00:00:00+14:00", "2026-11-22T10:00:05Z", "2026-11-22T10:00:05+00:00"),
            ("1970-01-01T00:00:00Z", "2026-11-22T10:00:05Z", "2026-11-22T10:00:05+00:00"),
            (17, "2026-11-22T10:00:05Z", "2026-11-22T10:00:05+00:00"),
            ("", "", None),
            (None, None, None),
        ],
    )
    def test_the_earlier_one_that_makes_sense(self, created: object, indexed: object, expected: str | None) -> None:
        when = published(created, indexed)
        assert (when.isoformat() if when else None) == expected


class TestBroken:
    @pytest.mark.parametrize(
        "item",
        [
            {},
            {"post": None},
            {"post": {"uri": "at://x/y/z"}},
            {"post": {"record": {}}},
            {"post": {"$type": "app.bsky.feed.defs#notFoundPost", "uri": "at://x/y/z", "notFound": True}},
            {"post": {"$type": "app.bsky.feed.defs#blockedPost", "uri": "at://x/y/z", "blocked": True}},
        ],
    )
    def test_no_post_no_entry(self, item: dict[str, Any]) -> None:
        assert feed_entry(item, READER) is None

    def test_a_bare_post(self) -> None:
        entry = post_entry({"uri": "at://did:plc:x/app.bsky.feed.post/3k2a", "record": {}}, READER)
        assert entry is not None
        assert (entry.text, entry.html, entry.published, entry.media) == ("", "", None, ())

    @pytest.mark.parametrize("reason", [None, 7, {}, {"$type": "app.bsky.feed.defs#reasonPin"}, {"$type": "x#new"}])
    def test_other_reasons_are_no_reshares(self, reason: object) -> None:
        entry = feed_entry({"post": post(), "reason": reason}, READER)
        assert entry is not None
        assert entry.reason is None

    def test_a_handle_that_points_nowhere(self) -> None:
        entry = post_entry(post(author={"handle": "handle.invalid", "displayName": " "}), READER)
        assert entry is not None
        assert entry.author.name == entry.author.handle == OTHER
        assert entry.url == f"https://bsky.app/profile/{OTHER}/post/3n2umutb45k2l"

    json_values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("app.bsky.embed.images#view"),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["$type", "uri", "record", "images", "media", "external", "embed", "reply", "parent", "root",
                     "facets", "index", "features", "labels", "values", "val", "viewer", "author", "langs", "text"]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=12,
    )  # fmt: skip

    @given(json_values, json_values, json_values)
    def test_nothing_a_server_says_breaks_it(self, embed: Any, record: Any, more: Any) -> None:
        whole = post(embed=embed)
        whole["record"] = record if isinstance(record, dict) else {"facets": record, "labels": more, "reply": more}
        whole["labels"] = more
        whole["viewer"] = more
        feed_entry({"post": whole, "reason": more}, READER)
        thread_entries({"post": whole, "replies": more, "parent": more}, READER)
        if isinstance(more, dict):
            notices.notice_entry({"uri": "at://x/app.bsky.feed.like/1", "reason": "like", **more}, {}, READER)

    def test_video_and_gif(self) -> None:
        view = {"$type": "app.bsky.embed.video#view", "cid": "x", "playlist": "https://v.example/p.m3u8", "alt": "Demo"}
        video, gif = (
            post_entry(post(embed=view), READER),
            post_entry(post(embed={**view, "presentation": "gif"}), READER),
        )
        assert video is not None
        assert gif is not None
        assert [m.kind for m in (*video.media, *gif.media)] == [MediaKind.VIDEO, MediaKind.GIF]

    def test_quotes_that_are_gone_say_why(self) -> None:
        for kind in ("viewNotFound", "viewBlocked", "viewDetached"):
            gone = {"$type": f"app.bsky.embed.record#{kind}", "uri": "at://x/app.bsky.feed.post/1"}
            entry = post_entry(post(embed={"$type": "app.bsky.embed.record#view", "record": gone}), READER)
            assert entry is not None
            assert entry.quoted is not None
            assert (entry.quoted.author.name, entry.quoted.url) == ("Quote", "")

    def test_addresses_of_pictures_and_cards_are_web_addresses(self) -> None:
        image = {"fullsize": "javascript:x", "thumb": "https://a.example/t", "alt": ""}
        entry = post_entry(post(embed={"$type": "app.bsky.embed.images#view", "images": [image]}), READER)
        assert entry is not None
        assert entry.media == ()
        card = {
            "$type": "app.bsky.embed.external#view",
            "external": {"uri": "file:///x", "title": "", "description": ""},
        }
        entry = post_entry(post(embed=card), READER)
        assert entry is not None
        assert entry.link is None


def label(value: str, **more: Any) -> dict[str, Any]:
    return {"src": "did:plc:mod", "val": value, **more}


PREFERENCE = "app.bsky.actor.defs"


def label_wish(value: str, visibility: str) -> dict[str, str]:
    return {"$type": f"{PREFERENCE}#contentLabelPref", "label": value, "visibility": visibility}


class TestLabels:
    def test_hidden_posts_are_not_shown(self) -> None:
        assert post_entry(post(labels=[label("!hide")]), READER) is None
        assert post_entry(post(author={"labels": [label("!hide")]}), READER) is None

    def test_a_withdrawn_label_counts_for_nothing(self) -> None:
        entry = post_entry(post(labels=[label("!hide", neg=True), label("porn", neg=True)]), READER)
        assert entry is not None
        assert entry.warning == ""

    def test_signed_in_only(self) -> None:
        shy = post(author={"labels": [label("!no-unauthenticated")]})
        assert post_entry(shy, VISITOR) is None
        entry = post_entry(shy, READER)
        assert entry is not None
        assert entry.warning == ""

    def test_warnings_are_words(self) -> None:
        entry = post_entry(post(labels=[label("!warn"), label("self-harm"), label("porn"), label("porn")]), READER)
        assert entry is not None
        assert entry.warning == "Content warning, Self harm, Adult content"

    def test_own_posts_are_always_shown(self) -> None:
        assert post_entry(post(labels=[label("!hide")], author={"did": ME}), READER) is not None

    @pytest.mark.parametrize(
        ("preferences", "value", "shown", "warned"),
        [
            ([], "porn", False, False),
            ([{"$type": f"{PREFERENCE}#adultContentPref", "enabled": True}], "porn", True, True),
            ([], "nudity", True, True),
            ([label_wish("nudity", "ignore")], "nudity", True, False),
            ([label_wish("spam", "hide")], "spam", False, False),
            ([{"$type": f"{PREFERENCE}#savedFeedsPrefV2", "items": []}], "spam", True, True),
        ],
    )
    def test_the_accounts_wishes(self, preferences: list[Any], value: str, shown: bool, warned: bool) -> None:
        reader = Reader("https://bsky.app", ME, labels.read_wishes(preferences))
        entry = post_entry(post(labels=[label(value)]), reader)
        assert (entry is not None) == shown
        assert entry is None or bool(entry.warning) == warned


class TestNotices:
    @pytest.mark.parametrize(
        ("reason", "kind", "text"),
        [
            ("like-via-repost", "like", "Liked what you reposted"),
            ("repost-via-repost", "reshare", "Reposted what you reposted"),
            ("starterpack-joined", "follow", "Joined through your starter pack"),
            ("verified", "other", "Verified your account"),
            ("something-quite-new", "other", "Something quite new"),
        ],
    )
    def test_rarer_reasons(self, reason: str, kind: str, text: str) -> None:
        notice = {"uri": f"at://{OTHER}/x.y.z/1", "author": {"did": OTHER, "handle": "harbor.test"}, "reason": reason}
        entry = notices.notice_entry(notice, {}, READER)
        assert entry is not None
        assert entry.reason is not None
        assert (entry.kind, entry.reason.kind, entry.text) == (EntryKind.NOTICE, kind, text)

    def test_a_post_that_cannot_be_read_is_shown_as_far_as_known(self) -> None:
        whole = post()
        entry = notices.notice_entry({**whole, "reason": "mention"}, {}, READER)
        assert entry is not None
        assert (entry.kind, entry.text, entry.counts) == (EntryKind.POST, "Hello", Counts())


class TestHowFarBack:
    def test_first_look_is_one_page(self) -> None:
        assert not refresh.reads_on(refresh.Cursor.parse(""), ["a"], 1, "more")
        assert not refresh.is_gap(refresh.Cursor.parse(""), ["a"], "more")

    def test_reads_until_something_known(self) -> None:
        before = refresh.Cursor().after(["c", "b", "a"])
        assert refresh.reads_on(before, ["e", "d"], 1, "more")
        assert not refresh.reads_on(before, ["e", "d", "b"], 2, "more")

    def test_three_pages_at_most_then_a_gap(self) -> None:
        before = refresh.Cursor().after(["a"])
        assert not refresh.reads_on(before, ["x"], 3, "more")
        assert refresh.is_gap(before, ["x"], "more")
        assert not refresh.is_gap(before, ["x", "a"], "more")

    def test_the_end_is_no_gap(self) -> None:
        before = refresh.Cursor().after(["a"])
        assert not refresh.reads_on(before, ["x"], 1, "")
        assert not refresh.is_gap(before, ["x"], "")

    def test_an_empty_source_counts_as_looked_at(self) -> None:
        before = refresh.Cursor.parse(str(refresh.Cursor().after([])))
        assert before.known == ()
        assert refresh.reads_on(before, ["a"], 1, "more")

    def test_what_is_remembered_is_bounded(self) -> None:
        cursor = refresh.Cursor()
        for number in range(500):
            cursor = cursor.after([f"at://did:plc:{'x' * 24}/app.bsky.feed.post/{number}"])
        assert cursor.known is not None
        assert len(cursor.known) == refresh.REMEMBERED
        assert cursor.known[0].endswith("/499")
        assert len(str(cursor)) < 10_000

    @pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"known": 7}', '{"other": []}'])
    def test_a_cursor_of_no_use_is_a_first_look(self, text: str) -> None:
        assert refresh.Cursor.parse(text).known is None
