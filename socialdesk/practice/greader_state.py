"""What a practice feed reader's server holds: feeds in folders, items, what was read, starred and labelled."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from socialdesk.practice.world import World, article_url

READ, STARRED, READING_LIST = "read", "starred", "reading-list"


@dataclass(slots=True)
class Feed:
    """`folder` empty = in none."""

    number: int
    title: str
    url: str
    site: str
    folder: str = ""

    @property
    def stream(self) -> str:
        return f"feed/{self.number}"


@dataclass(slots=True)
class Item:
    """`number` is its id, 64 bits; `added` when the server found it."""

    number: int
    feed: Feed
    title: str
    html: str
    url: str
    author: str
    published: datetime
    added: datetime
    tags: tuple[str, ...] = ()
    picture: str = ""
    states: set[str] = field(default_factory=set)
    labels: set[str] = field(default_factory=set)


class Reading:
    """All of one person. `offers` are feeds that can be subscribed to, by address."""

    def __init__(self, *, small_numbers: bool, opened: datetime) -> None:
        self.feeds: dict[str, Feed] = {}
        self.items: dict[int, Item] = {}
        self.offers: dict[str, str] = {}
        self._opened = opened
        self._small_numbers = small_numbers
        self._made = 0
        self._feeds_made = 0

    def seed(self, world: World, folders: tuple[str, ...]) -> None:
        """A feed for each blog of the world, in the folders in turn; the oldest item of each is read."""
        for place, organisation in enumerate(world.organisations):
            articles = sorted(world.articles_of(organisation.key), key=lambda a: -a.minutes_ago)
            base = f"https://{organisation.key}.example"
            if not articles:
                self.offers[f"{base}/feed"] = organisation.name
                continue
            feed = self.add_feed(f"{base}/feed", organisation.name, folders[place % len(folders)])
            for number, article in enumerate(articles):
                when = self._opened - timedelta(minutes=article.minutes_ago)
                item = self.add(feed, article.title, article.html, when, article.tags, article_url(article, base))
                item.picture = f"{base}/{article.picture}.png" if article.picture else ""
                item.states |= {READ} if number == 0 else set()

    def add_feed(self, url: str, title: str, folder: str = "") -> Feed:
        self._feeds_made += 1
        feed = Feed(self._feeds_made, title, url, url.removesuffix("/feed") + "/", folder)
        self.feeds[feed.stream] = feed
        return feed

    def add(self, feed: Feed, title: str, html: str, when: datetime, tags: tuple[str, ...] = (), url: str = "") -> Item:
        """An item that is found at `when`; its id grows with that, as FreshRSS's do, or by one, as Miniflux's do."""
        self._made += 1
        number = self._made if self._small_numbers else int(when.timestamp() * 1_000_000) + self._made
        address = url or f"{feed.site}{number}/"
        item = Item(number, feed, title, html, address, f"Editors of {feed.title}", when, when, tags)
        self.items[number] = item
        return item

    def newest_first(self) -> list[Item]:
        return sorted(self.items.values(), key=lambda item: (item.added, item.number), reverse=True)

    def unsubscribe(self, stream: str) -> bool:
        feed = self.feeds.pop(stream, None)
        if feed is None:
            return False
        self.items = {number: item for number, item in self.items.items() if item.feed is not feed}
        self.offers[feed.url] = feed.title
        return True

    def labels(self) -> list[str]:
        return sorted({label for item in self.items.values() for label in item.labels})

    def folders(self) -> list[str]:
        return sorted({feed.folder for feed in self.feeds.values() if feed.folder})
