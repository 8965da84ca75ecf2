"""The ids of items: a signed decimal number in lists, an unsigned hexadecimal one in items. Names of streams.

The short form is the 64 bits of the long one, read as a signed number. The Old Reader's ids are longer and have one
form only.
"""

from socialdesk.networks.greader.facts import KEY

LONG = "tag:google.com,2005:reader/item/"
STATE = "user/-/state/com.google/"
READING_LIST = f"{STATE}reading-list"
READ = f"{STATE}read"
STARRED = f"{STATE}starred"
LABEL = "user/-/label/"
_BITS = 64
_DECIMALS = 20  # of the greatest number of 64 bits


def item_id(said: str) -> str:
    """The id as it is kept: the hexadecimal digits of the long form, or what is no number as it is."""
    if said.startswith(LONG):
        digits = said.removeprefix(LONG)
        return digits.lower().rjust(16, "0")
    short = said.removeprefix("-")
    if short.isascii() and short.isdigit() and len(short) <= _DECIMALS:  # 24 digits are an id of The Old Reader
        number = int(said)
        if -(1 << (_BITS - 1)) <= number < 1 << _BITS:
            return f"{number % (1 << _BITS):016x}"
    return said


def long_id(kept: str) -> str:
    """The form that every server takes. Some read a bare number as decimal, some as hexadecimal."""
    return LONG + kept


def rank_of(kept: str, timestamp_us: int | None) -> int:
    """Where an item stands in its list, newer = greater: its time there, or (FreshRSS, Miniflux) its own number."""
    if timestamp_us:
        return timestamp_us
    try:
        return int(kept, 16)
    except ValueError:
        return 0


def entry_key(base: str, user: str, kept: str) -> str:
    """What names an item on this desk. Numbers of items belong to the account on some servers."""
    return f"{KEY}:{base}:{user}#{kept}"


def name_in(stream: str) -> str:
    """The label that a stream or category names: `user/-/label/X` and `user/1005/label/X` are X; else ''."""
    start, found, name = stream.partition("/label/")
    return name if found and start.startswith("user/") else ""


def state_in(stream: str) -> str:
    """The state that a category names: read, starred, reading-list; else ''."""
    start, found, name = stream.partition("/state/com.google/")
    return name if found and start.startswith("user/") else ""
