"""500 made-up feeds of about 40 KB and 30 entries each, on loopback, in a process of its own.

Run as `python -m tests.bench.feed_server COUNT`: prints the port, serves until standard input closes. `POST /round`
adds three entries to the front of every feed (as a new body, a new ETag).
"""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from html import escape

from aiohttp import web

START = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
WORDS = [
    "buyers",
    "pipeline",
    "content",
    "research",
    "benchmark",
    "webinar",
    "channel",
    "partner",
    "account",
    "demand",
    "quarter",
    "budget",
    "renewal",
    "procurement",
    "shortlist",
    "proposal",
    "workshop",
    "reference",
    "peer",
    "review",
    "launch",
    "survey",
    "answer",
    "question",
]
ENTRIES = 30


def paragraph(seed: int, words: int) -> str:
    return " ".join(WORDS[(seed * 7 + i * (seed % 5 + 1)) % len(WORDS)] for i in range(words)).capitalize() + "."


def item(feed: int, number: int) -> str:
    body = "".join(f"<p>{paragraph(feed + number + n, 55)}</p>" for n in range(2))
    link = f'<p><a href="https://site{feed}.example/more/{number}?utm_source=feed">More</a></p>'
    when = START + timedelta(minutes=number * 10 + feed % 60)
    return (
        f"<item><title>{escape(paragraph(feed * 31 + number, 7))} {number}</title>"
        f"<link>https://site{feed}.example/{number}</link><guid>https://site{feed}.example/{number}</guid>"
        f"<pubDate>{when:%a, %d %b %Y %H:%M:%S} +0000</pubDate><category>B2B</category>"
        f"<description>{escape(body + link)}</description></item>"
    )


class Feeds:
    def __init__(self, count: int) -> None:
        self.count = count
        self.round = 0
        self.bodies = self._make()
        self.asked = 0

    def _make(self) -> list[bytes]:
        newest = ENTRIES + self.round * 3
        return [
            (
                '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
                f"<title>Site {feed}</title><link>https://site{feed}.example/</link><description>B2B</description>"
                + "".join(item(feed, n) for n in range(newest, newest - ENTRIES, -1))
                + "</channel></rss>"
            ).encode()
            for feed in range(self.count)
        ]

    async def get(self, request: web.Request) -> web.Response:
        self.asked += 1
        etag = f'"{self.round}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        body = self.bodies[int(request.match_info["n"])]
        return web.Response(body=body, content_type="application/rss+xml", headers={"ETag": etag})

    async def next_round(self, _request: web.Request) -> web.Response:
        self.round += 1
        self.bodies = self._make()
        return web.json_response({"round": self.round})


async def serve(count: int) -> None:
    feeds = Feeds(count)
    app = web.Application()
    app.router.add_get("/{n:[0-9]+}.xml", feeds.get)
    app.router.add_post("/round", feeds.next_round)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], len(feeds.bodies[0]), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
