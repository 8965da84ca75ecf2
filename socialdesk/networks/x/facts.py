"""What X offers, as data. Sources: docs.x.com (authentication, rate limits, pricing), its OpenAPI documents."""

from socialdesk.core.costs import parse_prices
from socialdesk.core.network import (
    Field,
    NetworkFacts,
    OAuthCode,
    SourceKind,
    Step,
    Token,
)
from socialdesk.core.resources import resource_path

KEY = "x"
API = "https://api.x.com"
WEB = "https://x.com"
PORT = 51768
REDIRECT = f"http://127.0.0.1:{PORT}/callback"  # X compares it to the letter, port included

# A look for news costs only what is new, however often it is taken; one that reads pages costs each of them again.
NEWS_S = 300
PAGES_S = 3600

SCOPES = (
    ("tweet.read", "show posts"),
    ("tweet.write", "publish, repost and delete posts"),
    ("users.read", "see who you are and who wrote a post"),
    ("media.write", "upload pictures"),
    ("like.read", "show what you liked"),
    ("like.write", "like posts"),
    ("bookmark.read", "show your bookmarks"),
    ("bookmark.write", "bookmark posts"),
    ("list.read", "offer your lists as columns"),
    ("follows.read", "show your home"),
    ("offline.access", "stay signed in for longer than two hours"),
)
ALLOWED = ("like", "quote")

_CLIENT_ID = Field("client_id", "Client ID", "bVhwM0pkT2xQ…", "From “Keys and tokens” of your app, under OAuth 2.0.")
_ALLOWS = Field(
    "allows",
    "Your plan also allows",
    "like quote",
    "X withdrew likes and quotes from most plans in April 2026. Write like, quote or both if yours has them.",
    optional=True,
)
_APP_STEPS = (
    Step("Open X's developer console and make a project with an app.", "https://console.x.com"),
    Step("In the app's “User authentication settings” choose “Read and write” and the type “Native App”."),
    Step("Paste this as its callback address, to the letter:", copy=REDIRECT),
    Step("As website enter any address of yours, and save."),
    Step("Buy some credits there: X charges for each post that is read or sent."),
)

FACTS = NetworkFacts(
    key=KEY,
    title="X",
    colour="",
    icon="x",
    sign_ins=(
        OAuthCode(
            (
                _CLIENT_ID,
                Field(
                    "client_secret",
                    "Client secret",
                    help="Only for apps of the type “Web App” or “Automated App”.",
                    secret=True,
                    optional=True,
                ),
                _ALLOWS,
            ),
            SCOPES,
            (*_APP_STEPS, Step("Copy the app's Client ID to here.")),
            port=PORT,
        ),
        Token(
            (
                Field("token", "Access token", help="Good for two hours.", secret=True),
                Field(
                    "refresh_token",
                    "Refresh token",
                    help="With it and the Client ID the desk stays signed in.",
                    secret=True,
                    optional=True,
                ),
                Field("client_id", "Client ID", optional=True),
                Field("client_secret", "Client secret", secret=True, optional=True),
                _ALLOWS,
            ),
            (
                Step("Give your app access with a tool of X's, such as xurl.", "https://github.com/xdevplatform/xurl"),
                Step("Copy the OAuth 2.0 access token, and the refresh token if there is one."),
            ),
        ),
    ),
    sources=(
        SourceKind("home", "Home", "house", interval_s=NEWS_S),
        SourceKind("mentions", "Mentions", "bell", inbox=True, interval_s=NEWS_S),
        SourceKind(
            "list",
            "List",
            "list",
            (Field("list", "List", "https://x.com/i/lists/123"),),
            interval_s=PAGES_S,
            gathers="account",
        ),
        SourceKind(
            "search",
            "Search",
            "search",
            (Field("query", "Words", "“content marketing” lang:en -is:reply", "Posts of the last seven days."),),
            searches="query",
            interval_s=NEWS_S,
        ),
        SourceKind(
            "hashtag",
            "Hashtag",
            "hash",
            (Field("tag", "Hashtag", "#B2B", "One or more, divided by spaces: posts with any of them."),),
            searches="tag",
            interval_s=NEWS_S,
        ),
        SourceKind(
            "account", "Posts of an account", "user", (Field("account", "Account", "@name"),), interval_s=NEWS_S
        ),
        SourceKind("bookmarks", "Bookmarks", "bookmark", interval_s=PAGES_S),
        SourceKind("likes", "Likes", "heart", interval_s=PAGES_S),
    ),
    actions=("reshare", "reply", "bookmark"),
    plan_actions=ALLOWED,
    apps_url="https://x.com/settings/connected_apps",
    stays="Your app in X's developer console stays, with what it costs.",
    note="X charges your app for each post that is read or sent.",
    prices=parse_prices(resource_path("prices/x.json").read_text("utf-8")),
)
