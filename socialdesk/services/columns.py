"""Columns and what feeds them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime

from socialdesk.core import known_sites
from socialdesk.core.account import Account
from socialdesk.core.costs import read_price
from socialdesk.core.errors import InputError, Unreachable
from socialdesk.core.events import ColumnsChanged
from socialdesk.core.headers import ColumnHeader, SourceLine
from socialdesk.core.network import NetworkFacts, SourceKind
from socialdesk.core.source import Column, Source, SourceState, WordFilter
from socialdesk.core.urls import complete, has_sign_in
from socialdesk.services.accounts import AccountService
from socialdesk.services.events import Events
from socialdesk.store import columns as columns_table
from socialdesk.store import sources as sources_table
from socialdesk.store.database import Store

NARROWEST, WIDEST = 260, 640
SECRET_ADDRESS = ("An address with a password is not kept.", "Use one without.")


class ColumnService:
    def __init__(
        self,
        store: Store,
        accounts: AccountService,
        events: Events,
        now: Callable[[], datetime],
        is_busy: Callable[[int], bool],
        wake: Callable[[], None],
        find_feed: Callable[[str], Awaitable[tuple[str, str]]],
        is_live: Callable[[int], bool] = lambda _source_id: False,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._events = events
        self._now = now
        self._is_busy = is_busy
        self._wake = wake
        self._find_feed = find_feed
        self._is_live = is_live

    async def all(self) -> tuple[Column, ...]:
        return await self._store.read(columns_table.all)

    async def get(self, column_id: int) -> Column:
        column = await self._store.read(columns_table.get, column_id)
        if column is None:
            raise InputError(f"There is no column {column_id}.", "See the columns there are.")
        return column

    async def find(self, name: str) -> Column:
        """The column meant by an id or a title, as typed on the command line."""
        every = await self.all()
        wanted = name.strip().casefold()
        for column in every:
            if wanted in (str(column.id), column.title.casefold()):
                return column
        titles = ", ".join(f"{c.id} ({c.title})" for c in every) or "none yet"
        raise InputError(f"There is no column “{name}”.", f"Columns: {titles}.")

    async def add(
        self,
        title: str,
        icon: str,
        sources: tuple[Source, ...],
        filter: WordFilter = WordFilter(),  # noqa: A002, B008 (the field's name; frozen)
        view: str = "posts",
    ) -> Column:
        """Adds a column at the right end; equal sources are shared with the columns that have them.

        A feed may be named by any address of its site. Raises InputError where there is no feed.
        """
        if not sources:
            raise InputError("A column needs at least one source.", "Choose what it shows.")
        for source in sources:
            self._check(source)
        found = [await self._discovered(source) for source in sources]
        icon = self._icon_of(icon, sources[0], found[0]) if len(found) == 1 else icon
        for source in found:
            await self._store.write(sources_table.revive, source)
        return await self.add_known(title, icon, tuple(found), filter, view)

    async def add_known(
        self,
        title: str,
        icon: str,
        sources: tuple[Source, ...],
        filter: WordFilter = WordFilter(),  # noqa: A002, B008 (the field's name; frozen)
        view: str = "posts",
    ) -> Column:
        """Like `add`, for feeds whose addresses are known to be feeds (an import): nothing is asked."""
        stored = [await self._store.write(sources_table.add, source) for source in sources]
        ids = tuple(dict.fromkeys(source.id for source in stored))
        column = await self._store.write(
            columns_table.add, title.strip() or self.title_of(sources[0]), icon, ids, filter, view, None, self._now()
        )
        self._events.send(ColumnsChanged())
        self._wake()
        return column

    async def add_search(self, words: str, title: str = "") -> Column:
        """One column that searches every account whose network can, with the words as hashtag where only that works."""
        words = words.strip()
        if not words:
            raise InputError("There are no words to search for.", "Type what your buyers talk about.")
        if known_sites.typed(words) is not None:  # r/marketing, a channel's address: a place, not words
            return await self.add(title, "", (self.feed(words),))
        sources = [s for account in await self._accounts.list() for s in self._searches(account, words)]
        feeds = [s for s in await self._store.read(sources_table.all) if self._is_open(s)]
        if not sources and not feeds:
            sources = self._open_searches(words)
        filtered = WordFilter(any_of=(words,)) if feeds else WordFilter()
        return await self.add_known(
            title or words, "search", (*sources, *feeds), filtered, "stories" if feeds else "posts"
        )

    def _searches(self, account: Account, words: str) -> list[Source]:
        kinds = (k for k in self._accounts.facts(account.network).sources if k.searches)
        return [self._search(account.network, kind, words, account.id) for kind in kinds]

    def _open_searches(self, words: str) -> list[Source]:
        """Searches that need no account, at the server that the field's example names."""
        found = []
        for facts in self._accounts.networks():
            for kind in facts.sources:
                server = next((f.example for f in kind.fields if f.name == "server" and f.example), "")
                if kind.searches and not kind.needs_account and server:
                    found.append(self._search(facts.key, kind, words, None, server))
                    break
        return found

    @staticmethod
    def _search(network: str, kind: SourceKind, words: str, account_id: int | None, server: str = "") -> Source:
        tag = "".join(words.split()).lstrip("#")
        params = {kind.searches: tag if "tag" in kind.searches else words}
        if server:
            params["server"] = server
        return Source(0, network, kind.kind, account_id, params)

    def _is_open(self, source: Source) -> bool:
        """A source that any column may share because it needs no account and no words: a feed."""
        kind = self._accounts.facts(source.network).source(source.kind)
        return source.account_id is None and kind is not None and not kind.searches and not kind.needs_account

    async def _discovered(self, source: Source) -> Source:
        """A feed's source by the feed's own address. Where nothing can be reached the typed address is kept."""
        typed = source.params.get("url", "")
        if not typed or source.account_id is not None or await self._is_known(source):
            return source
        try:
            url, title = await self._find_feed(typed)
        except Unreachable:
            known = known_sites.typed(typed)
            url = complete(typed) if known is None else known.ask
            return replace(source, params={**source.params, "url": url}, title=known.title if known else source.title)
        return replace(source, params={**source.params, "url": url}, title=source.title or title)

    def _icon_of(self, icon: str, typed: Source, found: Source) -> str:
        """A column of one known site looks like that site, unless an icon of its own was asked for."""
        kind = self._accounts.facts(found.network).source(found.kind)
        if icon not in ("", kind.icon if kind else ""):
            return icon
        known = known_sites.typed(typed.params.get("url", ""))
        site = known.site if known else known_sites.site_of(found.params.get("url", ""))
        return site.icon if site else icon

    async def _is_known(self, source: Source) -> bool:
        return any(s.params == source.params for s in await self._store.read(sources_table.all))

    def feed(self, url: str, title: str = "") -> Source:
        """A source for a feed's address, of whichever network follows addresses without an account."""
        for facts in self._accounts.networks():
            for kind in facts.sources:
                if not kind.needs_account and any(field.name == "url" for field in kind.fields):
                    return Source(0, facts.key, kind.kind, None, {"url": url}, title)
        raise InputError("No installed network reads feeds.", "Install the feeds network.")

    async def update(self, column: Column) -> Column:
        """Stores a changed column; its rows are made anew where filter or sources changed."""
        sized = replace(column, width=min(max(column.width, NARROWEST), WIDEST))
        was = await self._store.read(columns_table.get, column.id)
        await self._store.write(columns_table.update, sized, self._now())
        if was is not None and was.cheap and not sized.cheap:  # its next look may be a day away
            await self._store.write(sources_table.make_due, sized.source_ids, self._now())
            self._wake()
        self._events.send(ColumnsChanged())
        return sized

    async def set_sources(self, column_id: int, sources: tuple[Source, ...]) -> Column:
        for source in sources:
            self._check(source)
        stored = [await self._store.write(sources_table.add, source) for source in sources]
        column = replace(await self.get(column_id), source_ids=tuple(dict.fromkeys(s.id for s in stored)))
        updated = await self.update(column)
        await self._store.write(sources_table.remove_unused)
        self._wake()
        return updated

    async def remove(self, column_id: int) -> tuple[Column, tuple[Source, ...]]:
        """Removes a column; what is returned is enough to put it back (`restore`)."""
        column = await self.get(column_id)
        sources = await self._store.read(sources_table.of_column, column_id)
        await self._store.write(columns_table.remove, column_id)
        self._events.send(ColumnsChanged())
        return column, sources

    async def restore(self, column: Column, sources: tuple[Source, ...]) -> Column:
        back = await self.add_known(column.title, column.icon, sources, column.filter, column.view)
        await self.update(replace(back, width=column.width, collapsed=column.collapsed))
        await self.move(back.id, column.position)
        return await self.get(back.id)

    async def move(self, column_id: int, position: int) -> None:
        await self._store.write(columns_table.move, column_id, position)
        self._events.send(ColumnsChanged())

    async def sources(self, column_id: int) -> tuple[Source, ...]:
        return await self._store.read(sources_table.of_column, column_id)

    async def header(self, column_id: int) -> ColumnHeader:
        column = await self.get(column_id)
        accounts = {a.id: a for a in await self._accounts.list()}
        stored = await self._store.read(sources_table.lines_of_column, column_id)
        lines = [self._line(source, state, accounts) for source, state in stored]
        trouble = next((line for line in lines if line.state.error), None)
        upcoming = [(line.state.next_at, n) for n, line in enumerate(lines) if line.state.next_at is not None]
        soonest = min(upcoming, default=None)
        waits = lines[soonest[1]] if soonest is not None else None
        return ColumnHeader(
            column,
            subtitle(lines, accounts),
            tuple(dict.fromkeys(line.source.network for line in lines)),
            tuple(lines),
            any(line.busy for line in lines),
            trouble.state.error if trouble else "",
            trouble,
            soonest[0] if soonest is not None else None,
            waits.state.waits if waits is not None else "",
            waits.network_title if waits is not None else "",
            any(self._may_cost(line.source) for line in lines),
        )

    def _may_cost(self, source: Source) -> bool:
        return source.account_id is not None and (
            read_price(self._accounts.facts(source.network).prices, source.kind) is not None
        )

    def _line(self, source: Source, state: SourceState, accounts: Mapping[int, Account]) -> SourceLine:
        facts = self._accounts.facts(source.network)
        kind = facts.source(source.kind)
        account = accounts.get(source.account_id or 0)
        site = known_sites.site_of(source.params.get("url", ""))
        return SourceLine(
            source,
            state,
            site.title if site else facts.title,
            site.title if site else kind.title if kind else source.kind,
            account.handle if account else "",
            self._is_busy(source.id),
            self._is_live(source.id),
        )

    def title_of(self, source: Source) -> str:
        """A title for a column of this one source: its own, its words, or its kind."""
        kind = self._accounts.facts(source.network).source(source.kind)
        words = next((v for k, v in source.params.items() if k != "server" and v), "")
        return source.title or words or (kind.title if kind else source.kind)

    def _check(self, source: Source) -> None:
        """Raises InputError where the adapter has no such source, or a field it needs is empty."""
        facts: NetworkFacts = self._accounts.facts(source.network)
        kind = facts.source(source.kind)
        if kind is None:
            known = ", ".join(s.kind for s in facts.sources)
            raise InputError(f"{facts.title} has no source “{source.kind}”.", f"It has: {known}.")
        if kind.needs_account and source.account_id is None:
            raise InputError(f"{facts.title}: {kind.title} needs an account.", "Connect one first.")
        optional = {"server"} if source.account_id is not None else set()
        missing = [
            f.label
            for f in kind.fields
            if not f.optional and f.name not in optional and not source.params.get(f.name, "").strip()
        ]
        if missing:
            raise InputError(f"{kind.title} needs: {', '.join(missing)}.", "Fill in what is missing.")
        if any("://" in value and has_sign_in(value) for value in addresses(source)):
            raise InputError(*SECRET_ADDRESS)


def addresses(source: Source) -> tuple[str, ...]:
    """What of a source's parameters is an address, complete."""
    return complete(source.params.get("url", "")), source.params.get("server", "")


def subtitle(lines: list[SourceLine], accounts: Mapping[int, Account]) -> str:
    """What feeds a column, in few words: one account's handle, or the networks and the number of feeds."""
    if len(lines) == 1:
        only = lines[0]
        account = accounts.get(only.source.account_id or 0)
        if known_sites.site_of(only.source.params.get("url", "")):
            return only.network_title  # the column's title says which of its places
        return account.handle if account else only.source.title or only.source.params.get("url", only.network_title)
    names = [
        line.network_title for line in lines if line.source.account_id is not None or "url" not in line.source.params
    ]
    feeds = sum(1 for line in lines if line.source.account_id is None and "url" in line.source.params)
    words = list(dict.fromkeys(names))
    if feeds:
        words.append(f"{feeds} feed{'s' if feeds != 1 else ''}")
    return " · ".join(words)
