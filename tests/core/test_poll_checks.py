"""Polls and who may answer: what each network can, said plainly, and left out only by the person."""

from dataclasses import replace

import pytest

from socialdesk.core import segments
from socialdesk.core.checks import check
from socialdesk.core.issues import Severity
from socialdesk.core.poll_checks import span
from socialdesk.core.post import Article, Draft, Override, Picture, Poll, Target
from socialdesk.core.rules import Choice, PollRules, PostRules

ASKS = PollRules(options=4, option_limit=10, min_minutes=5, max_minutes=10_080, multiple=True)
RULES = PostRules(limit=100, weigh=len, polls=ASKS)
NONE = PostRules(limit=100, weigh=len)
POLL = Poll(("Yes", "No"), 1440)
OPEN = Choice("all", "Everybody")
NARROW = Choice("followers", "Your followers")
LIMITS = replace(NONE, replies_from=(OPEN, NARROW))


def draft(poll: Poll | None = POLL, **changes: object) -> Draft:
    return replace(Draft(text="Well?", account_ids=(1,), poll=poll), **changes)  # type: ignore[arg-type]


def found(one: Draft, rules: PostRules = RULES) -> list[tuple[str, str]]:
    (result,) = check(one, {1: rules})
    return [(issue.sentence, issue.fix) for issue in result.issues]


def test_a_poll_within_the_limits_is_fine_and_goes_with_the_first_part() -> None:
    assert found(draft()) == []
    assert segments.poll_of(draft(), 1, RULES) == POLL


@pytest.mark.parametrize(
    ("poll", "sentence"),
    [
        (Poll(("Yes", " ")), "a poll needs two answers"),
        (Poll(("Yes", "Yes ")), "two answers of the poll are the same"),
        (Poll(("1", "2", "3", "4", "5", "")), "takes 4 of 5 answers"),
        (Poll(("Yes", "x" * 12)), "answer 2 is 2 over the limit of 10"),
        (Poll(("Yes", "No"), 4), "a poll runs for 5 minutes at least"),
        (Poll(("Yes", "No"), 20_000), "a poll runs for 7 days at most"),
    ],
)
def test_what_is_wrong_with_a_poll_is_said(poll: Poll, sentence: str) -> None:
    assert found(draft(poll)) == [(sentence, "edit_poll")]


def test_answers_are_counted_as_people_see_them() -> None:
    assert found(draft(Poll(("👩‍🔧" * 10, "No")))) == []


def test_a_network_without_polls_says_so_and_it_is_left_out_only_there() -> None:
    assert found(draft(), NONE) == [("has no polls", "leave_out_poll")]
    both = draft(account_ids=(1, 2), overrides={1: Override(without=("poll",))})
    left, asked = check(both, {1: NONE, 2: RULES})
    assert [(i.sentence, i.fix, i.severity) for i in left.issues] == [
        ("goes out without the poll", "put_back_poll", Severity.NOTE)
    ]
    assert asked.issues == ()
    assert segments.poll_of(both, 1, RULES) is None
    assert segments.poll_of(both, 2, RULES) == POLL


def test_a_poll_or_pictures() -> None:
    picture = Picture("a" * 64, "image/png", 9, 9, 9, alt="x")
    assert found(draft(pictures=(picture,))) == [("takes a poll or pictures, not both", "leave_out_poll")]
    assert found(draft(pictures=(picture,)), replace(RULES, polls=replace(ASKS, with_media=True))) == []


def test_empty_answers_are_dropped_and_what_a_network_cannot_ask_is_said() -> None:
    several = replace(POLL, options=("Yes", "", "No "), multiple=True, hide_totals=True)
    plain = replace(RULES, polls=replace(ASKS, multiple=False))
    assert found(draft(several), plain) == [("lets a reader choose one answer only", "")]
    assert segments.poll_of(draft(several), 1, plain) == Poll(("Yes", "No"), 1440)


def test_an_article_goes_out_without_the_poll() -> None:
    blog = PostRules(limit=0, weigh=len, article=True)
    piece = draft(article=Article("Title", "Words"))
    assert found(piece, blog) == [("the article goes out without the poll", "")]
    assert segments.poll_of(piece, 1, blog) is None


def test_who_may_answer_is_the_accounts_own_choice_or_that_for_all() -> None:
    own = Draft(text="x", account_ids=(1,), overrides={1: Override(replies="followers")})
    assert segments.choice_of_replies(own, 1, LIMITS) == "followers"
    for_all = Draft(text="x", account_ids=(1,), replies="followers")
    assert segments.choice_of_replies(for_all, 1, LIMITS) == "followers"
    assert segments.choice_of_replies(replace(for_all, overrides={1: Override(replies="")}), 1, LIMITS) == ""
    answer = replace(for_all, reply_to=Target("1"))
    assert segments.choice_of_replies(answer, 1, LIMITS) == ""


def test_a_choice_for_all_that_a_network_does_not_have_is_said() -> None:
    for_all = Draft(text="x", account_ids=(1,), replies="mentioned")
    assert found(for_all, NONE) == [("lets anybody answer", "")]
    assert found(for_all, LIMITS) == [("cannot limit who answers in that way", "")]
    assert found(replace(for_all, overrides={1: Override(replies="")}), NONE) == []


def test_lengths_are_said_in_the_unit_people_use() -> None:
    said = [span(minutes) for minutes in (5, 30, 60, 360, 1440, 10_080, 43_829)]
    assert said == ["5 minutes", "30 minutes", "1 hour", "6 hours", "1 day", "7 days", "30 days"]
