"""Fetching 500 feeds, by httpx as it comes and by the desk's services.

`python -m tests.bench.wire httpx PORT COUNT`: seconds for the download of all feeds, and for all of them unchanged.
`python -m tests.bench.wire desk PORT COUNT FOLDER`: seconds of the services' whole road (wire, parsing in the worker,
sanitising, one transaction for each feed) for new, changed and unchanged feeds, and what feeding the index adds.
Both ask one more feed before, so that nothing is imported while the clock runs.
"""

import asyncio
import sys
import time
import urllib.request
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from tests.bench.child import say

AT_ONCE = 16
COLUMNS = 8


async def timed(action: Callable[[], Awaitable[Any]]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = await action()
    return time.perf_counter() - started, result


async def with_httpx(port: int, count: int) -> dict[str, Any]:
    import httpx

    slots = asyncio.Semaphore(AT_ONCE)
    etags: dict[int, str] = {}

    async with httpx.AsyncClient() as client:

        async def one(number: int, *, known: bool) -> int:
            async with slots:
                headers = {"If-None-Match": etags[number]} if known else {}
                answer = await client.get(f"http://127.0.0.1:{port}/{number}.xml", headers=headers)
                etags[number] = answer.headers["etag"]
                return len(answer.content)

        async def every(*, known: bool) -> int:
            return sum(await asyncio.gather(*(one(number, known=known) for number in range(count))))

        await one(count, known=False)
        full, size = await timed(lambda: every(known=False))
        unchanged, _ = await timed(lambda: every(known=True))
    return {"full": full, "unchanged": unchanged, "bytes": size}


async def with_desk(port: int, count: int, folder: Path) -> dict[str, Any]:
    from socialdesk.app.engine import open_services
    from socialdesk.app.profile import Profile
    from socialdesk.core.source import Source
    from socialdesk.vault import MemoryVault

    def source(number: int) -> Source:
        return Source(0, "feeds", "feed", None, {"url": f"http://127.0.0.1:{port}/{number}.xml"})

    async with open_services(Profile.choose(folder), MemoryVault()) as services:
        refresh, index = services.refresh, services.searching.index_all
        extra = await services.columns.add_known("Before", "rss", (source(count),))
        await refresh.now(extra.id)
        await services.columns.remove(extra.id)
        for column in range(COLUMNS):
            wanted = tuple(source(number) for number in range(column, count, COLUMNS))
            await services.columns.add_known(f"Column {column + 1}", "rss", wanted)
        await index()
        result: dict[str, Any] = {}
        for name in ("first", "changed", "unchanged"):
            if name == "changed":
                request = urllib.request.Request(f"http://127.0.0.1:{port}/round", method="POST")
                await asyncio.to_thread(lambda request=request: urllib.request.urlopen(request).read())
                await asyncio.sleep(1)
            result[name], report = await timed(refresh.now)
            result[f"{name}_index"], _ = await timed(index)
            result[f"{name}_new"] = report.new
            assert not report.failed, report.failed[:3]
        return result


def main() -> None:
    kind, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    if kind == "httpx":
        say(asyncio.run(with_httpx(port, count)))
    else:
        say(asyncio.run(with_desk(port, count, Path(sys.argv[4]))))


if __name__ == "__main__":
    main()
