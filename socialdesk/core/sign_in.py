"""Ways to sign in, as data: what a person does at the network and types here; and what is under way meanwhile.

The dialogs and the command line are drawn from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to ask the person. `example` stands in the empty box; secrets go to the keyring only."""

    name: str
    label: str
    example: str = ""
    help: str = ""
    secret: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A numbered instruction of a sign-in dialog; `{server}` in `link` is replaced by what the person typed.

    `copy` is what the person has to paste there to the letter.
    """

    text: str
    link: str = ""
    copy: str = ""


@dataclass(frozen=True, slots=True)
class Nothing:
    """No account needed."""


@dataclass(frozen=True, slots=True)
class AppPassword:
    """Person pastes a password made for this program. `title` tells it from another of its kind."""

    fields: tuple[Field, ...]
    steps: tuple[Step, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """Person pastes a long-lived token."""

    fields: tuple[Field, ...]
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class OAuthCode:
    """Browser sign-in: authorization code with PKCE and a loopback redirect; pasting the address back also works.

    `port` is that of the redirect where the network compares addresses to the letter, 0 = any that is free.
    """

    fields: tuple[Field, ...]
    scopes: tuple[tuple[str, str], ...] = ()  # (scope, why)
    steps: tuple[Step, ...] = ()
    port: int = 0


@dataclass(frozen=True, slots=True)
class ByName:
    """No sign-in: the person names the place, and posts there in the browser. Nothing goes to the keyring."""

    fields: tuple[Field, ...]
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """Sign-in by a short code that the person types at a page of the network, on any device (RFC 8628)."""

    fields: tuple[Field, ...]
    scopes: tuple[tuple[str, str], ...] = ()  # (scope, why)
    steps: tuple[Step, ...] = ()


SignIn = Nothing | AppPassword | Token | OAuthCode | DeviceCode | ByName


@dataclass(frozen=True, slots=True)
class BrowserStep:
    """An authorization to be given in the browser. `state` and `verifier` stay in memory.

    `keep` is what `finish_sign_in` needs again (client id and secret of a registered app, server). `issuer` is who has
    to be named by the answer as its sender (RFC 9207), '' = the server names itself nowhere.
    """

    url: str
    redirect_uri: str
    state: str
    verifier: str = field(repr=False)
    keep: Mapping[str, str] = field(default_factory=dict, repr=False)
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class DeviceStep:
    """A code to be typed at `url`, good for `lasts_s` seconds; whether that was done is asked every `interval_s`.

    `full_url` holds the code already, where the network has such an address. `device_code` stays in memory, and `keep`
    is what `poll_device` needs again.
    """

    user_code: str
    url: str
    device_code: str = field(repr=False)
    lasts_s: int
    interval_s: int = 5
    full_url: str = ""
    keep: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class NotYet:
    """The person has not typed the code yet. `slower`: the network wants to be asked less often."""

    slower: bool = False
