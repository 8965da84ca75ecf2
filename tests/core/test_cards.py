"""Which link card a draft's posts show, where, and what takes its place."""

from dataclasses import replace

import pytest

from socialdesk.core import cards, segments
from socialdesk.core.checks import check_account
from socialdesk.core.issues import Severity
from socialdesk.core.post import PERMALINK, Article, Draft, Override, Picture, Target
from socialdesk.core.rules import PostRules

MAKES = PostRules(limit=500, weigh=len)  # the network makes the card
TAKES = PostRules(limit=300, weigh=len, link_card="client", quotes=True)
BLOG = PostRules(limit=0, weigh=len, article=True)
NONE = PostRules(limit=500, weigh=len, link_card="none")
RULES = {1: MAKES, 2: TAKES, 3: BLOG, 4: NONE}
ALL = (1, 2, 3, 4)
URL, OTHER = "https://harbor.example/a", "https://harbor.example/b"
PICTURE = Picture(blob="a" * 64, mime="image/png", width=10, height=10, size=9, alt="A pump")


def plan(draft: Draft, *ids: int) -> cards.CardPlan | None:
    return cards.plan(draft, RULES, ids or draft.account_ids)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Read https://harbor.example/a.", URL),
        ("(https://harbor.example/a)", URL),
        ("“https://harbor.example/a”, they said", URL),
        ("https://en.wiki.example/Pump_(hydraulic)!", "https://en.wiki.example/Pump_(hydraulic)"),
        ("(see https://en.wiki.example/Pump_(hydraulic))", "https://en.wiki.example/Pump_(hydraulic)"),
        ("HTTPS://Harbor.example/A", "HTTPS://Harbor.example/A"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
        ("https://größe.example/straße?x=1&y=2#z…", "https://größe.example/straße?x=1&y=2#z"),
        ("https:// and then https://harbor.example/b", OTHER),
        ("https://me:secret@harbor.example/ https://harbor.example/b", OTHER),
        ("me@https://harbor.example/a", ""),
        ("harbor.example/a is no address yet", ""),
        ("ftp://harbor.example/a", ""),
        ("", ""),
        (f"{PERMALINK} https://harbor.example/a", PERMALINK),
        (f"https://harbor.example/a{PERMALINK}", URL),
    ],
)
def test_the_first_address_of_a_text_is_found_as_a_reader_would_take_it(text: str, found: str) -> None:
    assert segments.address_in(text) == found


def test_a_link_in_the_text_has_a_card_on_every_network_that_shows_one() -> None:
    draft = Draft(text=f"Read {URL}", account_ids=ALL)
    assert plan(draft) == cards.CardPlan(URL, shown=(1, 2), built=(2,))
    assert segments.card_of(draft, 2, RULES) == URL
    assert segments.rendition(draft, 2, RULES) == (f"Read {URL}",)
    assert plan(Draft(text="No link", account_ids=ALL)) is None
    assert plan(draft, 4) is None


def test_the_link_that_the_draft_carries_comes_before_one_in_the_text() -> None:
    draft = Draft(text=f"Not {OTHER}", link=URL, account_ids=(2,))
    assert plan(draft) == cards.CardPlan(URL, shown=(2,), built=(2,))


def test_the_articles_permalink_is_the_card_of_the_short_posts() -> None:
    draft = Draft(text="New piece", account_ids=(1, 2, 3), article=Article("Basics", "Long."))
    assert plan(draft) == cards.CardPlan(PERMALINK, shown=(1, 2), built=(2,))
    assert cards.on_tab(draft, RULES, 3) == (1, 2, 3)
    assert cards.on_tab(draft, RULES, 2) == (2,)
    assert cards.on_tab(draft, RULES, 0) == (1, 2, 3)


def test_a_card_that_was_taken_away_goes_nowhere_but_where_the_network_makes_it() -> None:
    draft = Draft(text=f"Read {URL}", account_ids=(1, 2), no_card=URL)
    assert plan(draft) == cards.CardPlan(URL, shown=(1,), without=(2,))
    assert segments.card_of(draft, 2, RULES) == ""
    assert cards.built_address(draft, RULES) == ""
    again = replace(draft, text=f"Read {OTHER}")
    assert plan(again) == cards.CardPlan(OTHER, shown=(1, 2), built=(2,))


def test_a_carried_link_whose_card_was_taken_away_goes_into_the_text() -> None:
    draft = Draft(text="Look", link=URL, account_ids=(2,), no_card=URL)
    assert segments.rendition(draft, 2, RULES) == (f"Look\n\n{URL}",)
    article = Draft(text="Look", account_ids=(2, 3), article=Article("Basics", "Long."), no_card=PERMALINK)
    assert segments.rendition(article, 2, RULES) == (f"Look\n\n{PERMALINK}",)


def test_pictures_take_the_place_of_the_card_and_that_is_said() -> None:
    draft = Draft(text=f"Read {URL}", account_ids=(1, 2), pictures=(PICTURE,))
    assert plan(draft) is None
    (issue,) = check_account(draft, 2, RULES).issues
    assert (issue.severity, issue.code) == (Severity.NOTE, "pictures_over_card")
    assert check_account(draft, 1, RULES).issues == ()
    assert check_account(replace(draft, no_card=URL), 2, RULES).issues == ()
    assert check_account(replace(draft, text="No link"), 2, RULES).issues == ()


def test_the_card_goes_with_the_part_that_holds_the_link() -> None:
    draft = Draft(text=f"One\n---\nTwo {URL}", account_ids=(2,), pictures=(PICTURE,))
    assert segments.card_at(draft, 2, RULES) == (URL, 1)
    assert segments.card_of(draft, 2, RULES) == URL  # the pictures are with the first part
    assert segments.card_place(("One", f"Two {URL}"), URL) == (URL, 1)
    assert segments.card_place(("One", "Two"), URL) == (URL, 0)


def test_accounts_with_words_of_their_own_have_cards_of_their_own() -> None:
    draft = Draft(text=f"Read {URL}", account_ids=(1, 2), overrides={2: Override(text=f"Read {OTHER}")})
    assert plan(draft) == cards.CardPlan(URL, shown=(1,))
    assert plan(draft, 2) == cards.CardPlan(OTHER, shown=(2,), built=(2,))


def test_a_quote_that_goes_out_as_one_leaves_the_card_to_the_link_in_the_text() -> None:
    quote = Target("1", url="https://social.example/1")
    assert segments.card_of(Draft(text=f"See {URL}", account_ids=(2,), quote=quote), 2, RULES) == URL
    elsewhere = replace(quote, account_id=9)
    assert segments.card_of(Draft(text=f"See {URL}", account_ids=(2,), quote=elsewhere), 2, RULES) == quote.url
