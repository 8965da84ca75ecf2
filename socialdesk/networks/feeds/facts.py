"""What the program shows and asks for a feed, as data."""

from socialdesk.core.network import (
    Field,
    NetworkFacts,
    Nothing,
    SourceKind,
)

FACTS = NetworkFacts(
    key="feeds",
    title="Feeds and blogs",
    colour="#F26522",
    icon="rss",
    sign_ins=(Nothing(),),
    sources=(
        SourceKind(
            "feed",
            "Feed or blog",
            "rss",
            (
                Field(
                    "url",
                    "Address",
                    "https://blog.example",
                    "Of a blog, its feed, a channel or podcast; or r/marketing, hn: words, @name@medium.",
                ),
            ),
            needs_account=False,
            interval_s=1800,
        ),
    ),
)
