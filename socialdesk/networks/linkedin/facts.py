"""What LinkedIn offers, as data. Sources: Microsoft Learn, "Share on LinkedIn", "Community Management Overview",
"API Versioning", "Authorization Code Flow".
"""

from socialdesk.core.network import (
    Field,
    NetworkFacts,
    OAuthCode,
    SourceKind,
    Step,
    Token,
)

KEY = "linkedin"
API = "https://api.linkedin.com"
WEB = "https://www.linkedin.com"
PORT = 51769
REDIRECT = f"http://127.0.0.1:{PORT}/callback"  # LinkedIn compares it to the letter, port included

VERSIONS = ("202609", "202607")  # newest first; LinkedIn retires each after a year or so

MEMBER_SCOPES = (
    ("openid", "learn which member you are"),
    ("profile", "show your name and picture on the desk"),
    ("w_member_social", "publish and delete posts in your name"),
)
ORGANISATION_SCOPES = (
    ("r_organization_social", "for a page: show its posts and their comments"),
    ("w_organization_social", "for a page: publish, comment and delete in its name"),
    ("rw_organization_admin", "for a page: see which pages are yours to post for"),
)
COMMENT_SCOPE = "w_member_social_feed"  # only for apps that LinkedIn has looked at

INTERVAL_S = 900  # an app in development may ask 100 times a day and member

_ORGANISATION = Field(
    "organization",
    "Page",
    "https://www.linkedin.com/company/your-company",
    "Leave it empty to post as yourself. For a page your app needs the product “Community Management API”.",
    optional=True,
)
_VERSION = Field(
    "version",
    "API version",
    VERSIONS[0],
    "Only if LinkedIn has retired the versions that this SocialDesk knows: a year and month.",
    optional=True,
)

FACTS = NetworkFacts(
    key=KEY,
    title="LinkedIn",
    colour="#0A66C2",
    icon="linkedin",
    sign_ins=(
        OAuthCode(
            (
                Field("client_id", "Client ID", "86x0y1z2abcdef", "From the tab “Auth” of your app."),
                Field(
                    "client_secret",
                    "Client secret",
                    help="Empty only if LinkedIn has switched on sign-in without a secret (native PKCE) for your app.",
                    secret=True,
                    optional=True,
                ),
                _ORGANISATION,
                Field(
                    "redirect",
                    "Redirect address",
                    REDIRECT,
                    "Only if LinkedIn refuses ours: the one you entered there. Then paste where the browser ends.",
                    optional=True,
                ),
                Field(
                    "scopes",
                    "More permissions",
                    COMMENT_SCOPE,
                    f"Those that LinkedIn gave your app besides the usual ones. {COMMENT_SCOPE} allows comments.",
                    optional=True,
                ),
                _VERSION,
            ),
            (*MEMBER_SCOPES, *ORGANISATION_SCOPES),
            (
                Step("Make an app at LinkedIn for developers.", "https://www.linkedin.com/developers/apps/new"),
                Step(
                    "Under “Products” add “Share on LinkedIn” and “Sign In with LinkedIn using OpenID Connect”; "
                    "for a page “Community Management API”, in an app of its own."
                ),
                Step("Under “Auth” paste this as redirect address, to the letter:", copy=REDIRECT),
                Step("Copy the Client ID and the Client secret from there."),
            ),
            port=PORT,
        ),
        Token(
            (
                Field("token", "Access token", help="Good for two months.", secret=True),
                _ORGANISATION,
                Field(
                    "scopes",
                    "Its permissions",
                    "openid profile w_member_social",
                    "As chosen when the token was made. Empty means the usual ones.",
                    optional=True,
                ),
                _VERSION,
            ),
            (
                Step(
                    "Open LinkedIn's token generator and choose your app.",
                    "https://www.linkedin.com/developers/tools/oauth/token-generator",
                ),
                Step("Choose openid, profile and w_member_social; for a page the three that name organizations."),
                Step("Copy the token and paste it here."),
            ),
        ),
    ),
    sources=(
        SourceKind("posts", "Posts of your page", "user", interval_s=INTERVAL_S),
        SourceKind("comments", "Comments on your page's posts", "message-circle", inbox=True, interval_s=INTERVAL_S),
    ),
    actions=("reply",),
    apps_url="https://www.linkedin.com/mypreferences/d/data-sharing-for-permitted-services",
    stays="Your app at LinkedIn for developers stays, too.",
    note="LinkedIn shows members' posts to no program: a member's account publishes, only a page's can be read.",
)
