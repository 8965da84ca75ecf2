"""Mastodon's entities as the desk's values, whatever a server leaves out or makes up."""

from datetime import UTC, datetime
from typing import Any

import pytest

from socialdesk.core.entry import EntryKind, MediaKind
from socialdesk.core.errors import Rejected
from socialdesk.core.tolerant import moment, number, string
from socialdesk.networks.mastodon.address import account_of, handle_of, server_of, tags_of
from socialdesk.networks.mastodon.people import Home, author_of, shorten_links
from socialdesk.networks.mastodon.rules import Limits, limits_of, rules_of
from socialdesk.networks.mastodon.translate import entry_of, notice_of

HOME = Home("https://social.example", "social.example", me="1")
ACCOUNT = {
    "id": "7",
    "acct": "harbor",
    "display_name": "Harbor Analytics",
    "url": "https://social.example/@harbor",
    "avatar": "https://social.example/a.png",
}
LONG = (
    '<p>See <a href="https://blog.example/a/very/long/path"><span class="invisible">https://</span>'
    '<span class="ellipsis">blog.example/a/very</span><span class="invisible">/long/path</span></a></p>'
)


def status(**changes: Any) -> dict[str, Any]:
    return {
        "id": "100",
        "uri": "https://social.example/users/harbor/statuses/100",
        "url": "https://social.example/@harbor/100",
        "created_at": "2026-10-14T20:58:12.123Z",
        "account": ACCOUNT,
        "content": "<p>Hello</p>",
        "visibility": "public",
        **changes,
    }


def test_a_status_becomes_a_post() -> None:
    entry = entry_of(
        status(
            content="<p>Two<br>lines</p><p>&amp; more</p>",
            language="en",
            edited_at="2026-10-14T21:00:00Z",
            in_reply_to_id="99",
            replies_count=4,
            reblogs_count=12,
            favourites_count=31,
            favourited=True,
            bookmarked=True,
            tags=[{"name": "b2b"}],
        ),
        HOME,
    )
    assert entry is not None
    assert entry.key == "https://social.example/users/harbor/statuses/100"
    assert (entry.network, entry.remote_id, entry.kind) == ("mastodon", "100", EntryKind.POST)
    assert entry.text == "Two\nlines\n\n& more"
    assert entry.published == datetime(2026, 10, 14, 20, 58, 12, 123000, UTC)
    assert entry.updated == datetime(2026, 10, 14, 21, 0, tzinfo=UTC)
    assert (entry.counts.replies, entry.counts.reshares, entry.counts.likes) == (4, 12, 31)
    assert entry.mine == {"like", "bookmark"}
    assert (entry.tags, entry.reply_to, entry.language) == (("b2b",), "99", "en")
    assert entry.author.handle == "harbor@social.example"
    assert entry.refs["server"] == "https://social.example"


def test_a_boost_is_the_original_with_a_reason() -> None:
    by = {"id": "8", "acct": "meridian@other.example", "display_name": "Meridian Ops"}
    boost = status(
        id="200", uri="u/activity", account=by, content="", reblog=status(), created_at="2026-10-15T08:00:00Z"
    )
    entry = entry_of(boost, HOME)
    assert entry is not None
    assert (entry.key, entry.remote_id) == ("https://social.example/users/harbor/statuses/100", "100")
    assert entry.author.name == "Harbor Analytics"
    assert entry.reason is not None
    assert (entry.reason.kind, entry.reason.at) == ("reshare", datetime(2026, 10, 15, 8, tzinfo=UTC))
    assert entry.reason.by is not None
    assert entry.reason.by.handle == "meridian@other.example"


def test_links_lose_their_invisible_parts_and_become_the_card() -> None:
    entry = entry_of(status(content=LONG), HOME)
    assert entry is not None
    assert entry.text == "See blog.example/a/very…"
    assert "invisible" not in entry.html
    assert 'href="https://blog.example/a/very/long/path"' in entry.html
    assert entry.link is not None
    assert (entry.link.url, entry.link.site) == ("https://blog.example/a/very/long/path", "blog.example")
    assert shorten_links("<p>plain</p>") == "<p>plain</p>"


