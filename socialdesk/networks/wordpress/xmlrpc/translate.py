"""The structs of XML-RPC as entries: the same as those that the REST API gives of the same posts."""

import re
from datetime import datetime

from socialdesk.core.entry import Author, Entry, EntryKind, Media, MediaKind, Reason
from socialdesk.core.tolerant import Obj, obj, objs, string, web
from socialdesk.networks.wordpress.facts import KEY
from socialdesk.networks.wordpress.translate import plain, when

_BLOCK = re.compile(r"<(?:p|div|h[1-6]|ul|ol|blockquote|table|figure|pre|section)\b", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def post_entry(post: Obj, home: str, author: str, now: datetime) -> Entry | None:
    """None for what has no id. `author` is the name to show: posts tell only a number."""
    number = string(post.get("post_id"))
    if not number:
        return None
    content, status = paragraphs(string(post.get("post_content"))), status_of(post, now)
    thumbnail = obj(post.get("post_thumbnail"))
    picture = web(thumbnail.get("link"))
    return Entry(
        key=f"{home}/?p={number}",
        network=KEY,
        remote_id=number,
        kind=EntryKind.ARTICLE,
        author=Author(author, "", home, "", string(post.get("post_author"))),
        title=plain(string(post.get("post_title"))),
        summary=plain(string(post.get("post_excerpt"))),
        text=plain(content),
        html=content,
        url=web(post.get("link")) or f"{home}/?p={number}",
        published=when(post.get("post_date_gmt")) or when(post.get("post_modified_gmt")),
        updated=when(post.get("post_modified_gmt")),
        media=(Media(MediaKind.IMAGE, picture, picture, string(thumbnail.get("alt"))),) if picture else (),
        tags=tuple(plain(string(t.get("name"))) for t in objs(post.get("terms")) if t.get("taxonomy") == "post_tag"),
        reason=None if status == "publish" else Reason("status"),
        refs={"kind": "post", "post": number, "status": status},
    )


def comment_entry(comment: Obj, home: str) -> Entry | None:
    number, post = string(comment.get("comment_id")), string(comment.get("post_id"))
    if not (number and post):
        return None
    title, content = plain(string(comment.get("post_title"))), paragraphs(string(comment.get("content")))
    author = Author(
        plain(string(comment.get("author"))) or "Anonymous",
        url=web(comment.get("author_url")),
        remote_id=user_of(comment),
    )
    parent = string(comment.get("parent")).strip("0") and string(comment.get("parent"))
    return Entry(
        key=f"{home}/?p={post}#comment-{number}",
        network=KEY,
        remote_id=number,
        kind=EntryKind.POST,
        author=author,
        title=f"Comment on “{title}”" if title else "",
        text=plain(content),
        html=content,
        url=web(comment.get("link")),
        published=when(comment.get("date_created_gmt")),
        reason=Reason("comment", author),
        reply_to=f"{home}/?p={post}#comment-{parent}" if parent else f"{home}/?p={post}",
        refs={"kind": "comment", "post": post, "parent": number, "status": string(comment.get("status"))},
    )


def user_of(comment: Obj) -> str:
    """The number of the user who wrote it, '' = a visitor."""
    user = string(comment.get("user_id"))
    return "" if user == "0" else user


def status_of(post: Obj, now: datetime) -> str:
    """WordPress calls a planned post published here: its time tells the difference."""
    status, date = string(post.get("post_status")), when(post.get("post_date_gmt"))
    return "future" if status == "publish" and date is not None and date > now else status


def paragraphs(stored: str) -> str:
    """What readers get of content as it is stored: blank lines divide paragraphs, unless it has blocks of its own."""
    content = _COMMENT.sub("", stored).strip()
    if not content or _BLOCK.search(content):
        return content
    parts = (part.strip().replace("\n", "<br>\n") for part in re.split(r"\n\s*\n", content))
    return "\n".join(f"<p>{part}</p>" for part in parts if part)
