"""What the practice LinkedIn knows: members, pages, posts, comments, uploads. No wire format here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

REPEATED = timedelta(minutes=10)  # the same words of the same author within this time are a duplicate


@dataclass
class Post:
    """`commentary` is little text, `shown` what readers see of it."""

    urn: str
    author: str
    created: datetime
    commentary: str
    shown: str
    visibility: str = "PUBLIC"
    content: dict[str, Any] = field(default_factory=dict)


@dataclass
class Comment:
    id: str
    post: str
    actor: str
    created: datetime
    text: str
    parent: str = ""

    @property
    def urn(self) -> str:
        return f"urn:li:comment:({self.post},{self.id})"


@dataclass
class Upload:
    """`looks_left`: how often the owner still hears that it is being worked on."""

    urn: str
    owner: str
    data: bytes = b""
    mime: str = ""
    looks_left: int = 0
    fails: bool = False


@dataclass
class State:
    now: Callable[[], datetime]
    posts: dict[str, Post] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    count: int = 0

    def new_number(self, when: datetime) -> int:
        self.count += 1
        return (int(when.timestamp() * 1000) << 22) + self.count

    def add_post(self, author: str, commentary: str, shown: str, when: datetime, **more: Any) -> Post:
        post = Post(f"urn:li:share:{self.new_number(when)}", author, when, commentary, shown, **more)
        self.posts[post.urn] = post
        return post

    def repeated(self, author: str, commentary: str, when: datetime) -> Post | None:
        """The author's own post of minutes ago with the same words."""
        return next(
            (
                post
                for post in self.posts.values()
                if (post.author, post.commentary) == (author, commentary) and when - post.created < REPEATED
            ),
            None,
        )

    def posts_of(self, author: str) -> list[Post]:
        """Newest first."""
        return sorted((p for p in self.posts.values() if p.author == author), key=lambda p: p.created, reverse=True)

    def add_comment(self, post: str, actor: str, text: str, parent: str = "", *, minutes_ago: float = 0) -> Comment:
        when = self.now() - timedelta(minutes=minutes_ago)
        comment = Comment(str(self.new_number(when)), post, actor, when, text, parent)
        self.comments[comment.urn] = comment
        return comment

    def comments_on(self, urn: str) -> list[Comment]:
        """Those directly under a post or a comment, oldest first."""
        return [c for c in self.comments.values() if (c.parent or c.post) == urn]
