"""Sentences for people: reason codes, ages, counts. Plain, short, no blame, never a server's own message."""

from datetime import UTC, datetime, tzinfo

from socialdesk.core.errors import (
    BAR,
    ContentError,
    EngineStopped,
    InputError,
    NetworkError,
    OutcomeUnknown,
    OverBudget,
    RateLimited,
    StoreError,
    VaultError,
)

_SENTENCES = {
    # Outcomes of a network
    "unreachable": "The server could not be reached.",
    "offline": "No connection.",
    "refused": "The server could not be reached.",
    "interrupted": "The connection broke.",
    "not_http": "There is no web server at this address.",
    "timed_out": "The server took too long to answer.",
    "not_json": "The server gave an answer that makes no sense.",
    "invalid_answer": "The server gave an answer that makes no sense.",
    "server_error": "The server has a problem.",
    "tls": "The server's certificate is not trusted.",
    "certificate": "The server's certificate is not trusted.",
    "dns": "There is no server with this name.",
    "rate_limited": "The server asked us to wait.",
    "sign_in_again": "Sign in again.",
    "auth_expired": "Sign in again.",
    "outcome_unknown": "The server did not answer. We look before we send again.",
    # Rejected
    "too_long": "The text is too long for this network.",
    "empty": "There is nothing to post yet.",
    "duplicate": "The network has this post already.",
    "media_too_large": "A picture or file is too large for this network.",
    "media_type": "This network does not take this kind of picture or file.",
    "media_missing": "A picture or file is missing. Add it again.",
    "media_unfit": "The network could not use a picture, video or document: its shape, length or format is wrong.",
    "missing_permission": "The account may not do this.",
    "not_found": "There is nothing at this address.",
    "gone": "This is gone for good.",
    "not_supported": "This network cannot do that.",
    "not_a_feed": "There is no feed at this address.",
    "not_an_article": "There is no article on this page.",
    "not_an_image": "This file is not a picture.",
    "blocked": "The other side does not allow this.",
    "invalid": "The network did not accept this.",
    "private_address": "This address is inside a private network.",
    "too_large": "The answer is too large.",
    "other": "That did not work.",
    "budget_spent": "This month's budget is spent.",
    "waits_for_failed": "What it links to is not out yet.",
    "previous_unknown": "The part before it is not known, so the rest would stand alone.",
    "deleted": "Deleted at the network.",
    "account_gone": "This account is no longer on the desk.",
    "too_many_redirects": "This address leads in circles.",
    "not_modified": "The server gave an answer that makes no sense.",
    "proxy": "The proxy did not let this through. See its settings.",
    "upload_failed": "A picture could not be uploaded.",
    "media_processing": "The server is still preparing a picture.",
    "not_mastodon": "This server does not answer as a Mastodon server would.",
    "no_api": "There is no WordPress at this address, or its API is switched off.",
    "no_app_passwords": "This site has switched application passwords off.",
    "insecure": "This site is not on HTTPS, so no password is sent to it.",
    "firewall": "Something in front of the site, such as a firewall, gave the answer.",
    "header_stripped": "The site did not recognise you. Check user name and application password.",
    "payment_needed": "The network wants to be paid for this. Add credits in its console, or wait for the next month.",
    "account_restricted": "The network has restricted this account. Sign in on its site to see why.",
    "app_not_allowed": "The network does not accept your app for this. Check the app and its plan in its console.",
    "reply_not_allowed": "Only people whom the author mentioned may answer here. Answer on the network's site.",
    "quote_not_allowed": "This post may not be quoted from here. Share its link instead.",
    "cashtags": "This network takes one cashtag ($NAME) in a post. Take the others out.",
    "version_retired": "The network has changed how it wants to be asked. A newer SocialDesk will know how.",
    "already": "That is done already.",
    "invalid_key": "This is not an Admin API key: 24 characters, a colon, 64 characters.",
    "no_ghost": "There is no Ghost at this address, or its API is closed.",
    "plan_limit": "The plan that this site is on does not allow this.",
    "edit_conflict": "Somebody else has changed this meanwhile. Look again before you change it.",
    "no_micropub": "This site names no Micropub endpoint.",
    "no_indieauth": "This site offers no sign-in in the browser. Paste a token instead.",
    "other_site": "The answer is for another site than yours. Check the address and start again.",
    "no_list": "This site does not list its posts.",
    "cannot_plan": "This site takes no planned posts. Send it when its time has come, or as a draft.",
    "no_media_endpoint": "This site takes no pictures in articles. Take them out, or use addresses of pictures.",
    "members_unread": "LinkedIn shows members' posts to no program. Add the page of your organisation to read here.",
    "not_your_blog": "None of your blogs has this name. Check it, or leave it empty for your primary blog.",
    "reblog_not_allowed": "This post cannot be reblogged. Share its link instead.",
    "not_your_page": "You are no administrator of this page, or there is none by this name. Check its address.",
    "link_refused": "The network could not read the page that is linked. Check its address.",
    "against_rules": "The network finds this against its rules. Say it differently.",
    "posting_too_fast": "The network finds that this account posts too fast. Wait some hours.",
    "confirm_identity": "The network wants to know who you are first. Sign in on its site and do what it asks.",
    "not_a_video": "This is not a video this desk can send. Use MP4, MOV or WebM.",
    "not_a_document": "This is not a document this desk can send. Use PDF, DOCX, PPTX, DOC or PPT.",
    "taken_back_there": "The network no longer has it: somebody took it back there. Edit it to post it again.",
    "published": "This post is out already.",
    "overdue": "Its time went by while this computer was off or without a connection.",
    "too_close": "It was too close to its time for the network. It goes out from this computer.",
    "no_page": "No Page was found that you may post to. Check its name, and what your app may do.",
    "wrong_password": "User name or password is not accepted there. Some servers want a password made for programs.",
    "no_reader_api": "There is no Google Reader API at this address, or it is switched off.",
    "no_ttrss_api": "There is no Tiny Tiny RSS at this address, or its API is switched off in its preferences.",
    "no_folder": "There is no such category at the server, and none can be made from here.",
    "no_label": "There is no such label at the server, and none can be made from here.",
    "no_feed_there": "The server could not read this address.",
    "declined": "The sign-in was not allowed there. Start again and allow SocialDesk.",
    "code_ended": "The code has run out. Start again for a new one.",
    "too_many_pictures": "There are more pictures than this network takes. Take some out.",
    "too_many_links": "There are more links than this network takes in a post. Take some out.",
    "picture_host": "Your blog did not take the picture that this network wants to see there. Test the blog's account.",
    "video_limit": "The network takes no more videos from this account now. It may want your e-mail address confirmed.",
    "public_picture_needed": "This network takes pictures by their public address only. Put them on your blog first.",
    # Store
    "newer_version": "The data was written by a newer version of SocialDesk.",
    "damaged": "The data is damaged. The last good copy can be restored.",
    "disk_full": "The disk is full. Free some space and try again.",
    "read_only": "The folder cannot be written to.",
    "locked": "Another program holds the data.",
    "search_rebuilding": "The search is being made ready. Try again in a moment.",
    "closed": "SocialDesk is closing.",
    "migration_failed": "The data could not be brought up to date. Nothing was changed.",
    # Keyring
    "no_keyring": "There is no keyring on this computer. Install one, for example gnome-keyring or KWallet.",
    "keyring_locked": "The keyring is locked. Unlock it and try again.",
    "keyring_failed": "The keyring did not do what it was asked to.",
    "worker": "This could not be read.",
}
_FALLBACK = "That did not work. Try again."

