"""What of a network's facts is seen on every card."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NetworkLook:
    """`colour` #rrggbb, empty = the theme's text colour; `inboxes`: source kinds that bring what others say to us."""

    key: str
    title: str
    colour: str
    icon: str
    actions: tuple[str, ...]
    inboxes: frozenset[str]
    marks: tuple[str, ...] = ()
