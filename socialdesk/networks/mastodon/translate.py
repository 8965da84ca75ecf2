"""From Mastodon's entities to the desk's values (docs.joinmastodon.org/entities). Pure.

Every field is optional, ids are opaque, unknown values are kept as they are: relatives of Mastodon send what they like.
"""

import re
from html import unescape
from urllib.parse import urlsplit

from socialdesk.core.entry import (
    Counts,
    Entry,
    EntryKind,
    LinkCard,
    Media,
    MediaKind,
    Poll,
    Quoted,
    Reason,
)
from socialdesk.core.plain import plain_text
from socialdesk.core.tolerant import Obj, moment, number, obj, objs, string
from socialdesk.networks.mastodon.facts import KEY
from socialdesk.networks.mastodon.filtering import Met, met
from socialdesk.networks.mastodon.people import Home, author_of, shorten_links
from socialdesk.networks.mastodon.quoting import quoted_of
from socialdesk.networks.mastodon.tolerant import host_of, strings, web

SENSITIVE = "Sensitive media"
_QUOTE_LINK = re.compile(r'<p class="quote-inline">.*?</p>', re.DOTALL)  # for readers that show no quotes
_ANCHOR = re.compile(r"<a\s([^>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_MEDIA_KINDS = {
    "image": MediaKind.IMAGE,
    "video": MediaKind.VIDEO,
    "gifv": MediaKind.GIF,
    "audio": MediaKind.AUDIO,
}
_PICTURE_NAMES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".heic")

# Visibility -> audience of an entry; of the others everybody may see it.
_AUDIENCES = {"local": "local", "private": "followers", "direct": "mentioned", "mutuals_only": "followers"}
# Notification type -> reason of the entry it shows. Those with a post of their own show that post.
_POST_REASONS = {
    "mention": "mention",
    "status": "status",
    "quote": "quote",
    "poll": "poll",
    "update": "update",
    "quoted_update": "update",
}
_NOTICE_REASONS = {
    "favourite": "like",
    "reblog": "reshare",
    "follow": "follow",
    "follow_request": "follow",
    "pleroma:emoji_reaction": "like",
    "emoji_reaction": "like",
    "reaction": "like",
}


def entry_of(status: Obj, home: Home, reason: Reason | None = None, context: str = "") -> Entry | None:
    """The entry of a status; a boost becomes the original with the reason reshare.

    `context` is where it is shown, in the words of filters (home, notifications, public, thread, account), "" = where
    no filter of the person holds. None: hidden by one, or no status.
    """
    original = obj(status.get("reblog"))
    if original:
        by = author_of(obj(status.get("account")), home)
        reason = reason or Reason("reshare", by, at=moment(status.get("created_at")))
    shown = original or status
    outer, inner = met(status, context, home.me), met(shown, context, home.me)
    if outer.hidden or inner.hidden or not string(shown.get("id")):
        return None
    return _post(shown, home, reason, inner if inner.title else outer, context)


def _post(shown: Obj, home: Home, reason: Reason | None, filters: Met, context: str) -> Entry:
    local_id = string(shown.get("id"))
    quoted = quoted_of(shown, home, context)
    html = shorten_links(string(shown.get("content")))
    html = _QUOTE_LINK.sub("", html) if quoted and quoted.url else html
    uri, url = string(shown.get("uri")), web(shown.get("url")) or web(shown.get("uri"))
    author, visibility = author_of(obj(shown.get("account")), home), _visibility(shown)
    media = tuple(m for m in map(_media, objs(shown.get("media_attachments"))) if m is not None)
    return Entry(
        key=uri or url or f"{home.base}/statuses/{local_id}",
        network=KEY,
        remote_id=local_id,
        kind=EntryKind.POST,
        author=author,
        text=plain_text(html) or string(shown.get("text")),
        html=html,
        url=url,
        published=moment(shown.get("created_at")),
        updated=moment(shown.get("edited_at")),
        language=string(shown.get("language")),
        warning=_warning(shown, media),
        media=media,
        link=_card(obj(shown.get("card"))) or _first_link(html, shown, home),
        quoted=quoted,
        poll=_poll(obj(shown.get("poll"))),
        counts=Counts(*(number(shown.get(f"{name}_count")) for name in ("replies", "reblogs", "favourites"))),
        reason=reason,
        reply_to=string(shown.get("in_reply_to_id")),
        tags=tuple(string(tag.get("name")) for tag in objs(shown.get("tags"))),
        mine=_mine(shown),
        refs={
            "id": local_id,
            "server": home.base,
            "url": url or uri,
            "acct": author.handle,
            "visibility": visibility,
        },
        filtered="" if filters.media_only and not media else filters.title,
        audience=_AUDIENCES.get(visibility, ""),
    )


