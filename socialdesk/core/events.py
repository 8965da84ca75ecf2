"""News from the engine. Frozen values, sent to whoever listens (the window, the command line's progress)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ColumnChanged:
    """Rows of a column changed: `added` new rows, `unseen` in total now; updated entries by id.

    `removed` and `restored` are entries that a person took off the desk or put back where they were.
    """

    column_id: int
    added: int
    unseen: int
    updated: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()
    restored: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnsChanged:
    """Columns were added, removed, moved or renamed."""


@dataclass(frozen=True, slots=True)
class SourceChanged:
    """A source was fetched or failed: its columns' headers look again."""

    source_id: int
    column_ids: tuple[int, ...]
    busy: bool
    error: str = ""
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NetworksChanged:
    """There are more networks than before."""


@dataclass(frozen=True, slots=True)
class AccountsChanged:
    account_id: int = 0


@dataclass(frozen=True, slots=True)
class SignInEndsSoon:
    """The sign-in of an account ends at `ends` (UTC), and nothing here can make it last. Told once for each end."""

    account_id: int
    title: str
    handle: str
    ends: datetime


@dataclass(frozen=True, slots=True)
class SubscriptionsChanged:
    """An account subscribed to a feed at its network, or ended a subscription."""

    account_id: int


@dataclass(frozen=True, slots=True)
class SpendingChanged:
    """An account spent something, or its envelope or prices were set."""

    account_id: int


@dataclass(frozen=True, slots=True)
class OutboxChanged:
    publication_id: int
    delivery_id: int = 0


@dataclass(frozen=True, slots=True)
class PersonWanted:
    """The time of a post has come and the person has to act: post it by hand, or, `late`, say what becomes of it."""

    publication_id: int
    delivery_id: int
    late: bool


@dataclass(frozen=True, slots=True)
class DraftsChanged:
    draft_id: int


@dataclass(frozen=True, slots=True)
class SavedChanged:
    saved_id: int
    state: str  # saving, saved, failed, removed


@dataclass(frozen=True, slots=True)
class ConnectionChanged:
    online: bool


@dataclass(frozen=True, slots=True)
class StoreTrouble:
    """The database was checked and is not sound. `reason` as in StoreError."""

    reason: str


@dataclass(frozen=True, slots=True)
class Progress:
    """Long work. `total` 0 = unknown; `done` == `total` > 0 or `finished` ends it."""

    task: str
    title: str
    done: int
    total: int
    finished: bool = False


Event = (
    ColumnChanged
    | ColumnsChanged
    | SourceChanged
    | AccountsChanged
    | SignInEndsSoon
    | NetworksChanged
    | OutboxChanged
    | PersonWanted
    | DraftsChanged
    | SavedChanged
    | SpendingChanged
    | SubscriptionsChanged
    | ConnectionChanged
    | StoreTrouble
    | Progress
)
