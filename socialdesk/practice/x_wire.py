"""The practice X's answers: posts, people, media and lists in both vocabularies (OpenAPI documents 2.159 and 2.167)."""

import hashlib
import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from socialdesk.practice.x_state import MENTION, SHORT_LIMIT, TAG, URL, Post, State, Upload, User, UserList, weigh

Json = dict[str, Any]
CUT = 140  # of a repost's text
_KINDS = {"tweet_video": "video", "tweet_gif": "animated_gif"}


def iso(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03d}Z"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request asked for. `old`: the vocabulary up to 2.166."""

    old: bool = False
    posts: frozenset[str] = frozenset()
    expansions: frozenset[str] = frozenset()
    users: frozenset[str] = frozenset()
    media: frozenset[str] = frozenset()
    polls: frozenset[str] = frozenset()

    def refers(self) -> bool:
        return not self.expansions.isdisjoint({"referenced_posts", "referenced_tweets.id"})


@dataclass
class Shortened:
    """A text as X shows it, links shortened, and where they are."""

    text: str
    urls: list[Json] = field(default_factory=list)

    def add(self, expanded: str, display: str, media_keys: Sequence[str] = ()) -> None:
        short = shorten(expanded)
        self.text = f"{self.text} {short}".lstrip()
        place = {"start": len(self.text) - len(short), "end": len(self.text)}
        entry = {**place, "url": short, "expanded_url": expanded, "display_url": display}
        self.urls += [{**entry, "media_key": key} for key in media_keys] or [entry]


def shorten(url: str) -> str:
    return f"https://t.co/{hashlib.sha256(url.encode()).hexdigest()[:10]}"


