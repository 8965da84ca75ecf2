"""What the practice Blogger knows, and its wire format (Blogger API v3's discovery document)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

POST_FIELDS = frozenset(
    {
        "kind", "id", "status", "blog", "published", "updated", "trash", "url", "selfLink", "title", "titleLink",
        "content", "images", "customMetaData", "author", "replies", "labels", "location", "etag", "readerComments",
    }
)  # fmt: skip


class Refused(Exception):
    def __init__(self, status: int, name: str, message: str, reason: str = "", detail: str = "") -> None:
        super().__init__(message)
        self.status = status
        error: dict[str, Any] = {"code": status, "message": message, "status": name}
        if reason:
            error["errors"] = [{"message": message, "domain": "global", "reason": reason}]
        if detail:
            kind = "type.googleapis.com/google.rpc.ErrorInfo"
            error["details"] = [{"@type": kind, "reason": detail, "domain": "googleapis.com"}]
        self.body = {"error": error}


@dataclass
class Blog:
    id: str
    name: str
    host: str


@dataclass
class Post:
    id: str
    blog: str
    title: str
    content: str
    status: str
    updated: datetime
    published: datetime | None = None
    labels: tuple[str, ...] = ()


@dataclass
class Comment:
    id: str
    blog: str
    post: str
    author: str
    content: str
    published: datetime


@dataclass
class State:
    now: Callable[[], datetime]
    blogs: list[Blog] = field(default_factory=list)
    posts: dict[str, Post] = field(default_factory=dict)
    comments: list[Comment] = field(default_factory=list)
    count: int = 0

    def new_id(self) -> str:
        self.count += 1
        return str(5_800_000_000_000_000_000 + self.count)

    def publish_due(self) -> None:
        """What is planned is public when its time has come."""
        for post in self.posts.values():
            if post.status == "SCHEDULED" and post.published is not None and post.published <= self.now():
                post.status = "LIVE"

    def add_post(self, blog: str, title: str, content: str, status: str, when: datetime, **more: Any) -> Post:
        published = when if status == "LIVE" else None
        post = Post(self.new_id(), blog, title, content, status, when, published, **more)
        self.posts[post.id] = post
        return post


def stamp(when: datetime | None) -> str | None:
    return when.isoformat(timespec="seconds") if when else None


def blog_json(blog: Blog) -> dict[str, Any]:
    return {"kind": "blogger#blog", "id": blog.id, "name": blog.name, "url": f"http://{blog.host}/", "status": "LIVE"}


def post_json(post: Post, blog: Blog, base: str, author: str, replies: int, *, bodies: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "kind": "blogger#post",
        "id": post.id,
        "status": post.status,
        "blog": {"id": blog.id},
        "updated": stamp(post.updated),
        "selfLink": f"{base}/v3/blogs/{blog.id}/posts/{post.id}",
        "title": post.title,
        "author": {"id": "1", "displayName": author, "url": f"{base}/profile/1", "image": {"url": "//b.example/a.png"}},
        "replies": {"totalItems": str(replies), "selfLink": f"{base}/v3/blogs/{blog.id}/posts/{post.id}/comments"},
        "etag": f'"{post.id}"',
    }
    if post.published:
        found["published"] = stamp(post.published)
    if post.status == "LIVE":
        found["url"] = f"http://{blog.host}/{post.updated:%Y/%m}/{post.id}.html"
    if bodies:
        found["content"] = post.content
    return {**found, "labels": list(post.labels)} if post.labels else found


def comment_json(comment: Comment) -> dict[str, Any]:
    return {
        "kind": "blogger#comment",
        "status": "LIVE",
        "id": comment.id,
        "post": {"id": comment.post},
        "blog": {"id": comment.blog},
        "published": stamp(comment.published),
        "updated": stamp(comment.published),
        "content": comment.content,
        "author": {"displayName": comment.author},
    }
