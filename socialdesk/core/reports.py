"""What services tell of their work."""

from dataclasses import dataclass
from datetime import datetime

from socialdesk.core.entry import Entry, SourceMeta
from socialdesk.core.saved import ExtractedArticle
from socialdesk.core.source import Source


@dataclass(frozen=True, slots=True)
class SourceOutcome:
    """What one fetch did. `error` is a reason code, '' = it worked."""

    source: Source
    new: int
    error: str = ""
    detail: str = ""
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RefreshReport:
    outcomes: tuple[SourceOutcome, ...]

    @property
    def new(self) -> int:
        return sum(o.new for o in self.outcomes)

    @property
    def failed(self) -> tuple[SourceOutcome, ...]:
        return tuple(o for o in self.outcomes if o.error)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """`refused` names each line that was not taken, with the reason in words. `cancelled`: the rest was left."""

    added: int
    known: int
    refused: tuple[tuple[str, str], ...]
    column_id: int | None
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that a page names. `kind`: rss, atom, json, or empty when it does not say."""

    url: str
    title: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class InspectReport:
    """`kind`: feed, page (with the feeds it names and the article it holds, if any) or nothing."""

    kind: str
    url: str
    meta: SourceMeta | None = None
    entries: tuple[Entry, ...] = ()
    found: tuple[FoundFeed, ...] = ()
    article: ExtractedArticle | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; `fix` is empty where nothing has to be done."""

    name: str
    value: str
    ok: bool = True
    fix: str = ""