# The word of the one button that helps, by reason code. What is refused of a post is mended where it was written.
_FIXES = {
    "Sign in again": """sign_in_again auth_expired missing_permission header_stripped invalid_key app_not_allowed
        no_app_passwords declined code_ended wrong_password""",
    "Options": """not_a_feed not_found gone private_address insecure not_http dns too_many_redirects no_api no_ghost
        no_micropub no_indieauth no_list not_mastodon no_page not_your_blog not_your_page members_unread plan_limit
        no_reader_api no_ttrss_api no_folder no_label no_feed_there""",
    "Budget": "budget_spent",
    "Edit": """too_long empty duplicate media_too_large media_type media_missing media_unfit cashtags quote_not_allowed
        reply_not_allowed reblog_not_allowed cannot_plan edit_conflict link_refused too_many_links too_many_pictures
        no_media_endpoint public_picture_needed against_rules taken_back_there overdue""",
    "Try again": """unreachable refused interrupted timed_out not_json invalid_answer server_error tls certificate
        blocked firewall invalid too_large other account_restricted confirm_identity payment_needed posting_too_fast
        upload_failed picture_host media_processing not_modified other_site picture_host proxy video_limit""",
    "": "published too_close rate_limited offline version_retired already not_supported",
}
_FIX_OF = {reason: word for word, reasons in _FIXES.items() for reason in reasons.split()}
_OF_ACCOUNTS = frozenset({"sign_in_again", "auth_expired", "missing_permission"})
# Refused for what lies outside the post: it can be sent as it is when that is mended.
_MENDED_ELSEWHERE = frozenset(
    {
        "account_gone",
        "account_restricted",
        "app_not_allowed",
        "blocked",
        "confirm_identity",
        "firewall",
        "link_refused",
        "missing_permission",
        "payment_needed",
        "posting_too_fast",
        "video_limit",
    }
)


