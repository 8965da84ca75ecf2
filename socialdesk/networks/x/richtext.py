"""A post's words: t.co links written out, and the same as HTML."""

import re
from collections.abc import Iterator
from html import escape, unescape
from typing import NamedTuple
from urllib.parse import quote

from socialdesk.core.tolerant import Obj, obj, objs, string, web
from socialdesk.networks.x.entities import cashtags, hashtags, mentions
from socialdesk.networks.x.links import links

_ATTACHED = re.compile(r"/status(?:es)?/\d+/(?:photo|video)/\d+$")
_STATUS = re.compile(r"/status(?:es)?/(\d+)(?:[/?#]|$)")


class Words(NamedTuple):
    """`shown` is how X abbreviates each address of the text, `tags` the hashtags without #."""

    text: str
    shown: dict[str, str]
    tags: tuple[str, ...]


def words_of(post: Obj, quoted_id: str = "") -> Words:
    """The whole text of a post, long ones included, without the links to its own pictures and to what it quotes."""
    note = obj(post.get("note_post")) or obj(post.get("note_tweet"))
    text = unescape(string(note.get("text")) or string(post.get("text")))
    entities = obj(note.get("entities")) or obj(post.get("entities"))
    shown: dict[str, str] = {}
    for entity in objs(entities.get("urls")):
        short, whole = string(entity.get("url")), web(entity.get("expanded_url"))
        if not short or not whole:
            continue
        if _is_own(entity, whole, quoted_id):
            text = text.replace(short, "")
        else:
            text = text.replace(short, whole)
            shown[whole] = string(entity.get("display_url"))
    found = (string(tag.get("tag")) for tag in objs(entities.get("hashtags")))
    return Words(text.strip(), shown, tuple(dict.fromkeys(tag for tag in found if tag)))


def link_entities(post: Obj, quoted_id: str = "") -> Iterator[tuple[str, Obj]]:
    """The addresses that a post's text really shares, with what X says of the pages behind them."""
    note = obj(post.get("note_post")) or obj(post.get("note_tweet"))
    for source in (post, note):
        for entity in objs(obj(source.get("entities")).get("urls")):
            whole = web(entity.get("unwound_url")) or web(entity.get("expanded_url"))
            if whole and not _is_own(entity, web(entity.get("expanded_url")), quoted_id):
                yield whole, entity


def _is_own(entity: Obj, whole: str, quoted_id: str) -> bool:
    if string(entity.get("media_key")) or _ATTACHED.search(whole):
        return True
    status = _STATUS.search(whole)
    return bool(quoted_id and status and status[1] == quoted_id)


def to_html(words: Words, base: str) -> str:
    """Paragraphs and line breaks as in the text, links where X makes them; `base` is where profiles are shown."""
    if not words.text:
        return ""
    parts: list[str] = []
    done = 0
    for start, end, href, label in sorted(_links(words, base), key=lambda link: (link[0], -link[1])):
        if start < done:
            continue
        parts += (escape(words.text[done:start]), f'<a href="{escape(href)}">{escape(label)}</a>')
        done = end
    body = "".join(parts) + escape(words.text[done:])
    paragraphs = [part.strip("\n").replace("\n", "<br>") for part in body.split("\n\n")]
    return "".join(f"<p>{part}</p>" for part in paragraphs if part)


def _links(words: Words, base: str) -> Iterator[tuple[int, int, str, str]]:
    text, found = words.text, links(words.text)
    for whole, display in words.shown.items():  # X says that these are links, whatever their names end in
        for place in re.finditer(re.escape(whole), text):
            yield place.start(), place.end(), whole, display or whole
    for link in found:
        href = link.url if "://" in link.url else f"http://{link.url}"
        yield link.start, link.end, href, words.shown.get(link.url) or text[link.start : link.end]
    for mention in mentions(text):
        yield mention.start, mention.end, f"{base}/{mention.name}", text[mention.start : mention.end]
    for tag in hashtags(text, found):
        yield tag.start, tag.end, f"{base}/hashtag/{quote(tag.text, safe='')}", text[tag.start : tag.end]
    for tag in cashtags(text):
        yield tag.start, tag.end, f"{base}/search?q=%24{quote(tag.text, safe='')}", text[tag.start : tag.end]