def test_mentions_and_hashtags_are_no_links() -> None:
    content = (
        '<p><a href="https://social.example/@a" class="u-url mention">@a</a> '
        '<a href="https://social.example/tags/b2b" class="mention hashtag" rel="tag">#b2b</a> '
        "<a href='https://other.example/profile'>@b</a></p>"
    )
    entry = entry_of(status(content=content, mentions=[{"url": "https://other.example/profile"}]), HOME)
    assert entry is not None
    assert entry.link is None


def test_the_servers_card_wins() -> None:
    card = {
        "url": "https://blog.example/a",
        "title": "Answer times",
        "description": "A benchmark",
        "image": "https://social.example/c.png",
        "provider_name": "Blog",
    }
    entry = entry_of(status(content=LONG, card=card), HOME)
    assert entry is not None
    assert entry.link is not None
    assert (entry.link.title, entry.link.image_url, entry.link.site) == (
        "Answer times",
        "https://social.example/c.png",
        "Blog",
    )


def test_media_of_every_kind() -> None:
    entry = entry_of(
        status(
            media_attachments=[
                {
                    "type": "image",
                    "url": "https://m.example/1.png",
                    "preview_url": "https://m.example/s.png",
                    "description": "A chart",
                    "meta": {"original": {"width": 800, "height": 500}},
                },
                {"type": "gifv", "url": "https://m.example/2.mp4"},
                {"type": "video", "url": None, "remote_url": "https://m.example/3.mp4"},
                {"type": "audio", "url": "https://m.example/4.ogg"},
                {"type": "unknown", "url": "https://m.example/5.JPG?x=1"},
                {"type": "unknown", "url": "https://m.example/6.bin"},
                {"type": "image", "url": None},
                "nonsense",
            ]
        ),
        HOME,
    )
    assert entry is not None
    assert [m.kind for m in entry.media] == [
        MediaKind.IMAGE,
        MediaKind.GIF,
        MediaKind.VIDEO,
        MediaKind.AUDIO,
        MediaKind.IMAGE,
    ]
    assert (entry.media[0].alt, entry.media[0].width, entry.media[0].height) == ("A chart", 800, 500)


PICTURE = [{"type": "image", "url": "https://m.example/1.png"}]


def test_warnings() -> None:
    def of(**changes: Any) -> Any:
        return entry_of(status(**changes), HOME)

    assert of(spoiler_text="Long numbers").warning == "Long numbers"
    assert of(sensitive=True, media_attachments=PICTURE).warning == "Sensitive media"
    assert of(sensitive=True).warning == ""


def met(action: str = "warn", title: str = "Spoilers", *contexts: str) -> dict[str, Any]:
    return {"filter": {"filter_action": action, "title": title, "context": list(contexts)}}


def test_filters_hide_and_cover_where_they_hold() -> None:
    def of(context: str, *filters: object, **changes: Any) -> Any:
        return entry_of(status(filtered=list(filters), **changes), HOME, context=context)

    assert of("home", met("hide", "Spoilers", "home")) is None
    assert of("public", met("hide", "Spoilers", "home")).filtered == ""
    assert of("home", met("hide")) is None  # a relative that names no places means all
    assert of("", met("hide")).filtered == ""  # bookmarks
    covered = of("home", met("warn", "Spoilers", "home", "public"), spoiler_text="Long numbers")
    assert (covered.filtered, covered.warning) == ("Spoilers", "Long numbers")
    assert of("thread", met("warn", "Spoilers", "home", "public")).filtered == ""
    assert of("home", met("shrink", "New")).filtered == "New"
    assert of("home", met("warn", "")).filtered == "no title"
    assert of("home", met("warn", "One"), met("hide", "Two", "home")) is None
    assert of("home", met("blur", "Faces")).filtered == ""
    assert of("home", met("blur", "Faces"), media_attachments=PICTURE).filtered == "Faces"
    assert of("home", met("blur", "Faces"), met("warn", "Words")).filtered == "Words"


