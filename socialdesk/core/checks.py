"""Whether a draft can be sent from each of its accounts, said as the person types. Pure.

Pictures, videos and documents are judged by `core.media_checks`, what an issue is says `core.issues`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from socialdesk.core import media_checks, poll_checks, scheduling, segments
from socialdesk.core.issues import Issue, Severity
from socialdesk.core.post import Draft, Picture
from socialdesk.core.rules import PostRules


@dataclass(frozen=True, slots=True)
class AccountCheck:
    """The draft as seen by one account. `weight` is that of the heaviest part; `limit` 0 = none."""

    account_id: int
    weight: int
    limit: int
    parts: int
    issues: tuple[Issue, ...] = ()
    article: bool = False

    @property
    def sendable(self) -> bool:
        return all(issue.severity is not Severity.ERROR for issue in self.issues)

    @property
    def first(self) -> Issue | None:
        """The gravest issue, the one to show where there is room for one."""
        order = (Severity.ERROR, Severity.WARNING, Severity.NOTE)
        return min(self.issues, key=lambda issue: order.index(issue.severity), default=None)


def check(draft: Draft, rules: Mapping[int, PostRules], now: datetime | None = None) -> tuple[AccountCheck, ...]:
    """One result for every account of the draft whose rules are known, in the draft's order.

    Without `now` the time of the draft is not judged.
    """
    return tuple(check_account(draft, i, rules, now) for i in draft.account_ids if i in rules)


def check_account(
    draft: Draft, account_id: int, rules: Mapping[int, PostRules], now: datetime | None = None
) -> AccountCheck:
    own = rules[account_id]
    texts = segments.rendition(draft, account_id, rules)
    if segments.takes_article(draft, own):
        words = len(draft.article.markdown) if draft.article is not None else 0
        issues = tuple(_article_issues(draft, own))
        return AccountCheck(account_id, words, 0, len(texts), issues, article=True)
    weights = [segments.weight(text, draft, account_id, own) for text in texts]
    found = (
        *_target_issues(draft, account_id, own),
        *(_time_issues(draft, account_id, rules, now) if now is not None else ()),
        *_text_issues(draft, account_id, rules, texts),
        *media_checks.issues(segments.pictures_of(draft, account_id, own), own, draft.pictures),
        *poll_checks.issues(draft, account_id, own),
        *poll_checks.replies_issues(draft, account_id, own),
        *_left_out_issues(draft, account_id),
        *_host_issues(draft.pictures, own),
        *_link_issues(draft, rules),
        *_card_issues(draft, account_id, rules),
    )
    return AccountCheck(account_id, max(weights, default=0), max(own.limit, 0), len(texts), found)


def _article_issues(draft: Draft, rules: PostRules) -> Iterator[Issue]:
    article = draft.article
    if article is None:
        yield Issue(Severity.ERROR, "no_article", "takes an article", "write_article")
        return
    if not article.title.strip():
        yield Issue(Severity.ERROR, "no_title", "the article has no title", "add_title")
    if not article.markdown.strip():
        yield Issue(Severity.ERROR, "empty_article", "the article is empty", "write_article")
    if article.status == "future" and article.publish_at is None:
        yield Issue(Severity.ERROR, "no_date", "say when the article shall appear", "publish_article")
    if article.featured is not None and not article.featured.alt.strip():
        yield Issue(Severity.WARNING, "alt_missing", "featured image has no description", "add_alt")
    if article.featured is not None and len(article.featured.alt) > rules.alt_limit:
        yield Issue(Severity.ERROR, "alt_too_long", "description of the featured image is too long", "edit_alt")
    if draft.publish_at is not None and article.status == "publish":
        yield Issue(Severity.WARNING, "article_now", "the article goes out at once", "article_same_time")
    if draft.poll is not None:
        yield Issue(Severity.NOTE, "article_without_poll", "the article goes out without the poll")


def _target_issues(draft: Draft, account_id: int, rules: PostRules) -> Iterator[Issue]:
    if draft.reply_to is not None:
        if not rules.replies:
            yield Issue(Severity.ERROR, "cannot_reply", "cannot answer posts", "only_target_account")
        elif draft.reply_to.account_id not in (0, account_id):
            yield Issue(Severity.ERROR, "reply_elsewhere", "the post you answer is elsewhere", "only_target_account")
    if draft.quote is not None and not segments.quotes_natively(draft, account_id, rules):
        yield Issue(Severity.NOTE, "quote_as_link", "the quoted post goes out as a link")


def _text_issues(
    draft: Draft, account_id: int, rules: Mapping[int, PostRules], texts: tuple[str, ...]
) -> Iterator[Issue]:
    own = rules[account_id]
    if not texts or (texts == ("",) and not draft.pictures and draft.quote is None and not draft.link):
        yield Issue(Severity.ERROR, "empty", "nothing to post yet", "write")
    fix = "split" if own.splits_threads else "shorten"
    for index, text in enumerate(texts):
        if segments.fits(text, draft, account_id, own):
            continue
        yield Issue(Severity.ERROR, "too_long", _too_long(text, index, len(texts), draft, account_id, own), fix, index)
    if not own.warning and draft.warning:
        yield Issue(Severity.WARNING, "warning_not_shown", "shows no content warning")


def _too_long(text: str, index: int, count: int, draft: Draft, account_id: int, rules: PostRules) -> str:
    over = segments.weight(text, draft, account_id, rules) - rules.limit
    where = f"part {index + 1} " if count > 1 else ""
    if rules.limit <= 0 or over <= 0:
        return f"{where}too long for this network"
    return f"{where}{over:,} over the limit of {rules.limit:,}"


def _left_out_issues(draft: Draft, account_id: int) -> Iterator[Issue]:
    has = {
        "poll": draft.poll is not None,
        "video": any(picture.is_video for picture in draft.pictures),
        "document": any(picture.is_document for picture in draft.pictures),
    }
    for what in segments.without(draft, account_id):
        if has.get(what):
            yield Issue(Severity.NOTE, f"without_{what}", f"goes out without the {what}", f"put_back_{what}")


def _host_issues(pictures: tuple[Picture, ...], rules: PostRules) -> Iterator[Issue]:
    if any(picture.is_image for picture in pictures) and rules.pictures_by_address and rules.max_pictures:
        yield Issue(Severity.NOTE, "pictures_on_blog", "takes pictures from your blog, where they are put first")


def _time_issues(draft: Draft, account_id: int, rules: Mapping[int, PostRules], now: datetime) -> Iterator[Issue]:
    at = scheduling.time_of(draft, account_id, rules)
    if at is None:
        return
    if draft.publish_at is not None and draft.publish_at <= now:
        yield Issue(Severity.ERROR, "time_over", "its time is over", "post_now")
    elif at - now > scheduling.FURTHEST:
        yield Issue(Severity.ERROR, "time_too_far", "its time is more than a year away", "choose_time")
    elif scheduling.is_held(draft, account_id, rules, now):
        yield Issue(Severity.NOTE, "held_there", "goes out even with this computer off")
    else:
        after = "" if at == draft.publish_at else " after the article"
        yield Issue(Severity.NOTE, "from_here", f"goes out{after} from this computer")


def _link_issues(draft: Draft, rules: Mapping[int, PostRules]) -> Iterator[Issue]:
    if draft.article is None:
        return
    if segments.leader(draft, rules) is None:
        yield Issue(Severity.WARNING, "article_without_blog", "the article goes to no blog", "choose_blog")
    elif draft.article.status == "draft":
        sentence = "the article is not public yet, so its link leads nowhere"
        yield Issue(Severity.ERROR, "article_not_public", sentence, "publish_article")


def _card_issues(draft: Draft, account_id: int, rules: Mapping[int, PostRules]) -> Iterator[Issue]:
    if segments.crowds_out_card(draft, account_id, rules):
        document = any(picture.is_document for picture in segments.pictures_of(draft, account_id, rules[account_id]))
        what = "document" if document else "pictures"
        yield Issue(Severity.NOTE, "pictures_over_card", f"shows the {what}, not the link card")
