"""What a network is: facts as data, abilities as small protocols.

`networks/x.py` exports `NETWORK`, a class with `facts: ClassVar[NetworkFacts]`. An instance is one opened account:
`NETWORK(account, credential, http)`. The composer, the publisher, the dialogs and the command line are drawn from the
facts; no code outside the adapter's file asks which network it has.

Abilities raise only `Unreachable`, `RateLimited`, `AuthExpired`, `Rejected` and `OutcomeUnknown`.
"""

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import ClassVar, Protocol, runtime_checkable

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.costs import Price
from socialdesk.core.entry import Entry, Page
from socialdesk.core.listening import Heard
from socialdesk.core.looks import NetworkLook
from socialdesk.core.measures import Measure
from socialdesk.core.post import MediaFile, Receipt, Rendition, Segment, Uploaded
from socialdesk.core.rules import PostRules
from socialdesk.core.sign_in import (
    AppPassword,
    BrowserStep,
    ByName,
    DeviceCode,
    DeviceStep,
    Field,
    Nothing,
    NotYet,
    OAuthCode,
    SignIn,
    Step,
    Token,
)
from socialdesk.core.source import Source

__all__ = [  # what adapters need of `core.sign_in`, beside all that is defined here
    "AppPassword",
    "BrowserStep",
    "ByName",
    "DeviceCode",
    "DeviceStep",
    "Field",
    "NotYet",
    "Nothing",
    "OAuthCode",
    "SignIn",
    "Step",
    "Token",
]


@dataclass(frozen=True, slots=True)
class SourceKind:
    """Something a column may show. `needs_account` False: works for an anonymous visitor too.

    `searches` names the field that takes search words, so that one search can be spread over networks. `live`: the
    network may tell of news while the desk listens (`Streams`).
    `gathers` names a kind of which one source of this kind can stand for many, asked in one look.
    """

    kind: str
    title: str
    icon: str
    fields: tuple[Field, ...] = ()
    needs_account: bool = True
    searches: str = ""
    inbox: bool = False
    interval_s: int = 120
    live: bool = False
    gathers: str = ""