def test_a_filtered_post_does_not_come_back_as_a_boost() -> None:
    hidden = status(filtered=[met("hide", "Spoilers", "home")])
    by = {"id": "8", "acct": "meridian"}
    assert entry_of(status(id="200", account=by, reblog=hidden), HOME, context="home") is None
    covered = entry_of(status(id="200", account=by, reblog=status(filtered=[met()])), HOME, context="home")
    assert covered is not None
    assert covered.filtered == "Spoilers"


def test_own_posts_are_not_filtered() -> None:
    mine = entry_of(status(account={"id": "1", "acct": "northwind"}, filtered=[met("hide")]), HOME, context="home")
    assert mine is not None


def test_filters_of_notifications() -> None:
    about = status(filtered=[met("hide", "Spoilers", "notifications")])
    assert notice_of(notice("mention", status=about), HOME, "notifications") is None
    shown = notice_of(notice("mention", status=status(filtered=[met()])), HOME, "notifications")
    assert shown is not None
    assert shown.filtered == "Spoilers"


@pytest.mark.parametrize(
    ("said", "audience"),
    [
        ({"visibility": "public"}, ""),
        ({"visibility": "unlisted"}, ""),
        ({"visibility": "private"}, "followers"),
        ({"visibility": "direct"}, "mentioned"),
        ({"visibility": "public", "local_only": True}, "local"),
        ({"visibility": "local"}, "local"),
        ({"visibility": "list"}, ""),
        ({"visibility": "public", "local_only": False}, ""),
    ],
)
def test_who_may_see_a_post(said: dict[str, Any], audience: str) -> None:
    entry = entry_of(status(**said), HOME)
    assert entry is not None
    assert entry.audience == audience
    assert entry.refs["visibility"] == (audience if audience == "local" else said["visibility"])


def test_polls() -> None:
    options = [{"title": "Yes", "votes_count": 3}, {"title": "No", "votes_count": None}]
    entry = entry_of(status(poll={"options": options, "expired": True}), HOME)
    assert entry is not None
    assert entry.poll is not None
    assert (entry.poll.options, entry.poll.closed) == ((("Yes", 3), ("No", 0)), True)


def quoting(quote: object, context: str = "home", **changes: Any) -> Any:
    entry = entry_of(status(quote=quote, **changes), HOME, context=context)
    assert entry is not None
    return entry.quoted


def test_quotes() -> None:
    shown = quoting({"state": "accepted", "quoted_status": status(id="50", content=LONG)})
    assert (shown.text, shown.author.name) == ("See blog.example/a/very…", "Harbor Analytics")
    assert quoting(status(id="50", content="<p>Said</p>")).text == "Said"  # Pleroma and its relatives
    assert entry_of(status(pleroma={"quote": status(id="50")}), HOME).quoted.text == "Hello"  # type: ignore[union-attr]
    assert quoting({"state": "accepted", "quoted_status_id": "50"}) is None  # a quote in a quote


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("pending", "Waits for the agreement of its author."),
        ("revoked", "Its author has taken back the agreement to be quoted."),
        ("deleted", "The quoted post is deleted."),
        ("muted_account", "By somebody whom you have muted."),
        ("something new", "You may not see the quoted post."),
    ],
)
def test_a_quote_that_is_not_shown_says_why(state: str, said: str) -> None:
    shown = quoting({"state": state, "quoted_status": status(id="50", content="<p>Secret</p>")})
    assert (shown.text, shown.url) == (said, "")


def test_a_link_in_the_text_stays_where_the_quote_is_not_shown() -> None:
    content = '<p class="quote-inline">RE: <a href="https://a.example/1">a.example/1</a></p><p>Look</p>'
    pending = entry_of(status(content=content, quote={"state": "pending", "quoted_status": None}), HOME)
    accepted = entry_of(status(content=content, quote={"state": "accepted", "quoted_status": status(id="5")}), HOME)
    assert pending is not None
    assert accepted is not None
    assert (pending.text, accepted.text) == ("RE: a.example/1\n\nLook", "Look")


