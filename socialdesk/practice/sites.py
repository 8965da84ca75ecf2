"""The practice blogs: one loopback site for each organisation that writes, with feed, article pages and pictures."""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from aiohttp import web

from socialdesk.core.timing import http_date
from socialdesk.practice.feed_formats import ATOM, JSON, RDF, RSS, FeedFormat, FeedInfo, FeedItem
from socialdesk.practice.pages import DOT, PageArticle, PageSite, article_page, home_page
from socialdesk.practice.server import PracticeServer, utc_now
from socialdesk.practice.world import Organisation, PracticeArticle, World, article_url, picture

_PICTURE = re.compile(r"\{picture:([a-z0-9-]+)\}")
_IMAGE = re.compile(r'<img src="([^"]+)"')
_WIDTH, _HEIGHT = 1200, 675

# What each blog serves: its formats, the first being the main one, and whether entries carry the whole article.
FORMATS: Mapping[str, tuple[tuple[FeedFormat, ...], bool]] = {
    "insights": ((RSS,), True),
    "fieldnotes": ((ATOM,), True),
    "vantage": ((JSON, RSS), True),
    "harbor": ((RSS,), False),
    "kestrel": ((RDF,), True),
    "aurora": ((ATOM, RSS), True),
    "lenaindustrial": ((RSS,), True),
    "pinegate": ((ATOM,), False),
}


class Blog(PracticeServer):
    """One blog. `feed_url` is its main feed; `publish_article` makes a new article appear on every page at once."""

    def __init__(
        self,
        organisation: Organisation,
        articles: tuple[PracticeArticle, ...],
        formats: tuple[FeedFormat, ...] = (RSS,),
        *,
        full: bool = True,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(now=now)
        self.organisation = organisation
        self.formats = formats
        self._full = full
        opened = now().replace(microsecond=0)
        self._articles = {a.slug: (a, opened - timedelta(minutes=a.minutes_ago)) for a in articles}
        self._pictures: dict[tuple[str, int], bytes] = {}
        route = self.app.router
        route.add_get("/", self._home)
        route.add_get("/icon.png", self._icon)
        for feed in formats:
            route.add_get(feed.path, self._feed)
        route.add_get(r"/pictures/{seed:[a-z0-9-]+}-{width:\d{2,4}}.jpg", self._picture)
        route.add_get(r"/{slug:[a-z0-9-]+}/", self._article)

    @property
    def feed_url(self) -> str:
        return self.url + self.formats[0].path

    @property
    def language(self) -> str:
        newest = next(iter(self._articles.values()), None)
        return newest[0].language if newest else "en"

    def publish_article(self, article: PracticeArticle) -> str:
        """Puts a new article on the blog, dated now. Returns its address."""
        self._articles[article.slug] = (article, self.now().replace(microsecond=0))
        return article_url(article, self.url)

    def picture_url(self, seed: str, width: int = _WIDTH) -> str:
        return f"{self.url}/pictures/{seed}-{width}.jpg"

    def _newest_first(self) -> list[tuple[PracticeArticle, datetime]]:
        return sorted(self._articles.values(), key=lambda pair: pair[1], reverse=True)

    def _html(self, article: PracticeArticle) -> str:
        return _PICTURE.sub(lambda found: self.picture_url(found[1]), article.html)

    def _item(self, article: PracticeArticle, published: datetime) -> FeedItem:
        url = article_url(article, self.url)
        return FeedItem(
            url,
            url if RSS in self.formats else f"tag:{self.organisation.key}.example,2026:{article.slug}",
            article.title,
            article.summary,
            self._html(article),
            self.organisation.name,
            published,
            article.tags,
            self.picture_url(article.picture),
            article.language,
        )

    def _page_article(self, article: PracticeArticle, published: datetime) -> PageArticle:
        return PageArticle(
            article_url(article, self.url),
            article.title,
            article.summary,
            self._lazy(self._html(article)),
            published,
            article.tags,
            self.picture_url(article.picture),
            article.picture_alt,
            article.language,
        )

    def _lazy(self, html: str) -> str:
        """Pictures as many themes serve them: the address in `data-src`, smaller ones in `data-srcset`."""

        def change(found: re.Match[str]) -> str:
            url = found[1]
            small = url.replace(f"-{_WIDTH}.jpg", "-640.jpg")
            return f'<img class="lazyload" src="{DOT}" data-src="{url}" data-srcset="{small} 640w, {url} {_WIDTH}w"'

        return _IMAGE.sub(change, html)

    def _site(self) -> PageSite:
        feeds = tuple((self.url + f.path, f.mime, f"{self.organisation.name} feed") for f in self.formats)
        return PageSite(
            self.organisation.name, self.organisation.bio, self.url, self.organisation.colour, self.language, feeds
        )

    async def _home(self, request: web.Request) -> web.Response:
        articles = [self._page_article(*pair) for pair in self._newest_first()]
        return self._conditional(request, home_page(self._site(), articles), "text/html")

    async def _article(self, request: web.Request) -> web.Response:
        found = self._articles.get(request.match_info["slug"])
        if found is None:
            raise web.HTTPNotFound(text="There is no such page.")
        related = [self._page_article(*pair) for pair in self._newest_first() if pair != found][:3]
        return self._conditional(request, article_page(self._site(), self._page_article(*found), related), "text/html")

    async def _feed(self, request: web.Request) -> web.Response:
        chosen = next(f for f in self.formats if f.path == request.path)
        info = FeedInfo(
            self.organisation.name,
            self.organisation.bio,
            self.url + "/",
            self.url + chosen.path,
            self.url + "/icon.png",
            self.language,
            self._full,
        )
        items = [self._item(*pair) for pair in self._newest_first()]
        return self._conditional(request, chosen.write(info, items), chosen.mime)

    def _conditional(self, request: web.Request, text: str, mime: str) -> web.Response:
        """The text with validators, or 304 where the asker has it already (RFC 9110 section 13)."""
        body = text.encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        newest = max((published for _, published in self._articles.values()), default=self.now())
        headers = {"ETag": etag, "Last-Modified": f"{newest:%a, %d %b %Y %H:%M:%S} GMT"}
        since = http_date(request.headers.get("If-Modified-Since", ""))
        asked = request.headers.get("If-None-Match")
        if asked == etag or (asked is None and since is not None and since >= newest):
            return web.Response(status=304, headers=headers)
        return web.Response(body=body, content_type=mime, charset="utf-8", headers=headers)

    async def _picture(self, request: web.Request) -> web.Response:
        seed, width = request.match_info["seed"], min(int(request.match_info["width"]), _WIDTH)
        if (seed, width) not in self._pictures:
            self._pictures[seed, width] = picture(seed, width, width * _HEIGHT // _WIDTH, "jpeg")
        headers = {"Cache-Control": "public, max-age=86400"}
        return web.Response(body=self._pictures[seed, width], content_type="image/jpeg", headers=headers)

    async def _icon(self, _request: web.Request) -> web.Response:
        return web.Response(body=picture(self.organisation.key, 64, 64), content_type="image/png")


def build(world: World, *, now: Callable[[], datetime] = utc_now) -> dict[str, Blog]:
    """A blog for every organisation in `FORMATS`, by its key, none of them started."""
    return {
        key: Blog(world.by_key[key], world.articles_of(key), formats, full=full, now=now)
        for key, (formats, full) in FORMATS.items()
    }