def sentence(
    reason: str,
    *,
    until: datetime | None = None,
    zone: tzinfo | None = None,
    has_account: bool = True,
    network: str = "",
) -> str:
    """The sentence of a reason code. `until` is when the wait ends, for `rate_limited` and `budget_spent`.

    `has_account` False: a visitor was refused, who has no sign-in to repeat. `network` is the title of the network
    whose limits or prices these are, "" where it is a server like any other.
    """
    if reason == "rate_limited" and until is not None and network:
        return f"{network}'s limit is reached. Next look {clock(until, zone)}."
    if reason == "budget_spent" and until is not None:
        whose = f" for {network}" if network else ""
        return f"This month's budget{whose} is spent. Reading begins again {day(until, zone)}."
    if reason == "rate_limited" and until is not None:
        return f"The server asked us to wait until {clock(until, zone)}."
    plain, *needs = reason.split(BAR)
    if not has_account and plain in _OF_ACCOUNTS:
        return "The server shows this to its own members only."
    if plain == "missing_permission" and len(needs) == 2:
        return f"The permission “{needs[0]}” is missing. Give it {needs[1]}, then sign in again."
    return _SENTENCES.get(plain, _FALLBACK)


def fix(reason: str, *, has_account: bool = True) -> str:
    """The word of the one button that helps, "" when waiting is all there is."""
    if not has_account and reason.partition(BAR)[0] in _OF_ACCOUNTS:
        return "Try again"
    return _FIX_OF.get(reason.partition(BAR)[0], "Try again")


def has_fix(reason: str) -> bool:
    """Whether somebody has decided what helps."""
    return reason in _FIX_OF


def may_repeat(reason: str) -> bool:
    """Whether a refused post can be sent as it is, once what stood in its way is gone."""
    return reason.partition(BAR)[0] in _MENDED_ELSEWHERE


def sentence_of(error: BaseException) -> str:
    """The sentence of an exception. Its own words are never shown."""
    match error:
        case InputError():
            return f"{error.sentence} {error.fix}".strip()
        case RateLimited() | OverBudget():
            return sentence(error.reason, until=error.until)
        case OutcomeUnknown():
            return sentence("outcome_unknown")
        case NetworkError() | StoreError() | VaultError() | ContentError():
            code = error.code if isinstance(error, NetworkError) else error.reason
            return sentence("offline" if getattr(error, "offline", False) else code)
        case EngineStopped():
            return "The work behind the window was interrupted and began again. See whether it is done, or do it again."
        case TimeoutError():
            return sentence("timed_out")
        case _:
            return _FALLBACK


