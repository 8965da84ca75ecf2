"""What an address or a file gives: a feed with its entries, the feeds of a page, or an article."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from socialdesk.content import article as articles
from socialdesk.content import feeds
from socialdesk.content.worker import Worker
from socialdesk.core import known_sites
from socialdesk.core.entry import RawDocument
from socialdesk.core.errors import ContentError, InputError, NetworkError, RateLimited, Rejected
from socialdesk.core.post import SeenCard
from socialdesk.core.reports import InspectReport
from socialdesk.core.urls import complete, is_web, resolve
from socialdesk.http import Http, Trust
from socialdesk.http.status import check
from socialdesk.services.link_cards import CardReader, SeenCards
from socialdesk.services.trusting import hosts_typed_for, trust_in
from socialdesk.store.database import Store

ACCEPT = (
    "application/feed+json, application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.8, "
    "text/html;q=0.7, */*;q=0.1"
)
REMEMBERED = 20  # pages behind entries


class InspectService:
    def __init__(self, store: Store, http: Http, worker: Worker, now: Callable[[], datetime]) -> None:
        self._store = store
        self._http = http
        self._worker = worker
        self._now = now
        self._looked_at: dict[tuple[str, Trust], InspectReport] = {}
        self._cards = SeenCards(store, CardReader(http, worker), now)

    async def inspect(self, target: str, *, try_usual_places: bool = False) -> InspectReport:
        """Looks at an address or a local file with one request; `try_usual_places` also asks well-known feed paths."""
        raw = await self._raw(target)
        report = await self.look_at(raw)
        if report.kind != "feed" and not report.found:  # a page of consent, perhaps: the address may still tell
            report = replace(report, found=await self._worker.run(feeds.of_site, target))
        if report.kind == "feed" or report.found or not try_usual_places:
            return report
        return await self._in_usual_places(raw.url) or report

    async def _in_usual_places(self, url: str) -> InspectReport | None:
        for path in feeds.WELL_KNOWN_PATHS:
            try:
                other = await self.look_at(await self._fetch(resolve(url, path)))
            except RateLimited:
                return None
            except (NetworkError, ContentError):
                continue
            if other.kind == "feed":
                return other
        return None

    async def behind(self, url: str, entry_id: int | None = None) -> InspectReport:
        """Looks at an address that content names, the entry's if given: never into a private network of others.

        A page that was looked at a little while ago is not asked for again.
        """
        trust = trust_in(url, await hosts_typed_for(self._store, entry_id))
        report = self._looked_at.get((url, trust))
        if report is None:
            report = await self.look_at(await self._fetch(url, trust))
            while len(self._looked_at) >= REMEMBERED:
                del self._looked_at[next(iter(self._looked_at))]
            self._looked_at[url, trust] = report
        return report

    async def link_card(self, url: str, *, typed: bool = True) -> SeenCard:
        """The card that a link to `url` will show; its picture is in the store. An empty title: the page offers none.

        `typed` False: content named the address, so that it leads into a private network only where the person's own
        sources are. Asked once in some hours. Raises NetworkError when the page cannot be had.
        """
        return await self._cards.look(url, typed=typed)

    async def feed_of(self, address: str) -> tuple[str, str]:
        """Address and title of the feed behind any address of a site, or behind a name such as `r/marketing`.

        Of a site that is known (`core.known_sites`) the feed is asked for at once, else the page. Raises InputError
        where there is none, Unreachable where the site cannot be asked.
        """
        known = known_sites.typed(address)
        url = known.ask if known is not None and known.page else complete(address)
        if known is not None and known.sure and not known.page:
            feed = await self._feed_at(known.ask)
            if feed is not None:
                return feed[0], known.title or feed[1]
        if not is_web(url):
            if known is not None:
                raise InputError(f"{known.site.title} has nothing at “{address.strip()}”.", "Check the spelling.")
            raise InputError(f"“{address}” is not a web address.", "Use one such as https://blog.example.")
        return await self._feed_behind(url, known)

    async def _feed_behind(self, url: str, known: known_sites.Known | None) -> tuple[str, str]:
        """The feed that a page names, or that its kind of site has; its usual places where the site is not known."""
        try:
            report = await self.inspect(url, try_usual_places=known is None or not known.sure)
        except Rejected as error:
            if known is not None and not known.sure and (feed := await self._feed_at(known.ask)) is not None:
                return feed
            raise InputError("There is no feed at this address.", "Check the spelling.") from error
        if report.kind == "feed":
            return report.url, report.meta.title if report.meta else ""
        if not report.found:
            raise InputError("There is no feed at this address.", "Paste the address of the feed itself.")
        found = report.found[0]
        if known is not None and known.page and not found.title and (feed := await self._feed_at(found.url)):
            return found.url, feed[1]
        return found.url, found.title

    async def _feed_at(self, url: str) -> tuple[str, str] | None:
        """Address and title of the feed at exactly this address; None where the site says that there is none."""
        with contextlib.suppress(Rejected):
            report = await self.look_at(await self._fetch(url))
            if report.kind == "feed":
                return report.url, report.meta.title if report.meta else ""
        return None

    async def look_at(self, raw: RawDocument) -> InspectReport:
        try:
            parsed = await self._worker.run(feeds.parse, raw, raw.url, self._now())
        except ContentError:
            return await self._page(raw)
        return InspectReport("feed", raw.url, parsed.meta, parsed.entries)

    async def _page(self, raw: RawDocument) -> InspectReport:
        found = await self._worker.run(feeds.discover, raw)
        article = None
        with contextlib.suppress(ContentError):
            article = await self._worker.run(articles.extract, raw.body, raw.content_type, raw.url)
        kind = "page" if found or article else "nothing"
        return InspectReport(kind, raw.url, None, (), tuple(found), article)

    async def _raw(self, target: str) -> RawDocument:
        if is_web(target):
            return await self._fetch(target)
        read = await asyncio.to_thread(_file, target)
        if read is not None:
            return read
        if "." in target and " " not in target and "/" not in target.partition(".")[0]:
            return await self._fetch(f"https://{target}")
        raise InputError(f"“{target}” is neither a web address nor a file.", "Check the spelling.")

    async def _fetch(self, url: str, trust: Trust = Trust.TYPED) -> RawDocument:
        typed = trust is Trust.TYPED
        answer = await self._http.request(
            "GET", url, headers={"Accept": ACCEPT}, trust=trust, urgent=True, feed=typed, keep=typed
        )
        check(answer, write=False, now=self._now())
        return RawDocument(answer.body, answer.headers.get("content-type", ""), answer.url)


def _file(name: str) -> RawDocument | None:
    path = Path(name).expanduser()
    return RawDocument(path.read_bytes(), "", path.resolve().as_uri()) if path.is_file() else None