def test_a_quoted_post_stays_behind_its_warning_and_the_persons_filters() -> None:
    def quote(**changes: Any) -> dict[str, Any]:
        return {"state": "accepted", "quoted_status": status(id="50", content="<p>Secret</p>", **changes)}

    assert quoting(quote(spoiler_text="Careful")).text == "Careful"
    assert quoting(quote(filtered=[met()])).text == "Filtered: Spoilers"
    hidden = quoting(quote(filtered=[met("hide", "Spoilers", "home")]))
    assert (hidden.text, hidden.author.handle, hidden.url) == ("Hidden by your filter: Spoilers", "", "")
    assert quoting(quote(filtered=[met("hide", "Spoilers", "home")]), "public").text == "Secret"


def test_almost_nothing_is_enough() -> None:
    entry = entry_of({"id": "01HZULID0000000000000000AB", "content": None, "text": "only text"}, HOME)
    assert entry is not None
    assert (entry.remote_id, entry.text, entry.published) == ("01HZULID0000000000000000AB", "only text", None)
    assert entry.author.name == "social.example"
    assert entry_of({}, HOME) is None


@pytest.mark.parametrize("value", [None, 7, "text", [], {}, True, [[]], {"a": {}}])
def test_no_type_of_any_field_breaks_it(value: object) -> None:
    fields = (
        "uri url created_at edited_at account content spoiler_text sensitive visibility language in_reply_to_id reblog "
        "quote media_attachments card poll mentions tags filtered replies_count favourited"
    )
    for name in fields.split():
        entry_of(status(**{name: value}), HOME)
        notice_of({"id": "1", "type": "mention", "status": status(**{name: value})}, HOME)
    author_of({"acct": value, "display_name": value, "avatar": value}, HOME)


# notifications


def notice(kind: str, **changes: Any) -> dict[str, Any]:
    return {"id": "900", "type": kind, "created_at": "2026-10-14T21:00:00Z", "account": ACCOUNT, **changes}


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("mention", "mention"),
        ("status", "status"),
        ("quote", "quote"),
        ("poll", "poll"),
        ("update", "update"),
        ("quoted_update", "update"),
    ],
)
def test_what_somebody_wrote_is_shown_itself(kind: str, reason: str) -> None:
    entry = notice_of(notice(kind, status=status()), HOME)
    assert entry is not None
    assert (entry.kind, entry.key) == (EntryKind.POST, "https://social.example/users/harbor/statuses/100")
    assert entry.reason is not None
    assert entry.reason.kind == reason


def test_an_answer_to_me_is_a_reply() -> None:
    entry = notice_of(notice("mention", status=status(in_reply_to_account_id="1")), HOME)
    assert entry is not None
    assert entry.reason is not None
    assert entry.reason.kind == "reply"


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("favourite", "like"),
        ("reblog", "reshare"),
        ("follow", "follow"),
        ("pleroma:emoji_reaction", "like"),
        ("severed_relationships", "other"),
        ("admin.sign_up", "other"),
        ("invented_tomorrow", "other"),
    ],
)
def test_what_somebody_did_is_a_notice_of_its_own(kind: str, reason: str) -> None:
    entry = notice_of(notice(kind, status=status()), HOME)
    assert entry is not None
    assert entry.kind is EntryKind.NOTICE
    assert entry.key != "https://social.example/users/harbor/statuses/100"
    assert entry.author.name == "Harbor Analytics"
    assert entry.quoted is not None
    assert entry.quoted.text == "Hello"
    assert entry.reason is not None
    assert entry.reason.kind == reason


def test_a_notice_without_anybody() -> None:
    entry = notice_of({"id": "1", "type": "moderation_warning"}, HOME)
    assert entry is not None
    assert entry.author.name == "social.example"
    assert entry.reason is not None
    assert entry.reason.by is None
    assert notice_of({"type": "follow"}, HOME) is None


# addresses


