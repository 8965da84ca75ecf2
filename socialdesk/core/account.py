"""Accounts and credentials."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

NO_ITEMS: Mapping[str, str] = MappingProxyType({})


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
    """A sign-in that opens several accounts: `found` holds (id at the network, name) of each. Their secrets wait."""

    id: int
    network: str
    found: tuple[tuple[str, str], ...]


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
