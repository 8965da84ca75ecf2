"""One step of a request, and what it leads to. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, repr=False)
class Hop:
    """One request to one address. Its representation shows neither address nor headers: both may hold secrets."""

    method: str
    url: str
    scheme: str
    host: str
    port: int
    headers: Mapping[str, str]
    body: bytes
    write: bool

    def __repr__(self) -> str:
        return f"Hop({self.method} {self.host})"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one hop. Header names are lower-case, repeated headers joined."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(slots=True)
class Note:
    """What is known of an exchange under way, for the translation of its failure.

    `left`: a connection was had, so that bytes may have gone out. `refused` and `tried` count addresses.
    """

    left: bool = False
    peer: str = ""
    refused: int = 0
    tried: int = 0
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    partial: bytes = b""
