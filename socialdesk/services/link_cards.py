"""What a link to a page will look like: its title, description and picture, fetched once and kept for the sending."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from socialdesk.content import pictures, preview
from socialdesk.content.worker import Worker
from socialdesk.core.errors import ContentError, NetworkError, Rejected, Unreachable
from socialdesk.core.post import SeenCard
from socialdesk.http import Http, Trust
from socialdesk.services.trusting import hosts_typed, trust_in
from socialdesk.store import blobs as blobs_table
from socialdesk.store.database import Store

log = logging.getLogger(__name__)
CARD_BYTES = 900_000
CARD_WIDTH = 1200
LARGEST_IMAGE = 5_000_000
LARGEST_PAGE = 4_000_000  # large sites put over a megabyte of script before the end of the page
TIMEOUT_S = 10
FRESH = timedelta(days=7)  # what was seen so long ago is still what is sent
REMEMBERED = timedelta(hours=6)  # less than the store keeps a picture that no draft names
MOST = 50
ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"


@dataclass(frozen=True, slots=True)
class PageCard:
    """What a page says of itself; `thumb` is a JPEG, None where it has no usable picture."""

    title: str
    description: str = ""
    site: str = ""
    thumb: pictures.Prepared | None = None


class CardReader:
    """Fetches pages and their pictures. Keeps nothing."""

    def __init__(self, http: Http, worker: Worker) -> None:
        self._http = http
        self._worker = worker

    async def card(self, url: str, *, trust: Trust = Trust.TYPED, urgent: bool = False) -> PageCard | None:
        """The card of the page at `url`; None when there is no page there that could have one.

        Raises Unreachable, RateLimited or Rejected when the page cannot be had.
        """
        answer = await self._http.request(
            "GET",
            url,
            headers={"Accept": ACCEPT},
            trust=trust,
            urgent=urgent,
            max_bytes=LARGEST_PAGE,
            timeout_s=TIMEOUT_S,
        )
        if answer.status >= 400:
            raise _refusal(answer.status)
        try:
            card = await self._worker.run(
                preview.card, answer.body, answer.headers.get("content-type", ""), answer.url, timeout_s=TIMEOUT_S
            )
        except ContentError as error:
            log.info("a page without a card: %s", error)
            return None
        thumb = None
        if card.image_url:
            near = frozenset({urlsplit(answer.url).netloc}) if trust is Trust.TYPED else frozenset()
            thumb = await self._thumb_at(card.image_url, trust_in(card.image_url, near), urgent=urgent)
        return PageCard(card.title, card.description, card.site, thumb)

    async def thumb_of(self, data: bytes) -> pictures.Prepared | None:
        """The picture of a card out of any image; None when it is none."""
        try:
            return await self._worker.run(pictures.thumbnail, data, CARD_WIDTH, CARD_BYTES)
        except ContentError as error:
            log.info("no thumbnail for a link card: %s", error)
            return None

    async def _thumb_at(self, url: str, trust: Trust, *, urgent: bool) -> pictures.Prepared | None:
        try:
            answer = await self._http.request(
                "GET", url, max_bytes=LARGEST_IMAGE, timeout_s=TIMEOUT_S, trust=trust, urgent=urgent
            )
        except NetworkError as error:
            log.info("no picture for a link card: %s", error)
            return None
        return await self.thumb_of(answer.body) if answer.status == 200 else None


class SeenCards:
    """Cards for the person to see before sending. One request per page for some hours; pictures go into the store."""

    def __init__(self, store: Store, reader: CardReader, now: Callable[[], datetime]) -> None:
        self._store = store
        self._reader = reader
        self._now = now
        self._known: dict[str, SeenCard] = {}

    async def look(self, url: str, *, typed: bool) -> SeenCard:
        """`typed`: a person wrote this address, so that it may lead into a private network. Raises NetworkError."""
        known = self._known.get(url)
        if known is not None and known.fetched is not None and abs(self._now() - known.fetched) < REMEMBERED:
            return known
        trust = Trust.TYPED if typed else trust_in(url, await hosts_typed(self._store))
        page = await self._reader.card(url, trust=trust, urgent=True)
        seen = SeenCard(url, fetched=self._now())
        if page is not None:
            seen = replace(seen, title=page.title, description=page.description, site=page.site)
        if page is not None and page.thumb is not None:
            thumb = page.thumb
            blob = await self._store.write(blobs_table.put, thumb.data, thumb.mime, self._now())
            seen = replace(seen, thumb=blob, thumb_width=thumb.width, thumb_height=thumb.height)
        self._known.pop(url, None)
        while len(self._known) >= MOST:
            del self._known[next(iter(self._known))]
        self._known[url] = seen
        return seen


def _refusal(status: int) -> NetworkError:
    """Why a page is not shown to us, in terms of a page: nobody signs in to look at one."""
    if status in (404, 410):
        return Rejected(f"status {status}", reason="not_found")
    if status >= 500 or status in (408, 425, 429):
        return Unreachable(f"status {status}", reason="server_error")
    return Rejected(f"status {status}", reason="blocked")
