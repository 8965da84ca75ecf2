"""Notifications (`app.bsky.notification.listNotifications`) as entries. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from socialdesk.core.entry import Entry, EntryKind, Reason
from socialdesk.networks.bluesky import embeds
from socialdesk.networks.bluesky.keys import POST
from socialdesk.networks.bluesky.translate import NETWORK_KEY, Reader, moment, post_entry, published, quoted_post

Json = Mapping[str, Any]

_KINDS = {
    "like": "like",
    "like-via-repost": "like",
    "repost": "reshare",
    "repost-via-repost": "reshare",
    "follow": "follow",
    "starterpack-joined": "follow",
    "mention": "mention",
    "reply": "reply",
    "quote": "quote",
    "subscribed-post": "status",
}
_SENTENCES = {
    "starterpack-joined": "Joined through your starter pack",
    "verified": "Verified your account",
    "unverified": "Withdrew the verification of your account",
    "contact-match": "Is on the network and in your contacts",
    "like-via-repost": "Liked what you reposted",
    "repost-via-repost": "Reposted what you reposted",
}


def wanted_posts(notifications: Iterable[Json]) -> tuple[str, ...]:
    """Addresses of the posts to read for showing the notifications: those written, and those they are about."""
    uris = [_post_of(n) or str(n.get("reasonSubject") or "") for n in notifications]
    return tuple(dict.fromkeys(uri for uri in uris if f"/{POST}/" in uri))


def notice_entry(notification: Json, posts: Mapping[str, Json], reader: Reader) -> Entry | None:
    """A post that mentions, answers or quotes the account; anything else as a notice with its subject quoted.

    `posts` holds `postView`s by address, as far as they could be read.
    """
    uri, reason = str(notification.get("uri") or ""), str(notification.get("reason") or "other")
    if not uri:
        return None
    who, at = embeds.author(notification.get("author"), reader.web), moment(notification.get("indexedAt"))
    why = Reason(_KINDS.get(reason, "other"), who, at)
    if _post_of(notification):
        entry = post_entry(posts.get(uri) or _bare_post(notification), reader)
        return replace(entry, reason=why) if entry else None
    subject = str(notification.get("reasonSubject") or "")
    quoted = quoted_post(posts.get(subject), reader)
    record = notification.get("record")
    created = record.get("createdAt") if isinstance(record, dict) else None
    return Entry(
        key=uri,
        network=NETWORK_KEY,
        remote_id=uri,
        kind=EntryKind.NOTICE,
        author=who,
        text=_sentence(reason),
        url=quoted.url if quoted else who.url,
        published=published(created, notification.get("indexedAt")),
        quoted=quoted,
        reason=why,
        refs={"subject": subject} if subject else {},
    )


def _post_of(notification: Json) -> str:
    """The address of the post that the notification is, '' when it is none (a like, a follow)."""
    uri = str(notification.get("uri") or "")
    return uri if f"/{POST}/" in uri else ""


def _bare_post(notification: Json) -> Json:
    """The post as far as the notification tells: no counts, nothing that hangs on it."""
    return {name: notification.get(name) for name in ("uri", "cid", "author", "record", "indexedAt", "labels")}


def _sentence(reason: str) -> str:
    if reason in _SENTENCES:
        return _SENTENCES[reason]
    return "" if reason in _KINDS else reason.replace("-", " ").capitalize()
