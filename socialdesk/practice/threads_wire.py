"""The practice Threads' media objects as JSON, with the fields that were asked for (Meta's Postman collection)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from socialdesk.practice.facebook_fields import FieldError, Wanted, parse_fields
from socialdesk.practice.facebook_refusals import GraphError, unknown_field
from socialdesk.practice.facebook_wire import page_of, stamp
from socialdesk.practice.threads_state import Container, Post, State, User

Json = dict[str, Any]


class Wire:
    """`base` is where pictures and pages are. `children`: fields of the parts of a carousel, only ids in general."""

    def __init__(self, state: State) -> None:
        self.base = ""
        self.children: tuple[str, ...] = ("id",)
        self._state = state

    def posts(self, posts: Sequence[Post], asked: Mapping[str, str], me: str) -> Json:
        wanted = wanted_of(asked)
        since, until = asked.get("since", ""), asked.get("until", "")
        inside = [
            post
            for post in posts
            if not (since.isdigit() and post.created.timestamp() < int(since))
            and not (until.isdigit() and post.created.timestamp() > int(until))
        ]
        chosen, paging = page_of(inside, asked, lambda p: p.id)
        if paging:
            paging["paging"].pop("more")
        return {"data": [self.post(post, wanted, me) for post in chosen], **paging}

    def post(self, post: Post, wanted: Sequence[Wanted], me: str) -> Json:
        parent = self._state.posts.get(post.reply_to)
        values: dict[str, Callable[[], Any]] = {
            "media_product_type": lambda: "THREADS",
            "media_type": lambda: "REPOST_FACADE" if post.facade else post.media_type,
            "media_url": lambda: post.media_url or None,
            "gif_url": lambda: None,
            "permalink": lambda: f"{self.base}/@{post.author}/post/{shortcode(post.id)}",
            "owner": lambda: {"id": self._state.users[post.author].id} if post.author == me else None,
            "username": lambda: post.author,
            "text": lambda: post.text or None,
            "timestamp": lambda: stamp(post.created),
            "shortcode": lambda: shortcode(post.id),
            "thumbnail_url": lambda: None,
            "children": lambda: {"data": [self._child(one) for one in post.children]} if post.children else None,
            "is_quote_post": lambda: bool(post.quotes),
            "quoted_post": lambda: {"id": post.quotes} if post.quotes else None,
            "reposted_post": lambda: None,
            "has_replies": lambda: bool(self._state.below(post.id, deep=False)),
            "alt_text": lambda: post.alt or None,
            "link_attachment_url": lambda: post.link or None,
            "topic_tag": lambda: post.tag or None,
            "is_reply": lambda: bool(post.reply_to),
            "is_reply_owned_by_me": lambda: bool(post.reply_to) and post.author == me,
            "root_post": lambda: {"id": self._state.root_of(post)} if parent else None,
            "replied_to": lambda: {"id": post.reply_to} if parent else None,
            "hide_status": lambda: "NOT_HUSHED" if post.reply_to else None,
            "reply_audience": post.audience.upper,
            "profile_picture_url": lambda: f"{self.base}/pictures/{post.author}.png",
            "is_verified": lambda: False,
        }
        return _node(post.id, values, wanted, "ThreadsMedia")

    def _child(self, container_id: str) -> Json:
        form = self._state.containers[container_id].form
        every = {
            "id": container_id,
            "media_type": "IMAGE",
            "media_url": form["image_url"],
            "alt_text": form.get("alt_text"),
        }
        return {name: every[name] for name in self.children if every[name]}

    def user(self, user: User, wanted: Sequence[Wanted]) -> Json:
        values: dict[str, Callable[[], Any]] = {
            "username": lambda: user.username,
            "name": lambda: user.name,
            "is_verified": lambda: False,
            "threads_profile_picture_url": lambda: f"{self.base}/pictures/{user.username}.png",
            "threads_biography": lambda: user.bio,
        }
        return _node(user.id, values, wanted, "ThreadsUser")

    def container(self, container: Container, wanted: Sequence[Wanted]) -> Json:
        values: dict[str, Callable[[], Any]] = {
            "status": lambda: container.status,
            "error_message": lambda: container.error or None,
        }
        return _node(container.id, values, wanted, "ThreadsContainer")


def shortcode(post_id: str) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    number, found = int(post_id), ""
    while number:
        number, digit = divmod(number, 64)
        found = letters[digit] + found
    return found


def wanted_of(asked: Mapping[str, str]) -> tuple[Wanted, ...]:
    text = asked.get("fields", "")
    try:
        return parse_fields(text) if text else ()
    except FieldError as error:
        raise GraphError(100, f"(#100) Syntax error: {error}") from error


def _node(node_id: str, values: Mapping[str, Callable[[], Any]], wanted: Sequence[Wanted], kind: str) -> Json:
    found: Json = {}
    for one in wanted:
        if one.name == "id":
            continue
        if one.name not in values:
            raise unknown_field(one.name, kind)
        value = values[one.name]()
        if value is not None:
            found[one.name] = value
    return {"id": node_id, **found}
