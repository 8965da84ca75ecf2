"""What the program shows and asks for a Ghost account, as data."""

from socialdesk.core.network import (
    Field,
    NetworkFacts,
    SourceKind,
    Step,
    Token,
)
from socialdesk.core.rules import PostRules

KEY = "ghost"
INTERVAL_S = 300
INTEGRATIONS = "{server}/ghost/#/settings/integrations"

# Limits of Ghost's own schema (npm `@tryghost/admin-api-schema`, posts).
TITLE_CHARS = 2000
EXCERPT_CHARS = 300
SLUG_CHARS = 185  # 191, with room for what Ghost adds to a slug that is taken
TAG_CHARS = 185
ALT_CHARS = 191

SIGN_IN = Token(
    fields=(
        Field("server", "Site address", "https://blog.example", "The address of the site or of its Ghost admin."),
        Field(
            "key",
            "Admin API key",
            help="24 characters, a colon, 64 characters. A staff access token works too.",
            secret=True,
        ),
    ),
    steps=(
        Step("Open the settings of your Ghost and choose Integrations.", INTEGRATIONS),
        Step("Add a custom integration and call it SocialDesk."),
        Step("Copy its Admin API key, not the Content API key, and paste it here."),
    ),
)

FACTS = NetworkFacts(
    key=KEY,
    title="Ghost",
    colour="",  # its own is nearly black, which a dark theme would swallow
    icon="ghost",
    sign_ins=(SIGN_IN,),
    sources=(
        SourceKind("posts", "Posts", "newspaper", interval_s=INTERVAL_S),
        SourceKind("pages", "Pages", "file-text", interval_s=INTERVAL_S),
        SourceKind("drafts", "Drafts and planned posts", "pen-line", interval_s=INTERVAL_S),
    ),
    apps_url=INTEGRATIONS,
    note="Articles go to the site only, never to its newsletter. Each carries an internal tag that readers do not see.",
)

RULES = PostRules(
    limit=0,
    weigh=len,
    max_pictures=20,
    picture_bytes=5_000_000,  # the least that a hosted plan takes; a site cannot be asked
    alt_limit=ALT_CHARS,
    splits_threads=False,
    link_card="none",
    article=True,
    hosts_pictures=True,
    replies=False,
)
