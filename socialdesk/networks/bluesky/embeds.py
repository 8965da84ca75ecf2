"""What hangs on a post, as the app view shows it (`app.bsky.embed.*#view`). Unknown kinds are skipped."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from socialdesk.core.entry import Author, LinkCard, Media, MediaKind, Quoted
from socialdesk.core.urls import host_of, is_web
from socialdesk.networks.bluesky import labels
from socialdesk.networks.bluesky.keys import parse_at_uri

Json = Mapping[str, Any]

NOT_SHOWN = Author("Quote")
_WHY = {
    "viewNotFound": "The quoted post is deleted.",
    "viewBlocked": "By somebody whom you have blocked, or who has blocked you.",
    "viewDetached": "Its author has taken it out of this quote.",
}
NO_HANDLE = "handle.invalid"  # the app view's word for a handle that no longer points back


@dataclass(frozen=True, slots=True)
class Shown:
    media: tuple[Media, ...] = ()
    link: LinkCard | None = None
    quoted: Quoted | None = None


def author(profile: object, web: str) -> Author:
    """From `profileViewBasic` or richer."""
    view = profile if isinstance(profile, dict) else {}
    did, handle = _text(view, "did"), _text(view, "handle")
    if handle == NO_HANDLE:
        handle = ""
    return Author(
        name=_text(view, "displayName").strip() or handle or did,
        handle=handle or did,
        url=f"{web}/profile/{quote(handle or did, safe=':')}",
        avatar_url=_web(view, "avatar"),
        remote_id=did,
    )


def post_url(uri: str, who: Author, web: str) -> str:
    """The page of a post in the web client; '' when `uri` is no record's address."""
    parts = parse_at_uri(uri)
    return f"{web}/profile/{quote(who.handle or parts.repo, safe=':')}/post/{parts.rkey}" if parts else ""


def shown(embed: object, web: str, wishes: labels.LabelWishes = labels.NO_WISHES) -> Shown:
    """From `postView.embed`. A quoted post is held to the account's wishes about labels, too."""
    if not isinstance(embed, dict):
        return Shown()
    match embed.get("$type"):
        case "app.bsky.embed.images#view":
            return Shown(media=_images(embed.get("images"), "thumb"))
        case "app.bsky.embed.gallery#view":
            return Shown(media=_images(embed.get("items"), "thumbnail"))
        case "app.bsky.embed.video#view":
            return Shown(media=(_video(embed),))
        case "app.bsky.embed.external#view":
            return Shown(link=_card(embed.get("external")))
        case "app.bsky.embed.record#view":
            return _record(embed.get("record"), web, wishes)
        case "app.bsky.embed.recordWithMedia#view":
            around, record = shown(embed.get("media"), web), embed.get("record")
            inner = _record(record.get("record") if isinstance(record, dict) else None, web, wishes)
            return Shown(around.media, around.link or inner.link, inner.quoted)
    return Shown()


def _images(items: object, preview: str) -> tuple[Media, ...]:
    pictures = []
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict) and (url := _web(item, "fullsize")):
            width, height = _size(item)
            alt = _text(item, "alt")
            pictures.append(Media(MediaKind.IMAGE, url, _web(item, preview), alt, width, height))
    return tuple(pictures)


def _video(view: Json) -> Media:
    kind = MediaKind.GIF if view.get("presentation") == "gif" else MediaKind.VIDEO
    width, height = _size(view)
    return Media(kind, _web(view, "playlist"), _web(view, "thumbnail"), _text(view, "alt"), width, height)


def _card(external: object) -> LinkCard | None:
    view = external if isinstance(external, dict) else {}
    url = _web(view, "uri")
    if not url:
        return None
    return LinkCard(url, _text(view, "title"), _text(view, "description"), _web(view, "thumb"), host_of(url))


def _record(record: object, web: str, wishes: labels.LabelWishes) -> Shown:
    view = record if isinstance(record, dict) else {}
    kind = str(view.get("$type", ""))
    if kind == "app.bsky.embed.record#viewRecord":
        return Shown(quoted=_quoted(view, web, wishes))
    if why := _WHY.get(kind.partition("#")[2]):
        return Shown(quoted=Quoted(NOT_SHOWN, why))
    places = {"generatorView": "feed", "listView": "lists"}
    place = places.get(kind.partition("#")[2])
    uri = parse_at_uri(_text(view, "uri"))
    if place is None or uri is None:
        return Shown()  # records we have no picture of
    url = f"{web}/profile/{uri.repo}/{place}/{uri.rkey}"
    title = _text(view, "displayName") or _text(view, "name")
    return Shown(link=LinkCard(url, title, _text(view, "description"), _web(view, "avatar"), host_of(url)))


def _quoted(view: Json, web: str, wishes: labels.LabelWishes) -> Quoted:
    """A quoted post keeps behind its warning what it says."""
    if labels.is_hidden(view, wishes, anonymous=False):
        return Quoted(NOT_SHOWN, "Hidden by your settings at the network.")
    value, who = view.get("value"), author(view.get("author"), web)
    text = _text(value, "text") if isinstance(value, dict) else ""
    return Quoted(who, labels.warning(view, wishes) or text, post_url(_text(view, "uri"), who, web))


def _size(view: Json) -> tuple[int, int]:
    ratio = view.get("aspectRatio")
    width, height = (ratio.get("width"), ratio.get("height")) if isinstance(ratio, dict) else (0, 0)
    return (width, height) if isinstance(width, int) and isinstance(height, int) else (0, 0)


def _text(view: Json, name: str) -> str:
    value = view.get(name)
    return value if isinstance(value, str) else ""


def _web(view: Json, name: str) -> str:
    url = _text(view, name)
    return url if is_web(url) else ""
