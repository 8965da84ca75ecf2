"""What one account may post. Sources: Microsoft Learn, "Posts API", "Images API", "MultiImage API", "Videos API",
"Documents API".
"""

from socialdesk.core.account import Account
from socialdesk.core.rules import Choice, DocumentRules, PostRules, VideoRules
from socialdesk.networks.linkedin.facts import COMMENT_SCOPE
from socialdesk.networks.linkedin.littletext import weigh
from socialdesk.networks.linkedin.urn import ORGANISATION

LIMIT = 3000
ALT_CHARS = 4086
MAX_PICTURES = 20
PICTURE_BYTES = 8_000_000  # LinkedIn names a number of pixels only
PICTURE_PIXELS = 36_000_000
VIDEO = VideoRules(("video/mp4",), size=500_000_000, seconds=1800.0, alt_limit=400)  # its title there
DOCUMENTS = DocumentRules(
    (
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/msword",
        "application/vnd.ms-powerpoint",
    ),
    size=100_000_000,
    pages=300,
    title_limit=400,
)
_MEMBER = (Choice("PUBLIC", "Anyone"), Choice("CONNECTIONS", "Connections only"))


def is_page(account: Account) -> bool:
    return account.remote_id.startswith(ORGANISATION)


def rules_of(account: Account) -> PostRules:
    """From what was learned at sign-in, so that it is known without a connection."""
    page = is_page(account)
    return PostRules(
        limit=LIMIT,
        weigh=weigh,
        max_pictures=MAX_PICTURES,
        picture_types=("image/jpeg", "image/png", "image/gif"),
        picture_bytes=PICTURE_BYTES,
        picture_pixels=PICTURE_PIXELS,
        alt_limit=ALT_CHARS,
        splits_threads=False,
        link_card="client",
        visibilities=() if page else _MEMBER,
        video=VIDEO,
        documents=DOCUMENTS,
        replies=page or COMMENT_SCOPE in account.facts.get("scopes", "").split(),
    )
