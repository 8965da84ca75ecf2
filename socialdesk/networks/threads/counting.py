"""How Threads counts: 500 characters, an emoji as many as it has bytes (Meta's document "Threads API, Posts").

Others found that emoji count once. The larger count never lets through what Threads refuses.
"""

from socialdesk.core.text import clusters, utf8_length

LIMIT = 500
_PICTORIAL = 0x2000  # below it no emoji begins, but for those made with a variation selector or keycap


def weigh(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(utf8_length(one) if is_emoji(one) else len(one) for one in clusters(text))


def is_emoji(cluster: str) -> bool:
    """Whether people see this cluster as a picture."""
    if cluster.isascii():
        return False
    if "\ufe0f" in cluster or "\u20e3" in cluster:
        return True
    if ord(cluster[0]) < _PICTORIAL or "\ufe0e" in cluster:
        return False
    import regex  # start-up: 20 ms that the first paint does not need

    return regex.match(r"\p{Emoji_Presentation}|\p{Regional_Indicator}", cluster) is not None
