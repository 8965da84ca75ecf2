"""From X's posts to the desk's values (docs.x.com, "Data dictionary"; both vocabularies). Pure.

Fields without a value are left out by X, whatever was deleted or hidden is missing from `includes`, and unknown values
are skipped: a card without a name is better than none.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from socialdesk.core.entry import Author, Counts, Entry, EntryKind, LinkCard, Media, MediaKind, Poll, Quoted, Reason
from socialdesk.core.tolerant import NONE, Obj, moment, obj, objs, string, web
from socialdesk.core.urls import host_of
from socialdesk.networks.x.facts import KEY
from socialdesk.networks.x.richtext import link_entities, to_html, words_of
from socialdesk.networks.x.tolerant import digits, number, strings

SENSITIVE = "Sensitive media"
NOBODY = "Unknown account"
_REPOST = re.compile(r"RT @([A-Za-z0-9_]{1,20}): ")
_KINDS = {"photo": MediaKind.IMAGE, "video": MediaKind.VIDEO, "animated_gif": MediaKind.GIF}
_NO_LANGUAGE = frozenset({"und", "zxx", "art", "qam", "qct", "qht", "qme", "qst"})


@dataclass(frozen=True, slots=True)
class Around:
    """What came along with posts: `web` is where people look at them, `me` the reading account's id."""

    web: str
    me: str = ""
    users: Mapping[str, Obj] = field(default_factory=dict)
    posts: Mapping[str, Obj] = field(default_factory=dict)
    media: Mapping[str, Obj] = field(default_factory=dict)
    polls: Mapping[str, Obj] = field(default_factory=dict)


def around_of(answer: Obj, web_base: str, me: str = "") -> Around:
    included = obj(answer.get("includes"))
    posts = objs(included.get("posts")) + objs(included.get("tweets"))
    return Around(
        web_base,
        me,
        {string(user.get("id")): user for user in objs(included.get("users"))},
        {string(post.get("id")): post for post in posts},
        {string(media.get("media_key")): media for media in objs(included.get("media"))},
        {string(poll.get("id")): poll for poll in objs(included.get("polls"))},
    )


def references(post: Obj) -> dict[str, str]:
    """Kind (retweeted, quoted, replied_to) -> id of the posts that a post refers to."""
    named = objs(post.get("referenced_posts")) or objs(post.get("referenced_tweets"))
    return {string(ref.get("type")): string(ref.get("id")) for ref in named}


def entry_of(post: Obj, around: Around, reason: Reason | None = None, mine: str = "") -> Entry | None:
    """The entry of a post; a repost becomes the original, which X cuts short in the repost itself. None: no post.

    `mine` is what the account is known to have done to it (like, bookmark).
    """
    if not digits(post.get("id")):
        return None
    reposted = references(post).get("retweeted", "")
    if not reposted:
        return _entry(post, around, reason, mine)
    by = author_of(string(post.get("author_id")), around)
    reason = reason or Reason("reshare", by, at=moment(post.get("created_at")))
    if around.me and string(post.get("author_id")) == around.me:
        mine = f"{mine} reshare"
    original = around.posts.get(reposted) or _cut_original(post, reposted)
    return _entry(original, around, reason, mine)


def _cut_original(post: Obj, original_id: str) -> Obj:
    """What a repost says of an original that did not come along."""
    named = _REPOST.match(string(post.get("text")))
    kept = {name: post[name] for name in ("created_at", "entities", "lang", "attachments") if name in post}
    if named is None:
        return {**kept, "id": original_id, "text": string(post.get("text"))}
    return {**kept, "id": original_id, "text": string(post.get("text"))[named.end() :], "username": named[1]}


def _entry(post: Obj, around: Around, reason: Reason | None, mine: str) -> Entry:
    post_id, refers = string(post.get("id")), references(post)
    quoted_id = refers.get("quoted", "")
    author = author_of(string(post.get("author_id")), around, string(post.get("username")))
    words = words_of(post, quoted_id)
    media = _media_of(post, around)
    url = url_of(post_id, author.handle, around.web)
    return Entry(
        key=f"{around.web}/i/status/{post_id}",
        network=KEY,
        remote_id=post_id,
        kind=EntryKind.POST,
        author=author,
        text=words.text,
        html=to_html(words, around.web),
        url=url,
        published=moment(post.get("created_at")),
        language=_language(string(post.get("lang"))),
        warning=SENSITIVE if post.get("possibly_sensitive") is True and media else "",
        media=media,
        link=_card(post, quoted_id),
        quoted=_quoted(quoted_id, around),
        poll=_poll(post, around),
        counts=_counts(obj(post.get("public_metrics"))),
        reason=reason,
        reply_to=refers.get("replied_to", ""),
        tags=words.tags,
        mine=frozenset(mine.split()),
        refs=_refs(post, author, url),
    )


