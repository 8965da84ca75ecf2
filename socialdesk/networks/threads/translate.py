"""From Threads' media objects to the desk's values. Pure.

Fields without a value are left out by Threads, and unknown kinds of media occur: a card of words alone is better than
none. Source: the fields of Meta's Postman collection.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from socialdesk.core.autolink import tags_in, to_html
from socialdesk.core.entry import Author, Entry, EntryKind, LinkCard, Media, MediaKind, Quoted, Reason
from socialdesk.core.tolerant import Obj, obj, string, web
from socialdesk.core.urls import host_of
from socialdesk.networks.threads.facts import KEY
from socialdesk.networks.threads.tolerant import data, moment

FIELDS: Final = (
    "id,media_product_type,media_type,media_url,gif_url,permalink,owner,username,text,timestamp,shortcode,"
    "thumbnail_url,children,is_quote_post,quoted_post,reposted_post,has_replies,alt_text,link_attachment_url,"
    "topic_tag,profile_picture_url"
)
REPLY_FIELDS: Final = (
    "id,text,timestamp,media_product_type,media_type,media_url,gif_url,permalink,shortcode,thumbnail_url,username,"
    "children,is_quote_post,quoted_post,alt_text,link_attachment_url,has_replies,is_reply,is_reply_owned_by_me,"
    "root_post,replied_to,hide_status,topic_tag,profile_picture_url"
)
_KINDS: Final = {"IMAGE": MediaKind.IMAGE, "VIDEO": MediaKind.VIDEO, "AUDIO": MediaKind.AUDIO}


@dataclass(frozen=True, slots=True)
class Place:
    """Whose account this is: `web` is where people look at posts."""

    web: str
    me: str
    handle: str
    name: str = ""
    avatar_url: str = ""


def entry_of(post: Obj, place: Place, reason: str = "") -> Entry | None:
    """The entry of a post; `reason` says why somebody else's is shown. None: no post, or a bare repost."""
    post_id = string(post.get("id"))
    text = string(post.get("text")).strip()
    if not post_id or (string(post.get("media_type")) == "REPOST_FACADE" and not text):
        return None
    author = author_of(post, place)
    tag = string(post.get("topic_tag"))
    return Entry(
        key=f"{place.web}/{post_id}",
        network=KEY,
        remote_id=post_id,
        kind=EntryKind.POST,
        author=author,
        text=text,
        html=to_html(text, lambda word: f"{place.web}/search?q=%23{quote(word, safe='')}"),
        url=web(post.get("permalink")),
        published=moment(post.get("timestamp")),
        media=_media(post),
        link=_card(post),
        quoted=_quoted(post, place),
        reason=Reason(reason, author) if reason and not is_mine(post, place) else None,
        reply_to=string(obj(post.get("replied_to")).get("id")),
        tags=tuple(dict.fromkeys((*tags_in(text), *((tag,) if tag else ())))),
        refs={"id": post_id, "root": string(obj(post.get("root_post")).get("id")) or post_id},
    )


def is_mine(post: Obj, place: Place) -> bool:
    return post.get("is_reply_owned_by_me") is True or string(post.get("username")) == place.handle


def author_of(post: Obj, place: Place) -> Author:
    handle = string(post.get("username"))
    own = handle == place.handle
    name = place.name if own and place.name else handle or "Unknown account"
    avatar = web(post.get("profile_picture_url")) or (place.avatar_url if own else "")
    url = f"{place.web}/@{quote(handle, safe='.')}" if handle else ""
    return Author(name, f"@{handle}" if handle else "", url, avatar, string(obj(post.get("owner")).get("id")))


def _media(post: Obj) -> tuple[Media, ...]:
    """The medium of a post, those of its children where Threads sends more of them than their ids."""
    found = [media for part in (post, *data(post.get("children"))) if (media := _medium(part)) is not None]
    gif = web(post.get("gif_url"))
    return (*found, *((Media(MediaKind.GIF, gif),) if gif else ()))


def _medium(part: Obj) -> Media | None:
    url, kind = web(part.get("media_url")), _KINDS.get(string(part.get("media_type")), MediaKind.IMAGE)
    if not url:
        return None
    return Media(kind, url, web(part.get("thumbnail_url")), string(part.get("alt_text")))


def _card(post: Obj) -> LinkCard | None:
    url = web(post.get("link_attachment_url"))
    return LinkCard(url, site=host_of(url)) if url else None


def _quoted(post: Obj, place: Place) -> Quoted | None:
    """Mostly only the id of what is quoted comes along: then there is nothing to show."""
    quoted = obj(post.get("quoted_post"))
    text = string(quoted.get("text")).strip()
    return Quoted(author_of(quoted, place), text, web(quoted.get("permalink"))) if text else None
