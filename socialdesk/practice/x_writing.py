"""What the practice X lets people do: post, delete, repost, like, bookmark, upload."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aiohttp import web

from socialdesk.practice.forms import FormFile, read_form
from socialdesk.practice.x_oauth import OAuth
from socialdesk.practice.x_refusals import duplicate, forbidden, invalid, kind, no_credits, plain
from socialdesk.practice.x_state import Post, State, Upload, weigh
from socialdesk.practice.x_wire import Wire

_KNOWN = frozenset(
    {"card_uri", "community_id", "direct_message_deep_link", "edit_options", "for_super_followers_only", "geo", "media"}
    | {"made_with_ai", "nullcast", "paid_partnership", "poll", "quote_tweet_id", "reply", "reply_settings", "text"}
    | {"share_with_followers"}
)
_ANSWERING = frozenset({"following", "mentionedUsers", "subscribers", "verified"})
_CATEGORIES = {
    "tweet_image": ("image/jpeg", "image/png", "image/gif", "image/webp"),
    "tweet_gif": ("image/gif",),
    "tweet_video": ("video/mp4", "video/quicktime"),
}
_LARGEST = {"tweet_image": 5_242_880, "tweet_gif": 15_728_640, "tweet_video": 536_870_912}
_NO_REPLY = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author "
    "of the post you are replying to."
)
_NO_QUOTE = "Quoting this post is not allowed because you have not been mentioned by its author."
_MAX_ALT = 1000


class Writing:
    """Knobs: `plan` names what only some plans allow (like, quote, reply), `credits_left` False = nothing is paid for.

    `looks`: how often a film's owner hears that it is being worked on; `spoils`: a film turns out to be unusable.
    """

    def __init__(self, state: State, wire: Wire, oauth: OAuth, old: Callable[[], bool]) -> None:
        self.state = state
        self.wire = wire
        self.oauth = oauth
        self.plan: frozenset[str] = frozenset()
        self.credits_left = True
        self.looks = 1
        self.spoils = False
        self._old = old

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_post("/2/tweets", self.create)
        router.add_delete("/2/tweets/{id}", self.delete)
        for name, key in (("retweets", "retweeted"), ("likes", "liked"), ("bookmarks", "bookmarked")):
            router.add_post(f"/2/users/{{id}}/{name}", self._doing(name, key, wanted=True))
            router.add_delete(f"/2/users/{{id}}/{name}/{{post}}", self._doing(name, key, wanted=False))
        router.add_post("/2/media/upload", self.upload_at_once)
        router.add_get("/2/media/upload", self.upload_status)
        router.add_post("/2/media/upload/initialize", self.initialize)
        router.add_post("/2/media/upload/{media}/append", self.append)
        router.add_post("/2/media/upload/{media}/finalize", self.finalize)
        router.add_post("/2/media/metadata", self.describe)

    # posts

    async def create(self, request: web.Request) -> web.Response:
        user = self._user(request, "tweet.write")
        asked = await _object(request)
        strange = sorted(set(asked) - _KNOWN)
        if strange:
            raise invalid(strange[0], str(asked[strange[0]]), f"[{strange[0]}] is not a known parameter")
        text = asked.get("text")
        media = self._media_of(user, asked)
        poll = _poll_of(asked)
        quote = str(asked.get("quote_tweet_id", ""))
        if not isinstance(text, str) or not (text.strip() or media):
            raise invalid("text", str(text), "text is missing or empty")
        if sum(map(bool, (media, poll, quote))) > 1:
            raise invalid("media", "", "media, poll and quote_tweet_id exclude one another")
        self._check_text(user, text, has_media=bool(media))
        answered = str(_inner(asked, "reply").get("in_reply_to_tweet_id", ""))
        self._check_conversation(user, answered, quote)
        now = self.state.now()
        post = Post(self.state.new_id(now), user, now, text, answered, quote, media=media, poll=poll)
        post.poll_minutes = int(_inner(asked, "poll").get("duration_minutes", 0))
        post.reply_settings = _answering(asked)
        self.state.add(post)
        history = "edit_history_tweet_ids" if self._old() else "edit_history_post_ids"
        return web.json_response({"data": {"id": post.id, "text": post.text, history: [post.id]}}, status=201)

    def _check_text(self, user: str, text: str, *, has_media: bool) -> None:
        if weigh(text) > self.state.limit_of(self.state.users[user]):
            raise forbidden("Your Tweet text is too long. For more information on how Twitter determines text length")
        if any(c in "\ufffe\ufeff\uffff" for c in text):
            raise invalid("text", text, "text contains characters that are not allowed")
        same = (p for p in self.state.posts.values() if p.author == user and p.text == text and not p.media)
        if text and not has_media and any(same):
            raise duplicate()
        if sum(word.startswith("$") and word[1:].isalpha() for word in text.split()) > 1:
            raise forbidden("You can only include one cashtag in a post.")

    def _check_conversation(self, user: str, answered: str, quote: str) -> None:
        for post_id in filter(None, (answered, quote)):
            if post_id not in self.state.posts:
                raise forbidden("You attempted to reply to a Tweet that is deleted or not visible to you.")
        if answered and "reply" not in self.plan:
            post = self.state.posts[answered]
            if post.author != user and user not in self.state.mentions(post.text) and not self._quotes(post, user):
                raise forbidden(_NO_REPLY)
        if quote and "quote" not in self.plan:
            raise forbidden(_NO_QUOTE)

    def _quotes(self, post: Post, user: str) -> bool:
        quoted = self.state.posts.get(post.quote) or self.state.posts.get(post.reply_to)
        return quoted is not None and quoted.author == user

    def _media_of(self, user: str, asked: Mapping[str, Any]) -> tuple[str, ...]:
        ids = _inner(asked, "media").get("media_ids", [])
        if not isinstance(ids, list) or len(ids) > 4:
            raise invalid("media.media_ids", str(ids), "media_ids has to hold 1 to 4 ids")
        uploads = [self.state.uploads.get(str(key)) for key in ids]
        if any(upload is None or upload.owner != user or not upload.done for upload in uploads):
            raise invalid("media.media_ids", str(ids), "Your media IDs are invalid.")
        return tuple(str(key) for key in ids)

    async def delete(self, request: web.Request) -> web.Response:
        user = self._user(request, "tweet.write")
        post = self.state.posts.get(request.match_info["id"])
        if post is None:
            said = f"Could not find tweet with id: [{request.match_info['id']}]."
            raise kind(404, "Not Found Error", said, "resource-not-found", **_resource(request.match_info["id"]))
        if post.author != user:
            raise forbidden("You are not allowed to delete this Tweet.")
        self.state.remove(post.id)
        return web.json_response({"data": {"deleted": True}})

    # reposts, likes, bookmarks

    def _doing(self, name: str, key: str, *, wanted: bool) -> Callable[[web.Request], Any]:
        async def do(request: web.Request) -> web.Response:
            scope = {"retweets": "tweet.write", "likes": "like.write", "bookmarks": "bookmark.write"}[name]
            user = self._user(request, scope)
            if request.match_info["id"] != user:
                raise invalid("id", request.match_info["id"], "The `id` must be the same as the authenticating user")
            if name == "likes" and "like" not in self.plan:
                raise kind(403, "Client Forbidden", "This plan has no likes.", "client-forbidden", reason="plan")
            post_id = request.match_info.get("post") or str((await _object(request)).get("tweet_id", ""))
            if post_id not in self.state.posts and wanted:
                raise invalid("tweet_id", post_id, "The post cannot be found.")
            return web.json_response({"data": self._done(name, user, post_id, key, wanted=wanted)})

        return do

    def _done(self, name: str, user: str, post_id: str, key: str, *, wanted: bool) -> dict[str, Any]:
        if name == "retweets":
            made = self.state.repost_by(user, post_id)
            if wanted and made is not None:
                raise forbidden("You have already retweeted this Tweet.")
            if wanted:
                made = self.state.repost(user, post_id)
            elif made is not None:
                self.state.posts.pop(made.id)
                self.state.posts[post_id].reposts -= 1
            return {key: wanted, **({"rest_id": made.id} if wanted and made else {})}
        kept = (self.state.likes if name == "likes" else self.state.bookmarks).setdefault(user, [])
        if post_id in kept:
            kept.remove(post_id)
        if wanted:
            kept.insert(0, post_id)
        return {key: wanted}

    # uploads

    async def initialize(self, request: web.Request) -> web.Response:
        user = self._user(request, "media.write")
        asked = await _object(request)
        category, mime = str(asked.get("media_category", "")), str(asked.get("media_type", ""))
        return web.json_response(
            {"data": self.wire.upload(self._begin(user, category, mime, int(asked.get("total_bytes", 0))))}
        )

    def _begin(self, user: str, category: str, mime: str, size: int) -> Upload:
        if mime not in _CATEGORIES.get(category, ()):
            raise invalid("media_type", mime, f"media type {mime} does not go with {category}")
        if not 0 < size <= _LARGEST[category]:
            raise plain(413, "Request Entity Too Large", "The file is too large.")
        upload = Upload(self.state.new_id(self.state.now()), user, mime, category, size)
        self.state.uploads[upload.id] = upload
        return upload

    async def append(self, request: web.Request) -> web.Response:
        upload = self._upload(request, request.match_info["media"])
        fields = dict(await read_form(request))
        file, index = fields.get("media"), str(fields.get("segment_index", ""))
        if not isinstance(file, FormFile) or not index.isdigit() or int(index) > 999:
            raise invalid("segment_index", index, "media and a segment_index of 0 to 999 are needed")
        upload.pieces[int(index)] = file.data
        return web.json_response({"data": {"expires_at": int(self.state.now().timestamp()) + 86_400}})

    async def finalize(self, request: web.Request) -> web.Response:
        upload = self._upload(request, request.match_info["media"])
        if len(upload.data) != upload.size or sorted(upload.pieces) != list(range(len(upload.pieces))):
            raise invalid("media_id", upload.id, "The size of the pieces is not that of the whole.")
        self._finish(upload)
        return web.json_response({"data": self.wire.upload(upload)})

    def _finish(self, upload: Upload) -> None:
        upload.done = True
        if upload.category == "tweet_image":
            upload.width, upload.height = _size(upload.data)
        else:
            upload.looks_left, upload.fails = self.looks, False

    async def upload_at_once(self, request: web.Request) -> web.Response:
        user = self._user(request, "media.write")
        if request.content_type == "application/json":
            asked = await _object(request)
            data, mime = base64.b64decode(str(asked.get("media", ""))), "image/png"
            category = str(asked.get("media_category", ""))
        else:
            fields = dict(await read_form(request))
            file = fields.get("media")
            data, mime = (file.data, file.content_type) if isinstance(file, FormFile) else (b"", "")
            category = str(fields.get("media_category", ""))
        upload = self._begin(user, category, mime, len(data))
        upload.pieces[0] = data
        self._finish(upload)
        return web.json_response({"data": self.wire.upload(upload)})

    async def upload_status(self, request: web.Request) -> web.Response:
        upload = self._upload(request, request.query.get("media_id", ""))
        upload.looks_left = max(0, upload.looks_left - 1)
        upload.fails = self.spoils and not upload.looks_left
        return web.json_response({"data": self.wire.upload(upload)})

    async def describe(self, request: web.Request) -> web.Response:
        asked = await _object(request)
        upload = self._upload(request, str(asked.get("id", "")))
        text = str(_inner(_inner(asked, "metadata"), "alt_text").get("text", ""))
        if not 0 < len(text) <= _MAX_ALT:
            raise invalid("metadata.alt_text.text", text, f"alt text has 1 to {_MAX_ALT} characters")
        upload.alt = text
        return web.json_response({"data": {"id": upload.id, "associated_metadata": {"alt_text": {"text": text}}}})

    def _upload(self, request: web.Request, media_id: str) -> Upload:
        user = self._user(request, "media.write")
        upload = self.state.uploads.get(media_id)
        if upload is None or upload.owner != user:
            raise invalid("media_id", media_id, "The media_id is not valid.")
        return upload

    def _user(self, request: web.Request, scope: str) -> str:
        grant = self.oauth.grant_of(request)
        if scope not in grant.scopes:
            raise forbidden()
        if not self.credits_left:
            raise no_credits()
        return grant.user


async def _object(request: web.Request) -> dict[str, Any]:
    try:
        asked = json.loads(await request.read())
    except ValueError as error:
        raise invalid("body", "", "The request body is not JSON.") from error
    return asked if isinstance(asked, dict) else {}


def _inner(asked: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = asked.get(name)
    return found if isinstance(found, dict) else {}


def _poll_of(asked: Mapping[str, Any]) -> tuple[tuple[str, int], ...]:
    poll = _inner(asked, "poll")
    options: Sequence[Any] = poll.get("options", ())
    if poll and not (2 <= len(options) <= 4 and all(1 <= len(str(option)) <= 25 for option in options)):
        raise invalid("poll.options", str(options), "a poll has 2 to 4 options of 1 to 25 characters")
    if poll and not 5 <= int(poll.get("duration_minutes", 0)) <= 10_080:
        raise invalid("poll.duration_minutes", str(poll.get("duration_minutes")), "a poll lasts 5 to 10080 minutes")
    return tuple((str(option), 0) for option in options)


def _answering(asked: Mapping[str, Any]) -> str:
    said = str(asked.get("reply_settings", ""))
    if said and said not in _ANSWERING:
        raise invalid("reply_settings", said, f"reply_settings is one of {sorted(_ANSWERING)}")
    return said


def _resource(post_id: str) -> dict[str, str]:
    return {"parameter": "id", "value": post_id, "resource_id": post_id, "resource_type": "tweet"}


def _size(data: bytes) -> tuple[int, int]:
    from io import BytesIO

    from PIL import Image, UnidentifiedImageError  # loaded when first needed: it costs start-up time

    try:
        return Image.open(BytesIO(data)).size
    except UnidentifiedImageError as error:
        raise invalid("media", "", "The media could not be read.") from error