def _refs(post: Obj, author: Author, url: str) -> dict[str, str]:
    found = {
        "id": string(post.get("id")),
        "author": author.remote_id,
        "conversation": string(post.get("conversation_id")),
        "url": url,
    }
    return {name: value for name, value in found.items() if value}


def author_of(user_id: str, around: Around, handle: str = "") -> Author:
    """Somebody by id; of one who did not come along only the handle, if a post says it."""
    user = around.users.get(user_id, NONE)
    handle = string(user.get("username")) or handle
    return Author(
        name=string(user.get("name")).strip() or handle or NOBODY,
        handle=handle,
        url=f"{around.web}/{handle}" if handle else "",
        avatar_url=web(user.get("profile_image_url")),
        remote_id=user_id,
    )


def url_of(post_id: str, handle: str, web_base: str) -> str:
    return f"{web_base}/{handle or 'i'}/status/{post_id}"


def _quoted(quoted_id: str, around: Around) -> Quoted | None:
    post = around.posts.get(quoted_id, NONE)
    if not quoted_id or not post:
        return None
    author = author_of(string(post.get("author_id")), around, string(post.get("username")))
    text = words_of(post, references(post).get("quoted", "")).text
    return Quoted(author, text, url_of(quoted_id, author.handle, around.web))


def _media_of(post: Obj, around: Around) -> tuple[Media, ...]:
    keys = strings(obj(post.get("attachments")).get("media_keys"))
    return tuple(m for m in (_media(around.media.get(key, NONE)) for key in keys) if m is not None)


def _media(media: Obj) -> Media | None:
    kind = _KINDS.get(string(media.get("type")))
    preview = web(media.get("preview_image_url"))
    url = web(media.get("url")) if kind is MediaKind.IMAGE else _best(media) or preview
    if kind is None or not url:
        return None
    size = number(media.get("width")) or 0, number(media.get("height")) or 0
    return Media(kind, url, preview, string(media.get("alt_text")), *size)


def _best(media: Obj) -> str:
    """The recording with the most bits that a player takes as it is."""
    films = [v for v in objs(media.get("variants")) if string(v.get("content_type")) == "video/mp4"]
    films.sort(key=lambda film: number(film.get("bit_rate")) or 0)
    return web(films[-1].get("url")) if films else ""


def _card(post: Obj, quoted_id: str) -> LinkCard | None:
    for url, entity in link_entities(post, quoted_id):
        images = [web(image.get("url")) for image in objs(entity.get("images"))]
        return LinkCard(
            url,
            string(entity.get("title")),
            string(entity.get("description")),
            next((image for image in images if image), ""),
            host_of(url).removeprefix("www."),
        )
    return None


def _poll(post: Obj, around: Around) -> Poll | None:
    for poll_id in strings(obj(post.get("attachments")).get("poll_ids")):
        poll = around.polls.get(poll_id, NONE)
        options = sorted(objs(poll.get("options")), key=lambda option: number(option.get("position")) or 0)
        if options:
            votes = tuple((string(option.get("label")), number(option.get("votes")) or 0) for option in options)
            return Poll(votes, closed=string(poll.get("voting_status")) == "closed")
    return None


def _counts(metrics: Obj) -> Counts:
    reposts = number(metrics.get("repost_count"))
    return Counts(
        number(metrics.get("reply_count")),
        number(metrics.get("retweet_count")) if reposts is None else reposts,
        number(metrics.get("like_count")),
    )


def _language(said: str) -> str:
    return "" if said in _NO_LANGUAGE else said


def mention_reason(post: Obj, around: Around) -> Reason:
    """Why a post is among the mentions: it answers the account, or names it."""
    answers = around.me and string(post.get("in_reply_to_user_id")) == around.me
    by = author_of(string(post.get("author_id")), around)
    return Reason("reply" if answers else "mention", by, at=moment(post.get("created_at")))
