"""What is known of Bluesky before anybody signs in: its form, its sources, its limits."""

from urllib.parse import urlsplit

from socialdesk.core.network import (
    AppPassword,
    Field,
    NetworkFacts,
    OAuthCode,
    SourceKind,
    Step,
)
from socialdesk.core.rules import Choice, PostRules, VideoRules
from socialdesk.core.text import graphemes

ENTRYWAY = "https://bsky.social"
PUBLIC_APPVIEW = "https://public.api.bsky.app"
WEB = "https://bsky.app"

MAX_GRAPHEMES = 300
MAX_BYTES = 3000
MAX_THUMB_BYTES = 1_000_000
# The limit of a picture is twice what it was since April 2026; only the network's own servers surely know.
PICTURE_BYTES = 2_000_000
OLD_PICTURE_BYTES = 1_000_000
VIDEO_SERVICE = "https://video.bsky.app"
VIDEO_BYTES = 100_000_000
VIDEO_SECONDS = 180.0
VIDEO_TYPES = ("video/mp4", "video/quicktime", "video/webm", "video/mpeg")
_REPLIES = (
    Choice("everybody", "Everyone"),
    Choice("mentioned", "Whom you mention"),
    Choice("following", "Whom you follow"),
    Choice("followers", "Your followers"),
    Choice("nobody", "Nobody"),
)
_CURRENT_HOSTS = ("bsky.social", ".bsky.network")

SCOPES = (
    ("atproto", "know which account you are"),
    ("transition:generic", "read what you see, post, like and upload pictures and videos for you"),
)
_SERVER = Field(
    "service",
    "Server",
    ENTRYWAY,
    help="Only if your account is not at Bluesky's own servers.",
    optional=True,
)

FACTS = NetworkFacts(
    key="bluesky",
    title="Bluesky",
    colour="#1185FE",
    icon="bluesky",
    sign_ins=(
        AppPassword(
            fields=(
                Field("identifier", "Handle or e-mail address", "name.bsky.social"),
                Field("password", "App password", help="Four groups of four letters.", secret=True),
                _SERVER,
            ),
            steps=(
                Step("Open the app passwords in Bluesky's settings.", "https://bsky.app/settings/app-passwords"),
                Step("Add one named SocialDesk and copy it."),
                Step("Paste it here. You can withdraw it there at any time."),
            ),
        ),
        OAuthCode(
            fields=(
                Field("identifier", "Handle", "name.bsky.social"),
                Field("service", "Server", ENTRYWAY, help="Only for a network that is not Bluesky's.", optional=True),
            ),
            scopes=SCOPES,
            steps=(
                Step("Say which account it is: your own server is found by its handle."),
                Step("Your server opens in the browser. Sign in there and allow SocialDesk."),
                Step(
                    "It ends after two weeks and is then asked for again; an app password lasts until you withdraw it."
                ),
            ),
        ),
    ),
    sources=(
        SourceKind("home", "Home", "house", interval_s=30, live=True),
        SourceKind("notifications", "Notifications", "bell", inbox=True, interval_s=30, live=True),
        SourceKind(
            "search", "Search", "search", (Field("query", "Words", "b2b marketing"),), searches="query", interval_s=300
        ),
        SourceKind("account", "Account", "user", (Field("actor", "Handle", "name.bsky.social"),), needs_account=False),
        SourceKind("list", "List", "list", (Field("list", "List", "https://bsky.app/profile/name/lists/3k2a"),)),
        SourceKind("feed", "Feed", "rss", (Field("feed", "Feed", "https://bsky.app/profile/name/feed/whats-hot"),)),
        SourceKind("bookmarks", "Bookmarks", "bookmark", interval_s=300),
    ),
    actions=("like", "reshare", "reply", "bookmark", "quote"),
    apps_url="https://bsky.app/settings/app-passwords",
)


def rules_at(server: str) -> PostRules:
    """What an account at `server` may post. Source: the lexicon of app.bsky.feed.post and its embeds."""
    host = urlsplit(server).hostname or ""
    return PostRules(
        limit=MAX_GRAPHEMES,
        weigh=graphemes,
        byte_limit=MAX_BYTES,
        max_pictures=4,
        picture_types=("image/jpeg", "image/png", "image/webp", "image/gif"),
        picture_bytes=PICTURE_BYTES if host.endswith(_CURRENT_HOSTS) else OLD_PICTURE_BYTES,
        alt_limit=2000,
        link_card="client",
        languages=True,
        quotes=True,
        replies_from=_REPLIES,
        video=VideoRules(VIDEO_TYPES, VIDEO_BYTES, VIDEO_SECONDS, alt_limit=1000),
    )
