"""What a column's header and its options show."""

from dataclasses import dataclass
from datetime import datetime

from socialdesk.core.source import Column, Source, SourceState


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source as a column's options list it. `live`: its network tells of news as they come."""

    source: Source
    state: SourceState
    network_title: str
    kind_title: str
    account: str
    busy: bool = False
    live: bool = False


@dataclass(frozen=True, slots=True)
class ColumnHeader:
    """What a column's header shows. `error` is the reason code of the first source in trouble, '' = none.

    `waits` is why the next look is not sooner (`SourceState.waits`), of the network called `waits_for`. `may_cost`:
    reading one of its sources has a price.
    """

    column: Column
    subtitle: str
    networks: tuple[str, ...]
    sources: tuple[SourceLine, ...]
    busy: bool
    error: str
    error_source: SourceLine | None
    next_at: datetime | None
    waits: str = ""
    waits_for: str = ""
    may_cost: bool = False

    @property
    def live(self) -> bool:
        """Whether everything that the column shows comes as it happens."""
        return bool(self.sources) and all(line.live for line in self.sources)
