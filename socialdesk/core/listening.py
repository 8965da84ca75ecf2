"""What a network tells while a connection to it stands, and when to try again after that has ended. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from socialdesk.core.errors import AuthExpired, RateLimited, Rejected, SocialDeskError, Unreachable

FIRST_PAUSE_S = 2.0
LONGEST_PAUSE_S = 600.0
OFFLINE_PAUSE_S = 600.0  # the connection's coming back ends it
REFUSED_PAUSE_S = 6 * 3600.0  # a server without streams will not have them in an hour
LASTED_S = 60.0  # a stream that stood so long was in order: the next pause is the first again


class Hearing(StrEnum):
    LIVE = "live"  # the stream stands: nothing is missed from here on
    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing that a network told. A hint: what is new or changed is asked for.

    `remote_id` is the entry's at its network, "" with live and new. `source_kind` is the kind of source that it
    concerns, "" = every one that the stream tells of.
    """

    hearing: Hearing
    remote_id: str = ""
    source_kind: str = ""


def pause_s(outcome: SocialDeskError | None, failures: int, now: datetime, jitter: float) -> float:
    """Seconds until a stream is tried again. `outcome` is how it ended, None = the server ended it in order.

    `failures` in a row, this one included; `jitter` in [0, 1), so that not everybody comes back at once.
    """
    match outcome:
        case RateLimited():
            return max(0.0, (outcome.until - now).total_seconds()) + FIRST_PAUSE_S * (1 + jitter)
        case Rejected() | AuthExpired():
            return REFUSED_PAUSE_S * (1 + jitter / 10)
        case Unreachable(offline=True):
            return OFFLINE_PAUSE_S * (1 + jitter)
        case _:
            grown = min(FIRST_PAUSE_S * 2.0 ** min(max(failures - 1, 0), 16), LONGEST_PAUSE_S)
            return grown * (0.75 + jitter / 2)


def gap_s(streams: int) -> float:
    """Seconds between two looks that news bring about, at one source: an account's looks share its limits."""
    return 5.0 * max(1, streams)
