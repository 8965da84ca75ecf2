"""Parts of a thread, link placement, and what each account says."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialdesk.core import segments
from socialdesk.core.post import PERMALINK, Article, Draft, Override, Picture, Target
from socialdesk.core.rules import Choice, PostRules

SHORT = PostRules(limit=100, weigh=len, warning=True, warning_counts=True)
CARDS = PostRules(limit=60, weigh=len, link_card="client", quotes=True)
BLOG = PostRules(limit=0, weigh=len, article=True, replies=True)
RULES = {1: SHORT, 2: CARDS, 3: BLOG}
ARTICLE = Article(title="Basics, reconsidered", markdown="Long.")
PICTURE = Picture(blob="a" * 64, mime="image/png", width=10, height=10, size=9)


def within(limit: int):
    return lambda text, _index: len(text) <= limit


def test_a_line_of_hyphens_divides_a_thread_and_empty_parts_vanish() -> None:
    assert segments.parts("one\n---\n\ntwo\nlines\n  -----  \n---\n") == ("one", "two\nlines")
    assert segments.parts("well --- no\n- -- -") == ("well --- no\n- -- -",)


def test_joined_parts_divide_again_into_the_same() -> None:
    assert segments.parts(segments.join(("one", "two\n\nmore", "three"))) == ("one", "two\n\nmore", "three")


def test_splitting_prefers_paragraphs_then_sentences_then_words() -> None:
    text = "First paragraph here.\n\nSecond one. It goes on for a while."
    assert segments.split(text, within(40)) == ("First paragraph here.", "Second one. It goes on for a while.")
    assert segments.split("A sentence here. Another one follows it", within(30)) == (
        "A sentence here.",
        "Another one follows it",
    )
    assert segments.split("no full stop anywhere in this line", within(14)) == (
        "no full stop",
        "anywhere in",
        "this line",
    )


def test_splitting_never_cuts_an_address_nor_a_family_of_joined_characters() -> None:
    address = "https://vantage.example/" + "x" * 40
    assert segments.split(f"Read {address} now", within(20)) == ("Read", address, "now")
    family = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
    assert segments.split(family * 3, within(6)) == (family, family, family)


@given(st.text(alphabet="ab é.!\n。字", max_size=300), st.integers(5, 60))
def test_splitting_loses_nothing_and_every_part_fits(text: str, limit: int) -> None:
    pieces = segments.split(text, within(limit))
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(0 < len(piece) <= limit for piece in pieces)


def test_the_link_stands_in_its_own_paragraph_unless_it_is_there() -> None:
    assert segments.with_link("Words", "https://a.example") == "Words\n\nhttps://a.example"
    assert segments.with_link("See https://a.example now", "https://a.example") == "See https://a.example now"
    assert segments.with_link("", "https://a.example") == "https://a.example"


def test_short_posts_carry_the_permalink_of_the_article_and_a_built_card_replaces_it() -> None:
    draft = Draft(text="New piece", account_ids=(1, 2, 3), article=ARTICLE)
    assert segments.renditions(draft, RULES) == {
        1: (f"New piece\n\n{PERMALINK}",),
        2: ("New piece",),
        3: ("Basics, reconsidered",),
    }
    assert segments.leader(draft, RULES) == 3
    assert segments.card_of(draft, 2, RULES) == PERMALINK
    assert segments.card_of(draft, 1, RULES) == ""


def test_pictures_leave_no_room_for_a_card_so_the_link_goes_into_the_text() -> None:
    draft = Draft(text="New piece", account_ids=(2, 3), article=ARTICLE, pictures=(PICTURE,))
    assert segments.rendition(draft, 2, RULES) == (f"New piece\n\n{PERMALINK}",)
    assert segments.card_of(draft, 2, RULES) == ""
    assert segments.pictures_of(draft, 1, CARDS) == (PICTURE,)
    assert segments.pictures_of(draft, 1, CARDS, part=1) == ()
    assert segments.pictures_of(draft, 1, BLOG) == ()


def test_without_a_blog_nothing_waits_and_the_typed_link_is_carried() -> None:
    draft = Draft(text="Look", account_ids=(1,), article=ARTICLE, link="https://a.example/x")
    assert segments.leader(draft, RULES) is None
    assert segments.rendition(draft, 1, RULES) == ("Look\n\nhttps://a.example/x",)


def test_an_article_without_words_for_the_short_networks_sends_its_title() -> None:
    draft = Draft(account_ids=(1, 3), article=ARTICLE)
    assert segments.rendition(draft, 1, RULES) == (f"Basics, reconsidered\n\n{PERMALINK}",)


def test_a_link_in_a_later_part_stays_there() -> None:
    draft = Draft(text="one\n---\ntwo https://a.example/x", account_ids=(1,), link="https://a.example/x")
    assert segments.rendition(draft, 1, RULES) == ("one", "two https://a.example/x")


def test_own_words_and_own_warning_win_over_the_common_ones() -> None:
    draft = Draft(text="all", warning="w", account_ids=(1, 2), overrides={1: Override(text="mine", warning="")})
    assert segments.renditions(draft, RULES) == {1: ("mine",), 2: ("all",)}
    assert segments.warning_of(draft, 1, SHORT) == ""
    assert segments.warning_of(draft, 2, CARDS) == ""


def test_a_network_without_threads_gets_one_post() -> None:
    rules = {1: replace(SHORT, splits_threads=False)}
    assert segments.rendition(Draft(text="one\n---\ntwo", account_ids=(1,)), 1, rules) == ("one\n\ntwo",)


def test_a_quote_goes_out_as_a_link_where_it_cannot_be_quoted() -> None:
    quote = Target("1", url="https://social.example/1", account_id=2)
    draft = Draft(text="So true", account_ids=(1, 2), quote=quote)
    assert segments.rendition(draft, 1, RULES) == ("So true\n\nhttps://social.example/1",)
    assert segments.rendition(draft, 2, RULES) == ("So true",)
    assert segments.quotes_natively(draft, 2, CARDS)


def test_a_site_that_takes_notes_gets_the_text_without_an_article() -> None:
    site = {1: PostRules(limit=0, weigh=len, article=True, notes=True, splits_threads=False)}
    note = Draft(text="Short and plain.", account_ids=(1,))
    assert not segments.takes_article(note, site[1])
    assert segments.rendition(note, 1, site) == ("Short and plain.",)
    assert segments.leader(note, site) is None
    written = replace(note, article=Article("A title", "Words."))
    assert segments.takes_article(written, site[1])
    assert segments.rendition(written, 1, site) == ("A title",)
    assert segments.leader(written, site) == 1


def test_a_blog_answers_a_comment_with_text() -> None:
    draft = Draft(text="Thank you", account_ids=(3,), reply_to=Target("9"))
    assert segments.rendition(draft, 3, RULES) == ("Thank you",)


def test_nothing_written_is_nothing_to_send_but_a_picture_alone_is_a_post() -> None:
    assert segments.rendition(Draft(account_ids=(1,)), 1, RULES) == ()
    assert segments.rendition(Draft(account_ids=(1,), pictures=(PICTURE,)), 1, RULES) == ("",)
    assert segments.rendition(Draft(account_ids=(3,)), 3, RULES) == ()


def test_weighing_counts_the_warning_and_a_typical_address() -> None:
    draft = Draft(text="abc", warning="wx", account_ids=(1, 3), article=ARTICLE)
    text = segments.rendition(draft, 1, RULES)[0]
    address = segments.typical_permalink(ARTICLE)
    assert address.endswith("/basics-reconsidered/")
    assert segments.weight(text, draft, 1, SHORT) == len("wx") + len("abc\n\n") + len(address)
    assert PERMALINK not in segments.shown(text, ARTICLE)


def test_bytes_are_a_limit_of_their_own() -> None:
    rules = PostRules(limit=10, weigh=len, byte_limit=12)
    assert segments.fits("aaaaaaaaaa", Draft(), 1, rules)
    assert not segments.fits("éééééééééé", Draft(), 1, rules)


def test_splitting_for_an_account_leaves_room_for_the_link_on_the_first_part() -> None:
    link = "https://a.example/" + "x" * 30
    draft = Draft(text="word " * 40, account_ids=(1,), link=link)
    own = segments.split_for(draft, 1, RULES)
    texts = segments.rendition(replace(draft, overrides={1: Override(text=own)}), 1, RULES)
    assert len(texts) > 2
    assert link in texts[0]
    assert all(len(text) <= 100 for text in texts)


@pytest.mark.parametrize(
    ("own", "common", "expected"), [("b", "a", "b"), (None, "b", "b"), (None, "zzz", "a"), (None, "", "a")]
)
def test_visibility_is_own_then_common_then_the_networks_first(own: str | None, common: str, expected: str) -> None:
    rules = replace(SHORT, visibilities=(Choice("a", "A"), Choice("b", "B")))
    draft = Draft(visibility=common, overrides={1: Override(visibility=own)})
    assert segments.visibility_of(draft, 1, rules) == expected
    assert segments.visibility_of(draft, 1, SHORT) == ""
