"""How the places of the hand-off lane count a text. Their own page has the last word: a person reads it there."""

import re
from bisect import bisect_right

from socialdesk.core.text import clusters, graphemes

X_LINK = 23
# Code points that count one at X, as edges of ranges (twitter-text, config/v3.json); any other counts two.
_X_LIGHT = (0, 4352, 8192, 8206, 8208, 8224, 8242, 8248)
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_EMOJI = re.compile(r"[\u200d\ufe0f\u20e3\U0001f000-\U0001faff]")
_TITLE_ENDS = " \t:–—-"


def weigh_for_x(text: str) -> int:
    """X's weighted count: an address 23, an emoji sequence 2. An address without its scheme counts as written."""
    links = len(_ADDRESS.findall(text))
    rest = _ADDRESS.sub("", text)
    if rest.isascii():
        return len(rest) + X_LINK * links
    return sum(map(_weight, clusters(rest))) + X_LINK * links


def _weight(cluster: str) -> int:
    if _EMOJI.search(cluster):
        return 2
    return sum(1 if bisect_right(_X_LIGHT, ord(c)) % 2 else 2 for c in cluster)


def weigh_title(text: str) -> int:
    """Only the title counts, which is the first line."""
    return graphemes(title_and_body(text)[0])


def title_and_body(text: str) -> tuple[str, str]:
    """The first line without addresses as a title, and what follows it.

    A first line that is nothing but an address leaves the title empty.
    """
    first, _, rest = text.strip().partition("\n")
    title = " ".join(_ADDRESS.sub(" ", first).split()).rstrip(_TITLE_ENDS)
    left = "\n".join(_ADDRESS.findall(first))
    return title, "\n\n".join(piece for piece in (left, rest.strip()) if piece)
