"""What stands in the way of sending a draft, and what mends it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from socialdesk.core.checks import AccountCheck, check
from socialdesk.core.issues import Severity
from socialdesk.core.post import Article, Draft, Override, Picture, Target
from socialdesk.core.rules import PostRules, ScheduleRules

SHORT = PostRules(limit=20, weigh=len, max_pictures=2, alt_limit=10, warning=True, warning_counts=True)
OTHER = PostRules(limit=300, weigh=len, replies=False, max_pictures=0)
BLOG = PostRules(limit=0, weigh=len, article=True, replies=False, alt_limit=10)
RULES = {1: SHORT, 2: OTHER, 3: BLOG}
ARTICLE = Article(title="A title", markdown="Body")


def picture(alt: str = "") -> Picture:
    return Picture(blob="a" * 64, mime="image/png", width=10, height=10, size=9, alt=alt)


def one(draft: Draft) -> AccountCheck:
    return check(draft, RULES)[0]


def codes(result: AccountCheck) -> list[str]:
    return [issue.code for issue in result.issues]


def test_a_plain_post_is_counted_and_has_no_issues() -> None:
    result = one(Draft(text="hello", account_ids=(1,)))
    assert (result.weight, result.limit, result.parts, result.issues) == (5, 20, 1, ())
    assert result.sendable


def test_accounts_come_in_the_drafts_order_and_unknown_ones_are_left_out() -> None:
    assert [c.account_id for c in check(Draft(text="x", account_ids=(2, 99, 1)), RULES)] == [2, 1]


def test_nothing_written_cannot_be_sent() -> None:
    result = one(Draft(account_ids=(1,), text="  \n "))
    assert codes(result) == ["empty"]
    assert result.issues[0].fix == "write"
    assert not result.sendable


def test_too_long_names_the_excess_the_part_and_a_fix() -> None:
    result = one(Draft(account_ids=(1,), text="short\n---\n" + "x" * 25))
    (issue,) = result.issues
    assert (issue.code, issue.part, issue.fix) == ("too_long", 1, "split")
    assert issue.sentence == "part 2 5 over the limit of 20"
    assert (result.weight, result.parts) == (25, 2)


def test_a_network_without_threads_asks_to_shorten() -> None:
    (result,) = check(Draft(account_ids=(1,), text="x" * 25), {1: replace(SHORT, splits_threads=False)})
    assert result.issues[0].fix == "shorten"


def test_the_warning_counts_where_the_rules_say_so_and_is_missed_where_there_is_none() -> None:
    draft = Draft(text="x" * 15, warning="w" * 6, account_ids=(1, 2))
    first, second = check(draft, RULES)
    assert codes(first) == ["too_long"]
    assert codes(second) == ["warning_not_shown"]
    assert second.sendable


def test_a_picture_without_a_description_is_a_warning_with_a_fix() -> None:
    result = one(Draft(text="x", account_ids=(1,), pictures=(picture("ok"), picture(" "))))
    (issue,) = result.issues
    assert (issue.severity, issue.fix, issue.picture) == (Severity.WARNING, "add_alt", 1)
    assert issue.sentence == "second image has no description"
    assert result.sendable


def test_too_many_pictures_and_too_long_descriptions_are_refused() -> None:
    result = one(Draft(text="x", account_ids=(1,), pictures=(picture("ok"), picture("y" * 11), picture("ok"))))
    assert codes(result) == ["too_many_pictures", "alt_too_long"]
    assert result.issues[0].picture == 2
    assert not result.sendable


def test_a_blog_needs_an_article_with_title_and_body() -> None:
    assert codes(one(Draft(text="x", account_ids=(3,)))) == ["no_article"]
    assert one(Draft(text="x", account_ids=(3,))).issues[0].fix == "write_article"
    assert codes(one(Draft(account_ids=(3,), article=Article(title=" ", markdown="")))) == ["no_title", "empty_article"]
    good = one(Draft(account_ids=(3,), article=ARTICLE))
    assert (good.sendable, good.article, good.limit) == (True, True, 0)


def test_the_featured_image_is_checked_too() -> None:
    assert codes(one(Draft(account_ids=(3,), article=replace(ARTICLE, featured=picture())))) == ["alt_missing"]
    assert codes(one(Draft(account_ids=(3,), article=replace(ARTICLE, featured=picture("z" * 11))))) == ["alt_too_long"]


def test_an_article_for_later_needs_a_time_and_its_links_wait_for_it() -> None:
    late = replace(ARTICLE, status="future")
    assert codes(one(Draft(account_ids=(3,), article=late))) == ["no_date"]
    dated = replace(late, publish_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert codes(one(Draft(account_ids=(3,), article=dated))) == []
    results = check(Draft(text="x", account_ids=(2, 3), article=dated), RULES, datetime(2025, 12, 31, tzinfo=UTC))
    assert codes(results[0]) == ["from_here"]
    assert results[0].sendable


def test_an_article_that_stays_a_draft_cannot_be_linked_to() -> None:
    results = check(Draft(text="x", account_ids=(2, 3), article=replace(ARTICLE, status="draft")), RULES)
    assert codes(results[0]) == ["article_not_public"]
    assert not results[0].sendable


NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HOLDING = replace(SHORT, schedule=ScheduleRules(timedelta(minutes=5), timedelta(days=30)))


def planned(at: datetime, rules: PostRules = SHORT, text: str = "hello") -> AccountCheck:
    return check(Draft(text=text, account_ids=(1,), publish_at=at), {1: rules}, NOW)[0]


def test_a_time_that_is_over_cannot_be_chosen() -> None:
    (issue,) = planned(NOW).issues
    assert (issue.code, issue.fix, issue.severity) == ("time_over", "post_now", Severity.ERROR)


def test_a_time_years_ahead_is_a_slip() -> None:
    (issue,) = planned(NOW + timedelta(days=800)).issues
    assert (issue.code, issue.fix, issue.severity) == ("time_too_far", "choose_time", Severity.ERROR)


def test_it_is_said_whether_this_computer_has_to_be_on() -> None:
    soon = NOW + timedelta(hours=2)
    assert codes(planned(soon, HOLDING)) == ["held_there"]
    assert codes(planned(soon)) == ["from_here"]
    assert codes(planned(soon, HOLDING, "a\n---\nb")) == ["from_here"]
    assert codes(planned(NOW + timedelta(days=31), HOLDING)) == ["from_here"]
    assert all(planned(soon, rules).sendable for rules in (SHORT, HOLDING))


def test_an_article_without_a_blog_is_said() -> None:
    result = one(Draft(text="x", account_ids=(2,), article=ARTICLE))
    assert codes(result) == ["article_without_blog"]
    assert result.issues[0].fix == "choose_blog"


def test_an_answer_goes_only_where_the_post_is() -> None:
    draft = Draft(text="x", account_ids=(1, 2), reply_to=Target("7", account_id=2))
    first, second = check(draft, RULES)
    assert codes(first) == ["reply_elsewhere"]
    assert codes(second) == ["cannot_reply"]
    assert {first.issues[0].fix, second.issues[0].fix} == {"only_target_account"}


def test_a_quote_that_becomes_a_link_is_a_note() -> None:
    result = one(Draft(text="x", account_ids=(2,), quote=Target("7", url="https://s.example/7")))
    assert [(i.code, i.severity) for i in result.issues] == [("quote_as_link", Severity.NOTE)]


def test_the_gravest_issue_comes_first() -> None:
    result = one(Draft(text="x" * 30, account_ids=(1,), pictures=(picture(),)))
    assert result.first is not None
    assert result.first.severity is Severity.ERROR
    own_words = Draft(text="x" * 30, account_ids=(1,), overrides={1: Override(text="short")})
    assert one(own_words).first is None


def test_an_article_does_not_wait_for_the_time_of_the_short_posts_and_that_is_said() -> None:
    at = NOW + timedelta(hours=2)
    draft = Draft(text="x", account_ids=(2, 3), article=ARTICLE, publish_at=at)
    short, blog = check(draft, RULES, NOW)
    assert codes(short) == ["from_here"]
    assert [(i.sentence, i.fix) for i in blog.issues] == [("the article goes out at once", "article_same_time")]
    together = replace(draft, article=replace(ARTICLE, status="future", publish_at=at + timedelta(hours=1)))
    short, blog = check(together, RULES, NOW)
    assert short.issues[0].sentence == "goes out after the article from this computer"
    assert blog.issues == ()
