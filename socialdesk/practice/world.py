"""The made-up world that the practice networks show: organisations, their articles and what they say about them.

Everything is data under `resources/practice/`: `world.json`, and one HTML file per article body. Times are minutes
before the start of the practice networks; addresses are placeholders until the practice blogs have a port.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

from socialdesk.core.resources import resource_path
from socialdesk.practice.pictures import picture

__all__ = [
    "ME",
    "Organisation",
    "PracticeArticle",
    "PracticeComment",
    "PracticePost",
    "World",
    "article_url",
    "picture",
]

ME = "northwind"
_PLACE = re.compile(r"\{article:([a-z0-9-]+)\}")


@dataclass(frozen=True, slots=True)
class Organisation:
    """`key` is its stable name; `handle` is short, without a leading @ or a server; `colour` is #rrggbb."""

    key: str
    name: str
    handle: str
    bio: str
    colour: str


@dataclass(frozen=True, slots=True)
class PracticeArticle:
    """`site` is the key of the organisation whose blog it is on; `html` is the body without title and lead picture.

    `html` names pictures as `{picture:seed}`, to be replaced by an address. `picture` seeds the lead picture.
    """

    slug: str
    site: str
    title: str
    summary: str
    html: str
    tags: tuple[str, ...]
    minutes_ago: int
    picture: str
    picture_alt: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class PracticePost:
    """A short post. `text` mentions others as @handle, tags as #tag and articles as `{article:slug}`.

    `networks` names where it appears; `reply_to` is the id of another post (which appears on the same networks) or
    empty. `picture` is a seed for `picture()`, empty for none. `likes`, `reshares` and `replies` are shown counts.
    """

    id: str
    organisation: str
    networks: tuple[str, ...]
    minutes_ago: int
    text: str
    likes: int = 0
    reshares: int = 0
    replies: int = 0
    reply_to: str = ""
    picture: str = ""
    picture_alt: str = ""
    language: str = "en"
    warning: str = ""

    @property
    def articles(self) -> tuple[str, ...]:
        """Slugs of the articles that the text links to."""
        return tuple(_PLACE.findall(self.text))

    def text_with(self, urls: Mapping[str, str]) -> str:
        """The text with every article placeholder replaced by its address (`World.article_urls`).

        An article whose blog does not run gets an address that leads nowhere.
        """
        return _PLACE.sub(lambda found: urls.get(found[1], f"https://blog.example/{found[1]}/"), self.text)


@dataclass(frozen=True, slots=True)
class PracticeComment:
    """What an organisation says under an article of the person's own blog."""

    article: str
    organisation: str
    minutes_ago: int
    text: str


@dataclass(frozen=True)
class World:
    organisations: tuple[Organisation, ...]
    articles: tuple[PracticeArticle, ...]
    posts: tuple[PracticePost, ...]
    comments: tuple[PracticeComment, ...] = ()

    @classmethod
    def load(cls) -> "World":
        """Reads the world that comes with the program."""
        data = json.loads(resource_path("practice/world.json").read_text("utf-8"))
        return cls(
            organisations=tuple(Organisation(**row) for row in data["organisations"]),
            articles=tuple(_article(row) for row in data["articles"]),
            posts=tuple(_post(row) for row in data["posts"]),
            comments=tuple(PracticeComment(**row) for row in data["comments"]),
        )

    @cached_property
    def by_key(self) -> Mapping[str, Organisation]:
        return {organisation.key: organisation for organisation in self.organisations}

    @cached_property
    def by_handle(self) -> Mapping[str, Organisation]:
        return {organisation.handle: organisation for organisation in self.organisations}

    @property
    def me(self) -> Organisation:
        """The person's own organisation."""
        return self.by_key[ME]

    def posts_on(self, network: str) -> tuple[PracticePost, ...]:
        """Posts that appear on `network`, oldest first, so that a reply comes after what it answers."""
        return tuple(sorted((p for p in self.posts if network in p.networks), key=lambda p: -p.minutes_ago))

    def shown_on(self, *networks: str) -> tuple[PracticePost, ...]:
        """Posts on the first of `networks` that has any, oldest first."""
        return next((found for network in networks if (found := self.posts_on(network))), ())

    def articles_of(self, site: str) -> tuple[PracticeArticle, ...]:
        """Articles of one organisation's blog, newest first."""
        return tuple(sorted((a for a in self.articles if a.site == site), key=lambda a: a.minutes_ago))

    def article_urls(self, sites: Mapping[str, str]) -> dict[str, str]:
        """Address of every article by slug; `sites` maps an organisation's key to the base URL of its blog."""
        return {a.slug: article_url(a, sites[a.site]) for a in self.articles if a.site in sites}

    def every_url(self, sites: Mapping[str, str]) -> dict[str, str]:
        """The same for all articles: one whose blog does not run has an address that leads nowhere."""
        return {a.slug: f"https://{a.site}.example/{a.slug}/" for a in self.articles} | self.article_urls(sites)

    def cards(self, urls: Mapping[str, str]) -> dict[str, dict[str, str]]:
        """What is known of the articles that posts link to, by address. `urls`: of `every_url`."""
        return {
            urls[a.slug]: {"title": a.title, "description": a.summary, "image": f"/cards/{quote(a.picture)}.png"}
            for a in self.articles
        }


def article_url(article: PracticeArticle, base: str) -> str:
    return f"{base.rstrip('/')}/{article.slug}/"


def _article(row: dict[str, Any]) -> PracticeArticle:
    body = resource_path(f"practice/articles/{row['slug']}.html").read_text("utf-8")
    return PracticeArticle(**{**row, "html": body, "tags": tuple(row["tags"])})


def _post(row: dict[str, Any]) -> PracticePost:
    return PracticePost(**{**row, "networks": tuple(row["networks"])})
