"""What a column's header and its options show."""

from dataclasses import dataclass
from datetime import datetime

from socialdesk.core.source import Column, Source, SourceState


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source as a column's options list it."""

    source: Source
    state: SourceState
    network_title: str
    kind_title: str
    account: str
    busy: bool = False


@dataclass(frozen=True, slots=True)
class ColumnHeader:
    """What a column's header shows. `error` is the reason code of the first source in trouble, '' = none."""

    column: Column
    subtitle: str
    networks: tuple[str, ...]
    sources: tuple[SourceLine, ...]
    busy: bool
    error: str
    error_source: SourceLine | None
    next_at: datetime | None