@dataclass(frozen=True, slots=True)
class NetworkFacts:
    """Data that drives everything outside the adapter. `key` = module name, stored for ever."""

    key: str
    title: str
    colour: str  # #rrggbb, empty = the theme's text colour
    icon: str  # resources/icons/networks/<icon>.svg
    sign_ins: tuple[SignIn, ...]
    sources: tuple[SourceKind, ...]
    actions: tuple[str, ...] = ()  # of: like, reshare, reply, bookmark, quote
    note: str = ""  # one honest sentence for the dialog
    plan_actions: tuple[str, ...] = ()  # those that only some plans allow: see `actions_of`
    prices: tuple[Price, ...] = ()  # () = the network charges nothing
    marks: tuple[str, ...] = ()  # of: read, bookmark, label; kept at the network, sent when it can be (`core.marks`)
    subscribes: bool = False  # accounts there subscribe to feeds (`core.marks.Subscribes`)
    apps_url: str = ""  # where people take an app's access back; `{server}` is the account's
    stays: str = ""  # one sentence on what a removed account leaves at the network, besides its posts

    def actions_of(self, account: Account) -> tuple[str, ...]:
        """What the account may do: every account's actions, and those of its plan (`account.facts["allows"]`)."""
        allowed = account.facts.get("allows", "").split()
        return (*self.actions, *(action for action in self.plan_actions if action in allowed))

    def keeps(self, mark: str) -> bool:
        """Whether the network keeps a mark with entries: one of `core.marks.Wish`."""
        return mark.partition(":")[0] in self.marks

    @property
    def by_hand(self) -> bool:
        """Whether the person posts there in the browser, without a sign-in here."""
        return any(isinstance(way, ByName) for way in self.sign_ins)

    @property
    def look(self) -> NetworkLook:
        inboxes = frozenset(s.kind for s in self.sources if s.inbox)
        return NetworkLook(self.key, self.title, self.colour, self.icon, self.actions, inboxes, self.marks)

    def source(self, kind: str) -> SourceKind | None:
        return next((s for s in self.sources if s.kind == kind), None)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Result of a sign-in: who it is, and what goes to the keyring."""

    identity: Identity
    credential: Credential


@dataclass(frozen=True, slots=True)
class SeveralFound:
    """Result of a sign-in that opens several accounts (the Pages somebody runs): the person chooses among them."""

    found: tuple[SignedIn, ...]


class Network(Protocol):
    """What every adapter class has: its facts, and opening an account. `http` is a `socialdesk.http.Http`."""

    facts: ClassVar[NetworkFacts]

    @property
    def account(self) -> Account: ...


NetworkFactory = Callable[[Account, Credential, object], Network]


@runtime_checkable
class SignsIn(Protocol):
    async def whoami(self) -> Identity:
        """Proves the credential. Raises AuthExpired when it is not accepted."""
        ...


@runtime_checkable
class ExchangesPassword(Protocol):
    async def sign_in(self, answers: Mapping[str, str]) -> SignedIn | SeveralFound:
        """Turns the answers of an `AppPassword` or `Token` form into a credential. Called on an anonymous instance."""
        ...


@runtime_checkable
class SignsInByBrowser(Protocol):
    async def begin_sign_in(self, answers: Mapping[str, str], redirect_uri: str) -> BrowserStep: ...

    async def finish_sign_in(self, step: BrowserStep, code: str) -> SignedIn | SeveralFound: ...


@runtime_checkable
class SignsInByDevice(Protocol):
    async def begin_device(self, answers: Mapping[str, str]) -> DeviceStep: ...

    async def poll_device(self, step: DeviceStep) -> "SignedIn | SeveralFound | NotYet":
        """Whether the code was typed by now. Raises Rejected: declined, code_ended."""
        ...


@runtime_checkable
class TellsAccess(Protocol):
    def access(self) -> tuple[str, ...]:
        """What this account may do, where it is not what every account of the network may: of read, post. Pure."""
        ...


@runtime_checkable
class SignInEnds(Protocol):
    def sign_in_ends(self) -> datetime | None:
        """When nothing but a new sign-in helps, unless it is renewed before; None = never or unknown. Pure, UTC."""
        ...


@runtime_checkable
class Renews(Protocol):
    async def renew(self) -> Credential:
        """A fresh credential for the same account. Raises AuthExpired when the person has to sign in again."""
        ...


@runtime_checkable
class RenewsEarly(Protocol):
    def renew_at(self) -> datetime | None:
        """When `renew` should make the credential last longer although it still works; None = it needs nothing.

        Pure, UTC. For tokens that are extended in place; one that its renewal replaces is renewed when it is refused.
        """
        ...


@runtime_checkable
class SignsOut(Protocol):
    async def sign_out(self) -> None:
        """Revokes the credential where the network can."""
        ...


@runtime_checkable
class Reads(Protocol):
    async def fetch(self, source: Source, cursor: str, limit: int) -> Page:
        """What is new since `cursor` ('' = first look)."""
        ...


@runtime_checkable
class ReadsOlder(Protocol):
    async def fetch_older(self, source: Source, older: str, limit: int) -> Page: ...


@runtime_checkable
class Streams(Protocol):
    """Tells of news while a connection stands, for the source kinds that are `live`. `Reads` brings what is told."""

    def stream_of(self, source: Source) -> str:
        """The stream that tells of this source, "" = none does; sources with the same one share it.

        Pure, and asked without a credential.
        """
        ...

    def listen(self, stream: str) -> AsyncGenerator[Heard, None]:
        """What the network tells, the first that the stream stands. Raises what reading raises; ends when it is cut."""
        ...

    async def look_again(self, source: Source, remote_id: str) -> Entry | None:
        """An entry as it is now; None = it is not there, or not for this source."""
        ...


@runtime_checkable
class ReadsThreads(Protocol):
    async def thread(self, remote_id: str, refs: Mapping[str, str]) -> Page:
        """The whole conversation around an entry, oldest first."""
        ...


@runtime_checkable
class Lists(Protocol):
    async def choices(self, kind: str, field_name: str) -> tuple[tuple[str, str], ...]:
        """(value, label) pairs to pick from for a source field: the account's lists, feeds, categories."""
        ...


