"""What passes between the window's process and the engine's, over two pipes of its own: frames of `content.wire`.

The window sends `Opening` first, then calls, cancellations and at last nothing: the end of the pipe ends the engine in
order. The engine answers with `Ready` or `Failed`, then answers and events as they come.
"""

from dataclasses import dataclass
from typing import Any

from socialdesk.app.profile import Profile
from socialdesk.core.events import Event
from socialdesk.core.network import NetworkFacts


@dataclass(frozen=True, slots=True)
class Opening:
    """Which profile. `keeps_secrets` False: they live as long as the process (the practice desk).

    Content may name loopback addresses with one of `trusted_ports` (the practice networks').
    """

    data: str
    cache: str
    logs: str
    keeps_secrets: bool = True
    trusted_ports: frozenset[int] = frozenset()

    @classmethod
    def of(
        cls, profile: Profile, *, keeps_secrets: bool = True, trusted_ports: frozenset[int] = frozenset()
    ) -> "Opening":
        return cls(str(profile.data), str(profile.cache), str(profile.logs), keeps_secrets, trusted_ports)


@dataclass(frozen=True, slots=True)
class Ready:
    facts: tuple[NetworkFacts, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """The engine could not open. `error` is what opening it raised."""

    error: Exception


@dataclass(frozen=True, slots=True)
class Call:
    """`path` is a service and its method, `reading.page`, or a method of the services themselves, `start`."""

    id: int
    path: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cancel:
    id: int


@dataclass(frozen=True, slots=True)
class Answer:
    """`error` is None where the call gave `value`."""

    id: int
    value: Any
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """One event of the services."""

    event: Event
