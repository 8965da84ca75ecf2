"""What Tumblr offers, as data. Sources: tumblr/docs, `api.md` and `npf-spec.md`."""

from socialdesk.core.network import (
    Field,
    NetworkFacts,
    OAuthCode,
    SourceKind,
    Step,
    Token,
)
from socialdesk.core.rules import Choice, PostRules, ScheduleRules, VideoRules

KEY = "tumblr"
API = "https://api.tumblr.com"
WEB = "https://www.tumblr.com"
PORT = 51770
REDIRECT = f"http://127.0.0.1:{PORT}/callback"  # the one that is registered for the app
INTERVAL_S = 300

SCOPES = (
    ("basic", "show your dashboard, blogs and tags"),
    ("write", "publish, queue, reblog, like and delete"),
    ("offline_access", "stay signed in for longer than three quarters of an hour"),
)

_BLOG = Field("blog", "Blog", "your-blog", "Its name or address. Empty means your primary blog.", optional=True)
_KEY = Field("client_id", "OAuth consumer key", "aBc1dEf2gHi3…", "Shown with your app in Tumblr's list of apps.")
_SECRET = Field("client_secret", "OAuth consumer secret", "", "“Show secret key” beside it.", secret=True)

FACTS = NetworkFacts(
    key=KEY,
    title="Tumblr",
    colour="",  # its own is nearly black, which a dark theme would swallow
    icon="tumblr",
    sign_ins=(
        OAuthCode(
            (
                _KEY,
                _SECRET,
                _BLOG,
                Field(
                    "redirect",
                    "Redirect address",
                    REDIRECT,
                    "Only if you registered another one. Then paste the address that the browser ends on.",
                    optional=True,
                ),
            ),
            SCOPES,
            (
                Step("Open Tumblr's list of apps and register one.", "https://www.tumblr.com/oauth/apps"),
                Step("Any website and address of yours will do as “Application Website” and “Default callback URL”."),
                Step("Paste this under “OAuth2 redirect URLs”, to the letter:", copy=REDIRECT),
                Step("Copy the consumer key and the secret key from the list."),
            ),
            port=PORT,
        ),
        Token(
            (
                Field("token", "OAuth 2 access token", help="Good for three quarters of an hour.", secret=True),
                Field(
                    "refresh_token",
                    "Refresh token",
                    help="With it, key and secret the desk stays signed in.",
                    secret=True,
                    optional=True,
                ),
                Field(_KEY.name, _KEY.label, _KEY.example, _KEY.help, optional=True),
                Field(_SECRET.name, _SECRET.label, "", _SECRET.help, secret=True, optional=True),
                _BLOG,
            ),
            (
                Step("Get tokens for your app with a tool of yours.", "https://www.tumblr.com/docs/en/api/v2"),
                Step("Copy the access token, and the refresh token if there is one."),
            ),
        ),
    ),
    sources=(
        SourceKind("home", "Dashboard", "house", interval_s=INTERVAL_S),
        SourceKind(
            "hashtag",
            "Tag",
            "hash",
            (Field("tag", "Tag", "content marketing", "Tags on Tumblr may hold spaces."),),
            searches="tag",
            interval_s=INTERVAL_S,
        ),
        SourceKind(
            "account",
            "Posts of a blog",
            "user",
            (Field("account", "Blog", "staff", "Its name or its address."),),
            interval_s=INTERVAL_S,
        ),
        SourceKind("queue", "Queue", "calendar-clock", interval_s=INTERVAL_S),
    ),
    actions=("like", "reshare", "quote"),
    apps_url="https://www.tumblr.com/settings/apps",
    stays="Your app in Tumblr's list of apps stays, too.",
    note="Hashtags become the post's tags. No program may send replies: reblog with a comment instead.",
)

ALT_CHARS = 4096
VIDEO_TYPES = ("video/mp4", "video/quicktime")
RULES = PostRules(
    limit=0,
    weigh=len,
    max_pictures=30,
    picture_bytes=10_000_000,  # Tumblr's documents name no limit; its apps shrink to this
    alt_limit=ALT_CHARS,
    splits_threads=False,
    link_card="client",
    article=True,
    notes=True,
    visibilities=(
        Choice("published", "Now"),
        Choice("queue", "At the end of the queue"),
        Choice("draft", "As a draft"),
        Choice("private", "Only for me"),
    ),
    replies=False,
    quotes=True,
    schedule=ScheduleRules(),
    video=VideoRules(VIDEO_TYPES, size=500_000_000, seconds=600.0, alt_limit=ALT_CHARS),  # `api.md`, "Video Posts"
)
