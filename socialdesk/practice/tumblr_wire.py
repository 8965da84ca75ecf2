"""The wire format of the practice Tumblr: envelopes, posts, what a new post must look like."""

import json
from datetime import datetime
from typing import Any

from aiohttp import web

from socialdesk.practice.tumblr_state import Blog, Post

STATES = frozenset({"published", "queue", "draft", "private"})
_KNOWN = frozenset(
    {
        "content", "layout", "state", "publish_on", "date", "tags", "source_url", "slug", "interactability_reblog",
        "parent_tumblelog_uuid", "parent_post_id", "reblog_key", "hide_trail", "exclude_trail_items",
    }
)  # fmt: skip
_SUBTYPES = frozenset(
    {"heading1", "heading2", "quirky", "quote", "indented", "chat", "ordered-list-item", "unordered-list-item"}
)
_MARKS = frozenset({"bold", "italic", "strikethrough", "small", "link", "mention", "color"})
_MESSAGES = {200: "OK", 201: "Created", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}
_MESSAGES |= {429: "Limit Exceeded", 500: "Internal Server Error"}


class Refused(Exception):
    def __init__(self, status: int, code: int = 0, detail: str = "") -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail


def envelope(response: object, status: int = 200) -> web.Response:
    meta = {"status": status, "msg": _MESSAGES[status]}
    return web.json_response({"meta": meta, "response": response}, status=status)


def refusal(refused: Refused) -> web.Response:
    title = _MESSAGES[refused.status]
    body: dict[str, Any] = {"meta": {"status": refused.status, "msg": title}, "response": []}
    body["errors"] = [{"title": title, "code": refused.code, "detail": refused.detail}]
    return web.json_response(body, status=refused.status)


def blog_json(blog: Blog, base: str) -> dict[str, Any]:
    return {"name": blog.name, "title": blog.title, "url": f"{base}/{blog.name}", "uuid": blog.uuid}


def post_json(post: Post, blogs: dict[str, Blog], base: str, liked: set[int]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "object_type": "post",
        "type": "blocks",
        "is_blocks_post_format": True,
        "blog_name": post.blog,
        "blog": blog_json(blogs[post.blog], base),
        "id": post.id,
        "id_string": str(post.id),
        "post_url": f"{base}/{post.blog}/{post.id}",
        "slug": post.slug,
        "timestamp": int(post.created.timestamp()),
        "state": post.state,
        "reblog_key": post.reblog_key,
        "tags": list(post.tags),
        "note_count": 3,
        "liked": post.id in liked,
        "content": post.content,
        "layout": [],
        "trail": [_trail_json(item, blogs, base) for item in post.trail],
    }
    if post.state == "queue":
        found |= {"state": "queued", "queued_state": "scheduled" if post.publish_on else "queued"}
        if post.publish_on:
            found["publish_on"] = post.publish_on
            found["scheduled_publish_time"] = int(datetime.fromisoformat(post.publish_on).timestamp())
    if post.genesis:
        found["genesis_post_id"] = post.genesis
    if post.parent is not None:
        found |= {
            "parent_post_id": str(post.parent.id),
            "parent_tumblelog_uuid": blogs[post.parent.blog].uuid,
            "reblogged_from_id": str(post.parent.id),
            "reblogged_from_name": post.parent.blog,
        }
    return found


def _trail_json(post: Post, blogs: dict[str, Blog], base: str) -> dict[str, Any]:
    return {
        "post": {"id": str(post.id), "timestamp": int(post.created.timestamp())},
        "blog": blog_json(blogs[post.blog], base),
        "content": post.content,
        "layout": [],
    }


def legacy_json(post: Post) -> dict[str, Any]:
    """The older format of a text post."""
    body = "".join(f"<p>{block['text']}</p>" for block in post.content if block.get("type") == "text")
    return {
        "type": "text",
        "blog_name": post.blog,
        "id": post.id,
        "id_string": str(post.id),
        "timestamp": int(post.created.timestamp()),
        "reblog_key": post.reblog_key,
        "tags": list(post.tags),
        "title": None,
        "body": body,
    }


def read_body(raw: str, identifiers: frozenset[str]) -> dict[str, Any]:
    """A new post that fits the format. Raises Refused (8001) as Tumblr does."""
    try:
        body = json.loads(raw)
    except ValueError:
        body = None
    if not isinstance(body, dict) or set(body) - _KNOWN or body.get("state", "published") not in STATES:
        raise Refused(400, 8001, "JSON parameter is invalid")
    if not isinstance(body.get("tags", ""), str) or len(raw) > 1_000_000:
        raise Refused(400, 8001, "tags is invalid")
    content = body.get("content")
    if not isinstance(content, list) or len(content) > 1000 or (not content and "parent_post_id" not in body):
        raise Refused(400, 8001, "content is invalid")
    for block in content:
        _check(block, identifiers)
    if sum(block["type"] == "image" for block in content) > 30:
        raise Refused(400, 8001, "too many images")
    if sum(block["type"] == "video" for block in content) > 1:
        raise Refused(400, 8001, "too many videos")
    if "parent_post_id" in body and any(block["type"] == "video" for block in content):
        raise Refused(403, 8008, "no videos in reblogs")
    return body


def _check(block: dict[str, Any], identifiers: frozenset[str]) -> None:
    kind = block.get("type")
    if kind == "text":
        text, marks = block.get("text"), block.get("formatting", [])
        wrong = not isinstance(text, str) or len(text) > 4096 or block.get("subtype", "quote") not in _SUBTYPES
        wrong = wrong or any(m["type"] not in _MARKS or not 0 <= m["start"] < m["end"] <= len(str(text)) for m in marks)
        if wrong:
            raise Refused(400, 8001, "text block is invalid")
    elif kind == "image":
        media = block.get("media")
        if not isinstance(media, list) or not media:
            raise Refused(400, 8001, "image block is invalid")
        for one in media:
            if "url" not in one and one.get("identifier") not in identifiers:
                raise Refused(400, 8001, "no media for this identifier")
    elif kind == "video":
        media = block.get("media")
        if not isinstance(media, dict) or media.get("identifier") not in identifiers:
            raise Refused(400, 8001, "no media for this identifier")
    elif kind != "link" or not block.get("url"):
        raise Refused(400, 8001, f"block of type {kind} is invalid")
