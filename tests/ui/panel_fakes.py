"""The services that panels and dialogs ask: drafts, deliveries, saved items, sign-ins, in plain dictionaries."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from socialdesk.core.account import Account, AccountChoice, BrowserSignIn, DeviceSignIn
from socialdesk.core.entry import Entry
from socialdesk.core.errors import InputError, Unreachable
from socialdesk.core.events import AccountsChanged, ColumnsChanged, DraftsChanged, OutboxChanged, SavedChanged
from socialdesk.core.looks import NetworkLook
from socialdesk.core.measures import Measure
from socialdesk.core.network import (
    AppPassword,
    DeviceCode,
    Field,
    NetworkFacts,
    Nothing,
    OAuthCode,
    SourceKind,
    Step,
    Token,
)
from socialdesk.core.post import (
    Delivery,
    DeliveryState,
    Draft,
    PartPlan,
    Picture,
    Publication,
    Receipt,
    SeenCard,
    Target,
)
from socialdesk.core.rules import Choice, PostRules
from socialdesk.core.saved import ExtractedArticle, Hit, SavedItem
from socialdesk.core.source import Column, Source
from socialdesk.services.publishing import NEEDS_PERSON, WAITS
from tests.ui.fakes import NOW, Fakes
from tests.ui.spending_fakes import ACCOUNT, PAID

SERVER = Field("server", "Server", "social.example", help="The address of your server.")
STEPS = (Step("Type the address of your server."), Step("Paste this there:", copy="http://127.0.0.1:8734/callback"))
FACTS = (
    NetworkFacts(
        "mastodon",
        "Mastodon",
        "#6364FF",
        "mastodon",
        (
            OAuthCode((SERVER,), (("read", "to fill your columns"),), STEPS),
            Token((SERVER, Field("token", "Access token", secret=True)), (Step("Make a token.", "{server}/settings"),)),
            DeviceCode((SERVER,), (("read", "fill your columns"), ("write", "post"))),
        ),
        (
            SourceKind("home", "Home", "house"),
            SourceKind("tag", "Hashtag", "hash", (Field("tag", "Hashtag"),), needs_account=False, searches="tag"),
            SourceKind("list", "List", "list", (Field("list", "List"),)),
        ),
        ("like", "reshare", "reply"),
        "Works with every server that speaks Mastodon's language.",
    ),
    NetworkFacts(
        "bluesky",
        "Bluesky",
        "#1185FE",
        "bluesky",
        (AppPassword((Field("handle", "Handle"), Field("password", "App password", secret=True))),),
        (SourceKind("home", "Home", "house"),),
        ("like", "reshare", "reply", "quote"),
    ),
    NetworkFacts(
        "wordpress",
        "WordPress",
        "#3858E9",
        "wordpress",
        (AppPassword((Field("server", "Site"), Field("password", "Password", secret=True))),),
        (SourceKind("comments", "Comments", "inbox", inbox=True),),
    ),
    NetworkFacts(
        "feeds",
        "Feeds",
        "#F26522",
        "rss",
        (Nothing(),),
        (SourceKind("feed", "Feed or site", "rss", (Field("url", "Address"),), needs_account=False),),
    ),
)
VISIBILITIES = (Choice("public", "Public"), Choice("unlisted", "Quiet public"))
RULES = {
    1: PostRules(500, len, warning=True, warning_counts=True, languages=True, visibilities=VISIBILITIES),
    2: PostRules(60, len, link_card="client", quotes=True),
    3: PostRules(0, len, article=True),
}


@dataclass
class PanelFakes(Fakes):
    """`Fakes` with everything that a panel or dialog may ask."""

    drafts: dict[int, Draft] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    saved_items: dict[int, SavedItem] = field(default_factory=dict)
    entries: dict[int, Entry] = field(default_factory=dict)
    hits: tuple[Hit, ...] = ()
    articles: dict[str, ExtractedArticle] = field(default_factory=dict)
    cards: dict[str, SeenCard] = field(default_factory=dict)
    account_list: list[Account] = field(default_factory=list)
    network_cut: bool = False
    known_answers: tuple[str, ...] = ()
    able: dict[int, tuple[str, ...]] = field(default_factory=dict)
    networks: tuple[NetworkFacts, ...] = FACTS

    def __post_init__(self) -> None:
        super().__post_init__()
        self.account_list = [
            Account(1, "mastodon", "Northwind Pumps", "@northwind@social.example", "https://social.example", "1"),
            Account(2, "bluesky", "Northwind Pumps", "northwind.example", "https://pds.example", "2"),
            Account(3, "wordpress", "Northwind blog", "northwind", "https://northwind.example", "3"),
        ]
        self.accounts = _Accounts(self)
        self.browser_sign_in = _Browser(self)
        self.device_sign_in = _Device(self)
        self.composing = _Composing(self)
        self.publishing = _Publishing(self)
        self.saving = _Saving(self)
        self.searching = SimpleNamespace(find=self._find)
        self.inspecting = SimpleNamespace(inspect=self._inspect, behind=self._inspect, link_card=self._link_card)
        self.transfer = _Transfer(self)
        self.images.set_limit = self._set_limit
        self.columns.add = self._add_source
        self.columns.title_of = lambda source: source.kind
        self.reading.target = self._target
        self.reading.thread = self._thread

    def add_paid_account(self) -> None:
        """An account whose network charges for what is read and sent."""
        self.networks = (*self.networks, PAID)
        self.account_list = [*self.account_list, ACCOUNT]
        self.composing.rules_by_account[ACCOUNT.id] = PostRules(280, len)

    async def _find(self, query: str, limit: int) -> tuple[Hit, ...]:
        self.note("find", query)
        return tuple(h for h in self.hits if query.casefold() in h.title.casefold())[:limit]

    async def _inspect(self, url: str, entry_id: int | None = None) -> Any:
        self.note("inspect", url)
        return SimpleNamespace(article=self.articles.get(url))

    async def _link_card(self, url: str, *, typed: bool = True) -> SeenCard:
        self.note("link_card", url, typed)
        if url not in self.cards:
            raise Unreachable("no such page")
        return replace(self.cards[url], url=url, fetched=NOW)

    async def _set_limit(self, limit: int) -> None:
        self.note("set_limit", limit)

    async def _add_source(self, title: str, icon: str, sources: tuple[Source, ...], kept: Any, view: str) -> Column:
        self.note("add", title, sources)
        made = self.add_column(title, [], icon=icon, view=view)
        self.send(ColumnsChanged())
        return made

    async def _target(self, entry_id: int) -> tuple[Target, int | None]:
        stored = await self.reading.entry(entry_id)
        entry = stored.entry
        return Target(entry.remote_id, {}, entry.author.handle, entry.text, entry.url, 1), 1

    async def _thread(self, entry_id: int) -> tuple[Entry, ...]:
        stored = await self.reading.entry(entry_id)
        answer = replace(
            stored.entry, key="answer", text="We see the opposite in machinery.", reply_to=stored.entry.key
        )
        return (stored.entry, answer)


class _Accounts:
    def __init__(self, fakes: PanelFakes) -> None:
        self._fakes = fakes

    def looks(self) -> tuple[NetworkLook, ...]:
        return tuple(facts.look for facts in self._fakes.networks)

    def networks(self) -> tuple[NetworkFacts, ...]:
        return self._fakes.networks

    def facts(self, network: str) -> NetworkFacts:
        return next(f for f in self._fakes.networks if f.key == network)

    async def list(self) -> tuple[Account, ...]:
        return tuple(self._fakes.account_list)

    async def sign_in(self, network: str, answers: dict[str, str], form: int = 0, again: int = 0) -> Account:
        self._fakes.note("sign_in", network, dict(answers), form)
        return Account(9, network, "New", "@new", "")

    async def try_sign_in(self, network: str, answers: dict[str, str], form: int = 0, again: int = 0) -> str:
        self._fakes.note("try_sign_in", network, dict(answers), form)
        return "This works: New (@new), may read and post."

    async def verdict(self, account_id: int) -> str:
        return "This works: New (@new), may read and post."

    async def known_answers(self, account_id: int) -> tuple[str, ...]:
        return self._fakes.known_answers

    async def leaving(self, account_id: int) -> str:
        return "What it posted stays there."

    async def choices(self, account_id: int, kind: str, name: str) -> tuple[tuple[str, str], ...]:
        return (("7", "Suppliers"), ("8", "Press")) if kind == "list" else ()

    async def choose(self, choice: AccountChoice, remote_ids: tuple[str, ...]) -> tuple[Account, ...]:
        self._fakes.note("choose", choice.network, remote_ids)
        if not remote_ids:
            raise InputError("No account is chosen.", "Choose at least one.")
        return tuple(Account(9, choice.network, name, name, "", key) for key, name in choice.found if key in remote_ids)

    async def test(self, account_id: int) -> str:
        self._fakes.note("test", account_id)
        self._fakes.send(AccountsChanged(account_id))
        return "This works: Northwind Pumps (@northwind), may read and post."

    async def remove(self, account_id: int) -> str:
        self._fakes.account_list = [a for a in self._fakes.account_list if a.id != account_id]
        self._fakes.send(AccountsChanged(account_id))
        return "Removed."


class _Browser:
    def __init__(self, fakes: PanelFakes) -> None:
        self._fakes = fakes
        self.came_back = asyncio.Event()
        self.redirect_uri = "http://127.0.0.1:8734/callback"
        self.several: tuple[tuple[str, str], ...] = ()
        self.instead_of = ""

    async def begin(self, network: str, answers: dict[str, str], again: int = 0) -> Any:
        self._fakes.note("begin", network, dict(answers))
        back = self.redirect_uri.startswith("http:")
        return BrowserSignIn(1, network, "https://social.example/oauth", self.redirect_uri, back)

    async def finish(self, pending: Any, pasted: str | None = None, again: int = 0) -> Account | AccountChoice:
        if pasted is None:
            await self.came_back.wait()
        self._fakes.note("finish", pending.network, pasted)
        if self.several:
            return AccountChoice(1, pending.network, self.several, self.instead_of if again else "")
        return Account(9, pending.network, "New", "@new", "")

    async def cancel(self, pending: Any) -> None:
        self._fakes.note("cancel_sign_in", pending.network)


class _Device:
    def __init__(self, fakes: PanelFakes) -> None:
        self._fakes = fakes
        self.typed = asyncio.Event()

    async def begin(self, network: str, answers: dict[str, str], again: int = 0) -> DeviceSignIn:
        self._fakes.note("begin_device", network, dict(answers))
        ends = datetime.now(UTC) + timedelta(minutes=7)
        return DeviceSignIn(1, network, "WDJBMJHT", "https://social.example/device", "", ends)

    async def finish(self, begun: DeviceSignIn, again: int = 0) -> Account:
        await self.typed.wait()
        self._fakes.note("finish_device", begun.network)
        return Account(9, begun.network, "New", "@new", "")

    async def cancel(self, begun: DeviceSignIn) -> None:
        self._fakes.note("cancel_device", begun.network)


class _Composing:
    def __init__(self, fakes: PanelFakes) -> None:
        self._fakes = fakes
        self.rules_by_account = dict(RULES)

    async def drafts(self) -> tuple[Draft, ...]:
        return tuple(self._fakes.drafts.values())

    async def save(self, draft: Draft) -> Draft:
        self._fakes.note("save", draft)
        kept = replace(draft, id=draft.id or max(self._fakes.drafts, default=0) + 1, updated=NOW)
        self._fakes.drafts[kept.id] = kept
        self._fakes.send(DraftsChanged(kept.id))
        return kept

    async def discard(self, draft_id: int) -> None:
        self._fakes.drafts.pop(draft_id, None)
        self._fakes.send(DraftsChanged(draft_id))

    async def rules(self, account_id: int) -> PostRules:
        self._fakes.note("rules", account_id)
        return self.rules_by_account[account_id]

    async def add_picture(self, data: bytes, name: str) -> Picture:
        blob = f"{len(self._fakes.blobs):064d}"
        self._fakes.blobs[blob] = data
        return Picture(blob, "image/png", 100, 80, len(data), name=name)

    async def add_video(self, path: str) -> Picture:
        self._fakes.note("add_video", path)
        return Picture("f" * 64, "video/mp4", 1280, 720, 5_000_000, name=path, seconds=42.5)

    async def add_document(self, path: str) -> Picture:
        self._fakes.note("add_document", path)
        return Picture("d" * 64, "application/pdf", 0, 0, 2_400_000, "Annual report", "Annual report.pdf", pages=12)

    async def picture(self, blob: str) -> bytes:
        return self._fakes.blobs[blob]


class _Publishing:
    def __init__(self, fakes: PanelFakes) -> None:
        self._fakes = fakes

    async def submit(self, draft_id: int) -> Publication:
        self._fakes.note("submit", draft_id)
        draft = self._fakes.drafts.pop(draft_id)
        number = len(self._fakes.publications) + 1
        made = Publication(
            number,
            draft,
            NOW,
            tuple(
                Delivery(number * 10 + n, number, account_id, DeliveryState.SENDING, (PartPlan("", "key"),))
                for n, account_id in enumerate(draft.account_ids)
            ),
        )
        self._fakes.publications = (made, *self._fakes.publications)
        self._fakes.send(OutboxChanged(number))
        return made

    async def able(self) -> dict[int, tuple[str, ...]]:
        return dict(self._fakes.able)

    async def numbers(self, delivery_id: int) -> tuple[Measure, ...]:
        self._fakes.note("numbers", delivery_id)
        return (Measure("favourites", "likes", 1234), Measure("replies", "replies", 7))

    async def change_post(self, delivery_id: int, text: str, part: int = 0) -> None:
        self._fakes.note("change_post", delivery_id, text, part)
        self._fakes.send(OutboxChanged(0, delivery_id))

    async def delete_post(self, delivery_id: int) -> None:
        await self._mark("delete_post", delivery_id, DeliveryState.CANCELLED)

    async def open_ends(self) -> tuple[int, int]:
        states = [delivery.state for publication in self._fakes.publications for delivery in publication.deliveries]
        return sum(s in WAITS for s in states), sum(s in NEEDS_PERSON for s in states)

    async def outbox(self, before_id: int | None = None, limit: int = 20) -> tuple[Publication, ...]:
        return tuple(p for p in self._fakes.publications if before_id is None or p.id < before_id)[:limit]

    async def _mark(self, name: str, delivery_id: int, state: DeliveryState) -> None:
        self._fakes.note(name, delivery_id)
        self._fakes.publications = tuple(
            replace(p, deliveries=tuple(replace(d, state=state) if d.id == delivery_id else d for d in p.deliveries))
            for p in self._fakes.publications
        )
        self._fakes.send(OutboxChanged(0, delivery_id))

    async def check_now(self, delivery_id: int) -> None:
        await self._mark("check_now", delivery_id, DeliveryState.SENT)

    async def retry(self, delivery_id: int) -> None:
        await self._mark("retry", delivery_id, DeliveryState.WAITING)

    async def cancel(self, delivery_id: int) -> None:
        await self._mark("cancel", delivery_id, DeliveryState.CANCELLED)

    async def mark_sent(self, delivery_id: int, permalink: str = "") -> None:
        self._fakes.note("address", delivery_id, permalink)
        await self._mark("mark_sent", delivery_id, DeliveryState.SENT)

    async def mark_not_sent(self, delivery_id: int) -> None:
        await self._mark("mark_not_sent", delivery_id, DeliveryState.WAITING)

    async def edit_again(self, publication_id: int) -> Draft:
        self._fakes.note("edit_again", publication_id)
        found = next(p for p in self._fakes.publications if p.id == publication_id)
        kept = replace(found.draft, id=99)
        self._fakes.drafts[99] = kept
        return kept


class _Saving:
    def __init__(self, fakes: PanelFakes) -> None:
        self._fakes = fakes

    async def list(self, before: int | None = None, limit: int = 50) -> tuple[SavedItem, ...]:
        found = sorted(self._fakes.saved_items.values(), key=lambda item: -item.id)
        return tuple(i for i in found if before is None or i.id < before)[:limit]

    async def get(self, saved_id: int) -> SavedItem:
        return self._fakes.saved_items[saved_id]

    async def for_entry(self, entry_id: int) -> SavedItem | None:
        return next((i for i in self._fakes.saved_items.values() if i.entry_id == entry_id), None)

    async def save_entry(self, entry_id: int) -> SavedItem:
        self._fakes.note("save_entry", entry_id)
        entry = (await self._fakes.reading.entry(entry_id)).entry
        return self._keep(SavedItem(0, entry.url, entry.title or "Post", "saved", NOW, entry_id, text=entry.text))

    async def save_url(self, url: str) -> SavedItem:
        self._fakes.note("save_url", url)
        if "." not in url:
            raise InputError("This is not a web address.", "Use one that begins with https://.")
        return self._keep(SavedItem(0, url, "A page", "saved", NOW, text="Words of the page."))

    def _keep(self, item: SavedItem) -> SavedItem:
        kept = replace(item, id=max(self._fakes.saved_items, default=0) + 1, size=len(item.text))
        self._fakes.saved_items[kept.id] = kept
        self._fakes.send(SavedChanged(kept.id, kept.state))
        return kept

    async def remove(self, saved_id: int) -> None:
        self._fakes.note("remove_saved", saved_id)
        self._fakes.saved_items.pop(saved_id, None)
        self._fakes.send(SavedChanged(saved_id, "removed"))

    async def blob(self, blob: str) -> bytes | None:
        self._fakes.note("blob", blob)
        return self._fakes.blobs.get(blob)


class _Transfer:
    def __init__(self, fakes: PanelFakes) -> None:
        self._fakes = fakes

    async def import_opml(self, data: bytes, title: str = "") -> Any:
        self._fakes.note("import_opml", len(data), title)
        return SimpleNamespace(added=3, known=1, refused=(("x", "y"),), column_id=None, cancelled=False)

    async def export_opml(self) -> bytes:
        return b"<opml/>"

    async def cancel(self) -> None:
        self._fakes.note("cancel_import")


RECEIPT = Receipt("77", "https://northwind.example/basics-reconsidered/")
