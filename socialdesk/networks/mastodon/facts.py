"""What Mastodon and compatible servers offer, as data."""

from socialdesk.core.network import (
    Field,
    NetworkFacts,
    OAuthCode,
    SourceKind,
    Step,
    Token,
)

KEY = "mastodon"

_SERVER = Field(
    "server",
    "Server",
    "mastodon.example",
    "Your server's address, your handle (@you@server) or your profile's address.",
)
_ANY_SERVER = Field(
    "server", "Server", "mastodon.social", "Whose posts to read. Your account's server if empty.", optional=True
)

# The least that every part needs (docs.joinmastodon.org/api/oauth-scopes). `profile` exists since 4.3.
SCOPES = (
    ("read:accounts", "see who you are and find other people's posts"),
    ("read:statuses", "show your home, lists and conversations"),
    ("read:notifications", "show what others do with your posts"),
    ("read:search", "search posts"),
    ("read:lists", "offer your lists as columns"),
    ("read:favourites", "know what you liked"),
    ("read:bookmarks", "show your bookmarks"),
    ("read:filters", "respect your filters"),
    ("read:follows", "show the hashtags you follow as a column"),
    ("write:statuses", "publish, change, boost and delete posts"),
    ("write:media", "upload pictures and films"),
    ("write:favourites", "like posts"),
    ("write:bookmarks", "bookmark posts"),
    ("write:notifications", "clear notifications"),
)

FACTS = NetworkFacts(
    key=KEY,
    title="Mastodon",
    colour="#6364FF",
    icon="mastodon",
    sign_ins=(
        OAuthCode((_SERVER,), SCOPES),
        Token(
            (_SERVER, Field("token", "Access token", help="Kept in the system's keyring.", secret=True)),
            (
                Step("Open your server's settings and choose Development.", "{server}/settings/applications/new"),
                Step("Make a new application with read and write access."),
                Step("Open the application and copy its access token."),
            ),
        ),
    ),
    sources=(
        SourceKind("home", "Home", "house", interval_s=60, live=True),
        SourceKind("notifications", "Notifications", "bell", inbox=True, interval_s=60, live=True),
        SourceKind("list", "List", "list", (Field("list", "List"),), interval_s=90, live=True),
        SourceKind(
            "search",
            "Search",
            "search",
            (Field("query", "Words", "content marketing"),),
            searches="query",
            interval_s=300,
        ),
        SourceKind(
            "hashtag",
            "Hashtag",
            "hash",
            (
                Field("tag", "Hashtag", "#B2B", "Up to four, divided by commas or #: posts with any of them."),
                _ANY_SERVER,
            ),
            needs_account=False,
            searches="tag",
            live=True,
        ),
        SourceKind("followed_tags", "Hashtags you follow", "hash", interval_s=300),
        SourceKind(
            "account",
            "Posts of an account",
            "user",
            (Field("account", "Account", "@name@mastodon.example"), _ANY_SERVER),
            needs_account=False,
            interval_s=300,
        ),
        SourceKind("local", "Local posts of a server", "users", (_ANY_SERVER,), needs_account=False, live=True),
        SourceKind("bookmarks", "Bookmarks", "bookmark", interval_s=600),
    ),
    actions=("like", "reshare", "reply", "bookmark", "quote"),
    apps_url="{server}/oauth/authorized_applications",
    note="Search finds only what your server indexes; a hashtag is the dependable way to follow a topic.",
)
