"""The JSON of a Mastodon 4.7 server (docs.joinmastodon.org/entities), made from the state."""

import html
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from socialdesk.practice.mastodon_state import (
    MENTION,
    TAG,
    URL,
    Notice,
    Person,
    PersonList,
    Question,
    State,
    Status,
    Upload,
)

Json = dict[str, Any]
_ENTITY = re.compile(f"(?P<url>{URL.pattern})|(?P<at>{MENTION.pattern})|(?P<tag>{TAG.pattern})")
VERSION = "4.7.3"
API_VERSION = 11
MIME_TYPES = ("image/jpeg", "image/png", "image/gif", "image/heic", "image/heif", "image/webp", "image/avif",
              "video/webm", "video/mp4", "video/quicktime", "audio/mpeg", "audio/ogg")  # fmt: skip
IMAGE_LIMIT = 16_777_216
VIDEO_LIMIT = 103_809_024


def iso(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03d}Z"


class Wire:
    """Turns values into entities. `base` is the address of the server, `domain` its name in handles.

    `cards` maps an article's address to what a link card says of it: title, description,
    site, and the path of an image here. `filtered` gives a viewer's filters that a status meets. `version` is what the
    server says of itself: one with "+hometown" or "+glitch" has posts that stay on it.
    """

    def __init__(self, state: State, domain: str, cards: Mapping[str, Mapping[str, str]]) -> None:
        self.state = state
        self.domain = domain
        self.cards = cards
        self.base = ""
        self.version = VERSION
        self.filtered: Callable[[Status, str], list[Json]] = lambda status, viewer: []

    # people

    def profile_url(self, person: Person) -> str:
        return f"https://{person.domain}/@{person.username}" if person.domain else f"{self.base}/@{person.username}"

    def person_uri(self, person: Person) -> str:
        root = f"https://{person.domain}" if person.domain else self.base
        return f"{root}/users/{person.username}"

    def account(self, person: Person) -> Json:
        avatar = f"{self.base}/system/avatars/{quote(person.username)}.png"
        header = f"{self.base}/system/headers/{quote(person.username)}.png"
        posts = [s for s in self.state.statuses.values() if s.person == person.id]
        return {
            "id": person.id, "username": person.username, "acct": person.acct, "display_name": person.name,
            "locked": False, "bot": False, "discoverable": True, "indexable": True, "group": False,
            "created_at": iso(person.created), "note": f"<p>{html.escape(person.note)}</p>",
            "url": self.profile_url(person), "uri": self.person_uri(person),
            "avatar": avatar, "avatar_static": avatar, "header": header, "header_static": header,
            "followers_count": 40 + int(person.id[-2:]), "following_count": 30, "statuses_count": len(posts),
            "last_status_at": max((s.created for s in posts), default=person.created).date().isoformat(),
            "hide_collections": False, "emojis": [], "roles": [], "fields": [],
        }  # fmt: skip

    def credential_account(self, person: Person) -> Json:
        source = {
            "privacy": "public", "sensitive": False, "language": "en", "note": person.note, "fields": [],
            "follow_requests_count": 0, "hide_collections": False, "discoverable": True, "indexable": True,
            "attribution_domains": [], "quote_policy": "public",
        }  # fmt: skip
        role = {"id": "-99", "name": "", "permissions": "65536", "color": "", "highlighted": False}
        return {**self.account(person), "source": source, "role": role}

    # statuses

    def status_url(self, status: Status) -> str:
        return f"{self.profile_url(self.state.people[status.person])}/{status.id}"

    def status_uri(self, status: Status) -> str:
        uri = f"{self.person_uri(self.state.people[status.person])}/statuses/{status.id}"
        return f"{uri}/activity" if status.reblog_of else uri

    def status(self, status: Status, viewer: str | None, depth: int = 0) -> Json:
        state, author = self.state, self.state.people[status.person]
        original = state.statuses.get(status.reblog_of)
        reshares = sum(s.reblog_of == status.id for s in state.statuses.values())
        answered = state.statuses.get(status.reply_to)
        shown: Json = {
            "id": status.id, "uri": self.status_uri(status), "url": self.status_url(status),
            "created_at": iso(status.created), "edited_at": iso(status.edited) if status.edited else None,
            "account": self.account(author), "spoiler_text": status.spoiler,
            "content": self._quote_link(status) + self.content(status.text),
            "sensitive": status.sensitive, "visibility": status.visibility, "language": status.language,
            "in_reply_to_id": status.reply_to or None,
            "in_reply_to_account_id": answered.person if answered else None,
            "reblog": self.status(original, viewer, depth + 1) if original else None,
            "media_attachments": [self.upload(state.uploads[m]) for m in status.media],
            "mentions": self.mentions(status.text), "tags": self.tags(status.text), "emojis": [],
            "card": self.card(status), "poll": self.poll(status.poll, viewer),
            "quote": self.quoted(status, viewer, depth),
            "replies_count": status.replies, "reblogs_count": status.reshares + reshares,
            "favourites_count": status.likes + len(status.liked_by),
            "quotes_count": sum(s.quote_of == status.id for s in state.statuses.values()),
            "quote_approval": self.quote_approval(status, viewer),
        }  # fmt: skip
        if "+" in self.version:
            shown["local_only"] = status.local_only
        if status.application:
            shown["application"] = {"name": status.application, "website": None}
        if viewer is not None:
            shown |= {
                "favourited": viewer in status.liked_by,
                "reblogged": state.reblogged_by(viewer, original or status) is not None,
                "bookmarked": status.id in state.bookmarks.get(viewer, {}).values(),
                "muted": False,
                "filtered": self.filtered(original or status, viewer),
            }
        if viewer == status.person:
            shown["pinned"] = False
        return shown

    def quoted(self, status: Status, viewer: str | None, depth: int) -> Json | None:
        if not status.quote_of:
            return None
        original = self.state.statuses.get(status.quote_of)
        if original is None:
            return {"state": "deleted", "quoted_status": None}
        if status.quote_state != "accepted":
            return {"state": status.quote_state, "quoted_status": None}
        if depth:
            return {"state": "accepted", "quoted_status_id": original.id}
        return {"state": "accepted", "quoted_status": self.status(original, viewer, depth + 1)}

    @staticmethod
    def quote_approval(status: Status, viewer: str | None) -> Json:
        """Everybody here follows everybody, so that followers may quote as all may."""
        allowed = status.quotable != "nobody" or viewer == status.person
        automatic = [] if status.quotable == "nobody" else [status.quotable]
        return {"automatic": automatic, "manual": [], "current_user": "automatic" if allowed else "denied"}

    def poll(self, poll: Question | None, viewer: str | None) -> Json | None:
        if poll is None:
            return None
        over, chosen = self.state.now() >= poll.ends, [n for vote in poll.votes.values() for n in vote]
        hidden = poll.hide_totals and not over
        counts = [None if hidden else chosen.count(n) for n in range(len(poll.options))]
        shown: Json = {
            "id": poll.id, "expires_at": iso(poll.ends), "expired": over, "multiple": poll.multiple,
            "votes_count": len(chosen), "voters_count": len(poll.votes), "emojis": [],
            "options": [{"title": t, "votes_count": c} for t, c in zip(poll.options, counts, strict=True)],
        }  # fmt: skip
        if viewer is not None:
            shown |= {"voted": viewer in poll.votes, "own_votes": list(poll.votes.get(viewer, ()))}
        return shown

    def _quote_link(self, status: Status) -> str:
        """What Mastodon puts before the text for programs that do not know quotes."""
        quoted = self.state.statuses.get(status.quote_of)
        return f'<p class="quote-inline">RE: {_link(self.status_url(quoted))}</p>' if quoted else ""

    def content(self, text: str) -> str:
        """Text as Mastodon formats it: paragraphs, line breaks, links in three spans, mentions and tags as links."""
        paragraphs = re.split(r"\n{2,}", text.strip())
        return "".join(f"<p>{self._linked(p).replace(chr(10), '<br />')}</p>" for p in paragraphs if p)

    def _linked(self, text: str) -> str:
        parts, at = [], 0
        for found in _ENTITY.finditer(text):
            parts.append(html.escape(text[at : found.start()], quote=False))
            if found["url"]:
                parts.append(_link(found["url"]))
            elif found["tag"]:
                parts.append(self._tag(found["tag"][1:]))
            else:
                parts.append(self._mention(found["at"]))
            at = found.end()
        return "".join(parts) + html.escape(text[at:], quote=False)

    def _tag(self, name: str) -> str:
        url = f"{self.base}/tags/{quote(name.lower())}"
        return f'<a href="{url}" class="mention hashtag" rel="tag">#<span>{html.escape(name)}</span></a>'

    def _mention(self, written: str) -> str:
        person = self.state.find_person(written, (self.domain, urlsplit(self.base).netloc))
        if person is None:
            return html.escape(written)
        link = f'<a href="{self.profile_url(person)}" class="u-url mention">@<span>{person.username}</span></a>'
        return f'<span class="h-card" translate="no">{link}</span>'

    def mentions(self, text: str) -> list[Json]:
        found = {m[0]: self.state.find_person(m[0], (self.domain,)) for m in MENTION.finditer(text)}
        people = {p.id: p for p in found.values() if p is not None}.values()
        return [{"id": p.id, "username": p.username, "url": self.profile_url(p), "acct": p.acct} for p in people]

    def tags(self, text: str) -> list[Json]:
        names = dict.fromkeys(m[1].lower() for m in TAG.finditer(text))
        return [{"name": name, "url": f"{self.base}/tags/{quote(name)}"} for name in names]

    def card(self, status: Status) -> Json | None:
        url = next((u for u in URL.findall(status.text) if u in self.cards), "")
        if not url or status.media or status.reads < 1:
            return None
        known = self.cards[url]
        return {
            "url": url, "title": known["title"], "description": known["description"], "language": "en",
            "type": "link", "author_name": "", "author_url": "", "authors": [], "provider_name": known["site"],
            "provider_url": "", "html": "", "width": 1200, "height": 630, "image": self.base + known["image"],
            "image_description": "", "embed_url": "", "blurhash": None, "published_at": None,
        }  # fmt: skip

    def upload(self, upload: Upload) -> Json:
        kind = upload.mime.split("/")[0]
        url = f"{self.base}/system/media/{upload.id}/original"
        original = {
            "width": upload.width, "height": upload.height, "size": f"{upload.width}x{upload.height}",
            "aspect": upload.width / upload.height if upload.height else 1.0,
        }  # fmt: skip
        return {
            "id": upload.id,
            "type": kind if kind in {"image", "video", "audio"} else "unknown",
            "url": url if upload.polls_left == 0 else None,
            "preview_url": f"{self.base}/system/media/{upload.id}/small",
            "remote_url": None,
            "description": upload.description or None,
            "blurhash": "UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH",
            "meta": {"original": original, "focus": {"x": upload.focus[0], "y": upload.focus[1]}},
        }

    def notice(self, notice: Notice) -> Json:
        shown: Json = {
            "id": notice.id,
            "type": notice.kind,
            "created_at": iso(notice.created),
            "group_key": f"ungrouped-{notice.id}",
            "account": self.account(self.state.people[notice.by]),
        }
        if notice.status in self.state.statuses:
            shown["status"] = self.status(self.state.statuses[notice.status], notice.to)
        return shown

    def person_list(self, people: PersonList) -> Json:
        return {"id": people.id, "title": people.title, "replies_policy": "list", "exclusive": False}

    # the server itself

    def configuration(self) -> Json:
        return {
            "urls": {"streaming": self.base.replace("http", "ws", 1), "status": None, "about": f"{self.base}/about",
                     "privacy_policy": None, "terms_of_service": None},
            "vapid": {"public_key": "BCkMmVdKDnKYwzVCDC99Iuc9GvId"},
            "accounts": {"max_featured_tags": 10, "max_pinned_statuses": 5, "max_display_name_length": 40,
                         "max_note_length": 500, "max_profile_fields": 4},
            "statuses": {"max_characters": self.state.limit, "max_media_attachments": 4,
                         "characters_reserved_per_url": 23},
            "media_attachments": {"description_limit": 10000, "image_matrix_limit": 33177600,
                                  "image_size_limit": IMAGE_LIMIT, "supported_mime_types": list(MIME_TYPES),
                                  "video_frame_rate_limit": 120, "video_matrix_limit": 8294400,
                                  "video_size_limit": VIDEO_LIMIT},
            "polls": {"max_options": 4, "max_characters_per_option": 50, "min_expiration": 300,
                      "max_expiration": 2629746},
            "translation": {"enabled": False},
            "timelines_access": {"live_feeds": {"local": "public", "remote": "authenticated"},
                                 "hashtag_feeds": {"local": "public", "remote": "authenticated"},
                                 "trending_link_feeds": {"local": "public", "remote": "authenticated"}},
            "limited_federation": False,
        }  # fmt: skip

    def instance(self, contact: Person) -> Json:
        return {
            "domain": self.domain, "title": "Practice Mastodon", "version": self.version,
            "source_url": "https://github.com/mastodon/mastodon",
            "description": "A practice network on this machine. Nothing leaves it.",
            "usage": {"users": {"active_month": len(self.state.people)}},
            "thumbnail": {"url": f"{self.base}/system/headers/server.png"}, "icon": [], "languages": ["en"],
            "configuration": self.configuration(),
            "registrations": {"enabled": False, "approval_required": False, "reason_required": False,
                              "message": None, "min_age": None, "url": None},
            "api_versions": {"mastodon": API_VERSION},
            "contact": {"email": "desk@practice.example", "account": self.account(contact)}, "rules": [],
        }  # fmt: skip

    def instance_v1(self, contact: Person) -> Json:
        newer = self.configuration()
        older = {key: newer[key] for key in ("accounts", "statuses", "media_attachments", "polls")}
        description = "A practice network on this machine. Nothing leaves it."
        return {
            "uri": self.domain, "title": "Practice Mastodon", "short_description": description,
            "description": description, "email": "desk@practice.example", "version": self.version,
            "urls": {"streaming_api": newer["urls"]["streaming"]},
            "stats": {"user_count": len(self.state.people), "status_count": len(self.state.statuses),
                      "domain_count": 1},
            "thumbnail": f"{self.base}/system/headers/server.png", "languages": ["en"], "registrations": False,
            "approval_required": False, "invites_enabled": False, "configuration": older,
            "contact_account": self.account(contact), "rules": [],
        }  # fmt: skip


def _link(url: str) -> str:
    shown = html.escape(url)
    scheme, rest = url.split("://", 1)
    head, tail = rest[:30], rest[30:]
    kind = ' class="ellipsis"' if tail else ' class=""'
    return (
        f'<a href="{shown}" target="_blank" rel="nofollow noopener noreferrer" translate="no">'
        f'<span class="invisible">{scheme}://</span><span{kind}>{html.escape(head)}</span>'
        f'<span class="invisible">{html.escape(tail)}</span></a>'
    )
