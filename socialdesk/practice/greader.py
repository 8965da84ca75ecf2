"""A practice feed reader's server with the Google Reader API, in the manner of FreshRSS or of Miniflux.

Sources: FreshRSS `p/api/greader.php`, Miniflux `internal/googlereader`. Where the two differ, `Habits` says so.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from socialdesk.practice.forms import read_form
from socialdesk.practice.greader_state import READ, READING_LIST, STARRED, Item, Reading
from socialdesk.practice.server import PracticeServer, utc_now
from socialdesk.practice.world import World

USER = "northwind"
PASSWORD = "practice-api-password"  # noqa: S105 - of the practice server, which lives on loopback only
FOLDERS = ("Marketing", "Suppliers")
LONG = "tag:google.com,2005:reader/item/"
_STATE = "/state/com.google/"
Form = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Habits:
    """`prefix` of the API below the address. `is_miniflux`: as that server does it.

    `is_old_reader`: ids of 24 digits in one form only, lists that name times, no tags of the publisher.
    """

    prefix: str = "/api/greader.php"
    is_miniflux: bool = False
    is_old_reader: bool = False


MINIFLUX = Habits("", is_miniflux=True)
OLD_READER = Habits("", is_old_reader=True)


class Refused(Exception):
    def __init__(self, status: int, text: str, *, bad_token: bool = False) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.bad_token = bad_token


class PracticeReader(PracticeServer):
    """`credentials` are the answers of the sign-in form: server, username, password."""

    def __init__(self, world: World, habits: Habits | None = None, *, now: Callable[[], datetime] = utc_now) -> None:
        super().__init__(now=now)
        self.habits = habits or Habits()
        self.reading = Reading(small_numbers=self.habits.is_miniflux, opened=now())
        self.reading.seed(world, FOLDERS)
        self.password = PASSWORD
        self._sign_in = 1
        self._token = 1
        self._user = "user/1" if self.habits.is_miniflux else "user/-"
        route, prefix = self.app.router, self.habits.prefix
        route.add_post(f"{prefix}/accounts/ClientLogin", self._client_login)
        route.add_route("*", prefix + "/reader/api/0/{call:.+}", self._api)

    async def started(self) -> None:
        self.credentials = {"server": self.url, "username": USER, "password": PASSWORD}

    # what tests arrange

    @property
    def auth(self) -> str:
        return f"{USER}/practice-sign-in-{self._sign_in}"

    @property
    def token(self) -> str:
        return self.auth if self.habits.is_miniflux else f"practice-token-{self._sign_in}-{self._token}"

    def end_sign_ins(self) -> None:
        self._sign_in += 1

    def end_tokens(self) -> None:
        self._token += 1

    def add_post(self, text: str) -> Item:
        """A feed brings something, now."""
        feed = next(iter(self.reading.feeds.values()))
        return self.reading.add(feed, text, f"<p>{text}</p>", self.now())

    def titled(self, title: str) -> Item:
        return next(item for item in self.reading.items.values() if item.title == title)

    # signing in

    async def _client_login(self, request: web.Request) -> web.Response:
        given: dict[str, Any] = dict(request.query)
        if request.content_type == "application/json":
            given |= await request.json()
        else:
            given |= dict(await read_form(request))
        if (given.get("Email"), given.get("Passwd")) != (USER, self.password):
            return web.Response(status=401, text="Unauthorized!")
        if given.get("output") == "json":
            return web.json_response({"SID": self.auth, "LSID": self.auth, "Auth": self.auth})
        return web.Response(text=f"SID={self.auth}\nLSID=null\nAuth={self.auth}\n")

    # the API

    async def _api(self, request: web.Request) -> web.Response:
        call = request.match_info["call"]
        form: Form = {}
        for name, value in [*request.query.items(), *(await read_form(request) if request.method == "POST" else [])]:
            form.setdefault(name, []).append(str(value))
        try:
            self._check_who(request, form)
            return self._called(request.method, call, form)
        except Refused as refused:
            name = "X-Reader-Google-Bad-Token" if self.habits.is_miniflux else "Google-Bad-Token"
            headers = {name: "true"} if refused.bad_token else {}
            return web.Response(status=refused.status, text=refused.text, headers=headers)

    def _check_who(self, request: web.Request, form: Form) -> None:
        if request.method == "POST" and self.habits.is_miniflux:
            if form.get("T", [""])[0] != self.auth:
                raise Refused(401, "Unauthorized", bad_token=True)
            return
        if request.headers.get("Authorization") != f"GoogleLogin auth={self.auth}":
            raise Refused(401, "Unauthorized!", bad_token=True)
        changes = request.match_info["call"] in {"edit-tag", "mark-all-as-read", "rename-tag", "disable-tag"}
        if changes and form.get("T", [""])[0] not in {"", self.token}:
            raise Refused(401, "Unauthorized!", bad_token=True)

    def _called(self, method: str, call: str, form: Form) -> web.Response:
        calls: dict[tuple[str, str], Callable[[Form], web.Response]] = {
            ("GET", "token"): lambda _: web.Response(text=f"{self.token}\n"),
            ("GET", "user-info"): self._user_info,
            ("GET", "subscription/list"): self._subscriptions,
            ("GET", "tag/list"): self._tags,
            ("GET", "stream/items/ids"): self._ids,
            ("GET", "stream/contents"): self._stream_contents,
            ("POST", "stream/items/contents"): self._contents,
            ("POST", "edit-tag"): self._edit_tag,
            ("POST", "subscription/quickadd"): self._quickadd,
            ("POST", "subscription/edit"): self._edit_subscription,
        }
        if not self.habits.is_miniflux:
            calls["GET", "unread-count"] = self._counts
        else:
            calls.pop(("GET", "stream/contents"))
        found = calls.get((method, call))
        if found is not None:
            return found(form)
        if self.habits.is_miniflux:
            return web.json_response([])
        raise Refused(400, "Bad Request!")

    def _user_info(self, _form: Form) -> web.Response:
        who: dict[str, Any] = {"userId": USER, "userName": USER, "userProfileId": USER, "userEmail": ""}
        if self.habits.is_old_reader:
            flags = dict.fromkeys(("isBloggerUser", "isMultiLoginEnabled", "isPremium"), False)
            who |= {**flags, "signupTimeSec": 1_700_000_000}
        return web.json_response(who)

    def _subscriptions(self, form: Form) -> web.Response:
        self._wants_json(form)
        found = [
            {
                "id": feed.stream,
                "title": feed.title,
                "categories": [self._category(feed.folder)] if feed.folder else [],
                "url": feed.url,
                "htmlUrl": feed.site,
                "iconUrl": "" if self.habits.is_miniflux else f"{feed.site}icon.png",
                **({"sortid": feed.stream, "firstitemmsec": "0"} if self.habits.is_old_reader else {}),
            }
            for feed in self.reading.feeds.values()
        ]
        return web.json_response({"subscriptions": found})

    def _category(self, folder: str) -> dict[str, str]:
        return {"id": f"{self._user}/label/{folder}", "label": folder}

    def _tags(self, form: Form) -> web.Response:
        self._wants_json(form)
        tags = [{"id": f"{self._user}{_STATE}{STARRED}"}]
        sort = {"sortid": "0"} if self.habits.is_old_reader else {}
        tags += [{"id": f"{self._user}/label/{name}", "type": "folder", **sort} for name in self.reading.folders()]
        tags += [{"id": f"{self._user}/label/{name}", "type": "tag"} for name in self.reading.labels()]
        return web.json_response({"tags": tags})

    def _counts(self, _form: Form) -> web.Response:
        unread = [item for item in self.reading.items.values() if READ not in item.states]
        total = {"id": f"{self._user}{_STATE}{READING_LIST}", "count": len(unread)}
        return web.json_response({"max": len(unread), "unreadcounts": [total]})

    # items

    def _ids(self, form: Form) -> web.Response:
        self._wants_json(form)
        page, continuation = self._page(form)
        answer: dict[str, Any] = {"itemRefs": [self._ref(item) for item in page]}
        if continuation is not None:
            answer["continuation"] = continuation
        return web.json_response(answer)

    def _stream_contents(self, form: Form) -> web.Response:
        page, continuation = self._page(form)
        answer: dict[str, Any] = {"id": _one(form, "s"), "items": [self._shown(item) for item in page]}
        if continuation is not None:
            answer["continuation"] = continuation
        return web.json_response(answer)

    def _page(self, form: Form) -> tuple[list[Item], str | int | None]:
        """A page of a stream, and what leads to the next in the server's own form."""
        found = [item for item in self._stream(_one(form, "s")) if self._passes(item, form)]
        if _one(form, "r") == "o":
            found.reverse()
        begin, count, continuation = 0, int(_one(form, "n") or 20), _one(form, "c")
        if continuation and self.habits.is_miniflux:
            begin = int(continuation)
        elif continuation:
            begin = next((at + 1 for at, item in enumerate(found) if item.number == int(continuation)), len(found))
        page = found[begin : begin + count]
        if self.habits.is_miniflux:
            return page, begin + len(page) if begin + len(page) < len(found) else 0
        is_full = bool(page) and len(page) == count  # FreshRSS names one too when that was the last
        return page, str(page[-1].number) if is_full else None

    def _ref(self, item: Item) -> dict[str, Any]:
        if not self.habits.is_old_reader:
            return {"id": str(_signed(item.number))}
        when = str(int(item.added.timestamp() * 1_000_000))
        return {"id": f"{item.number:024x}", "timestampUsec": when, "directStreamIds": [item.feed.stream]}

    def _stream(self, stream: str) -> list[Item]:
        every = self.reading.newest_first()
        if stream.startswith("feed/"):
            return [item for item in every if stream in {item.feed.stream, f"feed/{item.feed.url}"}]
        name = stream.partition("/label/")[2]
        if name:
            if self.habits.is_miniflux:
                raise Refused(500, '{"error_message":"googlereader: unknown stream type LabelStream"}')
            return [item for item in every if name == item.feed.folder or name in item.labels]
        state = stream.partition(_STATE)[2]
        return [item for item in every if state == READING_LIST or state in item.states]

    def _passes(self, item: Item, form: Form) -> bool:
        """xt and ot, and it where the server knows it."""
        if _one(form, "xt").partition(_STATE)[2] in item.states:
            return False
        only = _one(form, "it").partition(_STATE)[2]
        if only and not self.habits.is_miniflux and only not in item.states:
            return False
        when = item.published if self.habits.is_miniflux else item.added
        return when.timestamp() >= float(_one(form, "ot") or 0)

    def _contents(self, form: Form) -> web.Response:
        wanted = [self._item(said) for said in form.get("i", [])]
        found = [item for item in wanted if item is not None]
        if self.habits.is_miniflux:
            self._wants_json(form)
            if not found:
                raise Refused(400, '{"error_message":"googlereader: no items returned from the database"}')
        return web.json_response({"id": f"user/-{_STATE}{READING_LIST}", "items": [self._shown(i) for i in found]})

    def _shown(self, item: Item) -> dict[str, Any]:
        states = (READING_LIST, *sorted(item.states))
        categories = [f"{self._user}{_STATE}{state}" for state in states]
        labels = ([item.feed.folder] if item.feed.folder else []) + sorted(item.labels)
        categories += [f"{self._user}/label/{label}" for label in labels]
        enclosure = [{"href": item.picture, "type": "image/png", "length": 1000}] if item.picture else []
        return {
            "id": LONG + (f"{item.number:024x}" if self.habits.is_old_reader else f"{item.number % (1 << 64):016x}"),
            "crawlTimeMsec": str(int(item.added.timestamp() * 1000)),
            "timestampUsec": str(int(item.added.timestamp() * 1_000_000)),
            "published": int(item.published.timestamp()),
            "updated": int(item.published.timestamp()),
            "title": item.title,
            "canonical": [{"href": item.url}],
            "alternate": [{"href": item.url, "type": "text/html"}],
            "categories": [*categories, *(item.tags if self.habits == Habits() else ())],
            "origin": {"streamId": item.feed.stream, "title": item.feed.title, "htmlUrl": item.feed.site},
            "summary": {"direction": "ltr", "content": item.html},
            "author": item.author,
            "enclosure": enclosure,
        }

    def _item(self, said: str) -> Item | None:
        """A long id. A short one is hexadecimal for Miniflux and decimal for the others."""
        if said.startswith(LONG):
            number = int(said.removeprefix(LONG), 16)
        else:
            number = int(said, 10 if self.habits == Habits() else 16)
        every = self.reading.items.values()
        return next((item for item in every if (item.number - number) % (1 << 64) == 0), None)

    # changes

    def _edit_tag(self, form: Form) -> web.Response:
        for item in filter(None, map(self._item, form.get("i", []))):
            for stream in form.get("a", []):
                self._tag(item, stream, is_set=True)
            for stream in form.get("r", []):
                self._tag(item, stream, is_set=False)
        return web.Response(text="OK")

    def _tag(self, item: Item, stream: str, *, is_set: bool) -> None:
        label, state = stream.partition("/label/")[2], stream.partition(_STATE)[2]
        if label and self.habits.is_miniflux:
            raise Refused(500, '{"error_message":"googlereader: unsupported tag type: LabelStream"}')
        where, name = (item.labels, label) if label else (item.states, state)
        if self.habits.is_miniflux and is_set and name in where:
            is_set = False  # what is so already is turned round
        (where.add if is_set else where.discard)(name)

    def _quickadd(self, form: Form) -> web.Response:
        url = _one(form, "quickadd").removeprefix("feed/")
        title = self.reading.offers.pop(url, None)
        if title is None:
            return web.json_response({"numResults": 0, "error": "no feed there"})
        feed = self.reading.add_feed(url, title)
        self.reading.add(feed, f"Welcome to {title}", "<p>The first words.</p>", self.now())
        return web.json_response({"numResults": 1, "query": url, "streamId": feed.stream, "streamName": title})

    def _edit_subscription(self, form: Form) -> web.Response:
        stream, action = _one(form, "s"), _one(form, "ac")
        if action == "unsubscribe":
            if not self.reading.unsubscribe(stream):
                raise Refused(400, "Bad Request!")
            return web.Response(text="OK")
        feed = self.reading.feeds.get(stream)
        if action != "edit" or feed is None:
            raise Refused(400, "Bad Request!")
        feed.folder = _one(form, "a").partition("/label/")[2] or feed.folder
        return web.Response(text="OK")

    def _wants_json(self, form: Form) -> None:
        if _one(form, "output") != "json":
            raise Refused(400 if self.habits.is_miniflux else 501, "Not Implemented!")


def _one(form: Form, name: str) -> str:
    values: Iterable[str] = form.get(name, ())
    return next(iter(values), "")


def _signed(number: int) -> int:
    return number - (1 << 64) if number >= 1 << 63 else number
