"""Sites whose feeds are known by their address alone, as one table: how they are typed, how often they may be asked,
and how their columns look.

Sources: Reddit's and YouTube's feeds as their help describes them; medium.com "RSS feeds"; docs.github.com "Getting
feeds"; Apple's "iTunes Search API" (lookup). Hacker News itself has a feed of its front page only: searches go to
hnrss.org, which somebody else runs.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import quote, urlsplit

from socialdesk.core.timing import Rhythm
from socialdesk.core.urls import complete, is_web

QUARTER_S = 900
HALF_HOUR_S = 1800


@dataclass(frozen=True, slots=True)
class Form:
    """A way to name a place of a site. `pattern` has to match the whole: of `host/path?query`, or of what is typed.

    `feed` and `title` take its groups, {0} the first; words of a search are escaped where `words`. A `page` has to be
    looked at to find the feed. Not `sure`: the page, if it can be had, knows better.
    """

    pattern: str
    feed: str
    title: str = ""
    page: bool = False
    sure: bool = True
    words: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """`hosts` are those of its feeds (and hosts below them). `least_s`: it is asked no more often than that."""

    key: str
    title: str
    colour: str  # #rrggbb, empty = the theme's text colour
    icon: str  # as `Column.icon`
    hosts: tuple[str, ...]
    least_s: int
    typed: tuple[Form, ...] = ()
    addresses: tuple[Form, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What was found in the table. `ask`: the feed's address or, where `page`, that of the page that names it."""

    site: Site
    ask: str
    title: str = ""
    page: bool = False
    sure: bool = True


_REST = r"(?:[/?].*)?"
_YOUTUBE = r"(?:www\.|m\.|music\.)?youtube\.com"
_YOUTUBE_FEED = "https://www.youtube.com/feeds/videos.xml?"
_REDDIT = r"(?:www\.|old\.|new\.|m\.)?reddit\.com"
_GITHUB_OWN = (
    r"(?!(?:about|apps|collections|explore|features|login|marketplace|orgs|search|settings|sponsors|topics|trending)\b)"
)

