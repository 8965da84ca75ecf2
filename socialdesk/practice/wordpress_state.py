"""What the practice blog holds: posts, media, terms and comments, with WordPress's own habits about slugs."""

import html
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

MAX_SLUG = 200
RESERVED_SLUGS = frozenset({"feed", "rdf", "rss", "rss2", "atom", "embed"})
POST_STATUSES = frozenset({"publish", "future", "draft", "pending", "private"})
HIDDEN = frozenset({"trash"})


@dataclass(slots=True)
class Term:
    id: int
    taxonomy: str  # category or post_tag
    name: str  # as stored: HTML-escaped
    slug: str


@dataclass(slots=True)
class Post:
    """Times are UTC; the practice site's own time is UTC too."""

    id: int
    title: str
    content: str
    status: str
    slug: str
    date: datetime
    modified: datetime
    excerpt: str = ""
    author: int = 1
    categories: list[int] = field(default_factory=list)
    tags: list[int] = field(default_factory=list)
    featured: int = 0
    fields: dict[str, str] = field(default_factory=dict)  # custom fields
    open: bool = True  # to comments


@dataclass(slots=True)
class Media:
    id: int
    slug: str
    path: str  # below /wp-content/uploads/
    mime: str
    data: Callable[[], bytes]
    date: datetime
    alt: str = ""
    title: str = ""
    caption: str = ""
    width: int = 0
    height: int = 0


@dataclass(slots=True)
class Comment:
    id: int
    post: int
    content: str
    date: datetime
    author_name: str
    parent: int = 0
    author: int = 0
    author_url: str = ""
    status: str = "approved"  # approved, hold, spam, trash


class BlogState:
    """Everything in memory. Ids are shared by posts and media, as in WordPress."""

    def __init__(self) -> None:
        self.posts: dict[int, Post] = {}
        self.media: dict[int, Media] = {}
        self.terms: dict[int, Term] = {1: Term(1, "category", "Uncategorized", "uncategorized")}
        self.comments: dict[int, Comment] = {}
        self._last_post = self._last_comment = 0
        self._last_term = 1

    def new_post_id(self) -> int:
        self._last_post += 1
        return self._last_post

    def new_comment_id(self) -> int:
        self._last_comment += 1
        return self._last_comment

    def publish_due(self, now: datetime) -> None:
        """What WP-Cron does at each request: what is planned is public when its time has come."""
        for post in self.posts.values():
            if post.status == "future" and post.date <= now:
                post.status = "publish"

    def unique_slug(self, wanted: str, own_id: int = 0) -> str:
        """`wp_unique_post_slug`: repeated slugs silently get -2, -3; feed names are never given away."""
        slug = sanitize_title(wanted)
        taken = {p.slug for p in self.posts.values() if p.id != own_id and p.status not in HIDDEN}
        if not slug or (slug not in taken and slug not in RESERVED_SLUGS):
            return slug
        number = 2
        while f"{slug}-{number}" in taken:
            number += 1
        return f"{slug}-{number}"

    def unique_media_slug(self, stem: str) -> str:
        slug = sanitize_title(stem)
        taken = {m.slug for m in self.media.values()}
        number = 0
        while (candidate := f"{slug}-{number}" if number else slug) in taken:
            number += 1
        return candidate

    def find_term(self, taxonomy: str, name: str) -> Term | None:
        return self.find_stored(taxonomy, html.escape(name.strip(), quote=False))

    def find_stored(self, taxonomy: str, name: str) -> Term | None:
        """By the name as it is stored, HTML-escaped."""
        wanted = name.casefold()
        return next((t for t in self.terms.values() if t.taxonomy == taxonomy and t.name.casefold() == wanted), None)

    def add_term(self, taxonomy: str, name: str) -> Term:
        return self.add_stored(taxonomy, html.escape(name.strip(), quote=False))

    def add_stored(self, taxonomy: str, name: str) -> Term:
        """`name` as it is stored, HTML-escaped."""
        self._last_term += 1
        term = Term(self._last_term, taxonomy, name, sanitize_title(html.unescape(name)))
        self.terms[term.id] = term
        return term

    def known_terms(self, ids: Iterable[int], taxonomy: str) -> list[int]:
        """Ids that do not exist are dropped without a word, as WordPress does."""
        return [i for i in ids if i in self.terms and self.terms[i].taxonomy == taxonomy]


def sanitize_title(text: str) -> str:
    """`sanitize_title`: accents removed, lower case, other letters percent-encoded, anything else a hyphen."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "s"))
    plain = "".join(c for c in plain if not unicodedata.combining(c) or ord(c) > 0x36F)
    plain = unicodedata.normalize("NFC", plain).lower()
    plain = re.sub(r"<[^>]*>|&[a-z]+;|['’‘“”\"]", "", plain)
    plain = re.sub(r"[\s./–—]+", "-", plain)
    encoded = re.sub(r"[^a-z0-9_%-]", "", quote(plain, safe="-_").lower() if not plain.isascii() else plain)
    return re.sub(r"-+", "-", encoded)[:MAX_SLUG].strip("-")


def render(content: str) -> str:
    """`do_blocks` or, for content without blocks, `wpautop` in short: what readers get to see."""
    if "<!-- wp:" in content:
        return re.sub(r"<!-- /?wp:.*?-->", "", content, flags=re.DOTALL)
    if "<p" in content:
        return content
    parts = [part.strip().replace("\n", "<br />\n") for part in re.split(r"\n\s*\n", content.strip())]
    return "\n".join(f"<p>{part}</p>" for part in parts if part) + "\n"
