"""Blogger's JSON as entries."""

import html
import re

from socialdesk.core.entry import Author, Counts, Entry, EntryKind, Media, MediaKind, Reason
from socialdesk.core.tolerant import Obj, moment, obj, objs, string, web
from socialdesk.networks.blogger.facts import KEY
from socialdesk.networks.blogger.tolerant import count, strings

_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"<(?:br|/p|/h[1-6]|/li|/blockquote|/div)\b[^>]*>", re.IGNORECASE)
_HIDDEN = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_UNFINISHED = frozenset({"DRAFT", "SCHEDULED"})


def post_entry(post: Obj, blog: str) -> Entry | None:
    """`blog` is its title, for posts that name no author. None for what has no id."""
    number, content, status = string(post.get("id")), string(post.get("content")), string(post.get("status"))
    if not number:
        return None
    pictures = (url for image in objs(post.get("images")) if (url := web(image.get("url"))))
    updated = moment(post.get("updated"))
    return Entry(
        key=_key(post, number),
        network=KEY,
        remote_id=number,
        kind=EntryKind.ARTICLE,
        author=_author(obj(post.get("author")), blog),
        title=string(post.get("title")),
        text=plain(content),
        html=content,
        url=web(post.get("url")),
        published=moment(post.get("published")) or updated,
        updated=updated,
        media=tuple(Media(MediaKind.IMAGE, url, url) for url in pictures),
        counts=Counts(replies=count(obj(post.get("replies")).get("totalItems"))),
        reason=Reason("status") if status in _UNFINISHED else None,
        tags=strings(post.get("labels")),
        refs={"status": status} if status else {},
    )


def comment_entry(comment: Obj, home: str) -> Entry | None:
    """`home` is the blog's address: comments have none of their own."""
    number, content = string(comment.get("id")), string(comment.get("content"))
    if not number:
        return None
    post = string(obj(comment.get("post")).get("id"))
    author = _author(obj(comment.get("author")), "Anonymous")
    return Entry(
        key=f"blogger:comment:{number}",
        network=KEY,
        remote_id=number,
        kind=EntryKind.POST,
        author=author,
        text=plain(content),
        html=content,
        url=home,
        published=moment(comment.get("published")),
        updated=moment(comment.get("updated")),
        reason=Reason("comment", author),
        reply_to=_key(comment, post) if post else "",
        refs={"post": post, "comment": number},
    )


def _key(row: Obj, post: str) -> str:
    """Of a post, by its number; posts and comments name their blog."""
    return f"blogger:{string(obj(row.get('blog')).get('id'))}:{post}"


def _author(found: Obj, otherwise: str) -> Author:
    picture = string(obj(found.get("image")).get("url"))
    return Author(
        string(found.get("displayName")).strip() or otherwise,
        "",
        web(found.get("url")),
        web(f"https:{picture}" if picture.startswith("//") else picture),
        string(found.get("id")),
    )


def plain(markup: str) -> str:
    """Text of HTML: a line for each block, no tags, no character references."""
    text = html.unescape(_TAG.sub("", _BREAK.sub("\n", _HIDDEN.sub("", markup))))
    return "\n".join(line for line in (" ".join(line.split()) for line in text.splitlines()) if line)
