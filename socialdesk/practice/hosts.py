"""A server that plays the bad hosts of the web, one path for each vice, for feeds and pages alike.

`asked` keeps every request with its headers, so that a test sees what a polite reader sent.
"""

import gzip
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape

from aiohttp import web

from socialdesk.practice.pictures import picture
from socialdesk.practice.server import PROXY_PAGE, Fault, Handler, PracticeServer, utc_now, wait_headers

BOMB_MEGABYTES = 200
HUGE_ITEMS = 10_000
SIXTEEN_YEARS_S = 16 * 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Asked:
    path: str
    headers: dict[str, str]


def feed_of(items: Iterable[tuple[str, str, datetime]], extra: str = "") -> bytes:
    """An RSS 2.0 feed of (guid, title, published)."""
    body = "".join(
        f"<item><title>{escape(title)}</title><link>http://bad.example/{guid}</link>"
        f'<guid isPermaLink="false">{guid}</guid><pubDate>{format_datetime(published)}</pubDate>'
        f"<description>About {escape(title)}</description></item>\n"
        for guid, title, published in items
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>A trying host</title>'
        f"<link>http://bad.example/</link><description>It means well</description>{extra}{body}</channel></rss>"
    ).encode()


class BadHosts(PracticeServer):
    """Paths: see `_vices`. `visits(path)` counts how often one was asked."""

    def __init__(self, *, now: Callable[[], datetime] = utc_now) -> None:
        super().__init__(now=now)
        self.asked: list[Asked] = []
        self._opened = now().replace(microsecond=0)
        for path, vice in self._vices().items():
            self.app.router.add_get(path, self._noting(vice))
        self.app.router.add_get("/hop/{status}/{target:.+}", self._noting(self._hop))
        self.app.router.add_get("/429/{form}", self._noting(self._wait))
        self.app.router.add_get("/503/{form}", self._noting(self._wait))
        self.app.router.add_get("/status/{status}", self._noting(self._status))

    def _vices(self) -> dict[str, Callable[[web.Request], web.Response]]:
        return {
            "/feed": self._good,
            "/always304": lambda _: web.Response(status=304),
            "/new-etag-on-304": self._new_etag_on_304,
            "/same-body": self._same_body,
            "/in-2038": self._in_2038,
            "/expires-0": self._expires_0,
            "/max-age-16-years": self._sixteen_years,
            "/aged": lambda _: self._feed({"Cache-Control": "max-age=7200", "Age": "3600"}),
            "/loop": lambda _: _redirect(302, "/loop"),
            "/captive": lambda _: _redirect(302, "/portal"),
            "/captive-for-ever": lambda _: _redirect(301, "/portal"),
            "/portal": lambda _: _html(PROXY_PAGE),
            "/html": lambda _: _html("<!doctype html><html><body><h1>We have moved</h1></body></html>"),
            "/html-as-xml": lambda _: _html("<html><head></head><body>no feed</body></html>", "text/xml"),
            "/empty": lambda _: web.Response(body=b"", content_type="application/rss+xml"),
            "/image": lambda _: web.Response(body=picture("bad", 320, 180), content_type="image/png"),
            "/image-as-feed": lambda _: web.Response(body=picture("bad", 320, 180), content_type="text/xml"),
            "/bomb": self._bomb,
            "/new-ids": self._new_ids,
            "/clock": self._clock,
            "/future": lambda _: self._answer_feed([("f", "From the future", self._opened + timedelta(days=900))]),
            "/huge": self._huge,
            "/broken-utf8": self._broken_utf8,
            "/bad-dates": self._bad_dates,
        }

    def visits(self, path: str) -> int:
        return sum(asked.path == path for asked in self.asked)

    def last(self, path: str) -> dict[str, str]:
        """Headers (lower-case names) of the last request for `path`."""
        return next(asked.headers for asked in reversed(self.asked) if asked.path == path)

    def _noting(self, vice: Callable[[web.Request], web.Response]) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            self.asked.append(Asked(request.path, {n.lower(): v for n, v in request.headers.items()}))
            return vice(request)

        return handle

    def _items(self) -> list[tuple[str, str, datetime]]:
        return [(f"item-{n}", f"Item {n}", self._opened - timedelta(hours=n)) for n in range(1, 6)]

    def _answer_feed(
        self, items: Iterable[tuple[str, str, datetime]], headers: dict[str, str] | None = None, extra: str = ""
    ) -> web.Response:
        return web.Response(body=feed_of(items, extra), content_type="application/rss+xml", headers=headers or {})

    def _feed(self, headers: dict[str, str] | None = None) -> web.Response:
        return self._answer_feed(self._items(), headers)

    def _good(self, request: web.Request) -> web.Response:
        """What all of them should be: validators, honoured byte for byte."""
        validators = {"ETag": 'W/"the one, in quotes"', "Last-Modified": format_datetime(self._opened, usegmt=True)}
        if request.headers.get("If-None-Match") == validators["ETag"]:
            return web.Response(status=304, headers=validators)
        return self._feed(validators)

    def _new_etag_on_304(self, request: web.Request) -> web.Response:
        """304 to any validator, each with a new ETag that must be the one to come back next."""
        etag = {"ETag": f'"visit-{self.visits(request.path)}"'}
        return web.Response(status=304, headers=etag) if "If-None-Match" in request.headers else self._feed(etag)

    def _same_body(self, request: web.Request) -> web.Response:
        """Never says 304, though nothing ever changes but the ETag."""
        return self._feed({"ETag": f'"visit-{self.visits(request.path)}"'})

    def _in_2038(self, _request: web.Request) -> web.Response:
        return self._feed({"Last-Modified": "Tue, 19 Jan 2038 03:14:07 GMT"})

    def _expires_0(self, _request: web.Request) -> web.Response:
        return self._feed({"ETag": '"worthless"', "Expires": "0"})

    def _sixteen_years(self, _request: web.Request) -> web.Response:
        return self._feed({"Cache-Control": f"public, max-age={SIXTEEN_YEARS_S}"})

    def _hop(self, request: web.Request) -> web.Response:
        """`/hop/301/feed` redirects to `/feed` with that status; hops can be chained."""
        return _redirect(int(request.match_info["status"]), "/" + request.match_info["target"])

    def _wait(self, request: web.Request) -> web.Response:
        """`/429/seconds`, `/503/date` and so on: please wait two minutes, said in that form."""
        status = request.path.split("/")[1]
        fault = Fault(status, seconds=120, retry_after=request.match_info["form"])
        return web.Response(status=int(status), text="Please wait.", headers=wait_headers(fault, self.now()))

    def _status(self, request: web.Request) -> web.Response:
        return web.Response(status=int(request.match_info["status"]), text="No.")

    def _bomb(self, _request: web.Request) -> web.Response:
        """Small on the wire, 200 MB when unpacked: gzip members may follow one another."""
        packed = gzip.compress(b"<rss>" + b" " * 1_000_000) * BOMB_MEGABYTES
        return web.Response(body=packed, content_type="text/xml", headers={"Content-Encoding": "gzip"})

    def _new_ids(self, request: web.Request) -> web.Response:
        """The same articles at the same addresses, under ids that nobody has seen before."""
        fresh = f'isPermaLink="false">visit-{self.visits(request.path)}-'.encode()
        body = feed_of(self._items()).replace(b'isPermaLink="false">', fresh)
        return web.Response(body=body, content_type="application/rss+xml")

    def _clock(self, request: web.Request) -> web.Response:
        """The same entries every time, in a document that never is the same."""
        return self._answer_feed(self._items(), extra=f"<!-- built in visit {self.visits(request.path)} -->")

    def _huge(self, _request: web.Request) -> web.Response:
        return self._answer_feed(
            (f"n{n}", f"Number {n}", self._opened - timedelta(minutes=n)) for n in range(HUGE_ITEMS)
        )

    def _broken_utf8(self, _request: web.Request) -> web.Response:
        body = feed_of([("b", "Caf\u00e9 BROKEN au lait", self._opened)]).replace(b"BROKEN", b"\xff\xfe\xe9\x0b")
        return web.Response(body=body, headers={"Content-Type": "application/rss+xml; charset=utf-8"})

    def _bad_dates(self, _request: web.Request) -> web.Response:
        items = self._items()[:3]
        body = feed_of(items)
        for (_, _, published), bad in zip(items, ("yesterday", "Mon, 31 Feb 2026 25:61:00 +9900", ""), strict=True):
            body = body.replace(format_datetime(published).encode(), bad.encode())
        return web.Response(body=body, content_type="application/rss+xml")


def _redirect(status: int, target: str) -> web.Response:
    return web.Response(status=status, headers={"Location": target})


def _html(text: str, mime: str = "text/html") -> web.Response:
    return web.Response(text=text, content_type=mime)