def _visibility(shown: Obj) -> str:
    """ "local" where it stays on its server (Hometown, glitch, GoToSocial; Pleroma and Akkoma say so themselves)."""
    return "local" if shown.get("local_only") is True else string(shown.get("visibility"))


def notice_of(notification: Obj, home: Home, context: str = "") -> Entry | None:
    """The entry of a notification: the post it is about, or a notice with a key of its own. Unknown types are shown."""
    kind, local_id = string(notification.get("type")), string(notification.get("id"))
    status = obj(notification.get("status"))
    when = moment(notification.get("created_at"))
    account = obj(notification.get("account"))
    by = author_of(account, home)
    if kind in _POST_REASONS and status:
        mine = home.me and string(status.get("in_reply_to_account_id")) == home.me
        reason = "reply" if kind == "mention" and mine else _POST_REASONS[kind]
        return entry_of(status, home, Reason(reason, by, at=when), context)
    if not local_id:
        return None
    about = entry_of(status, home) if status else None
    return Entry(
        key=f"{home.base}/notifications/{local_id}#{home.me}",
        network=KEY,
        remote_id=local_id,
        kind=EntryKind.NOTICE,
        author=by,
        text="",
        url=about.url if about else by.url,
        published=when,
        quoted=Quoted(about.author, about.text, about.url) if about else None,
        reason=Reason(_NOTICE_REASONS.get(kind, "other"), by if account else None, at=when),
        refs={"id": local_id, "server": home.base, "type": kind},
    )


def _warning(shown: Obj, media: tuple[Media, ...]) -> str:
    said = string(shown.get("spoiler_text")).strip()
    if not said and shown.get("sensitive") is True and media:
        said = SENSITIVE
    return said


def _media(attachment: Obj) -> Media | None:
    url = web(attachment.get("url")) or web(attachment.get("remote_url"))
    kind = _MEDIA_KINDS.get(string(attachment.get("type")))
    if kind is None and urlsplit(url).path.lower().endswith(_PICTURE_NAMES):
        kind = MediaKind.IMAGE
    if not url or kind is None:
        return None
    size = obj(obj(attachment.get("meta")).get("original"))
    return Media(
        kind,
        url,
        web(attachment.get("preview_url")),
        string(attachment.get("description")),
        number(size.get("width")) or 0,
        number(size.get("height")) or 0,
    )


def _card(card: Obj) -> LinkCard | None:
    url = web(card.get("url"))
    if not url:
        return None
    return LinkCard(
        url,
        string(card.get("title")),
        string(card.get("description")),
        web(card.get("image")),
        string(card.get("provider_name")) or host_of(url).removeprefix("www."),
    )


def _first_link(html: str, shown: Obj, home: Home) -> LinkCard | None:
    """The first address in the text that is no mention and no hashtag: the server's card comes some seconds later."""
    people = {web(m.get("url")) for m in objs(shown.get("mentions"))}
    for anchor in _ANCHOR.finditer(html):
        attributes = {m[1].lower(): unescape(m[2] or m[3] or "") for m in _ATTRIBUTE.finditer(anchor[1])}
        url = web(attributes.get("href"))
        names = {*attributes.get("class", "").split(), *attributes.get("rel", "").split()}
        if url and url not in people and not names & {"mention", "hashtag", "tag", "u-url"}:
            return LinkCard(url, site=host_of(url).removeprefix("www."))
    return None


def _poll(poll: Obj) -> Poll | None:
    options = tuple((string(o.get("title")), number(o.get("votes_count")) or 0) for o in objs(poll.get("options")))
    return Poll(options, closed=poll.get("expired") is True) if options else None


def _mine(shown: Obj) -> frozenset[str]:
    done = {"like": "favourited", "reshare": "reblogged", "bookmark": "bookmarked"}
    return frozenset(action for action, name in done.items() if shown.get(name) is True)


def scopes_of(metadata: Obj) -> tuple[str, ...]:
    """The scopes that a server says it knows (RFC 8414), () when it does not say."""
    return strings(metadata.get("scopes_supported"))
