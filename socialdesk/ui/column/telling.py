"""What a column's header says, in words, of the state of what feeds it."""

from datetime import datetime

from socialdesk.core.headers import ColumnHeader
from socialdesk.ui import words


def next_look(data: ColumnHeader, now: datetime) -> str:
    """When it looks next; while news come by themselves that is only to make sure."""
    said = words.next_look(data.next_at, now, data.waits, data.waits_for)
    return f"live, {said}" if data.live and said else said


def subtitle(data: ColumnHeader, now: datetime) -> str:
    """What feeds the column; before that why it looks later than usual, unless the line for trouble says so."""
    late = data.waits in ("limit", "budget") and not data.error
    said = next_look(data, now)
    if late:
        return f"{said[:1].upper()}{said[1:]} · {data.subtitle}"
    return f"Live · {data.subtitle}" if data.live and not data.error else data.subtitle


def trouble(data: ColumnHeader) -> tuple[str, str]:
    """The sentence for what is wrong, and the word of the button that mends it."""
    line = data.error_source
    until = line.state.next_at if line is not None else None
    network = line.network_title if line is not None and has_account(data) else ""
    said = words.sentence(data.error, until=until, has_account=has_account(data), network=network)
    if line is not None and len(data.sources) > 1 and not (network and network in said):
        said = f"{line.source.title or line.network_title}: {said[0].lower()}{said[1:]}"
    return said, words.fix(data.error, has_account=has_account(data))


def has_account(data: ColumnHeader) -> bool:
    """Whether the source in trouble is asked in the name of an account."""
    return data.error_source is not None and data.error_source.source.account_id is not None
