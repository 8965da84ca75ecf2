"""What a network reads, publishes, limits and charges, and how people sign in, told from its adapter: for lists."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from socialdesk.core.costs import Price
from socialdesk.core.network import (
    AppPassword,
    ByName,
    DeviceCode,
    Nothing,
    OAuthCode,
    SignIn,
    Token,
)
from socialdesk.core.rules import PostRules

_WAYS = {
    Nothing: "none",
    AppPassword: "app password",
    Token: "token",
    OAuthCode: "browser",
    DeviceCode: "code",
    ByName: "by hand",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """A kind of source. `every_s` is its usual interval in seconds."""

    kind: str
    title: str
    needs_account: bool
    inbox: bool
    asks_for: tuple[str, ...]
    every_s: int


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, `text` in the network's own units; 0 = none."""

    text: int
    pictures: int
    picture_bytes: int
    alt_text: int


@dataclass(frozen=True, slots=True)
class Way:
    """A way to sign in. `asks_for` are labels of its fields, `scopes` the rights asked for in the browser."""

    way: str
    asks_for: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """One network. `publishes`: text, article, thread, picture, video, document, poll, link card, answer, quote, who
    may answer, time (the network holds posts until then), delete.

    `limits` None: it publishes nothing, or they cannot be told; `varies`: each server has its own, these are usual.
    `plan_actions` are those only some plans allow.
    """

    key: str
    title: str
    note: str
    reads: tuple[Reading, ...]
    publishes: tuple[str, ...]
    limits: Limits | None
    varies: bool
    actions: tuple[str, ...]
    plan_actions: tuple[str, ...]
    prices: tuple[Price, ...]
    sign_in: tuple[Way, ...]


@runtime_checkable
class ServersDiffer(Protocol):
    """An adapter whose servers each have limits of their own."""

    def usual_rules(self) -> PostRules:
        """Those of a server that says nothing of them."""
        ...


def way_of(sign_in: SignIn) -> Way:
    if isinstance(sign_in, Nothing):
        return Way(_WAYS[Nothing])
    scopes = tuple(scope for scope, _ in sign_in.scopes) if isinstance(sign_in, OAuthCode | DeviceCode) else ()
    return Way(_WAYS[type(sign_in)], tuple(field.label for field in sign_in.fields), scopes)


def limits_of(rules: PostRules) -> Limits:
    return Limits(rules.limit, rules.max_pictures, rules.picture_bytes, rules.alt_limit)


def kinds_of(rules: PostRules) -> tuple[str, ...]:
    """What an account with these rules takes."""
    takes = (
        ("article", rules.article),
        ("text", not rules.article or rules.notes),
        ("thread", rules.splits_threads),
        ("picture", rules.max_pictures > 0),
        ("video", rules.video is not None),
        ("document", rules.documents is not None),
        ("poll", rules.polls is not None),
        ("link card", rules.link_card != "none"),
        ("answer", rules.replies),
        ("quote", rules.quotes),
        ("who may answer", len(rules.replies_from) > 1),
        ("time", rules.schedule is not None),
    )
    return tuple(name for name, does in takes if does)
