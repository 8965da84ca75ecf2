"""What Threads offers, as data. Sources: Meta's documents "Threads API" and its public Postman collection."""

from socialdesk.core.network import (
    Field,
    NetworkFacts,
    OAuthCode,
    SourceKind,
    Step,
    Token,
)

KEY = "threads"
API = "https://graph.threads.net"
WEB = "https://www.threads.net"
VERSION = "v1.0"
LOOK_S = 600
SEARCH_S = 900
REPLIES_S = 900  # asks once for each of the newest posts that were answered

SCOPES = (
    ("threads_basic", "see who you are and show your posts"),
    ("threads_content_publish", "publish posts"),
    ("threads_read_replies", "show replies"),
    ("threads_manage_replies", "answer replies"),
    ("threads_manage_mentions", "show where you are mentioned"),
    ("threads_keyword_search", "search"),
    ("threads_delete", "delete your posts"),
    ("threads_manage_insights", "show how often posts were seen"),
)

_SECRET = Field("client_secret", "Threads app secret", help="In the settings of the use case.", secret=True)

FACTS = NetworkFacts(
    key=KEY,
    title="Threads",
    colour="",
    icon="threads",
    sign_ins=(
        OAuthCode(
            (
                Field(
                    "client_id", "Threads app ID", "1234567890123456", "Not the app ID that the dashboard shows first."
                ),
                _SECRET,
                Field(
                    "redirect",
                    "Redirect address",
                    "https://www.example.com/",
                    "The same to the letter as in the app. Any page of yours on HTTPS does: nothing has to be there.",
                ),
            ),
            SCOPES,
            (
                Step(
                    "Open Meta's app dashboard and make an app with the use case “Access the Threads API”.",
                    "https://developers.facebook.com/apps",
                ),
                Step(f"Add to this use case: {', '.join(scope for scope, _ in SCOPES)}."),
                Step(
                    "In its settings enter an address of your own on HTTPS as redirect callback, for example "
                    "https://www.example.com/ — Threads takes none on this computer — and the same for the other two."
                ),
                Step("Under “Roles” add your account as a Threads tester, and accept that in Threads' settings."),
                Step(
                    "Copy Threads app ID, app secret and redirect address to here. After you have agreed, copy the "
                    "whole address that the browser ends on."
                ),
            ),
        ),
        Token(
            (
                Field("token", "Access token", help="One that lasts 60 days.", secret=True),
                Field(
                    "client_secret",
                    "Threads app secret",
                    help="Only for a token that lasts an hour: with it we get one that lasts.",
                    secret=True,
                    optional=True,
                ),
            ),
            (
                Step(
                    "In Meta's app dashboard, under the use case for Threads, make a token for your tester account.",
                    "https://developers.facebook.com/apps",
                ),
                Step("Copy it to here. It is kept alive as long as the desk is opened now and then."),
            ),
        ),
    ),
    sources=(
        SourceKind("posts", "Your posts", "user", interval_s=LOOK_S),
        SourceKind("replies", "Replies to you", "reply", inbox=True, interval_s=REPLIES_S),
        SourceKind("own_replies", "Your replies", "message-circle", interval_s=LOOK_S),
        SourceKind("mentions", "Mentions", "at-sign", inbox=True, interval_s=LOOK_S),
        SourceKind(
            "search",
            "Search",
            "search",
            (Field("query", "Words", "content marketing", "Your own posts only, until Meta has approved your app."),),
            searches="query",
            interval_s=SEARCH_S,
        ),
        SourceKind(
            "hashtag",
            "Topic",
            "hash",
            (Field("tag", "Topic", "#B2B"),),
            searches="tag",
            interval_s=SEARCH_S,
        ),
    ),
    actions=("reply", "quote"),
    stays="Your app in Meta's dashboard stays, too.",
    note="Threads gives programs no home timeline. It takes pictures by their public address only: from your blog.",
)
