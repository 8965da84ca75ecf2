"""Feeds: RSS, RDF, Atom and JSON Feed by their address.

This file only fetches, and as seldom and as little as it can; the worker process understands what came. Sources:
RFC 9110 section 13 (conditional requests), RFC 9111 (freshness), RFC 3229 with `A-IM: feed` (only what is new).
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar, cast
from urllib.parse import urlsplit

from socialdesk.core.account import Account, Credential
from socialdesk.core.entry import Page, RawDocument, SourceMeta
from socialdesk.core.errors import Rejected, Unreachable
from socialdesk.core.network import NetworkFacts
from socialdesk.core.source import Source
from socialdesk.core.timing import fresh_until, http_date
from socialdesk.http import Http, Response, check
from socialdesk.networks.feeds.facts import FACTS

ACCEPT = (
    "application/feed+json, application/atom+xml, application/rss+xml, application/rdf+xml, application/xml;q=0.9, "
    "text/xml;q=0.8, application/json;q=0.5, */*;q=0.1"
)
MAX_BYTES = 10_000_000
TIMEOUT_S = 30.0
VALIDATORS_LAST = timedelta(days=8)  # then a server that always says 304 is asked in full again
NONSENSE_YEAR = 2038  # clocks at the end of their bits
LONGEST_VALIDATOR = 1024
_WITH_BODY = frozenset({200, 203, 226})
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")
_PAGE_STARTS = (b"<!doctype html", b"<html")


@dataclass(frozen=True, slots=True)
class Memory:
    """What is kept between two fetches of one address: the cursor.

    `etag` and `modified` are the server's own, byte for byte, given by `final` (the address after redirects).
    `whole_at` is when the whole body was last asked for (ISO 8601), `body` the SHA-256 of the last one.
    """

    address: str = ""
    final: str = ""
    etag: str = ""
    modified: str = ""
    whole_at: str = ""
    body: str = ""

    @classmethod
    def read(cls, cursor: str, address: str) -> "Memory":
        """The memory in `cursor`; an empty one if it is of another address or not ours."""
        try:
            stored = json.loads(cursor) if cursor else {}
        except ValueError:
            stored = {}
        values = stored.items() if isinstance(stored, dict) else ()
        memory = cls(**{n: v for n, v in values if n in cls.__slots__ and isinstance(v, str)})
        return memory if memory.address == address else cls(address)

    def write(self) -> str:
        values = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps({name: value for name, value in values.items() if value})

    def conditions(self, now: datetime) -> dict[str, str]:
        """The conditional headers to send, none when the validators are too old."""
        if not self.whole_at or now - datetime.fromisoformat(self.whole_at) > VALIDATORS_LAST:
            return {}
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in headers.items() if value}


def utc_now() -> datetime:
    return datetime.now(UTC)


class Feeds:
    """A visitor without an account."""

    facts: ClassVar[NetworkFacts] = FACTS

    def __init__(
        self, account: Account, credential: Credential, http: object, *, now: Callable[[], datetime] = utc_now
    ) -> None:
        self.account = account
        self._http = cast(Http, http)
        self._now = now

    async def fetch(self, source: Source, cursor: str, limit: int) -> Page:
        """What the feed at `params["url"]` says, as raw bytes for the worker process, or `unchanged`.

        `meta.moved_to` where every redirect was permanent, `meta.gone` on 410. `limit` is the parser's matter: a feed
        comes whole. Raises Unreachable, RateLimited, and Rejected (not_a_feed, not_found, blocked, ...).
        """
        address = web_address(source.params.get("url", ""))
        memory = Memory.read(cursor, address)
        conditions = memory.conditions(self._now())
        response = await self._ask(address, conditions)
        if response.status == 304 and conditions and memory.final != response.url:
            response = await self._ask(address, {})  # the validators were those of another address
            conditions = {}
        return self._page(response, memory, whole=not conditions)

    async def _ask(self, address: str, conditions: Mapping[str, str]) -> Response:
        headers = {"Accept": ACCEPT, "A-IM": "feed", **conditions}
        return await self._http.request(
            "GET", address, headers=headers, feed=True, max_bytes=MAX_BYTES, timeout_s=TIMEOUT_S
        )

    def _page(self, response: Response, memory: Memory, *, whole: bool) -> Page:
        now = self._now()
        if response.status == 410:
            return Page(unchanged=True, meta=SourceMeta(gone=True))
        if response.status == 304:
            if not memory.body:
                raise Unreachable("the server says that nothing changed, but we have nothing", reason="not_modified")
            return Page(
                cursor=remembered(memory, response, now, whole=whole).write(),
                unchanged=True,
                not_before=fresh_until(response.headers, now),
            )
        if response.status in (401, 403):  # there is no account that could sign in
            raise Rejected(f"status {response.status}: the feed is closed to us", reason="blocked")
        check(response, write=False, now=now)
        if response.status not in _WITH_BODY or not_a_feed(response.body):
            raise Rejected(f"status {response.status}, but no feed", reason="not_a_feed")
        digest = hashlib.sha256(response.body).hexdigest()
        kept = replace(remembered(memory, response, now, whole=True), body=digest)
        moved = response.permanent and response.url != memory.address
        return Page(
            cursor=kept.write(),
            unchanged=digest == memory.body,
            raw=None if digest == memory.body else _document(response),
            not_before=fresh_until(response.headers, now),
            meta=SourceMeta(moved_to=response.url) if moved else None,
        )


def _document(response: Response) -> RawDocument:
    return RawDocument(response.body, response.headers.get("content-type", ""), response.url)


def remembered(memory: Memory, response: Response, now: datetime, *, whole: bool) -> Memory:
    """The memory after a 200 or a 304: the server's newest validators. A 304 may leave out what has not changed.

    `whole`: the request was without conditions, or the whole body came.
    """
    headers = response.headers
    etag, modified = headers.get("etag", ""), headers.get("last-modified", "")
    if response.status == 304 and not (etag or modified):
        etag, modified = memory.etag, memory.modified
    if headers.get("expires", "").strip() == "0":
        etag = modified = ""  # such servers send validators that mean nothing (Miniflux)
    date = http_date(modified)
    if date is not None and date.year >= NONSENSE_YEAR:
        modified = ""
    return replace(
        memory,
        final=response.url,
        etag=_sendable(etag),
        modified=_sendable(modified),
        whole_at=now.astimezone(UTC).isoformat() if whole or not memory.whole_at else memory.whole_at,
    )


def _sendable(value: str) -> str:
    return value if value.isascii() and value.isprintable() and len(value) <= LONGEST_VALIDATOR else ""


def not_a_feed(body: bytes) -> bool:
    """True for what can be told from the first bytes: nothing, a picture, a web page (a captive portal's, often)."""
    start = body[:2048].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start or start.startswith(_PICTURES):
        return True
    lower = start.lower()
    if lower.startswith(_PAGE_STARTS):
        return True
    return b"<html" in lower and not any(mark in lower for mark in (b"<rss", b"<feed", b"<rdf:rdf", b"<channel"))


def web_address(typed: str) -> str:
    """`typed` as an http(s) address; `feed:` in front is dropped. Raises Rejected (invalid)."""
    address = typed.strip()
    scheme, _, rest = address.partition(":")
    if scheme.lower() == "feed":
        address = rest if rest.lower().startswith(("http:", "https:")) else "https:" + rest
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise Rejected("not a web address", reason="invalid")
    return address
