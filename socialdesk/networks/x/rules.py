"""What one account may post. Sources: docs.x.com, "Posts", "Media best practices" and "Counting characters".

Larger films than these are said to be taken from some accounts; nothing documented says from which.
"""

from socialdesk.core.account import Account
from socialdesk.core.rules import Choice, PollRules, PostRules, VideoRules
from socialdesk.networks.x.counting import LONG_LIMIT, SHORT_LIMIT, has_link, weigh

MAX_MEDIA = 4
PICTURE_BYTES = 5_000_000
ALT_LIMIT = 1000
EVERYONE = "everyone"  # X's usual, which is said by saying nothing
REPLIES = (
    Choice(EVERYONE, "Everyone"),
    Choice("following", "Accounts you follow"),
    Choice("verified", "Verified accounts"),
    Choice("subscribers", "Your subscribers"),
    Choice("mentionedUsers", "Only accounts you mention"),
)
POLLS = PollRules(options=4, option_limit=25, min_minutes=5, max_minutes=10_080, multiple=False)
VIDEO = VideoRules(("video/mp4", "video/quicktime"), size=512_000_000, seconds=140.0, alt_limit=ALT_LIMIT)
_PAID = frozenset({"basic", "premium", "premiumplus"})
_VERIFIED = frozenset({"blue", "business", "government"})


def writes_long(subscription: str, verified_type: str) -> bool:
    """Whether an account may write long posts ("notes"), by what X says of it."""
    known = subscription.replace("_", "").replace(" ", "").lower()
    return known in _PAID or (known in {"", "none"} and verified_type.lower() in _VERIFIED)


def rules_of(account: Account) -> PostRules:
    """From what was learned at sign-in, so that it is known without a connection and costs nothing."""
    return PostRules(
        limit=LONG_LIMIT if account.facts.get("long") == "yes" else SHORT_LIMIT,
        weigh=weigh,
        max_pictures=MAX_MEDIA,
        picture_types=("image/jpeg", "image/png", "image/gif", "image/webp"),
        picture_bytes=PICTURE_BYTES,
        alt_limit=ALT_LIMIT,
        link_card="server",
        findable=True,
        quotes="quote" in account.facts.get("allows", "").split(),
        has_link=has_link,
        replies_from=REPLIES,
        polls=POLLS,
        video=VIDEO,
    )
