"""What Tiny Tiny RSS offers, as data."""

from socialdesk.core.network import AppPassword, Field, NetworkFacts, SourceKind, Step

KEY = "ttrss"
INTERVAL_S = 300

SIGN_IN = AppPassword(
    (
        Field("server", "Server", "https://rss.example/tt-rss", "Where you open Tiny Tiny RSS in the browser."),
        Field("username", "User name", "northwind"),
        Field("password", "Password", help="Kept in the system's keyring.", secret=True),
    ),
    (
        Step("In Tiny Tiny RSS open Preferences and switch on “Enable API”."),
        Step("If yours has app passwords (Preferences, Personal data), make one for SocialDesk."),
        Step("Type the server, your name and that password here."),
    ),
)

FACTS = NetworkFacts(
    key=KEY,
    title="Tiny Tiny RSS",
    colour="",
    icon="ttrss",
    sign_ins=(SIGN_IN,),
    sources=(
        SourceKind("everything", "Everything", "rss", interval_s=INTERVAL_S),
        SourceKind("unread", "Unread", "inbox", interval_s=INTERVAL_S),
        SourceKind("starred", "Starred", "star", interval_s=INTERVAL_S),
        SourceKind("subscription", "A subscription", "newspaper", (Field("feed", "Feed"),), interval_s=INTERVAL_S),
        SourceKind("folder", "A category", "folder", (Field("folder", "Category"),), interval_s=INTERVAL_S),
        SourceKind("label", "A label", "tag", (Field("label", "Label"),), interval_s=INTERVAL_S),
    ),
    actions=("bookmark",),
    note="What you read and star here is read and starred there, and back. New labels and categories are made there.",
    marks=("read", "bookmark", "label"),
    subscribes=True,
)
