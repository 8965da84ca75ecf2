"""What servers with the Google Reader API offer, as data."""

from socialdesk.core.network import AppPassword, Field, NetworkFacts, SourceKind, Step

KEY = "greader"
INTERVAL_S = 300

_SERVER = Field(
    "server",
    "Server",
    "https://freshrss.example",
    "The address of your FreshRSS or Miniflux, or bazqux.com, theoldreader.com, www.inoreader.com.",
)
_USERNAME = Field("username", "User name", "northwind", "BazQux, The Old Reader, Inoreader: your e-mail address.")

SIGN_IN = AppPassword(
    (_SERVER, _USERNAME, Field("password", "API password", help="Kept in the system's keyring.", secret=True)),
    (
        Step("FreshRSS: switch the API on (Administration, Authentication), then set an API password in your profile."),
        Step("Miniflux: open Settings, Integrations, Google Reader, and choose a user name and a password there."),
        Step("BazQux and The Old Reader: the password of your account there."),
        Step("Type the server, the name and that password here."),
    ),
)
INOREADER = AppPassword(
    (
        _SERVER,
        _USERNAME,
        Field("password", "Password", help="Of your account there.", secret=True),
        Field("app_id", "App ID", "1000012345", "Of your own app at Inoreader."),
        Field("app_key", "App key", help="Shown beside the App ID.", secret=True),
    ),
    (
        Step("Inoreader wants an app of your own: make one under Preferences, Developer.", "https://www.inoreader.com"),
        Step("Copy its App ID and App key to here."),
    ),
    title="Inoreader",
)

FACTS = NetworkFacts(
    key=KEY,
    title="Google Reader API",
    colour="",
    icon="greader",
    sign_ins=(SIGN_IN, INOREADER),
    sources=(
        SourceKind("everything", "Everything", "rss", interval_s=INTERVAL_S),
        SourceKind("unread", "Unread", "inbox", interval_s=INTERVAL_S),
        SourceKind("starred", "Starred", "star", interval_s=INTERVAL_S),
        SourceKind("subscription", "A subscription", "newspaper", (Field("feed", "Feed"),), interval_s=INTERVAL_S),
        SourceKind("folder", "A folder", "folder", (Field("folder", "Folder"),), interval_s=INTERVAL_S),
        SourceKind("label", "A label", "tag", (Field("label", "Label"),), interval_s=INTERVAL_S),
    ),
    actions=("bookmark",),
    note="FreshRSS, Miniflux, BazQux and others: what you read and star here is read and starred there, and back.",
    marks=("read", "bookmark", "label"),
    subscribes=True,
)
