"""What a Threads account may post. Source: Meta's document "Threads API, Posts"."""

from socialdesk.core.rules import Choice, PostRules
from socialdesk.networks.threads.counting import LIMIT, weigh

MAX_PICTURES = 20
PICTURE_BYTES = 8_000_000
ALT_LIMIT = 1000
EVERYONE = "everyone"
REPLIES = (
    Choice(EVERYONE, "Everyone"),
    Choice("accounts_you_follow", "Accounts you follow"),
    Choice("followers_only", "Your followers"),
    Choice("mentioned_only", "Only accounts you mention"),
)


def post_rules() -> PostRules:
    return PostRules(
        limit=LIMIT,
        weigh=weigh,
        max_pictures=MAX_PICTURES,
        picture_types=("image/jpeg", "image/png"),
        picture_bytes=PICTURE_BYTES,
        alt_limit=ALT_LIMIT,
        link_card="server",
        findable=True,
        quotes=True,
        pictures_by_address=True,
        replies_from=REPLIES,
    )
