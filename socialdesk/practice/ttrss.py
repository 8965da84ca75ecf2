"""A practice Tiny Tiny RSS: its JSON API, level 15. Source: `classes/api.php` of Debian's package.

It holds what the other practice feed reader's server holds; the API gives its articles small numbers.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from aiohttp import web

from socialdesk.practice.greader_state import READ, STARRED, Feed, Item, Reading
from socialdesk.practice.server import PracticeServer, utc_now
from socialdesk.practice.world import World

USER = "northwind"
PASSWORD = "practice-ttrss-password"  # noqa: S105 - of the practice server, which lives on loopback only
FOLDERS = ("Marketing", "Suppliers")
LABELS = {"Later": -1027, "For the newsletter": -1028}
MOST = 200
Asked = Mapping[str, Any]


class Refused(Exception):
    pass


class PracticeTinyRss(PracticeServer):
    """`credentials` are the answers of the sign-in form: server, username, password."""

    def __init__(self, world: World, *, now: Callable[[], datetime] = utc_now) -> None:
        super().__init__(now=now)
        self.reading = Reading(small_numbers=True, opened=now())
        self.reading.seed(world, FOLDERS)
        self.password = PASSWORD
        self._sessions = 1
        self.app.router.add_post("/tt-rss/api/", self._api)
        self._calls: dict[str, Callable[[Asked], object]] = {
            "getconfig": lambda _: {"icons_dir": "feed-icons", "num_feeds": len(self.reading.feeds)},
            "getfeeds": self._feeds,
            "getcategories": self._categories,
            "getlabels": lambda _: [{"id": number, "caption": name} for name, number in LABELS.items()],
            "getheadlines": self._headlines,
            "getarticle": self._articles,
            "updatearticle": self._update,
            "setarticlelabel": self._label,
            "subscribetofeed": self._subscribe,
            "unsubscribefeed": self._unsubscribe,
        }

    async def started(self) -> None:
        self.credentials = {"server": f"{self.url}/tt-rss/", "username": USER, "password": PASSWORD}

    # what tests arrange

    @property
    def session(self) -> str:
        return f"practice-session-{self._sessions}"

    def end_sessions(self) -> None:
        self._sessions += 1

    def add_post(self, text: str) -> Item:
        """A feed brings something, now."""
        feed = next(iter(self.reading.feeds.values()))
        return self.reading.add(feed, text, f"<p>{text}</p>", self.now())

    def titled(self, title: str) -> Item:
        return next(item for item in self.reading.items.values() if item.title == title)

    # the API

    async def _api(self, request: web.Request) -> web.Response:
        asked = await request.json()
        try:
            content, status = self._answer_to(asked), 0
        except Refused as refused:
            content, status = {"error": str(refused)}, 1
        return web.json_response({"seq": 0, "status": status, "content": content})

    def _answer_to(self, asked: Asked) -> object:
        method = str(asked.get("op", "")).lower()
        if method == "login":
            if (asked.get("user"), asked.get("password")) != (USER, self.password):
                raise Refused("LOGIN_ERROR")
            return {"session_id": self.session, "api_level": 15}
        if asked.get("sid") != self.session:
            raise Refused("NOT_LOGGED_IN")
        if method not in self._calls:
            raise Refused("UNKNOWN_METHOD")
        return self._calls[method](asked)

    def _folders(self) -> list[str]:
        return sorted({*FOLDERS, *self.reading.folders()})

    def _categories(self, _asked: Asked) -> object:
        own = [{"id": str(n), "title": title, "unread": 0} for n, title in enumerate(self._folders(), 1)]
        return [*own, {"id": -1, "title": "Special", "unread": 0}, {"id": 0, "title": "Uncategorized", "unread": 0}]

    def _feeds(self, asked: Asked) -> object:
        if asked.get("cat_id") not in {-3, -4}:
            raise Refused("INCORRECT_USAGE")
        places = self._folders()
        return [
            {
                "id": feed.number,
                "title": feed.title,
                "feed_url": feed.url,
                "cat_id": places.index(feed.folder) + 1 if feed.folder else 0,
                "has_icon": False,
            }
            for feed in self.reading.feeds.values()
        ]

    def _headlines(self, asked: Asked) -> object:
        found = [item for item in self._stream(asked) if item.number > int(asked.get("since_id") or 0)]
        if asked.get("view_mode") == "unread":
            found = [item for item in found if READ not in item.states]
        if asked.get("order_by") != "feed_dates":
            found.sort(key=lambda item: -item.number)
        skip, limit = int(asked.get("skip") or 0), min(int(asked.get("limit") or MOST), MOST)
        return [self._shown(item, asked) for item in found[skip : skip + limit]]

    def _stream(self, asked: Asked) -> list[Item]:
        every, wanted = self.reading.newest_first(), int(asked["feed_id"])
        if asked.get("is_cat"):
            folder = self._folders()[wanted - 1]
            return [item for item in every if item.feed.folder == folder]
        if wanted == -4:
            return every
        if wanted == -1:
            return [item for item in every if STARRED in item.states]
        label = next((name for name, number in LABELS.items() if number == wanted), "")
        return [item for item in every if label in item.labels or item.feed.number == wanted]

    def _shown(self, item: Item, asked: Asked) -> dict[str, Any]:
        picture = {"id": 1, "content_url": item.picture, "content_type": "image/png", "title": ""}
        return {
            "id": item.number,
            "guid": f"SHA1:{item.number}",
            "unread": READ not in item.states,
            "marked": STARRED in item.states,
            "updated": int(item.published.timestamp()),
            "title": item.title,
            "link": item.url,
            "feed_id": str(item.feed.number),  # text or a number, as the database gives it
            "feed_title": item.feed.title,
            "author": item.author,
            "tags": list(item.tags) or [""],
            "labels": [[LABELS[name], name, "", ""] for name in sorted(item.labels)],
            "attachments": [picture] if item.picture and asked.get("include_attachments", True) else [],
            "content": item.html if asked.get("show_content", True) else "",
        }

    def _articles(self, asked: Asked) -> object:
        return [self._shown(item, {}) for item in self._named(asked["article_id"])]

    def _named(self, ids: object) -> list[Item]:
        return [item for one in str(ids).split(",") if (item := self.reading.items.get(int(one))) is not None]

    def _update(self, asked: Asked) -> object:
        state, is_on = {0: STARRED, 2: READ}[int(asked["field"])], int(asked["mode"]) == 1
        if state == READ:
            is_on = not is_on  # the field is `unread`
        named = self._named(asked["article_ids"])
        for item in named:
            (item.states.add if is_on else item.states.discard)(state)
        return {"status": "OK", "updated": len(named)}

    def _label(self, asked: Asked) -> object:
        name = next((name for name, number in LABELS.items() if number == int(asked["label_id"])), "")
        named = self._named(asked["article_ids"]) if name else []
        for item in named:
            (item.labels.add if asked["assign"] else item.labels.discard)(name)
        return {"status": "OK", "updated": len(named)}

    def _subscribe(self, asked: Asked) -> object:
        url = str(asked["feed_url"])
        known = next((feed for feed in self.reading.feeds.values() if feed.url == url), None)
        if known is not None:
            return {"status": {"code": 0, "feed_id": known.number}}
        title = self.reading.offers.pop(url, None)
        if title is None:
            return {"status": {"code": 3, "message": "no feeds"}}
        folder = int(asked.get("category_id") or 0)
        feed = self.reading.add_feed(url, title, self._folders()[folder - 1] if folder else "")
        self.reading.add(feed, f"Welcome to {title}", "<p>The first words.</p>", self.now())
        return {"status": {"code": 1, "feed_id": feed.number}}

    def _unsubscribe(self, asked: Asked) -> object:
        feed: Feed | None = self.reading.feeds.get(f"feed/{asked['feed_id']}")
        if feed is None:
            raise Refused("FEED_NOT_FOUND")
        self.reading.unsubscribe(feed.stream)
        return {"status": "OK"}
