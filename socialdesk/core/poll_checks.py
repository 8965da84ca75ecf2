"""Whether a poll can be asked from an account, and who may answer its post. Pure."""

from collections.abc import Iterator

from socialdesk.core.issues import Issue, Severity
from socialdesk.core.post import Draft, Poll
from socialdesk.core.rules import PollRules, PostRules
from socialdesk.core.segments import choice_of_replies, pictures_of, without
from socialdesk.core.text import clusters

_SPANS = ((1440, "day"), (60, "hour"), (1, "minute"))


def issues(draft: Draft, account_id: int, rules: PostRules) -> Iterator[Issue]:
    """The findings on the draft's poll for an account that does not leave it out."""
    poll = draft.poll
    if poll is None or "poll" in without(draft, account_id):
        return
    if rules.polls is None:
        yield Issue(Severity.ERROR, "no_polls", "has no polls", "leave_out_poll")
        return
    said = _wrong(poll, rules.polls)
    if said:
        yield Issue(Severity.ERROR, "poll", said, "edit_poll")
    if not rules.polls.with_media and pictures_of(draft, account_id, rules):
        yield Issue(Severity.ERROR, "poll_with_media", "takes a poll or pictures, not both", "leave_out_poll")
    if poll.multiple and not rules.polls.multiple:
        yield Issue(Severity.WARNING, "one_answer", "lets a reader choose one answer only")


def replies_issues(draft: Draft, account_id: int, rules: PostRules) -> Iterator[Issue]:
    """Who may answer was chosen for all, and this network cannot do that."""
    if draft.replies and not draft.reply_to and choice_of_replies(draft, account_id, rules) is None:
        said = "cannot limit who answers in that way" if rules.replies_from else "lets anybody answer"
        yield Issue(Severity.WARNING, "replies_open", said)


def answers(poll: Poll) -> tuple[str, ...]:
    """The answers that somebody wrote."""
    return tuple(answer for option in poll.options if (answer := option.strip()))


def _wrong(poll: Poll, takes: PollRules) -> str:
    given = answers(poll)
    if len(given) < 2:
        return "a poll needs two answers"
    if len(set(given)) < len(given):
        return "two answers of the poll are the same"
    if len(given) > takes.options:
        return f"takes {takes.options} of {len(given)} answers"
    for index, answer in enumerate(given):
        over = sum(1 for _ in clusters(answer)) - takes.option_limit
        if takes.option_limit and over > 0:
            return f"answer {index + 1} is {over} over the limit of {takes.option_limit}"
    if poll.minutes < takes.min_minutes:
        return f"a poll runs for {span(takes.min_minutes)} at least"
    if poll.minutes > takes.max_minutes:
        return f"a poll runs for {span(takes.max_minutes)} at most"
    return ""


def span(minutes: int) -> str:
    """7 days, 1 hour, 5 minutes: the largest unit that is whole, else whole days, hours or minutes."""
    for size, name in _SPANS:
        count = minutes // size
        if count and (minutes % size == 0 or size == 1 or minutes >= 20 * size):
            return f"{count} {name}{'' if count == 1 else 's'}"
    return "0 minutes"