@runtime_checkable
class Publishes(Protocol):
    async def post_rules(self) -> PostRules: ...

    def new_key(self, now_us: int, nonce: int) -> str:
        """Idempotency key of one segment, in the network's own form. Pure: `now_us` microseconds, `nonce` random.

        For a thread it is called with strictly increasing `now_us`.
        """
        ...

    async def upload(self, media: MediaFile) -> Uploaded: ...

    async def publish(self, segment: Segment, key: str) -> Receipt: ...

    async def find(self, segment: Segment, key: str) -> Receipt | None:
        """The receipt of an earlier `publish` with this key, or None when it certainly did not happen.

        Raises OutcomeUnknown when it cannot tell.
        """
        ...


@runtime_checkable
class HandsOff(Protocol):
    """The person posts in the browser: nothing is sent from here. Such a network is no `Publishes`."""

    async def post_rules(self) -> PostRules: ...

    def in_form(self, rendition: Rendition) -> Rendition:
        """The words as this place asks for them: with a title of their own where it has a box for one. Pure."""
        ...

    def compose_url(self, rendition: Rendition) -> str:
        """The page to write at, filled in as far as it can be. Pure; `rendition` is one that `in_form` made."""
        ...


@runtime_checkable
class FindsByAddress(Protocol):
    async def find_by_address(self, url: str) -> Receipt | None:
        """The receipt of the account's own post at `url`, as people copy it; None where there is no such post."""
        ...


@runtime_checkable
class Schedules(Protocol):
    """The network holds a post until its time: `publish` with `Segment.publish_at` gives a `Receipt` with `publish_at`.

    So does a blog with an article whose status is "future", which needs no `PostRules.schedule`. `find` with such a
    segment looks among what waits and among what is out.
    """

    async def scheduled(self, receipt: Receipt) -> Receipt | None:
        """The receipt of the post once it is out (its `publish_at` None); None while it waits.

        Where it waits for another time than `receipt` says, a receipt with that may be given instead of None.
        Raises Rejected("not_found") when it is neither there nor out: somebody took it back at the network.
        """
        ...

    async def unschedule(self, receipt: Receipt) -> None:
        """Takes a waiting post back. What is gone or a draft already succeeds; Rejected("published") when it is out.

        What somebody changed at the network meanwhile is not lost: it goes where they find it again.
        """
        ...


@runtime_checkable
class Edits(Protocol):
    async def edit(self, remote_id: str, refs: Mapping[str, str], text: str) -> None:
        """New words for an own post that is out; its pictures stay. Saying the same twice is harmless."""
        ...


@runtime_checkable
class Measures(Protocol):
    async def measures(self, remote_id: str, refs: Mapping[str, str]) -> tuple[Measure, ...]:
        """How an own post was received; '' = the account. Numbers that the network does not have are left out."""
        ...


@runtime_checkable
class Deletes(Protocol):
    async def delete(self, remote_id: str, refs: Mapping[str, str]) -> None:
        """Deleting what is already gone succeeds."""
        ...


@runtime_checkable
class Acts(Protocol):
    async def act(self, action: str, remote_id: str, refs: Mapping[str, str]) -> Mapping[str, str]:
        """like, unlike, reshare, unreshare, bookmark, unbookmark. Returns the entry's changed refs."""
        ...


@dataclass(frozen=True, slots=True)
class LazyNetwork:
    """Stands for an adapter's class that is loaded when an account is opened: its facts alone are quick to know.

    `place` is `module:class`.
    """

    facts: NetworkFacts
    place: str

    def __call__(self, account: Account, credential: Credential, http: object) -> Network:
        module, _, name = self.place.partition(":")
        opened: Network = getattr(import_module(module), name)(account, credential, http)
        return opened


class NetworkClass(Protocol):
    """An adapter's class as the services see it: facts, and a way to open an account."""

    @property
    def facts(self) -> NetworkFacts: ...

    def __call__(self, account: Account, credential: Credential, http: object) -> Network: ...
