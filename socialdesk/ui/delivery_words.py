"""How a delivery stands, for a person: a state, a sentence, and the fixes that are possible. No Qt."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from socialdesk.core.delivery import DELETED, OVERDUE, PREVIOUS_UNKNOWN, is_unclear
from socialdesk.core.post import PERMALINK, Delivery, DeliveryState, Publication
from socialdesk.ui import words

LATE_THERE = timedelta(minutes=10)  # then its network is not just about to publish it
_PILLS = {
    DeliveryState.WAITING: ("Waiting", "second"),
    DeliveryState.SENDING: ("Sending", "second"),
    DeliveryState.SENT: ("Sent", "good"),
    DeliveryState.REFUSED: ("Refused", "bad"),
    DeliveryState.IN_DOUBT: ("In doubt", "warn"),
    DeliveryState.HELD: ("Held", "warn"),
    DeliveryState.SIGN_IN: ("Sign in", "warn"),
    DeliveryState.HAND_OFF: ("Yours to post", "warn"),
    DeliveryState.SCHEDULED: ("Scheduled", "good"),
    DeliveryState.CANCELLED: ("Cancelled", "muted"),
}
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True, slots=True)
class Fix:
    """`word` is on the button. `action`: open, check_now, sign_in, edit, retry, cancel, is_there, is_not_there,
    numbers, change, delete.
    """

    action: str
    word: str


_OF_SENT = {
    "numbers": Fix("numbers", "Numbers"),
    "change": Fix("change", "Change"),
    "delete": Fix("delete", "Delete"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    pill: str
    tint: str
    sentence: str
    fixes: tuple[Fix, ...] = ()
    receipt: tuple[str, str] = ("", "")  # address, and what follows it: shortened in the middle of the address


@dataclass(frozen=True, slots=True)
class Asking:
    """What is said when the address of a post is asked for."""

    why: str
    may_be_left_out: bool


def asking(delivery: Delivery, title: str) -> Asking:
    """Why the address of the part that a person has seen is wanted. `title` is the network's name."""
    count, at = len(delivery.parts), delivery.next_part
    if delivery.state is DeliveryState.HAND_OFF:
        return Asking(f"Paste its address at {title} if you have it: it is your receipt.", may_be_left_out=True)
    if delivery.state is DeliveryState.HELD:
        return Asking(f"Copy the address of part {at} at {title}: part {at + 1} answers it.", may_be_left_out=False)
    if at + 1 < count:
        why = f"Copy the address of part {at + 1} at {title}: the next part answers it. Without it, the rest is held."
        return Asking(why, may_be_left_out=True)
    return Asking(f"Its address at {title}, for the receipt and for what links to it.", may_be_left_out=True)


def standing(
    delivery: Delivery, title: str, now: datetime, *, by_hand: bool = False, able: tuple[str, ...] = ()
) -> Standing:
    """`title` is the network's name; `by_hand`: the person posts there; `able`: what may be done with posts there."""
    planned = _has_time(delivery, now)
    pill, tint = ("Scheduled", "second") if planned else _PILLS[delivery.state]
    sentence, fixes = _planned(delivery, now, by_hand=by_hand) if planned else _said(delivery, title, now)
    if delivery.state is DeliveryState.SENT and any(part.receipt and part.receipt.remote_id for part in delivery.parts):
        fixes += tuple(_OF_SENT[name] for name in able)
    receipt = _receipt(delivery) if delivery.state is DeliveryState.SENT else ("", "")
    return Standing(pill, tint, sentence, fixes, receipt)


