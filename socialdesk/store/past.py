"""Where a source is read on towards the past: behind each gap, the newest first, then behind its oldest page.

After a long absence only the newest page is read, and a gap stays between it and what was known. Kept as one text, so
that nobody else has to know: cursors are the adapters' own and hold no control characters.
"""

_BETWEEN = "\x1e"


def first_of(kept: str) -> str:
    """The cursor to go on with, '' when there is nothing older."""
    return kept.split(_BETWEEN, maxsplit=1)[0]


def with_gap(kept: str, older: str) -> str:
    """After a page that leaves a gap; `older` goes on behind it."""
    cursors = kept.split(_BETWEEN)
    return kept if older in cursors else _BETWEEN.join((older, *cursors))


def read_on(kept: str, older: str, *, continued: str | None = None, is_known: bool = False) -> str:
    """After a page towards the past; `older` goes on behind it, '' = nothing comes before it.

    `continued` is the cursor that gave the page (None = the first one kept); one that is no longer kept was continued
    by somebody else. `is_known`: the source had all of the page, so a gap is closed.
    """
    cursors = kept.split(_BETWEEN)
    place = 0 if continued is None else cursors.index(continued) if continued in cursors else None
    if place is None:
        return kept
    is_gap = place < len(cursors) - 1
    cursors[place : place + 1] = [] if is_gap and (is_known or not older) else [older]
    return _BETWEEN.join(cursors)