def age(then: datetime | None, now: datetime) -> str:
    """How long ago, as short as a card needs: now, 2m, 3h, 4d, then the date (4 Nov, or 4 Nov 2023)."""
    if then is None:
        return ""
    seconds = (now - then).total_seconds()
    if seconds < 60:
        return "now"
    if seconds < 3600:
        return f"{int(seconds // 60)}m"
    if seconds < 86_400:
        return f"{int(seconds // 3600)}h"
    if seconds < 7 * 86_400:
        return f"{int(seconds // 86_400)}d"
    local, today = then.astimezone(), now.astimezone()
    day = f"{local.day} {_MONTHS[local.month - 1]}"
    return day if local.year == today.year else f"{day} {local.year}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def full_time(then: datetime | None, zone: tzinfo | None = None) -> str:
    """Tue 4 Nov 2025, 14:32 in the person's zone."""
    if then is None:
        return ""
    local = then.astimezone(zone)
    return f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]} {local.year}, {local:%H:%M}"


def clock(then: datetime, zone: tzinfo | None = None) -> str:
    """14:32 in the person's zone."""
    return f"{then.astimezone(zone):%H:%M}"


def moment(then: datetime, now: datetime, zone: tzinfo | None = None) -> str:
    """14:32 today, 9:30 tomorrow, Tue 4 Nov 14:32 in the person's zone; the year where it is another."""
    local, today = then.astimezone(zone), now.astimezone(zone)
    days = (local.date() - today.date()).days
    time = f"{local.hour}:{local:%M}"
    if days in (0, 1):
        return f"{time} {'today' if days == 0 else 'tomorrow'}"
    year = "" if local.year == today.year else f" {local.year}"
    return f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]}{year} {time}"


def day(then: datetime, zone: tzinfo | None = None) -> str:
    """on 1 Dec, in the person's zone."""
    local = then.astimezone(zone)
    return f"on {local.day} {_MONTHS[local.month - 1]}"


_LONG_S = 20 * 3600  # further away, the time of day alone would mislead


def next_look(then: datetime | None, now: datetime | None = None, waits: str = "", network: str = "") -> str:
    """next look 14:32, X's limit; or "" when none is planned. `waits` as in `SourceState.waits`, of `network`."""
    if then is None:
        return ""
    at = now or datetime.now(UTC)
    if then <= at:
        return "next look now"
    when = day(then) if (then - at).total_seconds() > _LONG_S else clock(then)
    why = {"limit": f"{network or 'the server'}'s limit", "budget": "to keep the month's budget", "cheap": "cheap mode"}
    return f"next look {when}, {why[waits]}" if waits in why else f"next look {when}"


def short_count(number: int | None) -> str:
    """0, 12, 1.2K, 34K, 5.6M; "" when the network does not say."""
    if number is None:
        return ""
    for size, letter in ((1_000_000, "M"), (1000, "K")):
        if number >= size:
            value = number / size
            return f"{value:.1f}".removesuffix(".0") + letter if value < 10 else f"{int(value)}{letter}"
    return str(number)


def new_items(count: int) -> str:
    """12 new."""
    return f"{short_count(count)} new"


def plural(count: int, one: str, many: str) -> str:
    """3 columns, 1 column."""
    return f"{count} {one if count == 1 else many}"


def size(count: int) -> str:
    """412 KB, 1.3 MB from bytes."""
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:.0f} KB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


_REASONS = {
    "reshare": "re-shared",
    "mention": "mentioned you",
    "reply": "replied to you",
    "like": "liked your post",
    "follow": "followed you",
    "quote": "quoted you",
    "comment": "commented",
    "poll": "poll ended",
    "update": "edited a post",
    "status": "posted",
}


def reason(kind: str) -> str:
    """What somebody did, as the words behind their name."""
    return _REASONS.get(kind, "")
