"""What the practice Ghost holds: posts, pages, tags, pictures; and its slugs."""

import re
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Tag:
    id: str
    name: str
    slug: str

    @property
    def visibility(self) -> str:
        return "internal" if self.name.startswith("#") else "public"


@dataclass(slots=True)
class Post:
    """`kind` is post or page; times are whole seconds, UTC, as its database keeps them."""

    id: str
    title: str
    html: str
    slug: str
    status: str
    created: datetime
    updated: datetime
    published: datetime | None = None
    kind: str = "post"
    excerpt: str = ""
    feature_image: str = ""
    feature_image_alt: str = ""
    tags: list[Tag] = field(default_factory=list)
    uuid: str = ""

    def url(self, base: str) -> str:
        public = self.status in {"published", "sent"}
        return f"{base}/{self.slug}/" if public else f"{base}/p/{self.uuid}/"


class SiteState:
    def __init__(self) -> None:
        self.posts: dict[str, Post] = {}
        self.tags: dict[str, Tag] = {}  # by slug
        self.images: dict[str, tuple[str, bytes]] = {}  # type and bytes by path below /content/images/
        self._number = 0x6B0280EF866F96057AC7B000

    def new_id(self) -> str:
        """24 hexadecimal digits that grow, as MongoDB made them."""
        self._number += 1
        return f"{self._number:024x}"

    def new_post(self, title: str, html: str, status: str, at: datetime, slug: str = "", kind: str = "post") -> Post:
        number = self.new_id()
        post = Post(number, title, html, self.free_slug(slug or slugify(title)), status, at, at, kind=kind)
        post.uuid = str(uuid.uuid5(uuid.NAMESPACE_OID, number))
        self.posts[number] = post
        return post

    def publish_due(self, now: datetime) -> None:
        """What Ghost's own scheduler does: what is planned is public when its time has come."""
        for post in self.posts.values():
            if post.status == "scheduled" and post.published is not None and post.published <= now:
                post.status, post.updated = "published", now.replace(microsecond=0)

    def free_slug(self, wanted: str) -> str:
        """A slug that nobody has: `-2`, `-3` behind one that is taken, without a word about it."""
        taken, wanted = {post.slug for post in self.posts.values()}, wanted[:185] or "untitled"
        slug, number = wanted, 1
        while slug in taken:
            number += 1
            slug = f"{wanted}-{number}"
        return slug

    def tag_named(self, name: str) -> Tag:
        """The tag with exactly this name, made if there is none: `news` is another one than `News`."""
        known = next((tag for tag in self.tags.values() if tag.name == name), None)
        if known is not None:
            return known
        wanted = slugify(name.replace("#", "hash-", 1) if name.startswith("#") else name)
        slug, number = wanted, 1
        while slug in self.tags:
            number += 1
            slug = f"{wanted}-{number}"
        self.tags[slug] = Tag(self.new_id(), name, slug)
        return self.tags[slug]

    def listed(self, kind: str) -> Sequence[Post]:
        return [post for post in self.posts.values() if post.kind == kind]

    def keep_image(self, folder: str, name: str, mime: str, data: bytes) -> str:
        """The path of a new picture: a name that is taken gets a number, as each upload is a new file."""
        stem, _, ending = re.sub(r"[^A-Za-z0-9.@_-]", "-", name).rpartition(".")
        path, number = f"{folder}/{stem}.{ending}", 0
        while path in self.images:
            number += 1
            path = f"{folder}/{stem}-{number}.{ending}"
        self.images[path] = (mime, data)
        return path


def slugify(text: str) -> str:
    """Ghost's slugs are ASCII only, lower case, with hyphens."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("ß", "ss")).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", re.sub(r"['’]", "", plain))) or "untitled"