SITES = (
    Site(
        "reddit",
        "Reddit",
        "#FF4500",
        "networks/reddit",
        ("reddit.com",),
        QUARTER_S,
        typed=(
            Form(r"/?r/([\w+]+)/?", "https://www.reddit.com/r/{0}/new/.rss", "r/{0}"),
            Form(r"/?r/([\w+]+)/(new|hot|top|rising)/?", "https://www.reddit.com/r/{0}/{1}/.rss", "r/{0} {1}"),
            Form(r"/?u(?:ser)?/([\w-]+)/?", "https://www.reddit.com/user/{0}/.rss", "u/{0}"),
            Form(r"reddit:\s*(\S.*)", "https://www.reddit.com/search.rss?q={0}&sort=new", "Reddit: {0}", words=True),
        ),
        addresses=(
            Form(
                _REDDIT + r"/r/([\w+]+)/(new|hot|top|rising)" + _REST,
                "https://www.reddit.com/r/{0}/{1}/.rss",
                "r/{0} {1}",
            ),
            Form(_REDDIT + r"/r/([\w+]+)/?(?:\?.*)?", "https://www.reddit.com/r/{0}/new/.rss", "r/{0}"),
            Form(_REDDIT + r"/r/(\w+)/comments/(\w+)" + _REST, "https://www.reddit.com/r/{0}/comments/{1}/.rss"),
            Form(_REDDIT + r"/u(?:ser)?/([\w-]+)" + _REST, "https://www.reddit.com/user/{0}/.rss", "u/{0}"),
        ),
    ),
    Site(
        "youtube",
        "YouTube",
        "#FF0000",
        "networks/youtube",
        ("youtube.com",),
        QUARTER_S,
        typed=(
            Form(r"(UC[\w-]{22})", _YOUTUBE_FEED + "channel_id={0}"),
            Form(r"(?:youtube|yt):\s*@?([\w.-]+)", "https://www.youtube.com/@{0}", page=True),
            Form(r"@?([\w.-]+)@youtube(?:\.com)?", "https://www.youtube.com/@{0}", page=True),
        ),
        addresses=(
            Form(_YOUTUBE + r"/channel/([\w-]+)" + _REST, _YOUTUBE_FEED + "channel_id={0}"),
            Form(_YOUTUBE + r"/user/([\w-]+)" + _REST, _YOUTUBE_FEED + "user={0}"),
            Form(_YOUTUBE + r"/(?:playlist|watch)\?(?:.*&)?list=([\w-]+)(?:&.*)?", _YOUTUBE_FEED + "playlist_id={0}"),
            Form(_YOUTUBE + r"/@([^/?]+)" + _REST, "https://www.youtube.com/@{0}", page=True),
            Form(_YOUTUBE + r"/c/([^/?]+)" + _REST, "https://www.youtube.com/c/{0}", page=True),
        ),
    ),
    Site(
        "hackernews",
        "Hacker News",
        "#FF6600",
        "networks/hackernews",
        ("hnrss.org", "news.ycombinator.com"),
        QUARTER_S,
        typed=(
            Form(r"(?:hn|hacker ?news)", "https://news.ycombinator.com/rss", "Hacker News"),
            Form(r"(?:hn|hacker ?news):\s*(\S.*)", "https://hnrss.org/newest?q={0}", "Hacker News: {0}", words=True),
        ),
        addresses=(
            Form(r"news\.ycombinator\.com/?(?:news|front)?", "https://news.ycombinator.com/rss", "Hacker News"),
            Form(r"news\.ycombinator\.com/newest", "https://hnrss.org/newest", "Hacker News, newest"),
            Form(r"news\.ycombinator\.com/(ask|show)", "https://hnrss.org/{0}", "Hacker News: {0}"),
            Form(r"news\.ycombinator\.com/item\?id=(\d+).*", "https://hnrss.org/item?id={0}"),
            Form(r"news\.ycombinator\.com/user\?id=([\w-]+).*", "https://hnrss.org/user?id={0}", "{0} on Hacker News"),
        ),
    ),
    Site(
        "github",
        "GitHub",
        "",
        "networks/github",
        ("github.com",),
        HALF_HOUR_S,
        typed=(
            Form(r"(?:github|gh):\s*([\w.-]+/[\w.-]+)/?", "https://github.com/{0}/releases.atom", "{0} releases"),
            Form(r"(?:github|gh):\s*@?([\w-]+)/?", "https://github.com/{0}.atom", "{0} on GitHub"),
        ),
        addresses=(
            Form(
                r"github\.com/" + _GITHUB_OWN + r"([\w.-]+/[\w.-]+)/?",
                "https://github.com/{0}/releases.atom",
                "{0} releases",
            ),
            Form(
                r"github\.com/" + _GITHUB_OWN + r"([\w.-]+/[\w.-]+)/(releases|tags|commits)" + _REST,
                "https://github.com/{0}/{1}.atom",
                "{0} {1}",
            ),
            Form(r"github\.com/" + _GITHUB_OWN + r"([\w-]+)/?", "https://github.com/{0}.atom", "{0} on GitHub"),
        ),
    ),
    Site(
        "medium",
        "Medium",
        "",
        "networks/medium",
        ("medium.com",),
        HALF_HOUR_S,
        typed=(Form(r"@?([\w.-]+)@medium(?:\.com)?", "https://medium.com/feed/@{0}"),),
        addresses=(
            Form(r"medium\.com/tag/([\w-]+)" + _REST, "https://medium.com/feed/tag/{0}", "{0} on Medium"),
            Form(r"medium\.com/(?!feed/)(@?[\w.-]+)" + _REST, "https://medium.com/feed/{0}"),
            Form(r"([\w-]+\.medium\.com)(?!/feed)" + _REST, "https://{0}/feed"),
        ),
    ),
    Site(
        "substack",
        "Substack",
        "#FF6719",
        "networks/substack",
        ("substack.com",),
        HALF_HOUR_S,
        typed=(Form(r"@?([\w-]+)@substack(?:\.com)?", "https://{0}.substack.com/feed"),),
        addresses=(
            Form(r"(?:www\.)?substack\.com/@([\w-]+)" + _REST, "https://{0}.substack.com/feed", sure=False),
            Form(r"((?!www\.|open\.)[\w-]+\.substack\.com)(?!/feed)" + _REST, "https://{0}/feed"),
        ),
    ),
    Site(
        "podcasts",
        "Apple Podcasts",
        "",
        "volume-2",
        (),
        HALF_HOUR_S,
        addresses=(
            Form(
                r"(?:podcasts|itunes)\.apple\.com/.*\bid(\d+)" + _REST,
                "https://itunes.apple.com/lookup?id={0}&entity=podcast",
                page=True,
            ),
        ),
    ),
    Site(
        "tumblr",
        "Tumblr",
        "#5B7CA3",
        "networks/tumblr",
        (),
        HALF_HOUR_S,
        addresses=(Form(r"((?!www\.|api\.)[\w-]+\.tumblr\.com)(?!/rss)" + _REST, "https://{0}/rss"),),
    ),
    Site(
        "blogspot",
        "Blogspot",
        "",
        "rss",
        (),
        HALF_HOUR_S,
        addresses=(
            Form(r"([\w-]+\.blogspot\.[\w.]+)(?!/feeds)" + _REST, "https://{0}/feeds/posts/default", sure=False),
        ),
    ),
    Site(
        "bluesky",
        "Bluesky",
        "#1185FE",
        "networks/bluesky",
        ("bsky.app",),
        HALF_HOUR_S,
        addresses=(Form(r"bsky\.app/profile/([\w.:-]+)/?", "https://bsky.app/profile/{0}/rss"),),
    ),
    Site(
        "fediverse",
        "Mastodon",
        "#6364FF",
        "networks/mastodon",
        (),
        HALF_HOUR_S,
        addresses=(Form(r"([\w.-]+)/(@[\w.]+)/?", "https://{0}/{1}.rss", sure=False),),
    ),
)  # fmt: skip


