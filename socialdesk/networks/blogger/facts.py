"""What Blogger offers, as data. Sources: Blogger API v3's discovery document, Google's "OAuth 2.0 for desktop apps"."""

from socialdesk.core.network import (
    Field,
    NetworkFacts,
    OAuthCode,
    SourceKind,
    Step,
    Token,
)
from socialdesk.core.rules import PostRules

KEY = "blogger"
API = "https://blogger.googleapis.com"
AUTHORIZATION = "https://accounts.google.com/o/oauth2/v2/auth"
TOKENS = "https://oauth2.googleapis.com"
SCOPE = "https://www.googleapis.com/auth/blogger"
INTERVAL_S = 300

_BLOG = Field(
    "blog",
    "Blog",
    "https://your-blog.blogspot.com",
    "Empty means: choose afterwards, if you have several.",
    optional=True,
)

FACTS = NetworkFacts(
    key=KEY,
    title="Blogger",
    colour="#FF5722",
    icon="blogger",
    sign_ins=(
        OAuthCode(
            (
                Field("client_id", "Client ID", "1234-abc.apps.googleusercontent.com", "Of the type “Desktop app”."),
                Field("client_secret", "Client secret", help="Shown beside the Client ID.", secret=True),
                _BLOG,
            ),
            ((SCOPE, "show your posts and comments; publish, plan and delete posts"),),
            (
                Step("Make a project in Google's console.", "https://console.cloud.google.com/projectcreate"),
                Step(
                    "Switch on the “Blogger API” for it.",
                    "https://console.cloud.google.com/apis/library/blogger.googleapis.com",
                ),
                Step(
                    "Set up the consent screen and publish it: while it is in testing, Google ends each sign-in "
                    "after seven days.",
                    "https://console.cloud.google.com/auth/overview",
                ),
                Step(
                    "Make a client of the type “Desktop app”. It needs no redirect address.",
                    "https://console.cloud.google.com/auth/clients",
                ),
                Step("Copy its Client ID and Client secret to here."),
            ),
        ),
        Token(
            (
                Field("token", "Access token", help="Good for an hour.", secret=True),
                Field("refresh_token", "Refresh token", help="Keeps the desk signed in.", secret=True, optional=True),
                Field("client_id", "Client ID", optional=True),
                Field("client_secret", "Client secret", secret=True, optional=True),
                _BLOG,
            ),
            (
                Step("Open Google's OAuth playground.", "https://developers.google.com/oauthplayground/"),
                Step(f"Ask for the scope {SCOPE} and copy the tokens."),
            ),
        ),
    ),
    sources=(
        SourceKind("posts", "Posts", "newspaper", interval_s=INTERVAL_S),
        SourceKind("drafts", "Drafts and planned posts", "file-text", interval_s=INTERVAL_S),
        SourceKind("comments", "Comments", "message-circle", inbox=True, interval_s=INTERVAL_S),
    ),
    apps_url="https://myaccount.google.com/connections",
    stays="Your app in Google's console stays, too.",
    note="Pictures in an article need an address of their own: Blogger takes no uploads from programs.",
)

RULES = PostRules(
    limit=0,
    weigh=len,
    max_pictures=0,
    splits_threads=False,
    link_card="none",
    article=True,
    replies=False,
)
