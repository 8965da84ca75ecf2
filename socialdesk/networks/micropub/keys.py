"""The key by which we know our own post again: a property of our own that goes with it.

Sites ignore properties that they do not know, and most keep and show them in `q=source`. Where one does not, a post
is known by its words and the time that we gave it.
"""

MARK = "x-socialdesk-key"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def new_key(now_us: int, nonce: int) -> str:
    """`sd-` and 15 characters: the time in microseconds, then chance. Keys sort by time."""
    return f"sd-{_base36(now_us, 11)}{_base36(nonce, 4)}"


def _base36(number: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits
