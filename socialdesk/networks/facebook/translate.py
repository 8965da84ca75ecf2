"""From Facebook's posts and comments to the desk's values. Pure.

Facebook leaves out what has no value and whom it may not name: a card without a name is better than none.
Source: the fields of PagePost, Comment and StoryAttachment (Graph API v25.0).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from socialdesk.core.autolink import tags_in, to_html
from socialdesk.core.entry import Author, Counts, Entry, EntryKind, LinkCard, Media, MediaKind, Reason
from socialdesk.core.tolerant import Obj, number, obj, string, web
from socialdesk.core.urls import host_of
from socialdesk.networks.facebook.facts import KEY
from socialdesk.networks.facebook.tolerant import data, moment

_ATTACHMENTS: Final = "attachments{media_type,type,title,description,url,unshimmed_url,media,subattachments}"
POST_FIELDS: Final = (
    "id,message,story,created_time,updated_time,permalink_url,full_picture,from,shares,status_type,is_published,"
    f"{_ATTACHMENTS},reactions.summary(true).limit(0),comments.summary(true).limit(0)"
)
COMMENT_FIELDS: Final = (
    "id,from,message,created_time,permalink_url,like_count,comment_count,parent{id},attachment,user_likes"
)
SOMEBODY: Final = "Somebody on Facebook"
_CARDS: Final = frozenset({"link", "share", "event", "fundraiser"})


@dataclass(frozen=True, slots=True)
class Place:
    """Whose Page this is: `web` is where people look at it, `me` its id."""

    web: str
    me: str
    name: str = ""
    avatar_url: str = ""


def post_url(post_id: str, place: Place) -> str:
    """Where a post is shown: Facebook leads this address on to its own."""
    return f"{place.web}/{quote(post_id, safe='_')}"


def comment_url(comment_id: str, post_id: str, place: Place) -> str:
    return f"{post_url(post_id, place)}?comment_id={quote(comment_id.rpartition('_')[2], safe='')}"


def author_of(node: Obj, place: Place) -> Author:
    said = obj(node.get("from"))
    who = string(said.get("id"))
    own = bool(who) and who == place.me
    name = string(said.get("name")).strip() or (place.name if own else "") or SOMEBODY
    url = f"{place.web}/{quote(who, safe='')}" if who else ""
    return Author(name, url=url, avatar_url=place.avatar_url if own else "", remote_id=who)


def post_entry(post: Obj, place: Place, reason: str = "") -> Entry | None:
    """The entry of a post; `reason` says why somebody else's is shown. None: no post."""
    post_id = string(post.get("id"))
    if not post_id:
        return None
    text = string(post.get("message")).strip() or string(post.get("story")).strip()
    author = author_of(post, place)
    attached = data(post.get("attachments"))
    return Entry(
        key=post_url(post_id, place),
        network=KEY,
        remote_id=post_id,
        kind=EntryKind.POST,
        author=author,
        text=text,
        html=_html(text, place),
        url=web(post.get("permalink_url")) or post_url(post_id, place),
        published=moment(post.get("created_time")),
        updated=moment(post.get("updated_time")),
        media=_media(attached, web(post.get("full_picture"))),
        link=_card(attached),
        counts=_counts(post),
        reason=Reason(reason, author) if reason and author.remote_id != place.me else None,
        tags=tags_in(text),
        mine=frozenset({"like"} if _likes(post) else ()),
        refs={"kind": "post", "post": post_id},
    )


def comment_entry(comment: Obj, post_id: str, place: Place) -> Entry | None:
    comment_id = string(comment.get("id"))
    if not comment_id:
        return None
    text = string(comment.get("message")).strip()
    author = author_of(comment, place)
    attached = [obj(comment.get("attachment"))]
    return Entry(
        key=f"{place.web}/{quote(comment_id, safe='_')}",
        network=KEY,
        remote_id=comment_id,
        kind=EntryKind.POST,
        author=author,
        text=text,
        html=_html(text, place),
        url=web(comment.get("permalink_url")) or comment_url(comment_id, post_id, place),
        published=moment(comment.get("created_time")),
        media=_media(attached, ""),
        link=_card(attached),
        counts=Counts(replies=number(comment.get("comment_count")), likes=number(comment.get("like_count"))),
        reason=Reason("comment", author) if author.remote_id != place.me else None,
        reply_to=string(obj(comment.get("parent")).get("id")) or post_id,
        tags=tags_in(text),
        mine=frozenset({"like"} if comment.get("user_likes") is True else ()),
        refs={"kind": "comment", "post": post_id},
    )


def _html(text: str, place: Place) -> str:
    return to_html(text, lambda tag: f"{place.web}/hashtag/{quote(tag, safe='')}")


def _likes(post: Obj) -> bool:
    summary = obj(obj(post.get("reactions")).get("summary"))
    return string(summary.get("viewer_reaction")) not in {"", "NONE"}


def _counts(post: Obj) -> Counts:
    def total(edge: str) -> int | None:
        return number(obj(obj(post.get(edge)).get("summary")).get("total_count"))

    return Counts(total("comments"), number(obj(post.get("shares")).get("count")), total("reactions"))


def _media(attached: list[Obj], full_picture: str) -> tuple[Media, ...]:
    """Pictures and films, those of an album one by one. `full_picture` stands in where Facebook names no more."""
    found = tuple(media for one in attached for part in _parts(one) if (media := _medium(part)) is not None)
    is_card = any(string(one.get("media_type")) in _CARDS for one in attached)
    if found or is_card or not full_picture:
        return found
    return (Media(MediaKind.IMAGE, full_picture),)


def _parts(attachment: Obj) -> Iterator[Obj]:
    inner = data(attachment.get("subattachments"))
    yield from inner or [attachment]


def _medium(attachment: Obj) -> Media | None:
    kind = string(attachment.get("media_type")) or string(attachment.get("type"))
    media = obj(attachment.get("media"))
    image = obj(media.get("image"))
    url = web(image.get("src"))
    width, height = number(image.get("width")) or 0, number(image.get("height")) or 0
    if "video" in kind and (url or web(media.get("source"))):
        return Media(MediaKind.VIDEO, web(media.get("source")) or web(attachment.get("url")), url, "", width, height)
    if kind in _CARDS or not url:
        return None
    return Media(MediaKind.IMAGE, url, "", "", width, height)


def _card(attached: list[Obj]) -> LinkCard | None:
    for one in attached:
        url = web(one.get("unshimmed_url")) or web(one.get("url"))
        if (string(one.get("media_type")) or string(one.get("type"))) in _CARDS and url:
            image = web(obj(obj(one.get("media")).get("image")).get("src"))
            return LinkCard(url, string(one.get("title")), string(one.get("description")), image, host_of(url))
    return None