def typed(text: str) -> Known | None:
    """What a person means by `text`: a name of the table's own (`r/marketing`, `hn: words`), or an address in it."""
    text = text.strip()
    for site in SITES:
        for form in site.typed:
            if found := re.fullmatch(form.pattern, text, re.IGNORECASE):
                return _known(site, form, found)
    return at(complete(text))


def at(url: str) -> Known | None:
    """What is known of the page at `url`. None for any other page, and for a feed itself."""
    if not is_web(url):
        return None
    parts = urlsplit(url)
    place = f"{(parts.hostname or '').lower()}{parts.path}" + (f"?{parts.query}" if parts.query else "")
    for site in SITES:
        for form in site.addresses:
            if found := re.fullmatch(form.pattern, place, re.IGNORECASE):
                known = _known(site, form, found)
                return None if known.ask == url and not known.page else known
    return None


@lru_cache(maxsize=4096)
def site_of(feed: str) -> Site | None:
    """The site whose feed is at this address."""
    try:
        host = (urlsplit(feed).hostname or "").lower()
    except ValueError:
        return None
    return next((site for site in SITES if any(f".{host}".endswith(f".{own}") for own in site.hosts)), None)


def by_icon(icon: str) -> Site | None:
    """The site whose columns carry this icon."""
    return next((site for site in SITES if site.icon == icon), None)


def polite(rhythm: Rhythm, feed: str) -> Rhythm:
    """The rhythm of a source at `feed`: not more often than its site puts up with."""
    site = site_of(feed)
    if site is None or site.least_s <= rhythm.floor_s:
        return rhythm
    return replace(rhythm, base_s=max(rhythm.base_s, site.least_s), floor_s=site.least_s)


def _known(site: Site, form: Form, found: re.Match[str]) -> Known:
    groups = [group.strip() for group in found.groups()]
    said = [quote(group, safe="") if form.words else group for group in groups]
    return Known(site, form.feed.format(*said), form.title.format(*groups), form.page, form.sure)
