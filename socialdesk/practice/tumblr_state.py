"""What the practice Tumblr knows: blogs, posts, queues, likes. No wire format here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass
class Blog:
    name: str
    title: str
    uuid: str
    mine: bool = False
    primary: bool = False


@dataclass
class Post:
    """`content` in the Neue Post Format as it came; `parent` is the post that this one reblogs.

    `genesis`: the number it had while it was queued or a draft.
    """

    id: int
    blog: str
    created: datetime
    content: list[dict[str, Any]]
    tags: tuple[str, ...] = ()
    state: str = "published"
    slug: str = ""
    parent: "Post | None" = None
    publish_on: str = ""
    genesis: str = ""

    @property
    def reblog_key(self) -> str:
        return f"{self.id * 2654435761 % 2**32:08x}"

    @property
    def text(self) -> str:
        return "\n\n".join(str(block["text"]) for block in self.content if block.get("type") == "text")

    @property
    def trail(self) -> "list[Post]":
        """What was reblogged, oldest first; posts that add nothing are left out."""
        before = self.parent.trail if self.parent else []
        return [*before, self.parent] if self.parent and self.parent.content else before


@dataclass
class State:
    now: Callable[[], datetime]
    blogs: dict[str, Blog] = field(default_factory=dict)
    posts: dict[int, Post] = field(default_factory=dict)
    media: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # number -> type, bytes
    liked: set[int] = field(default_factory=set)
    count: int = 0

    def new_id(self, when: datetime) -> int:
        self.count += 1
        return (int(when.timestamp() * 1000) << 18) + self.count

    def add(self, blog: str, content: list[dict[str, Any]], when: datetime, **more: Any) -> Post:
        post = Post(self.new_id(when), blog, when, content, **more)
        self.posts[post.id] = post
        return post

    def listed(self, state: str = "published", blog: str = "") -> list[Post]:
        """Newest first."""
        self.publish_due()
        found = [p for p in self.posts.values() if p.state == state and blog in {"", p.blog}]
        return sorted(found, key=lambda p: p.created, reverse=True)

    def publish_queued(self, post: Post) -> Post:
        """A queued post appears, under a new number."""
        del self.posts[post.id]
        now = self.now()
        return self.add(
            post.blog, post.content, now, tags=post.tags, slug=post.slug, parent=post.parent, genesis=str(post.id)
        )

    def publish_due(self) -> None:
        """What was queued for a time that has come appears."""
        for post in list(self.posts.values()):
            if post.state == "queue" and post.publish_on and datetime.fromisoformat(post.publish_on) <= self.now():
                self.publish_queued(post)

    def blog_named(self, identifier: str) -> Blog | None:
        """By name, host or unique id."""
        found = self.blogs.get(identifier.removesuffix(".tumblr.com"))
        return found or next((blog for blog in self.blogs.values() if blog.uuid == identifier), None)
