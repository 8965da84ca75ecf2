"""Telling a story: one article out of the posts that carry it. Pure."""

import re
from collections.abc import Iterable, Sequence

from socialdesk.core.entry import Author, Entry, EntryKind, LinkCard
from socialdesk.core.rows import Story
from socialdesk.core.source import RowKey
from socialdesk.core.text import one_line
from socialdesk.core.urls import host_of

FACES = 5
LEAST_REMARK = 20  # characters; less is "This." or the link's own title
_LINK = re.compile(r"https?://\S+|\b\S+\.\w{2,}/\S*")


def story(
    posts: Sequence[Entry],
    article: Entry | None,
    *,
    newest: RowKey,
    entry_ids: tuple[int, ...],
    share_count: int,
    saved: bool,
    minutes: int,
    seen: bool,
    link: int,
) -> Story:
    """The story of one link.

    `posts`: some of those that carry it, newest first. `article`: a feed's own entry of it.
    """
    cards = [post.link for post in posts if post.link is not None]
    url = article.url if article else next((card.url for card in cards), "")
    title = article.title if article and article.title else next((card.title for card in cards if card.title), "")
    remark = best_remark(posts, title)
    return Story(
        url=url,
        title=title or host_of(url),
        site=_site(cards) or host_of(url),
        image_url=_image(article, [card.image_url for card in cards]),
        minutes=minutes,
        entry_ids=entry_ids,
        authors=_faces(posts),
        share_count=share_count,
        networks=tuple(dict.fromkeys(post.network for post in posts)) or ((article.network,) if article else ()),
        remark=_without_links(remark.text) if remark else "",
        newest=newest,
        saved=saved,
        remark_by=remark.author if remark else None,
        seen=seen,
        link=link,
    )


def _site(cards: Sequence[LinkCard]) -> str:
    """What a network calls the site, before a mere host, which others give."""
    given = [(card.site == host_of(card.url), card.site) for card in cards if card.site]
    return min(given, key=lambda one: one[0])[1] if given else ""


def best_remark(posts: Sequence[Entry], title: str) -> Entry | None:
    """The post that says most about the article, by how people answered it, then by length: not its bare title."""
    known = one_line(title).casefold()
    told = [
        (_weight(post), min(len(words), 300), -place, post)
        for place, post in enumerate(posts)
        if len(words := _without_links(post.text)) >= LEAST_REMARK and words.casefold() != known
    ]
    return max(told, key=lambda candidate: candidate[:3])[3] if told else None


def _weight(post: Entry) -> int:
    counts = post.counts
    return (counts.likes or 0) + 2 * (counts.reshares or 0) + 2 * (counts.replies or 0)


def _without_links(text: str) -> str:
    return one_line(_LINK.sub("", text))


def _faces(posts: Iterable[Entry]) -> tuple[Author, ...]:
    found: dict[tuple[str, str], Author] = {}
    for post in posts:
        if post.kind is not EntryKind.ARTICLE:
            found.setdefault(
                (post.network, post.author.remote_id or post.author.handle or post.author.name), post.author
            )
    return tuple(found.values())[:FACES]


def _image(article: Entry | None, of_cards: Iterable[str]) -> str:
    own = [medium.preview_url or medium.url for medium in article.media] if article else []
    return next((url for url in (*of_cards, *own) if url), "")
