"""What the practice Facebook holds: people and Pages, posts, comments, photos, tokens' owners."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass
class Profile:
    """A Page or a person. Only Pages of `tasks` are run by the person who signs in."""

    id: str
    name: str
    username: str = ""
    key: str = ""
    bio: str = ""
    tasks: tuple[str, ...] = ()


@dataclass
class Photo:
    id: str
    owner: str
    created: datetime
    data: bytes = field(default=b"", repr=False)
    mime: str = "image/png"
    alt: str = ""
    seed: str = ""
    published: bool = False


@dataclass
class Post:
    """`wall` is the Page it stands on. `scheduled`: when it will be out; such a post is not `published`."""

    id: str
    wall: str
    author: str
    created: datetime
    message: str = ""
    link: str = ""
    photos: tuple[str, ...] = ()
    tagged: frozenset[str] = frozenset()
    published: bool = True
    scheduled: datetime | None = None
    updated: datetime | None = None
    shares: int = 0
    likes: set[str] = field(default_factory=set)
    more_likes: int = 0


@dataclass
class Comment:
    id: str
    post: str
    author: str
    created: datetime
    message: str = ""
    parent: str = ""
    photo: str = ""
    likes: set[str] = field(default_factory=set)


class State:
    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.profiles: dict[str, Profile] = {}
        self.posts: dict[str, Post] = {}
        self.comments: dict[str, Comment] = {}
        self.photos: dict[str, Photo] = {}
        self._numbers = itertools.count(122_100_000_000_001)

    def number(self) -> str:
        return str(next(self._numbers))

    def second(self) -> datetime:
        return self.now().replace(microsecond=0)

    def add_profile(self, name: str, username: str = "", **more: object) -> Profile:
        found = Profile(self.number(), name, username, **more)  # type: ignore[arg-type]
        self.profiles[found.id] = found
        return found

    def add_post(self, wall: str, author: str, message: str, *, minutes_ago: float = 0, **more: object) -> Post:
        when = self.second() - timedelta(minutes=minutes_ago)
        post = Post(f"{wall}_{self.number()}", wall, author, when, message, **more)  # type: ignore[arg-type]
        self.posts[post.id] = post
        return post

    def add_comment(
        self, post: Post, author: str, message: str, *, parent: str = "", photo: str = "", minutes_ago: float = 0
    ) -> Comment:
        when = self.second() - timedelta(minutes=minutes_ago)
        comment_id = f"{post.id.rpartition('_')[2]}_{self.number()}"
        comment = Comment(comment_id, post.id, author, when, message, parent, photo)
        self.comments[comment.id] = comment
        post.updated = max(post.updated or when, when)
        return comment

    def remove_post(self, post_id: str) -> None:
        del self.posts[post_id]
        for comment in [c for c in self.comments.values() if c.post == post_id]:
            del self.comments[comment.id]

    def remove_comment(self, comment_id: str) -> None:
        del self.comments[comment_id]
        for answer in [c for c in self.comments.values() if c.parent == comment_id]:
            del self.comments[answer.id]

    def publish_due(self) -> None:
        """Posts whose time has come are out."""
        for post in self.posts.values():
            if post.scheduled is not None and not post.published and post.scheduled <= self.now():
                post.published, post.created = True, post.scheduled

    def edge_of(self, page: str, edge: str) -> list[Post]:
        """Posts of one edge of a Page, newest first."""
        self.publish_due()
        chosen: dict[str, Callable[[Post], bool]] = {
            "feed": lambda p: p.wall == page and p.published,
            "posts": lambda p: p.wall == page and p.author == page and p.published,
            "published_posts": lambda p: p.wall == page and p.author == page and p.published,
            "visitor_posts": lambda p: p.wall == page and p.author != page and p.published,
            "tagged": lambda p: page in p.tagged and p.published,
            "scheduled_posts": lambda p: p.wall == page and not p.published and p.scheduled is not None,
        }
        return sorted(filter(chosen[edge], self.posts.values()), key=lambda p: (p.created, p.id), reverse=True)

    def comments_of(self, object_id: str, *, stream: bool, newest_first: bool) -> list[Comment]:
        """Comments under a post (all of them, or those that answer it itself), or answers to a comment."""

        def under() -> Iterator[Comment]:
            for comment in self.comments.values():
                if comment.parent == object_id or (comment.post == object_id and (stream or not comment.parent)):
                    yield comment

        return sorted(under(), key=lambda c: (c.created, c.id), reverse=newest_first)
