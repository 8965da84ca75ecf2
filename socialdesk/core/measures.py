"""Numbers that a network gives about an account or one of its posts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """One number: `name` as the network calls it, `title` for people."""

    name: str
    title: str
    value: int
