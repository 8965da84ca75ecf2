"""What the practice Threads holds: people, posts, containers on their way to become posts."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from socialdesk.practice.facebook_refusals import GraphError, parameter


@dataclass
class User:
    id: str
    username: str
    name: str
    key: str = ""
    bio: str = ""


@dataclass
class Post:
    id: str
    author: str  # username
    text: str
    created: datetime
    media_type: str = "TEXT_POST"
    media_url: str = ""
    alt: str = ""
    children: tuple[str, ...] = ()
    link: str = ""
    tag: str = ""
    reply_to: str = ""
    quotes: str = ""
    audience: str = "everyone"
    facade: bool = False


@dataclass
class Container:
    """`looks`: how often it still says that it is being prepared."""

    id: str
    form: dict[str, str]
    created: datetime
    status: str = "FINISHED"
    error: str = ""
    looks: int = 0
    post: str = ""


class State:
    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.users: dict[str, User] = {}
        self.posts: dict[str, Post] = {}
        self.containers: dict[str, Container] = {}
        self._numbers = itertools.count(17_950_000_000_000_001)

    def number(self) -> str:
        return str(next(self._numbers))

    def second(self) -> datetime:
        return self.now().replace(microsecond=0)

    def add_user(self, username: str, name: str, key: str = "", bio: str = "") -> User:
        user = self.users[username] = User(self.number(), username, name, key, bio)
        return user

    def add_post(self, author: str, text: str, *, minutes_ago: float = 0, **more: object) -> Post:
        when = self.second() - timedelta(minutes=minutes_ago)
        post = Post(self.number(), author, text, when, **more)  # type: ignore[arg-type]
        self.posts[post.id] = post
        return post

    def root_of(self, post: Post) -> str:
        while post.reply_to in self.posts:
            post = self.posts[post.reply_to]
        return post.id

    def newest(self, chosen: Callable[[Post], bool]) -> list[Post]:
        return sorted(filter(chosen, self.posts.values()), key=lambda p: (p.created, p.id), reverse=True)

    def below(self, post_id: str, *, deep: bool) -> list[Post]:
        """Answers to a post, or all that followed from it, newest first."""
        found = {post_id}
        for post in sorted(self.posts.values(), key=lambda p: p.id):  # an answer has a larger id than what it answers
            if post.reply_to in (found if deep else {post_id}):
                found.add(post.id)
        return self.newest(lambda p: p.id in found and p.id != post_id)

    def container(self, container_id: str) -> Container:
        """Raises GraphError."""
        found = self.containers.get(container_id)
        if found is None:
            raise parameter("The parameter creation_id is invalid", sub=33)
        if found.status == "FINISHED" and self.now() - found.created > timedelta(days=1):
            found.status = "EXPIRED"
        return found

    def publish(self, container: Container, author: str) -> Post:
        """Raises GraphError where it is not ready, or was published before."""
        if container.status != "FINISHED":
            raise GraphError(100, f"(#100) The media is not ready for publishing: {container.status}", sub=2207027)
        form = container.form
        kind = {"TEXT": "TEXT_POST", "CAROUSEL": "CAROUSEL_ALBUM"}.get(form["media_type"], form["media_type"])
        post = self.add_post(
            author,
            form.get("text", ""),
            media_type=kind,
            media_url=form.get("image_url", "") or form.get("video_url", ""),
            alt=form.get("alt_text", ""),
            children=tuple(filter(None, form.get("children", "").split(","))),
            link=form.get("link_attachment", ""),
            tag=form.get("topic_tag", ""),
            reply_to=form.get("reply_to_id", ""),
            quotes=form.get("quote_post_id", ""),
            audience=form.get("reply_control", "everyone"),
        )
        container.status, container.post = "PUBLISHED", post.id
        return post
