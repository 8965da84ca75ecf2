"""What the practice Facebook lets a Page write: posts, photos, comments, likes, changes, deletions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from socialdesk.practice.facebook_refusals import GraphError, parameter, unknown_node
from socialdesk.practice.facebook_state import Comment, Photo, Post, State
from socialdesk.practice.forms import FormFile

LARGEST_PHOTO = 4_000_000
LONGEST = 63_206
SOONEST, LATEST = timedelta(minutes=10), timedelta(days=75)
REPEATED = timedelta(minutes=60)
IMAGES = frozenset({"image/jpeg", "image/png", "image/gif", "image/tiff", "image/webp"})
Form = Mapping[str, str | FormFile]


@dataclass
class Writing:
    """`refuses_repeats`: the same words by the same Page within the hour are refused."""

    state: State
    refuses_repeats: bool = True
    uploads_fail: set[str] = field(default_factory=set)

    def feed(self, page: str, form: Form) -> dict[str, Any]:
        message, link = _text(form, "message"), _text(form, "link")
        photos = tuple(self._attached(form))
        if not message and not link and not photos:
            raise parameter("Requires one of the params: link, message, or attached_media")
        if len(message) > LONGEST:
            raise parameter("Param message must be at most 63206 characters long.")
        if link and (urlsplit(link).scheme not in {"http", "https"} or not urlsplit(link).netloc):
            raise GraphError(100, "(#100) The url you supplied is invalid", sub=1609005)
        self._check_repeat(page, message, photos)
        scheduled = self._scheduled(form)
        post = self.state.add_post(page, page, message, link=link, photos=photos)
        post.scheduled, post.published = scheduled, scheduled is None and _text(form, "published") != "false"
        for photo in photos:
            self.state.photos[photo].published = True
        return {"id": post.id}

    def _check_repeat(self, page: str, message: str, photos: tuple[str, ...]) -> None:
        for post in self.state.posts.values():
            same = (post.author, post.message, post.photos) == (page, message, photos)
            if self.refuses_repeats and same and self.state.now() - post.created < REPEATED:
                words = "(#506) Duplicate status message: this is identical to the last one that you posted."
                raise GraphError(506, words)

    def _attached(self, form: Form) -> list[str]:
        given = [value for name, value in sorted(form.items()) if name.startswith("attached_media")]
        found: list[str] = []
        for text in given:
            value = json.loads(text) if isinstance(text, str) else None
            for one in value if isinstance(value, list) else [value]:
                photo = str(one.get("media_fbid", "")) if isinstance(one, dict) else ""
                if photo not in self.state.photos:
                    raise parameter("Param attached_media must contain media_fbid of an uploaded photo")
                found.append(photo)
        return found

    def _scheduled(self, form: Form) -> datetime | None:
        given = _text(form, "scheduled_publish_time")
        if not given:
            return None
        if not given.isdigit() or _text(form, "published") != "false":
            raise parameter("You cannot specify a scheduled publish time on a published post")
        when = datetime.fromtimestamp(int(given), UTC)
        if not SOONEST <= when - self.state.now() <= LATEST:
            raise parameter("The specified scheduled publish time is invalid.")
        return when

    def photo(self, page: str, form: Form) -> dict[str, Any]:
        file, url = form.get("source"), _text(form, "url")
        if not isinstance(file, FormFile) and not url:
            raise parameter("(#324) Requires upload file")
        data = file.data if isinstance(file, FormFile) else b""
        mime = file.content_type if isinstance(file, FormFile) else "image/png"
        if len(data) > LARGEST_PHOTO or mime not in IMAGES or not (data or url):
            words = "Your photos couldn't be uploaded. Photos should be less than 4 MB and saved as JPG, PNG, GIF, TIFF"
            raise GraphError(100, words, sub=1366046)
        photo = Photo(self.state.number(), page, self.state.second(), data, mime, _text(form, "alt_text_custom"))
        self.state.photos[photo.id] = photo
        if _text(form, "published") == "false":
            return {"id": photo.id}
        photo.published = True
        message = _text(form, "caption") or _text(form, "message")
        post = self.state.add_post(page, page, message, photos=(photo.id,))
        return {"id": photo.id, "post_id": post.id}

    def comment(self, page: str, object_id: str, form: Form) -> dict[str, Any]:
        message, photo = _text(form, "message"), _text(form, "attachment_id")
        if not message and not photo:
            raise parameter("Comment text is empty")
        if photo and photo not in self.state.photos:
            raise parameter("Invalid attachment_id")
        under = self.state.comments.get(object_id)
        post = self.state.posts.get(under.post if under else object_id)
        if post is None:
            raise unknown_node(object_id)
        parent = (under.parent or under.id) if under else ""  # answers to answers stand beside them
        return {"id": self.state.add_comment(post, page, message, parent=parent, photo=photo).id}

    def change(self, page: str, node: Post | Comment, form: Form) -> dict[str, Any]:
        if node.author != page:
            raise GraphError(200, "(#200) Permissions error", status=403)
        message = _text(form, "message")
        if not message:
            raise parameter("Requires message")
        node.message = message
        if isinstance(node, Post):
            node.updated = self.state.second()
        return {"success": True}

    def remove(self, page: str, node: Post | Comment | Photo) -> dict[str, Any]:
        if isinstance(node, Post):
            if page not in {node.author, node.wall}:
                raise GraphError(200, "(#200) Permissions error", status=403)
            self.state.remove_post(node.id)
        elif isinstance(node, Comment):
            self.state.remove_comment(node.id)
        else:
            del self.state.photos[node.id]
        return {"success": True}

    def like(self, page: str, node: Post | Comment, *, likes: bool) -> dict[str, Any]:
        if likes:
            node.likes.add(page)
        else:
            node.likes.discard(page)
        return {"success": True}


def _text(form: Form, name: str) -> str:
    value = form.get(name, "")
    if not isinstance(value, str):
        return ""
    return value.lower() if value in {"True", "False"} else value
