"""Cleaning what networks give, in one job per fetched page."""

from dataclasses import replace

from socialdesk.content import html
from socialdesk.core.entry import Entry


def cleaned(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The entries with their `html` sanitised against their own address."""
    return tuple(replace(e, html=html.clean(e.html, e.url)) if e.html else e for e in entries)
