"""An entry that was found outside a column, in the form the desk's wishes carry, and whose words were found. No Qt."""

import re
from dataclasses import dataclass

from socialdesk.core.entry import Entry, EntryKind
from socialdesk.core.text import one_line

_MARKED = re.compile("\x02([^\x03]+)\x03")


@dataclass(frozen=True, slots=True)
class Found:
    entry_id: int
    entry: Entry
    saved: bool = False


def is_said_by_the_post(entry: Entry, snippet: str) -> bool:
    """Whether the words marked in `snippet` are those of a post itself, not only of what it links to."""
    if entry.kind is EntryKind.ARTICLE:
        return False
    quoted = entry.quoted.text if entry.quoted is not None else ""
    own = (entry.title, entry.text, entry.summary, quoted, *entry.tags, entry.author.name, entry.author.handle)
    said = one_line(" ".join(own)).casefold()
    marked = _MARKED.findall(snippet)
    return not marked or any(word.casefold() in said for word in marked)