def _said(delivery: Delivery, title: str, now: datetime) -> tuple[str, tuple[Fix, ...]]:
    match delivery.state:
        case DeliveryState.SENT:
            return _sent(delivery)
        case DeliveryState.SENDING:
            return f"sending{_part(delivery)}", ()
        case DeliveryState.WAITING:
            return _waiting(delivery, title, now)
        case DeliveryState.IN_DOUBT:
            return _in_doubt(delivery, title)
        case DeliveryState.SIGN_IN:
            return "the sign-in has run out; the post is kept", (Fix("sign_in", "Sign in again"),)
        case DeliveryState.HELD:
            return _held(delivery, now)
        case DeliveryState.SCHEDULED:
            return _scheduled(delivery, title, now)
        case DeliveryState.HAND_OFF:
            said = f"finish{_part(delivery)} in the browser, then say so here"
            return said, (Fix("is_there", "I have posted it"), Fix("cancel", "Not posted"))
        case DeliveryState.REFUSED:
            again = (Fix("retry", "Try again"),) if words.may_repeat(delivery.error) else ()
            return words.sentence(delivery.error), (Fix("edit", "Edit"), *again)
        case DeliveryState.CANCELLED:
            said = f"deleted at {title}" if delivery.error == DELETED else "not sent"
            return said, (Fix("edit", "Edit"),)


def _sent(delivery: Delivery) -> tuple[str, tuple[Fix, ...]]:
    address, rest = _receipt(delivery)
    return f"{address or 'out'}{rest}", (Fix("open", "Open"),) if address else ()


def _receipt(delivery: Delivery) -> tuple[str, str]:
    when = f" · {delivery.updated.astimezone():%H:%M:%S}" if delivery.updated else ""
    posts = f" · {len(delivery.parts)} posts" if len(delivery.parts) > 1 else ""
    return delivery.permalink.split("://")[-1].rstrip("/"), f"{posts}{when}"


def _part(delivery: Delivery) -> str:
    count = len(delivery.parts)
    return f" part {delivery.next_part + 1} of {count}" if count > 1 and delivery.next_part < count else ""


def _waiting(delivery: Delivery, title: str, now: datetime) -> tuple[str, tuple[Fix, ...]]:
    if delivery.waits_for is not None and not delivery.error and not delivery.next_part:
        return "waits for the article's address", (Fix("cancel", "Cancel"),)
    later = delivery.next_at is not None and delivery.next_at > now + timedelta(seconds=2)
    if delivery.error == "rate_limited" and delivery.next_at is not None:
        return f"{title} asked us to wait until {words.clock(delivery.next_at)}", (Fix("cancel", "Cancel"),)
    if delivery.error and later and delivery.next_at is not None:
        at = words.clock(delivery.next_at)
        return f"{words.sentence(delivery.error)} Next try {at}.", (Fix("retry", "Try now"),)
    return f"next{_part(delivery)}", (Fix("cancel", "Cancel"),)


def _has_time(delivery: Delivery, now: datetime) -> bool:
    """Waits for its time and for nothing else."""
    at = delivery.publish_at
    return delivery.state is DeliveryState.WAITING and at is not None and at > now and not delivery.error


def _planned(delivery: Delivery, now: datetime, *, by_hand: bool) -> tuple[str, tuple[Fix, ...]]:
    when = words.moment(delivery.publish_at, now) if delivery.publish_at else ""
    now_or_never = (Fix("edit", "Edit"), Fix("cancel", "Cancel"))
    if by_hand:
        return f"yours to post at {when}", now_or_never
    if delivery.waits_for is not None:
        return f"goes out with its article at {when}, from this computer", now_or_never
    return f"goes out at {when} from this computer", (Fix("retry", "Send now"), *now_or_never)


