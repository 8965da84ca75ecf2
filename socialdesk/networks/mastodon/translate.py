"""From Mastodon's entities to the desk's values (docs.joinmastodon.org/entities). Pure.

Every field is optional, ids are opaque, unknown values are kept as they are: relatives of Mastodon send what they like.
"""

import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlsplit

from socialdesk.core.entry import (
    Author,
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
from socialdesk.networks.mastodon.tolerant import host_of, strings, web

SENSITIVE = "Sensitive media"
_INVISIBLE = re.compile(r'<span class="invisible">[^<]*</span>', re.IGNORECASE)
_ELLIPSIS = re.compile(r'(<span class="ellipsis">[^<]*)</span>', re.IGNORECASE)
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


@dataclass(frozen=True, slots=True)
class Home:
    """Where entries come from: base URL, the domain in local people's handles, the reading account's id there."""

    base: str
    domain: str
    me: str = ""


def author_of(account: Obj, home: Home) -> Author:
    """The handle is user@domain, complete for people of this server too, without a leading @."""
    acct = string(account.get("acct")) or string(account.get("username"))
    handle = acct if "@" in acct or not acct else f"{acct}@{home.domain}"
    return Author(
        name=string(account.get("display_name")).strip() or acct or home.domain,
        handle=handle,
        url=web(account.get("url")),
        avatar_url=web(account.get("avatar")) or web(account.get("avatar_static")),
        remote_id=string(account.get("id")),
    )


def entry_of(status: Obj, home: Home, reason: Reason | None = None) -> Entry | None:
    """The entry of a status; a boost becomes the original with the reason reshare. None: filtered out or no status."""
    original = obj(status.get("reblog"))
    if original:
        by = author_of(obj(status.get("account")), home)
        reason = reason or Reason("reshare", by, at=moment(status.get("created_at")))
    hidden, filtered = _filters(status, original)
    shown = original or status
    return None if hidden or not string(shown.get("id")) else _post(shown, home, reason, filtered)


def _post(shown: Obj, home: Home, reason: Reason | None, filtered: str) -> Entry:
    local_id = string(shown.get("id"))
    quoted = _quoted(shown, home)
    html = shorten_links(string(shown.get("content")))
    html = _QUOTE_LINK.sub("", html) if quoted else html
    uri, url = string(shown.get("uri")), web(shown.get("url")) or web(shown.get("uri"))
    author = author_of(obj(shown.get("account")), home)
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
        warning=_warning(shown, media, filtered),
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
            "visibility": _visibility(shown),
        },
    )


def _visibility(shown: Obj) -> str:
    """ "local" where it stays on its server (Hometown, glitch, GoToSocial; Pleroma and Akkoma say so themselves)."""
    return "local" if shown.get("local_only") is True else string(shown.get("visibility"))


def notice_of(notification: Obj, home: Home) -> Entry | None:
    """The entry of a notification: the post it is about, or a notice with a key of its own. Unknown types are shown."""
    kind, local_id = string(notification.get("type")), string(notification.get("id"))
    status = obj(notification.get("status"))
    when = moment(notification.get("created_at"))
    account = obj(notification.get("account"))
    by = author_of(account, home)
    if kind in _POST_REASONS and status:
        mine = home.me and string(status.get("in_reply_to_account_id")) == home.me
        reason = "reply" if kind == "mention" and mine else _POST_REASONS[kind]
        return entry_of(status, home, Reason(reason, by, at=when))
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


def shorten_links(html: str) -> str:
    """Links as Mastodon means them: the scheme and the tail unseen, an ellipsis where something was cut."""
    if "invisible" not in html and "ellipsis" not in html:
        return html
    return _INVISIBLE.sub("", _ELLIPSIS.sub(r"\1…</span>", html))


def _filters(status: Obj, original: Obj) -> tuple[bool, str]:
    """Whether the person's filters hide it, and the title of the filter that warns."""
    warning = ""
    for result in objs(status.get("filtered")) + objs(original.get("filtered")):
        found = obj(result.get("filter"))
        if string(found.get("filter_action")) == "hide":
            return True, ""
        warning = warning or string(found.get("title")) or "filtered"
    return False, warning


def _warning(shown: Obj, media: tuple[Media, ...], filtered: str) -> str:
    said = string(shown.get("spoiler_text")).strip()
    if not said and shown.get("sensitive") is True and media:
        said = SENSITIVE
    return said or filtered


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


def _quoted(shown: Obj, home: Home) -> Quoted | None:
    quote = obj(shown.get("quote"))
    status = obj(quote.get("quoted_status")) or (quote if "content" in quote else obj(None))
    if not status or string(quote.get("state") or "accepted") != "accepted":
        return None
    text = plain_text(shorten_links(string(status.get("content"))))
    return Quoted(author_of(obj(status.get("account")), home), text, web(status.get("url")) or web(status.get("uri")))


def _poll(poll: Obj) -> Poll | None:
    options = tuple((string(o.get("title")), number(o.get("votes_count")) or 0) for o in objs(poll.get("options")))
    return Poll(options, closed=poll.get("expired") is True) if options else None


def _mine(shown: Obj) -> frozenset[str]:
    done = {"like": "favourited", "reshare": "reblogged", "bookmark": "bookmarked"}
    return frozenset(action for action, name in done.items() if shown.get(name) is True)


def scopes_of(metadata: Obj) -> tuple[str, ...]:
    """The scopes that a server says it knows (RFC 8414), () when it does not say."""
    return strings(metadata.get("scopes_supported"))
