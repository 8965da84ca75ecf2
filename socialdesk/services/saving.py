"""Saving posts and links for reading with the network cut: words, article and pictures go into the store."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from socialdesk.content import article as articles
from socialdesk.content import pictures
from socialdesk.content.worker import Worker
from socialdesk.core.blobs import blob_hash
from socialdesk.core.entry import Entry, EntryKind, MediaKind
from socialdesk.core.errors import ContentError, InputError, NetworkError, Rejected
from socialdesk.core.events import Progress, SavedChanged
from socialdesk.core.rows import StoredEntry
from socialdesk.core.saved import ExtractedArticle, SavedItem
from socialdesk.core.text import one_line, reading_minutes
from socialdesk.core.urls import has_sign_in, is_web, normalise
from socialdesk.http import Http, Trust
from socialdesk.http.status import check
from socialdesk.services.events import Events
from socialdesk.services.trusting import hosts_typed_for, trust_in
from socialdesk.store import blobs as blobs_table
from socialdesk.store import entries as entries_table
from socialdesk.store import saved as saved_table
from socialdesk.store.database import Store

log = logging.getLogger(__name__)
LARGEST_PAGE = 8_000_000
LARGEST_PICTURE = 10_000_000
MOST_PICTURES = 60
AT_ONCE = 4
TITLE_LENGTH = 90
Kept = tuple[str, str, int]  # address, blob, size in bytes


class SavingService:
    def __init__(self, store: Store, http: Http, worker: Worker, events: Events, now: Callable[[], datetime]) -> None:
        self._store = store
        self._http = http
        self._worker = worker
        self._events = events
        self._now = now
        self._fetching: dict[int, tuple[asyncio.Task[Kept], ...]] = {}

    async def save_entry(self, entry_id: int) -> SavedItem:
        """Saves an entry with the article it links to; what cannot be fetched is missing, the words are kept."""
        stored: StoredEntry | None = await self._store.read(entries_table.get, entry_id)
        if stored is None:
            raise InputError(f"There is no entry {entry_id}.", "It may have been removed.")
        known = await self.for_entry(entry_id)
        if known is not None and known.state == "saved":
            return known
        entry = stored.entry
        item = known or await self._begin(link_of(entry), title_of(entry), entry_id)
        typed = await hosts_typed_for(self._store, entry_id)
        try:
            found = await self._article(item.url, trust_in(item.url, typed)) if is_web(item.url) else None
        except (NetworkError, ContentError) as error:
            log.info("the linked page was not saved: %s", error)
            found = None
        if found is None or len(found.text) < len(entry.text):
            found = own_words(entry, item.url)
        return await self._complete(item, found, typed)

    async def save_url(self, url: str) -> SavedItem:
        """Saves a page by its address. On failure the item stays, marked failed, and the reason is raised."""
        url = url.strip()
        if not is_web(url):
            raise InputError("This is not a web address.", "Use one that begins with https:// or http://.")
        if has_sign_in(url):
            raise InputError("An address with a password is not kept.", "Use one without.")
        item: SavedItem | None = await self._store.read(saved_table.by_url, normalise(url))
        item = item or await self._begin(url, urlsplit(url).hostname or url, None)
        try:
            found = await self._article(url, Trust.TYPED)
        except (NetworkError, ContentError) as error:
            await self._put(replace(item, state="failed", error=error.reason))
            raise
        return await self._complete(item, found, frozenset({urlsplit(url).netloc}))

    async def again(self, saved_id: int) -> SavedItem:
        """Tries once more what failed."""
        item = await self.get(saved_id)
        return await (self.save_entry(item.entry_id) if item.entry_id is not None else self.save_url(item.url))

    async def list(self, before: int | None = None, limit: int = 50) -> tuple[SavedItem, ...]:
        """Saved items, the last saved first, without `html`; `before` continues after that item's id."""
        return await self._store.read(saved_table.all, before, limit)

    async def get(self, saved_id: int) -> SavedItem:
        item: SavedItem | None = await self._store.read(saved_table.get, saved_id)
        if item is None:
            raise InputError(f"There is no saved item {saved_id}.", "See the saved items there are.")
        return item

    async def for_entry(self, entry_id: int) -> SavedItem | None:
        return await self._store.read(saved_table.for_entry, entry_id)

    async def remove(self, saved_id: int) -> None:
        await self._store.write(saved_table.remove, saved_id)
        await self._store.write(blobs_table.collect, self._now())
        self._events.send(SavedChanged(saved_id, "removed"))

    async def blob(self, blob: str) -> bytes | None:
        """The bytes of a stored picture, None when it is gone."""
        found = await self._store.read(blobs_table.get, blob)
        return found[0] if found else None

    async def _begin(self, url: str, title: str, entry_id: int | None) -> SavedItem:
        item = SavedItem(0, url, title, "saving", self._now(), entry_id, site=urlsplit(url).hostname or "")
        item = await self._store.write(saved_table.add, item, durable=True)
        self._events.send(SavedChanged(item.id, item.state))
        return item

    async def _article(self, url: str, trust: Trust) -> ExtractedArticle:
        answer = await self._http.request(
            "GET",
            url,
            headers={"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"},
            trust=trust,
            max_bytes=LARGEST_PAGE,
        )
        check(answer, write=False, now=self._now())
        kind = answer.headers.get("content-type", "")
        if kind and "html" not in kind and "xml" not in kind and "text" not in kind:
            raise Rejected(f"the page is {kind}", reason="not_supported")
        return await self._worker.run(articles.extract, answer.body, kind, answer.url)

    async def _complete(self, item: SavedItem, found: ExtractedArticle, typed: frozenset[str]) -> SavedItem:
        """Keeps the pictures, then the item. `typed`: hosts (with port) that a person named, so may be private."""
        wanted = tuple(dict.fromkeys(u for u in (found.image_url, *found.picture_urls) if u))[:MOST_PICTURES]
        kept = await self._pictures(item.id, wanted, typed)
        blobs = {url: blob for url, blob, _ in kept}
        full = replace(
            item,
            title=found.title or item.title,
            state="saved",
            site=found.site or item.site,
            byline=found.byline,
            published=found.published,
            minutes=reading_minutes(found.text),
            size=sum({blob: size for _, blob, size in kept}.values()) + len(found.html.encode()),
            image_blob=blobs.get(found.image_url, ""),
            error="",
            text=found.text,
            html=found.html,
            pictures=blobs,
        )
        await self._put(full)
        return full

    async def _pictures(self, saved_id: int, urls: tuple[str, ...], typed: frozenset[str]) -> tuple[Kept, ...]:
        """Fetches and stores pictures, a few at a time: (address, blob, size) of those that could be had.

        Progress is told; after `cancel` the rest is left out.
        """
        slots, done = asyncio.Semaphore(AT_ONCE), 0
        task, title = f"save:{saved_id}", "Saving pictures"

        async def keep(url: str) -> Kept:
            nonlocal done
            async with slots:
                blob, size = await self._picture(url, trust_in(url, typed))
            done += 1
            if len(urls) > 1:
                self._events.send(Progress(task, title, done, len(urls)))
            return url, blob, size

        tasks = tuple(asyncio.create_task(keep(url), name="saved picture") for url in urls)
        self._fetching[saved_id] = tasks
        try:
            results = await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            del self._fetching[saved_id]
            for each in tasks:
                each.cancel()
        if len(urls) > 1:
            self._events.send(Progress(task, title, len(urls), len(urls), finished=True))
        return tuple(result for result in results if not isinstance(result, BaseException) and result[1])

    async def cancel(self, saved_id: int) -> None:
        """Leaves out the pictures of an item that are not here yet; its words and the others are kept."""
        for each in self._fetching.get(saved_id, ()):
            each.cancel()

    async def _picture(self, url: str, trust: Trust) -> tuple[str, int]:
        """Fetches and stores one picture; ('', 0) where it cannot be had."""
        try:
            answer = await self._http.request("GET", url, trust=trust, max_bytes=LARGEST_PICTURE)
        except NetworkError as error:
            log.info("a picture of a saved page cannot be had: %s", error)
            return "", 0
        if answer.status != 200:
            return "", 0
        try:
            kind, _, _ = await self._worker.run(pictures.probe, answer.body)
        except ContentError as error:
            log.info("a picture of a saved page is none: %s", error)
            return "", 0
        await self._store.write(blobs_table.put, answer.body, kind, self._now())
        return blob_hash(answer.body), len(answer.body)

    async def _put(self, item: SavedItem) -> None:
        await self._store.write(saved_table.update, item, durable=True)
        self._events.send(SavedChanged(item.id, item.state))


def link_of(entry: Entry) -> str:
    """What reading an entry means: the article it links to, else itself."""
    if entry.kind is not EntryKind.ARTICLE and entry.link is not None:
        return entry.link.url
    return entry.url


def title_of(entry: Entry) -> str:
    if entry.title:
        return entry.title
    if entry.link is not None and entry.link.title:
        return entry.link.title
    words = one_line(entry.text)
    return words if len(words) <= TITLE_LENGTH else words[: TITLE_LENGTH - 1].rstrip() + "…"


def own_words(entry: Entry, url: str) -> ExtractedArticle:
    """An entry as its own article: its text and its pictures."""
    pictures = tuple(m.url for m in entry.media if m.kind is MediaKind.IMAGE)
    return ExtractedArticle(
        url,
        title_of(entry),
        entry.html or f"<p>{_escaped(entry.text)}</p>",
        entry.text,
        byline=entry.author.name,
        published=entry.published,
        language=entry.language,
        image_url=pictures[0] if pictures else (entry.link.image_url if entry.link else ""),
        picture_urls=pictures,
    )


def _escaped(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("\n\n", "</p><p>").replace("\n", "<br>")
