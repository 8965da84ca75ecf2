"""A segment as blocks of the Neue Post Format (tumblr/docs `npf-spec.md`). Offsets count code points."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from socialdesk.core.errors import Rejected
from socialdesk.core.post import ArticleToSend, CardToSend, Segment, Uploaded
from socialdesk.networks.tumblr.articles import FILM, blocks_of
from socialdesk.networks.tumblr.facts import ALT_CHARS

Block = dict[str, Any]
BLOCK_CHARS = 4096
MOST_BLOCKS = 1000
MOST_LINKS = 100
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
_ADDRESS = re.compile(r"https?://[^\s<>\"“”]+")
_AFTER = ".,;:!?'’)]"
_TAG = re.compile(r"(?<![\w&#/])#(\w*[^\W\d_]\w*)")
_ONLY_TAGS = re.compile(r"\s*(?:#\w+[\s,]*)+")


def content_of(segment: Segment) -> list[Block]:
    """Raises Rejected (empty, too_long) for what makes no post."""
    article = segment.article
    blocks = _article(article) if article is not None else note_of(segment)
    if not blocks and segment.quote is None:
        raise Rejected("nothing to post", reason="empty")
    if len(blocks) > MOST_BLOCKS:
        raise Rejected("too many blocks", reason="too_long")
    return blocks


def note_of(segment: Segment) -> list[Block]:
    """The blocks of a short post; none for one that holds nothing."""
    pictures = [video(media) if media.ref.startswith(FILM) else image(media) for media in segment.media]
    card = [link(segment.card)] if segment.card is not None else []
    return [*pictures, *text_blocks(without_tags(segment.text)), *card]


def _article(article: ArticleToSend) -> list[Block]:
    if not article.title.strip():
        raise Rejected("an article has a title", reason="empty")
    featured = [image(article.featured)] if article.featured is not None else []
    title: Block = {"type": "text", "subtype": "heading1", "text": article.title.strip()[:BLOCK_CHARS]}
    return [title, *featured, *(piece for block in blocks_of(article.html) for piece in pieces(block))]


def planned_for(segment: Segment) -> datetime | None:
    """The time that a post or article is to wait for, None = none."""
    article = segment.article
    if article is None:
        return segment.publish_at
    return article.publish_at if article.status == "future" else None


def state_of(segment: Segment, now: datetime) -> dict[str, str]:
    """When it is published: now, at the end of the queue, at a time, or not yet. A time that has passed means now.

    Raises `Rejected` (cannot_plan) for drafts and private posts with a time.
    """
    article, at = segment.article, planned_for(segment)
    if at is not None:
        if article is None and segment.visibility not in {"", "published", "queue"}:
            raise Rejected("only what everybody sees waits for a time", reason="cannot_plan")
        return _at(at, now)
    if article is None:
        return {"state": segment.visibility or "published"}
    return {"state": "draft" if article.status == "draft" else "published"}


def _at(when: datetime, now: datetime) -> dict[str, str]:
    if when <= now:
        return {"state": "published"}
    return {"state": "queue", "publish_on": f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}


def media_of(block: Block) -> list[Block]:
    """What a block shows: an image names its sizes in a list, a film is one."""
    found = block.get("media", [])
    return [found] if isinstance(found, dict) else found


def tags_of(segment: Segment) -> list[str]:
    """Each once, whatever its case; a comma would divide it."""
    article = segment.article
    found: Iterable[str] = _TAG.findall(segment.text)
    if article is not None:
        found = (*article.tags, *article.categories)
    names: dict[str, str] = {}
    for name in found:
        bare = name.replace(",", " ").strip().lstrip("#").strip()
        if bare:
            names.setdefault(bare.casefold(), bare)
    return list(names.values())


def without_tags(text: str) -> str:
    """`text` without a last paragraph that holds only hashtags: Tumblr shows the tags below the post by itself."""
    paragraphs = _PARAGRAPH.split(text.strip())
    if len(paragraphs) > 1 and _ONLY_TAGS.fullmatch(paragraphs[-1]):
        paragraphs.pop()
    return "\n\n".join(paragraphs)


def text_blocks(text: str) -> list[Block]:
    """A block for each paragraph, addresses in it as links."""
    paragraphs = (part.strip() for part in _PARAGRAPH.split(text))
    return [piece for part in paragraphs if part for piece in pieces(_linked(part))]


def _linked(text: str) -> Block:
    marks: list[Block] = []
    for found in _ADDRESS.finditer(text):
        url = found[0].rstrip(_AFTER)
        marks.append({"start": found.start(), "end": found.start() + len(url), "type": "link", "url": url})
    block: Block = {"type": "text", "text": text}
    return {**block, "formatting": marks[:MOST_LINKS]} if marks else block


def pieces(block: Block) -> list[Block]:
    """A text block as several where it is too long, cut between words, with its formatting."""
    if block.get("type") != "text" or len(block["text"]) <= BLOCK_CHARS:
        return [block]
    done: list[Block] = []
    rest: str = block["text"]
    at = 0
    while rest:
        cut = len(rest)
        if cut > BLOCK_CHARS:
            cut = max(rest.rfind(" ", 1, BLOCK_CHARS), rest.rfind("\n", 1, BLOCK_CHARS)) + 1 or BLOCK_CHARS
        marks = [
            {**mark, "start": max(mark["start"] - at, 0), "end": min(mark["end"] - at, cut)}
            for mark in block.get("formatting", ())
            if mark["start"] < at + cut and mark["end"] > at
        ]
        piece = {**{k: v for k, v in block.items() if k != "formatting"}, "text": rest[:cut]}
        done.append({**piece, "formatting": marks} if marks else piece)
        rest, at = rest[cut:], at + cut
    return done


def image(media: Uploaded) -> Block:
    shown: Block = {"identifier": media.ref}
    if media.width and media.height:
        shown |= {"width": media.width, "height": media.height}
    block: Block = {"type": "image", "media": [shown]}
    return {**block, "alt_text": media.alt[:ALT_CHARS]} if media.alt else block


def video(media: Uploaded) -> Block:
    """A film that goes along; Tumblr assumes that it is one of its own."""
    shown: Block = {"identifier": media.ref}
    if media.width and media.height:
        shown |= {"width": media.width, "height": media.height}
    return {"type": "video", "media": shown}


def link(card: CardToSend) -> Block:
    block: Block = {"type": "link", "url": card.url, "title": card.title}
    return {**block, "description": card.description} if card.description else block
