"""Accounts and credentials."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

NOTE = "note"  # among an account's facts: a sentence on what is unusual about how it is reached
NO_ITEMS: Mapping[str, str] = MappingProxyType({})
SIGN_IN_ENDS = "sign_in_ends"  # among an account's facts: ISO 8601, UTC
SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Account:
    """One signed-in account, or (id 0) the anonymous visitor of a server.

    `network` is the adapter's key and is stored for ever. `server` is the base URL without a trailing slash.
    `facts` holds what the adapter learned and wants to keep (limits, software, ids), never a secret.
    """

    id: int
    network: str
    name: str
    handle: str
    server: str
    remote_id: str = ""
    avatar_url: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    needs_sign_in: bool = False

    @property
    def sign_in_ends(self) -> datetime | None:
        """When the person has to sign in again, unless the sign-in is renewed before; None = never, or nobody said."""
        try:
            ends = datetime.fromisoformat(self.facts.get(SIGN_IN_ENDS, ""))
        except ValueError:
            return None
        return ends if ends.tzinfo is not None else ends.replace(tzinfo=UTC)

    def days_left(self, now: datetime) -> int | None:
        """Whole days that the sign-in lasts, 0 = it ends within a day or has ended; None = nobody said."""
        ends = self.sign_in_ends
        return None if ends is None else max(0, (ends - now).days)

    def ends_soon(self, now: datetime) -> bool:
        """Whether the sign-in ends within a week."""
        ends = self.sign_in_ends
        return ends is not None and ends - now <= SOON


@dataclass(frozen=True, slots=True, repr=False)
class Credential:
    """The secrets of one account. Its representation never shows them."""

    secrets: Mapping[str, str]

    def get(self, name: str) -> str:
        return self.secrets.get(name, "")

    def __repr__(self) -> str:
        return f"Credential({', '.join(sorted(self.secrets))})"


NOTHING = Credential(NO_ITEMS)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a credential belongs to, as the network says (`SignsIn.whoami`)."""

    remote_id: str
    name: str
    handle: str
    server: str
    avatar_url: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AccountChoice:
    """A sign-in that opens several accounts: `found` holds (id at the network, name) of each. Their secrets wait.

    `instead_of` is the account that was to be signed in again, where none of these is it; '' else.
    """

    id: int
    network: str
    found: tuple[tuple[str, str], ...]
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class BrowserSignIn:
    """An authorization under way: open `url` in a browser; `redirect_uri` is shown for servers that ask for it.

    `comes_back` False: the browser ends on a page of the person's own, whose address they paste.
    """

    id: int
    network: str
    url: str
    redirect_uri: str
    comes_back: bool = True


@dataclass(frozen=True, slots=True)
class DeviceSignIn:
    """A code to be typed at `url` until `ends` (UTC). `full_url` has it filled in already, '' = there is none."""

    id: int
    network: str
    code: str
    url: str
    full_url: str
    ends: datetime
