"""The practice Facebook's nodes as JSON, with the fields that were asked for (Graph API v25.0)."""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from socialdesk.practice.facebook_fields import Wanted
from socialdesk.practice.facebook_refusals import parameter, unknown_field
from socialdesk.practice.facebook_state import Comment, Photo, Post, Profile, State

Json = dict[str, Any]
T = TypeVar("T")
USUAL, MOST = 25, 100
PICTURE = (1200, 750)


def stamp(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


class Wire:
    """`base` is where pictures and pages are; `cards` says what is known of pages that posts link to."""

    def __init__(self, state: State, cards: Mapping[str, Mapping[str, str]]) -> None:
        self.base = ""
        self._state = state
        self._cards = cards

    # nodes

    def profile(self, profile: Profile, wanted: Sequence[Wanted], token: str = "") -> Json:
        values: dict[str, Callable[[Wanted], Any]] = {
            "id": lambda _: profile.id,
            "name": lambda _: profile.name,
            "username": lambda _: profile.username or None,
            "link": lambda _: f"{self.base}/{profile.username or profile.id}",
            "picture": lambda _: {"data": {"url": f"{self.base}/pictures/{profile.key}.png", "is_silhouette": False}},
            "followers_count": lambda _: 4182,
            "fan_count": lambda _: 4075,
            "tasks": lambda _: list(profile.tasks),
            "access_token": lambda _: token or None,
        }
        return _node(values, wanted or (Wanted("name"),), "Page")

    def post(self, post: Post, wanted: Sequence[Wanted], viewer: str) -> Json:
        comments = self._state.comments_of(post.id, stream=True, newest_first=False)
        values: dict[str, Callable[[Wanted], Any]] = {
            "message": lambda _: post.message or None,
            "story": lambda _: None if post.message or not post.photos else f"{self._name(post.author)} added a photo.",
            "created_time": lambda _: stamp(post.created),
            "updated_time": lambda _: stamp(post.updated or post.created),
            "permalink_url": lambda _: f"{self.base}/{post.wall}/posts/{post.id.rpartition('_')[2]}",
            "full_picture": lambda _: self._picture(post.photos[0]) if post.photos else None,
            "from": lambda _: self._from(post.author),
            "shares": lambda _: {"count": post.shares} if post.shares else None,
            "status_type": lambda _: "added_photos" if post.photos else "mobile_status_update",
            "is_published": lambda _: post.published,
            "scheduled_publish_time": lambda _: int(post.scheduled.timestamp()) if post.scheduled else None,
            "message_tags": lambda _: None,
            "attachments": lambda _: self._attachments(post),
            "reactions": lambda w: self._likes(post.likes, post.more_likes, w, viewer),
            "comments": lambda w: self.comments(comments, w.inner, w.modifiers, viewer, post.id),
        }
        usual = (Wanted("created_time"), Wanted("message"))
        return _node({"id": lambda _: post.id, **values}, wanted or usual, "PagePost")

    def comment(self, comment: Comment, wanted: Sequence[Wanted], viewer: str) -> Json:
        answers = self._state.comments_of(comment.id, stream=True, newest_first=False)
        values: dict[str, Callable[[Wanted], Any]] = {
            "from": lambda _: self._from(comment.author),
            "message": lambda _: comment.message,
            "created_time": lambda _: stamp(comment.created),
            "permalink_url": lambda _: f"{self.base}/{comment.post}?comment_id={comment.id.rpartition('_')[2]}",
            "like_count": lambda _: len(comment.likes),
            "comment_count": lambda _: len(answers),
            "user_likes": lambda _: viewer in comment.likes,
            "parent": lambda w: self._parent(comment, w, viewer),
            "attachment": lambda _: self._attachment(comment.photo) if comment.photo else None,
        }
        usual = (Wanted("created_time"), Wanted("from"), Wanted("message"))
        return _node({"id": lambda _: comment.id, **values}, wanted or usual, "Comment")

    def photo(self, photo: Photo, wanted: Sequence[Wanted]) -> Json:
        values: dict[str, Callable[[Wanted], Any]] = {
            "id": lambda _: photo.id,
            "created_time": lambda _: stamp(photo.created),
            "alt_text_custom": lambda _: photo.alt or None,
            "alt_text": lambda _: photo.alt or None,
        }
        return _node(values, wanted or (Wanted("created_time"),), "Photo")

    # edges

    def posts(self, posts: Sequence[Post], wanted: Sequence[Wanted], query: Mapping[str, str], me: str) -> Json:
        inside = [p for p in posts if _within(p.created, query)]
        chosen, paging = page_of(inside, query, lambda p: p.id)
        return {"data": [self.post(post, wanted, me) for post in chosen], **paging}

    def comments(
        self, comments: Sequence[Comment], wanted: Sequence[Wanted], query: Mapping[str, str], me: str, under: str
    ) -> Json:
        stream, newest = query.get("filter") == "stream", query.get("order") == "reverse_chronological"
        inside = [c for c in comments if (stream or c.parent in {"", under}) and _within(c.created, query)]
        inside.sort(key=lambda c: (c.created, c.id), reverse=newest)
        chosen, paging = page_of(inside, query, lambda c: c.id)
        edge: Json = {"data": [self.comment(comment, wanted, me) for comment in chosen], **paging}
        if query.get("summary") == "true":
            edge["summary"] = {"order": "chronological", "total_count": len(inside), "can_comment": True}
        return edge

    def next_page(self, edge: Json, request_path: str, query: Mapping[str, str]) -> Json:
        """The edge with the whole address of its next page, token and all, as the Graph API gives it."""
        paging = edge.get("paging")
        if paging and paging.pop("more", False):
            after = {**query, "after": paging["cursors"]["after"]}
            paging["next"] = f"{self.base}{request_path}?{urlencode(after)}"
        return edge

    # parts

    def _name(self, profile_id: str) -> str:
        return self._state.profiles[profile_id].name

    def _from(self, profile_id: str) -> Json | None:
        profile = self._state.profiles.get(profile_id)
        return {"name": profile.name, "id": profile.id} if profile else None

    def _parent(self, comment: Comment, wanted: Wanted, viewer: str) -> Json | None:
        parent = self._state.comments.get(comment.parent)
        return self.comment(parent, wanted.inner, viewer) if parent else None

    def _likes(self, likes: set[str], more: int, wanted: Wanted, viewer: str) -> Json:
        edge: Json = {"data": [{"id": who, "type": "LIKE"} for who in sorted(likes)][: int(wanted.modifiers["limit"])]
                      if wanted.modifiers.get("limit", "").isdigit() else []}  # fmt: skip
        if wanted.modifiers.get("summary") == "true":
            reaction = "LIKE" if viewer in likes else "NONE"
            edge["summary"] = {"total_count": len(likes) + more, "viewer_reaction": reaction}
        return edge

    def _picture(self, photo_id: str) -> str:
        return f"{self.base}/photos/{photo_id}.png"

    def _attachment(self, photo_id: str) -> Json:
        width, height = PICTURE
        image = {"height": height, "src": self._picture(photo_id), "width": width}
        url = f"{self.base}/photo.php?fbid={photo_id}"
        return {
            "media_type": "photo",
            "type": "photo",
            "media": {"image": image},
            "url": url,
            "target": {"id": photo_id},
        }

    def _attachments(self, post: Post) -> Json | None:
        if len(post.photos) > 1:
            parts = [self._attachment(photo) for photo in post.photos]
            album = {**parts[0], "media_type": "album", "type": "album", "subattachments": {"data": parts}}
            return {"data": [album]}
        if post.photos:
            return {"data": [self._attachment(post.photos[0])]}
        if not post.link:
            return None
        shim = f"{self.base}/l.php?{urlencode({'u': post.link})}"
        card: Json = {"media_type": "link", "type": "share", "url": shim, "unshimmed_url": post.link}
        known = self._cards.get(post.link, {})
        card |= {name: known[name] for name in ("title", "description") if name in known}
        if "image" in known:
            card["media"] = {"image": {"height": 315, "src": self.base + known["image"], "width": 600}}
        return {"data": [card]}


def page_of(rows: Sequence[T], query: Mapping[str, str], key: Callable[[T], str]) -> tuple[Sequence[T], Json]:
    """The rows that were asked for, and `paging`; `more` stands for a next page. Raises GraphError."""
    limit = _limit(query)
    start = 0
    if after := query.get("after", ""):
        start = next((i + 1 for i, row in enumerate(rows) if cursor(key(row)) == after), len(rows))
    chosen = rows[start : start + limit]
    if not chosen:
        return (), {}
    cursors = {"before": cursor(key(chosen[0])), "after": cursor(key(chosen[-1]))}
    return chosen, {"paging": {"cursors": cursors, "more": start + limit < len(rows)}}


def cursor(name: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest()[:18]).decode()


def _limit(query: Mapping[str, str]) -> int:
    given = query.get("limit", str(USUAL))
    if not given.isdigit():
        raise parameter("Param limit must be a non-negative integer")
    if int(given) > MOST:
        raise parameter("Param limit must be less than or equal to 100")
    return int(given)


def _within(when: datetime, query: Mapping[str, str]) -> bool:
    since, until = query.get("since", ""), query.get("until", "")
    seconds = when.timestamp()
    return not (since.isdigit() and seconds < int(since)) and not (until.isdigit() and seconds > int(until))


def _node(values: Mapping[str, Callable[[Wanted], Any]], wanted: Sequence[Wanted], kind: str) -> Json:
    """The fields that were asked for, without those that have no value; the id is always there."""
    found: Json = {}
    for one in wanted:
        if one.name not in values:
            raise unknown_field(one.name, kind)
        value = values[one.name](one)
        if value is not None:
            found[one.name] = value
    return {**found, "id": values["id"](Wanted("id"))}
