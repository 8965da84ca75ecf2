"""An entry that was found outside a column, in the form the desk's wishes carry."""

from dataclasses import dataclass

from socialdesk.core.entry import Entry


@dataclass(frozen=True, slots=True)
class Found:
    entry_id: int
    entry: Entry
    saved: bool = False