class Wire:
    """`base` is where pictures and pages are; `cards` says what is known of the pages that posts link to.

    `referenced_authors`: whether the new vocabulary brings the authors of posts that others refer to.
    """

    def __init__(self, state: State, cards: Mapping[str, Mapping[str, str]]) -> None:
        self.state = state
        self.base = ""
        self.cards = cards
        self.referenced_authors = True

    def page(self, posts: Sequence[Post], wanted: Wanted, meta: Mapping[str, Any]) -> Json:
        """An envelope: what has no value is left out."""
        answer: Json = {}
        if posts:
            answer["data"] = [self.post(post, wanted) for post in posts]
            answer |= self._including(posts, wanted)
        return {**answer, "meta": dict(meta)}

    def one(self, post: Post, wanted: Wanted) -> Json:
        return {"data": self.post(post, wanted), **self._including([post], wanted)}

    def _including(self, posts: Sequence[Post], wanted: Wanted) -> Json:
        includes = self.includes(posts, wanted)
        return {"includes": includes} if includes else {}

    def post(self, post: Post, wanted: Wanted) -> Json:
        shown = self._shown(post)
        body = html.escape(shown.text, quote=False)
        is_note = weigh(post.text) > SHORT_LIMIT
        every: Json = {
            "attachments": self._attachments(post),
            "conversation_id": post.conversation,
            "created_at": iso(post.created),
            "entities": self._entities(shown),
            "lang": post.lang,
            "possibly_sensitive": post.sensitive,
            "reply_settings": post.reply_settings or "everyone",
            "public_metrics": self._metrics(post, old=wanted.old),
        }
        if is_note:
            note = {"text": body, "entities": every["entities"]}
            every["note_tweet" if wanted.old else "note_post"] = note
            body = body[: SHORT_LIMIT - 6] + "…"
        found = {name: value for name, value in every.items() if name in wanted.posts and value not in ({}, None)}
        found |= self._relations(post, wanted)
        history = "edit_history_tweet_ids" if wanted.old else "edit_history_post_ids"
        asked = wanted.posts | wanted.expansions
        more = {history: [post.id]} if wanted.old or history in asked else {}
        return {"id": post.id, "text": body, **found, **more}

    def _relations(self, post: Post, wanted: Wanted) -> Json:
        """Who wrote it and what it refers to: fields in the old vocabulary, expansions in both."""
        asked = wanted.posts | wanted.expansions
        found: Json = {}
        if "author_id" in asked:
            found["author_id"] = post.author
        answered = self.state.posts.get(post.reply_to)
        if answered is not None and "in_reply_to_user_id" in asked:
            found["in_reply_to_user_id"] = answered.author
        refers = self._references(post)
        if refers and (wanted.refers() or "referenced_tweets" in wanted.posts):
            found["referenced_tweets" if wanted.old else "referenced_posts"] = refers
        return found

    def _references(self, post: Post) -> list[Json]:
        named = (("retweeted", post.repost_of), ("quoted", post.quote), ("replied_to", post.reply_to))
        return [{"type": kind, "id": post_id} for kind, post_id in named if post_id]

    def _shown(self, post: Post) -> Shortened:
        original = self.state.posts.get(post.repost_of)
        if post.repost_of:
            name = self.state.users[original.author].username if original else "gone"
            whole = f"RT @{name}: {self._shown(original).text if original else ''}"
            return Shortened(whole if len(whole) <= CUT else whole[: CUT - 1] + "…")
        shown = self._links(self._addressed(post))
        if post.media:
            url = f"https://x.com/{self.state.users[post.author].username}/status/{post.id}/photo/1"
            keys = [self.state.uploads[media].key for media in post.media]
            shown.add(url, f"pic.x.com/{shorten(url)[-10:]}", keys)
        if quoted := self.state.posts.get(post.quote):
            url = f"https://x.com/{self.state.users[quoted.author].username}/status/{quoted.id}"
            shown.add(url, f"x.com/{self.state.users[quoted.author].username}/stat…")
        return shown

    def _addressed(self, post: Post) -> str:
        """An answer to somebody else begins with that name, whether or not it was written."""
        answered = self.state.posts.get(post.reply_to)
        if answered is None or answered.author == post.author:
            return post.text
        name = f"@{self.state.users[answered.author].username}"
        return post.text if post.text.lower().startswith(name.lower()) else f"{name} {post.text}"

    def _links(self, text: str) -> Shortened:
        made, done = Shortened(""), 0
        for found in URL.finditer(text):
            short = shorten(found[0])
            made.text += text[done : found.start()]
            place = {"start": len(made.text), "end": len(made.text) + len(short)}
            display = found[0].partition("://")[2].removeprefix("www.")
            cut = display if len(display) <= 28 else display[:26] + "…"
            card = self.cards.get(found[0], {})
            more: Json = {name: card[name] for name in ("title", "description") if name in card}
            if "image" in card:
                more["images"] = [{"url": self.base + card["image"], "width": 600, "height": 315}]
            made.urls.append({**place, "url": short, "expanded_url": found[0], "display_url": cut, **more})
            made.text += short
            done = found.end()
        made.text += text[done:]
        return made

    def _entities(self, shown: Shortened) -> Json:
        people = [(found, self.state.user_named(found[1])) for found in MENTION.finditer(shown.text)]
        found: Json = {
            "urls": shown.urls,
            "hashtags": [{"start": m.start(), "end": m.end(), "tag": m[1]} for m in TAG.finditer(shown.text)],
            "mentions": [
                {"start": m.start(), "end": m.end(), "username": user.username, "id": user.id}
                for m, user in people
                if user is not None
            ],
        }
        return {name: values for name, values in found.items() if values}

    def _attachments(self, post: Post) -> Json:
        keys = [self.state.uploads[media].key for media in post.media]
        found: Json = {"media_keys": keys} if keys else {}
        return {**found, "poll_ids": [post.id]} if post.poll else found

    def _metrics(self, post: Post, *, old: bool) -> Json:
        quotes = sum(other.quote == post.id for other in self.state.posts.values())
        bookmarks = sum(post.id in kept for kept in self.state.bookmarks.values())
        likes = post.likes + sum(post.id in kept for kept in self.state.likes.values())
        return {
            "retweet_count" if old else "repost_count": post.reposts,
            "reply_count": post.replies,
            "like_count": likes,
            "quote_count": quotes,
            "bookmark_count": bookmarks,
            "impression_count": 40 * (post.likes + post.reposts) + 7,
        }

    # what comes along

    def includes(self, posts: Iterable[Post], wanted: Wanted) -> Json:
        posts = list(posts)
        referenced = self._referenced(posts) if wanted.refers() else []
        authors = referenced if self._brings_authors(wanted) else []
        people = [p.author for p in (*posts, *authors)] if "author_id" in wanted.expansions else []
        if "in_reply_to_user_id" in wanted.expansions:
            answered = (self.state.posts.get(p.reply_to) for p in posts)
            people += [p.author for p in answered if p is not None]
        shown = [*posts, *(referenced if self._brings_media(wanted) else [])]
        media = [m for p in shown for m in p.media] if "attachments.media_keys" in wanted.expansions else []
        polls = [p for p in posts if p.poll] if "attachments.poll_ids" in wanted.expansions else []
        found: Json = {
            "users": [self.user(self.state.users[key], wanted.users) for key in dict.fromkeys(people)],
            "tweets" if wanted.old else "posts": [self.post(p, wanted) for p in referenced],
            "media": [self.media(self.state.uploads[key], wanted.media) for key in dict.fromkeys(media)],
            "polls": [self._poll(p, wanted.polls) for p in polls],
        }
        return {name: values for name, values in found.items() if values}

    def _referenced(self, posts: Iterable[Post]) -> list[Post]:
        keys = dict.fromkeys(key for p in posts for key in (p.repost_of, p.quote, p.reply_to) if key)
        return [self.state.posts[key] for key in keys if key in self.state.posts]

    def _brings_authors(self, wanted: Wanted) -> bool:
        return "referenced_tweets.id.author_id" in wanted.expansions if wanted.old else self.referenced_authors

    def _brings_media(self, wanted: Wanted) -> bool:
        return not wanted.old or "referenced_tweets.id.attachments.media_keys" in wanted.expansions

    def user(self, user: User, wanted: frozenset[str] = frozenset()) -> Json:
        every = {
            "created_at": iso(user.created),
            "description": user.description,
            "profile_image_url": f"{self.base}/profile_images/{user.username}_normal.png",
            "protected": user.protected,
            "subscription_type": user.subscription,
            "verified": user.verified_type != "none",
            "verified_type": user.verified_type,
        }
        return {"id": user.id, "name": user.name, "username": user.username} | {
            name: value for name, value in every.items() if name in wanted
        }

    def media(self, upload: Upload, wanted: frozenset[str]) -> Json:
        kind = _KINDS.get(upload.category, "photo")
        url = f"{self.base}/media/{upload.id}"
        every: Json = {"height": upload.height, "width": upload.width, "alt_text": upload.alt or None}
        if kind == "photo":
            every["url"] = f"{url}.png"
        else:
            film = {"bit_rate": 832_000, "content_type": "video/mp4", "url": f"{url}.mp4"}
            stream = {"content_type": "application/x-mpegURL", "url": f"{url}.m3u8"}
            every |= {"preview_image_url": f"{url}.png", "duration_ms": 12_000, "variants": [stream, film]}
        found = {name: value for name, value in every.items() if name in wanted and value is not None}
        return {"media_key": upload.key, "type": kind, **found}

    def _poll(self, post: Post, wanted: frozenset[str]) -> Json:
        ends = post.created + timedelta(minutes=post.poll_minutes)
        every: Json = {
            "duration_minutes": post.poll_minutes,
            "end_datetime": iso(ends),
            "voting_status": "closed" if ends < self.state.now() else "open",
        }
        options = [{"position": i + 1, "label": label, "votes": n} for i, (label, n) in enumerate(post.poll)]
        return {"id": post.id, "options": options} | {n: v for n, v in every.items() if n in wanted}

    def list(self, found: UserList) -> Json:
        return {"id": found.id, "name": found.name}

    def upload(self, upload: Upload) -> Json:
        """What initialize, finalize and status say."""
        found: Json = {"id": upload.id, "media_key": upload.key, "expires_after_secs": 86_400}
        if not upload.done:
            return found
        found["size"] = len(upload.data)
        if upload.fails:
            found["processing_info"] = {"state": "failed", "progress_percent": 10}
        elif upload.looks_left:
            found["processing_info"] = {"state": "in_progress", "check_after_secs": 1, "progress_percent": 40}
        elif upload.category != "tweet_image":
            found["processing_info"] = {"state": "succeeded", "progress_percent": 100}
        return found
