"""LinkedIn's "little text": its markup for a post's words (Microsoft Learn, "little Text Format").

Reserved characters take a backslash. A mention is `@[Name](urn:li:organization:1)`, a hashtag `{hashtag|\\#|tag}`.
People write mentions in the same form; with the address of a company's page instead of the URN it works as well,
where that address holds the page's number.
"""

import re

RESERVED = frozenset("\\|{}@[]()<>#*_~")
_MENTION = re.compile(
    r"@\[(?P<name>[^\[\]\n]{1,200})\]\((?:(?P<urn>urn:li:(?:organization|person):[\w-]+)"
    r"|https://www\.linkedin\.com/company/(?P<number>\d+)/?)\)"
)
_TAG = re.compile(r"(?<![\w&#])#(?P<tag>\w*[^\W\d_]\w*)")
_MARKED = re.compile(f"{_MENTION.pattern}|{_TAG.pattern}")
_READ = re.compile(
    r"\\(?P<plain>.)"
    r"|@\[(?P<name>(?:\\.|[^\]\\])*)\]\(urn:li:[^)]*\)"
    r"|\{hashtag\|(?:\\)?#\|(?P<tag>(?:\\.|[^}\\])*)\}",
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def little(text: str) -> str:
    """`text` as LinkedIn takes it, mentions and hashtags marked as such."""
    parts: list[str] = []
    done = 0
    for found in _MARKED.finditer(text):
        parts.append(escape(text[done : found.start()]))
        done = found.end()
        if found["tag"]:
            parts.append(f"{{hashtag|\\#|{escape(found['tag'])}}}")
        else:
            urn = found["urn"] or f"urn:li:organization:{found['number']}"
            parts.append(f"@[{escape(found['name'])}]({urn})")
    return "".join((*parts, escape(text[done:])))


def escape(text: str) -> str:
    return "".join(f"\\{c}" if c in RESERVED else c for c in text)


def plain(marked: str) -> str:
    """What readers see of little text. Whatever is not well formed stays as it is."""
    return _READ.sub(_seen, marked)


def _seen(found: re.Match[str]) -> str:
    if found["plain"] is not None:
        return found["plain"]
    if found["name"] is not None:
        return _ESCAPED.sub(r"\1", found["name"])
    return "#" + _ESCAPED.sub(r"\1", found["tag"])


def weigh(text: str) -> int:
    """UTF-16 units of what readers see: LinkedIn does not say how it counts, and this is never too few."""
    return len(_MENTION.sub(lambda found: found["name"], text).encode("utf-16-le", "surrogatepass")) // 2
