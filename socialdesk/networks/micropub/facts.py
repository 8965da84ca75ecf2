"""What the program shows and asks for a Micropub account, as data."""

from socialdesk.core.network import (
    Field,
    NetworkFacts,
    OAuthCode,
    SourceKind,
    Step,
    Token,
)

KEY = "micropub"
INTERVAL_S = 300
ALT_CHARS = 1500
PICTURE_BYTES = 8_000_000  # sites cannot be asked; most take this much

# The least that every part needs (Micropub section 5.1, and the scopes in use on indieweb.org/scope).
SCOPES = (
    ("create", "publish posts and drafts"),
    ("update", "see the list of your posts, which some sites show to nobody else"),
    ("delete", "delete posts that you published here"),
    ("media", "upload pictures"),
    ("profile", "show your name and picture on the desk"),
)

_SERVER = Field(
    "server", "Your site", "https://you.example", "The address you sign in with, for example on micro.blog."
)

FACTS = NetworkFacts(
    key=KEY,
    title="Micropub",
    colour="",
    icon="micropub",
    sign_ins=(
        OAuthCode((_SERVER,), SCOPES),
        Token(
            (_SERVER, Field("token", "Access token", help="Kept in the system's keyring.", secret=True)),
            (
                Step("Open your site's settings and look for app tokens (micro.blog: Account, App tokens)."),
                Step("Make one for SocialDesk that may create, upload and delete."),
                Step("Copy it and paste it here."),
            ),
        ),
    ),
    sources=(SourceKind("posts", "Posts", "newspaper", interval_s=INTERVAL_S),),
    actions=("reply",),
    note="For sites with a Micropub endpoint. Where a site does not list its posts, a post in doubt is yours to check.",
)