def _scheduled(delivery: Delivery, title: str, now: datetime) -> tuple[str, tuple[Fix, ...]]:
    """The network has it."""
    edit, check = Fix("edit", "Edit"), Fix("check_now", "Check now")
    if is_unclear(delivery):
        sentence = f"{title} had it to publish, and we cannot tell whether it did. Look there, then say."
        return sentence, (Fix("is_there", "It is there"), Fix("is_not_there", "It is not there"), check)
    when = words.moment(delivery.publish_at, now) if delivery.publish_at else "its time"
    if delivery.error and words.fix(delivery.error) == "Sign in again":
        return f"{title} publishes it at {when}. Sign in again to see it.", (Fix("sign_in", "Sign in again"),)
    if delivery.publish_at is not None and delivery.publish_at <= now:
        late = delivery.attempts and not delivery.error and now - delivery.publish_at > LATE_THERE
        if late:
            return f"{title} was to publish it at {when}, and has not yet. We go on looking.", (check, edit)
        return f"{title} publishes it now. We look whether it is out.", (check,)
    return f"{title} publishes it at {when}, even with this computer off", (edit, Fix("cancel", "Cancel"))


def _held(delivery: Delivery, now: datetime) -> tuple[str, tuple[Fix, ...]]:
    if delivery.error == PREVIOUS_UNKNOWN:
        sentence = f"{_part(delivery).strip()} has to answer the one before it, whose address is not known"
        return sentence, (Fix("is_there", "Give its address"), Fix("edit", "Edit"))
    if delivery.error != OVERDUE:
        return "what it links to is not out, so it waits for you", (Fix("edit", "Edit"),)
    when = words.moment(delivery.publish_at, now) if delivery.publish_at else "its time"
    sentence = f"could not go out at {when}: this computer was off or without a connection"
    return sentence, (Fix("retry", "Send now"), Fix("edit", "Edit"))


def _in_doubt(delivery: Delivery, title: str) -> tuple[str, tuple[Fix, ...]]:
    check = Fix("check_now", "Check now")
    if delivery.next_at is not None:
        if delivery.error == "interrupted":
            return "The program was stopped while sending. We look before we send again.", (check,)
        return f"{title} did not answer after we sent it. We look before we send again.", (check,)
    sentence = f"We cannot tell whether {title} has it. Look there, then say."
    return sentence, (Fix("is_there", "It is there"), Fix("is_not_there", "It is not there"), check)


def able_with(publication: Publication, delivery: Delivery, able: tuple[str, ...]) -> tuple[str, ...]:
    """What can be done with this post: the words of an article are changed at the blog."""
    article = publication.draft.article
    is_article = article is not None and any(part.text == article.title.strip() for part in delivery.parts)
    return tuple(name for name in able if name != "change" or not is_article)


def texts_of(publication: Publication, delivery: Delivery) -> tuple[str, ...]:
    """The words of the parts that are out, with the address they carry."""
    awaited = next((d.permalink for d in publication.deliveries if d.id == delivery.waits_for), "")
    return tuple(part.text.replace(PERMALINK, awaited) for part in delivery.parts if part.is_out)


def heading(publication: Publication, title: str) -> str:
    """An article by its title, a post by its first words in quotes."""
    if publication.draft.article is not None and publication.draft.article.title.strip():
        return title
    return f"“{title if len(title) <= 70 else title[:69].rstrip() + '…'}”"


def subtitle(publication: Publication, now: datetime) -> str:
    """Today 9:30 · article first, then four networks."""
    count = len(publication.deliveries)
    followers = sum(1 for delivery in publication.deliveries if delivery.waits_for is not None)
    if followers:
        what = f"article first, then {_number(followers)} network{'' if followers == 1 else 's'}"
    else:
        what = f"to {_number(count)} account{'' if count == 1 else 's'}"
    at = publication.draft.publish_at
    planned = f" · for {words.moment(at, now)}" if at is not None and at > now else ""
    return f"{_day(publication.created, now)} · {what}{planned}"


def _number(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def _day(then: datetime, now: datetime) -> str:
    local, today = then.astimezone(), now.astimezone()
    days = (today.date() - local.date()).days
    time = f"{local.hour}:{local:%M}"
    if days in (0, 1):
        return f"{'Today' if days == 0 else 'Yesterday'} {time}"
    return f"{words.age(then, now) if days >= 7 else local.strftime('%A')} {time}"