@pytest.mark.parametrize(
    ("typed", "server"),
    [
        ("social.example", "https://social.example"),
        (" Social.Example/ ", "https://social.example"),
        ("https://social.example/@you/123?x", "https://social.example"),
        ("http://social.example", "http://social.example"),
        ("you@social.example", "https://social.example"),
        ("@you@social.example", "https://social.example"),
        ("acct:you@social.example", "https://social.example"),
        ("social.example:8443", "https://social.example:8443"),
        ("https://user:secret@social.example/", "https://social.example"),
        ("127.0.0.1:3000", "http://127.0.0.1:3000"),
        ("localhost:3000", "http://localhost:3000"),
        ("https://127.0.0.1", "https://127.0.0.1"),
        ("[::1]:3000", "http://[::1]:3000"),
        ("münchen.example", "https://xn--mnchen-3ya.example"),
    ],
)
def test_a_server_is_found_in_what_is_typed(typed: str, server: str) -> None:
    assert server_of(typed) == server


@pytest.mark.parametrize("typed", ["", "   ", "word", "ftp://social.example", "https://", "a b.example", "x:port", "@"])
def test_what_is_no_server(typed: str) -> None:
    with pytest.raises(Rejected) as caught:
        server_of(typed)
    assert caught.value.reason == "invalid"


def test_handles_accounts_and_tags() -> None:
    assert handle_of("@you@social.example") == "you@social.example"
    assert handle_of("social.example") == handle_of("https://social.example/@you") == ""
    assert account_of("@name") == ("name", "")
    assert account_of("name@Other.Example") == ("name@other.example", "other.example")
    assert account_of("https://other.example/@name/") == ("name@other.example", "other.example")
    assert account_of("https://other.example/users/name") == ("name@other.example", "other.example")
    assert account_of("https://other.example/@name@third.example") == ("name@third.example", "third.example")
    assert tags_of("#B2B") == ("B2B",)
    assert tags_of("B2B, #marketing #ＳａａＳ") == ("B2B", "marketing", "ＳａａＳ")
    assert tags_of("content marketing") == ("contentmarketing",)
    assert len(tags_of("a,b,c,d,e")) == 4
    for bad in ("", "#", "a/b"):
        with pytest.raises(Rejected):
            tags_of(bad)
    for bad in ("", "@", "two words"):
        with pytest.raises(Rejected):
            account_of(bad)


# limits


def test_limits_of_a_current_server() -> None:
    limits = limits_of(
        {
            "domain": "social.example",
            "version": "4.7.3",
            "api_versions": {"mastodon": 11},
            "configuration": {
                "statuses": {"max_characters": 1000, "max_media_attachments": 6, "characters_reserved_per_url": 30},
                "media_attachments": {
                    "description_limit": 10000,
                    "image_size_limit": 5,
                    "image_matrix_limit": 6,
                    "supported_mime_types": ["image/png", "video/mp4"],
                },
            },
        }
    )
    rules = rules_of(limits, "unlisted")
    assert (rules.limit, rules.max_pictures, rules.alt_limit, rules.picture_types) == (1000, 6, 10000, ("image/png",))
    assert (rules.picture_bytes, rules.picture_pixels, rules.quotes) == (5, 6, True)
    assert rules.weigh("https://a.com") == 30
    assert [v.value for v in rules.visibilities] == ["unlisted", "public", "private", "direct"]
    assert Limits.from_text(limits.to_text()) == limits


def test_limits_of_an_older_server_and_of_a_relative() -> None:
    assert limits_of({"uri": "social.example"}).characters == 500
    pleroma = limits_of({"uri": "https://pleroma.example", "max_toot_chars": 5000, "upload_limit": "16000000"})
    assert (pleroma.domain, pleroma.characters, pleroma.picture_bytes) == ("pleroma.example", 5000, 16_000_000)
    assert not rules_of(pleroma).quotes
    assert Limits.from_text("") is Limits.from_text("{}") is Limits.from_text("[1]") is None


def test_single_values() -> None:
    assert (string(5), string(True), string(None)) == ("5", "", "")
    assert (number("12"), number(3.0), number(True), number("x")) == (12, 3, None, None)
    assert moment("2026-01-02T03:04:05") == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert moment("2026-01-02T03:04:05+02:00") == datetime(2026, 1, 2, 1, 4, 5, tzinfo=UTC)
    assert moment("yesterday") is None
