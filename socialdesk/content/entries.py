"""Cleaning what networks give, in one job per fetched page."""

from dataclasses import replace

from socialdesk.content import html
from socialdesk.core.entry import Entry


def cleaned_again(pieces: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """Stored HTML, each piece with the address it hangs on, sanitised by the cleaner of today."""
    return tuple(html.clean(stored, url) for stored, url in pieces)


def cleaned(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The entries with their `html` sanitised against their own address."""
    return tuple(replace(e, html=html.clean(e.html, e.url)) if e.html else e for e in entries)
