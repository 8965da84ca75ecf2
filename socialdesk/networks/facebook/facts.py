"""What Facebook offers a Page, as data. Sources: Meta's documents "Pages API" and "Access Tokens"."""

from socialdesk.core.network import (
    DeviceCode,
    Field,
    NetworkFacts,
    OAuthCode,
    SourceKind,
    Step,
    Token,
)

KEY = "facebook"
API = "https://graph.facebook.com"
WEB = "https://www.facebook.com"
VERSION = "v25.0"  # of the Graph API; lives for about two years
PORT = 51769
REDIRECT = f"http://localhost:{PORT}/callback"  # not 127.0.0.1: Facebook makes an exception for this name alone
LOOK_S = 300  # a Page that few people see may ask 200 times an hour
COMMENTS_S = 420

SCOPES = (
    ("pages_show_list", "see which Pages you run"),
    ("pages_read_engagement", "show the Page's posts"),
    ("pages_manage_posts", "publish, change and delete posts of the Page"),
    ("pages_read_user_content", "show comments, and what visitors write"),
    ("pages_manage_engagement", "answer and like comments as the Page"),
    ("read_insights", "show how often posts were seen"),
)

_PAGE = Field(
    "page",
    "Page",
    "Northwind Pumps",
    "Its name, or a part of its address. Leave it empty to choose from all your Pages.",
    optional=True,
)
_VERSION = Field(
    "version", "Version of the API", VERSION, "Only if Facebook has retired the one we use.", optional=True
)
_MORE = Field(
    "scopes",
    "More permissions",
    "business_management",
    "Write business_management if your Page belongs to a business portfolio and is not found.",
    optional=True,
)
_APP_STEPS = (
    Step(
        "Open Meta's app dashboard and make an app with the use case “Manage everything on your Page”.",
        "https://developers.facebook.com/apps",
    ),
    Step(f"Add to this use case: {', '.join(scope for scope, _ in SCOPES)}."),
    Step("In the settings of “Facebook Login” paste this as redirect address, to the letter:", copy=REDIRECT),
    Step("Under App settings, Advanced, leave the switch “Native or desktop app” off."),
    Step("Posts of an app in development are seen by its own testers alone: switch it to “Live” before you publish."),
)

FACTS = NetworkFacts(
    key=KEY,
    title="Facebook Page",
    colour="#0866FF",
    icon="facebook",
    sign_ins=(
        OAuthCode(
            (
                Field("client_id", "App ID", "1234567890123456", "In App settings, Basic."),
                Field("client_secret", "App secret", help="In App settings, Basic.", secret=True),
                _PAGE,
                Field(
                    "redirect",
                    "Your own redirect address",
                    "https://www.example.com/",
                    "Only for an app that is live and refuses the address above: a page of yours on HTTPS. "
                    "You then paste the address that the browser ends on.",
                    optional=True,
                ),
                _MORE,
                _VERSION,
            ),
            SCOPES,
            (*_APP_STEPS, Step("Copy App ID and App secret to here.")),
            port=PORT,
        ),
        DeviceCode(
            (
                Field("client_id", "App ID", "1234567890123456", "In App settings, Basic."),
                Field("client_token", "Client token", help="In App settings, Advanced, under Security."),
                _PAGE,
                _MORE,
                _VERSION,
            ),
            SCOPES,
            (
                *_APP_STEPS[:2],
                Step("In the settings of “Facebook Login” switch “Login from devices” on."),
                _APP_STEPS[-1],
                Step(
                    "Copy App ID and Client token to here. Meta does not give every app a Page's rights this way: "
                    "if your Page is not found, sign in through the browser."
                ),
            ),
        ),
        Token(
            (
                Field("token", "Access token", help="Of you as a user, of the Page, or of a system user.", secret=True),
                _PAGE,
                Field("client_id", "App ID", help="With App ID and secret a short-lived token lasts.", optional=True),
                Field("client_secret", "App secret", secret=True, optional=True),
                _VERSION,
            ),
            (
                Step(
                    "Make a token with Meta's Graph API Explorer, with the permissions of the browser sign-in.",
                    "https://developers.facebook.com/tools/explorer",
                ),
                Step("Copy it to here. One that is good for an hour needs App ID and App secret to live longer."),
            ),
        ),
    ),
    sources=(
        SourceKind("posts", "Posts of the Page", "newspaper", interval_s=LOOK_S),
        SourceKind("comments", "Comments", "message-circle", inbox=True, interval_s=COMMENTS_S),
        SourceKind("mentions", "Mentions", "at-sign", inbox=True, interval_s=LOOK_S),
        SourceKind("visitors", "Posts of visitors", "users", inbox=True, interval_s=LOOK_S),
    ),
    actions=("like", "reply"),
    apps_url="https://www.facebook.com/settings/?tab=business_tools",
    stays="Your app in Meta's dashboard stays, too.",
    note="For Pages that you run. Facebook gives programs no access to profiles and groups.",
)
