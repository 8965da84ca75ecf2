"""What the program shows and asks for a WordPress account, as data."""

from socialdesk.core.network import (
    AppPassword,
    Field,
    NetworkFacts,
    OAuthCode,
    SourceKind,
    Step,
)
from socialdesk.core.rules import PostRules

KEY = "wordpress"
APP_ID = "5f1c3a52-7d0e-4c39-9a64-0c7c0d1e5a11"  # WordPress shows it beside the password; it must be a UUID
AUTHORIZE = f"{{server}}/wp-admin/authorize-application.php?app_name=SocialDesk&app_id={APP_ID}"
INTERVAL_S = 300
LARGEST_SIDE = 2560  # WordPress itself scales larger pictures down to this
PICTURE_BYTES = 2_000_000  # PHP's own default for uploads; hosts that allow more cannot be asked

HOSTED_API = "https://public-api.wordpress.com"
PORT = 51771
REDIRECT = f"http://127.0.0.1:{PORT}/callback"  # WordPress.com compares it to the letter
SCOPE = "global"

MADE_FOR_US = "24 characters, made for SocialDesk alone. A site that has none, before WordPress 5.6: your own password."

SIGN_IN = AppPassword(
    fields=(
        Field("server", "Site address", "https://blog.example"),
        Field("username", "User name", "northwind", "The name you sign in to WordPress with."),
        Field("password", "Application password", help=MADE_FOR_US, secret=True),
    ),
    steps=(
        Step("Open your site's page for application passwords and approve SocialDesk.", AUTHORIZE),
        Step("Copy the password it shows. You see it only once."),
        Step("Paste it here. Your own password is not needed."),
    ),
)

HOSTED_SIGN_IN = OAuthCode(
    fields=(
        Field("client_id", "Client ID", "12345", "Of your app at WordPress.com."),
        Field("client_secret", "Client secret", help="Shown beside the Client ID.", secret=True),
        Field(
            "site",
            "Site",
            "northwind.wordpress.com",
            "The one to use here. Empty means: choose among all of yours afterwards.",
            optional=True,
        ),
    ),
    scopes=((SCOPE, "read and write on the sites of your WordPress.com account"),),
    steps=(
        Step(
            "For a site at WordPress.com, or one joined to it by Jetpack: make an app there.",
            "https://developer.wordpress.com/apps/new/",
        ),
        Step("Give it this redirect address, to the letter:", copy=REDIRECT),
        Step("Copy its Client ID and Client secret to here."),
    ),
    port=PORT,
)

FACTS = NetworkFacts(
    key=KEY,
    title="WordPress",
    colour="#3858E9",
    icon="wordpress",
    sign_ins=(SIGN_IN, HOSTED_SIGN_IN),
    sources=(
        SourceKind("posts", "Posts", "newspaper", interval_s=INTERVAL_S),
        SourceKind("drafts", "Drafts and planned posts", "file-text", interval_s=INTERVAL_S),
        SourceKind("comments", "Comments", "message-square", inbox=True, interval_s=INTERVAL_S),
    ),
    actions=("reply",),
    apps_url="{server}/wp-admin/profile.php",
    stays="At WordPress.com, apps are disconnected under Security, Connected Applications.",
    note="Sites that run WordPress themselves take an application password; those at WordPress.com the browser.",
)

RULES = PostRules(
    limit=0,
    weigh=len,
    max_pictures=20,
    picture_bytes=PICTURE_BYTES,
    picture_pixels=LARGEST_SIDE * LARGEST_SIDE,
    splits_threads=False,
    link_card="none",
    article=True,
    hosts_pictures=True,
    replies=True,
)
