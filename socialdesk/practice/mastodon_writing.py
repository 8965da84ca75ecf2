"""What a signed-in person does on the practice Mastodon: post, upload, edit, delete, like, boost, bookmark."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from aiohttp import web

from socialdesk.practice.forms import FormFile
from socialdesk.practice.mastodon_holding import Holding, new_status, question
from socialdesk.practice.mastodon_holding import is_true as _true
from socialdesk.practice.mastodon_oauth import fields
from socialdesk.practice.mastodon_state import Refused, State, Status, Upload
from socialdesk.practice.mastodon_wire import IMAGE_LIMIT, MIME_TYPES, VIDEO_LIMIT, Wire


class Writing:
    """`media_polls` is how often a new upload answers "not ready" (202, then 206) before it is."""

    def __init__(
        self, state: State, wire: Wire, person_of: Callable[[web.Request, str], str], holding: Holding
    ) -> None:
        self.state = state
        self.holding = holding
        self.wire = wire
        self.person_of = person_of
        self.media_polls = 0
        self.ignores_keys = False

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_post("/api/v1/statuses", self.post)
        router.add_put("/api/v1/statuses/{id}", self.edit)
        router.add_delete("/api/v1/statuses/{id}", self.delete)
        router.add_post(
            "/api/v1/statuses/{id}/{action:favourite|unfavourite|reblog|unreblog|bookmark|unbookmark}", self.act
        )
        router.add_post("/api/v2/media", self.upload)
        router.add_post("/api/v1/media", self.upload)
        router.add_get("/api/v1/media/{id}", self.show_upload)
        router.add_put("/api/v1/media/{id}", self.describe)

    async def post(self, request: web.Request) -> web.Response:
        person = self.person_of(request, "write:statuses")
        asked = await fields(request)
        key = "" if self.ignores_keys else request.headers.get("Idempotency-Key", "")
        held = self.holding.hold(person, asked, key)
        if held is not None:
            return web.json_response(self.holding.shown(held))
        return web.json_response(self.wire.status(self.state.post(new_status(self.state, person, asked), key), person))

    async def edit(self, request: web.Request) -> web.Response:
        """Says everything again, as Mastodon does: a poll or media left out are gone."""
        person, status = self._own(request)
        asked = await fields(request)
        text = str(asked.get("status", status.text))
        if self.state.weigh(text, status.spoiler) > self.state.limit:
            raise Refused(422, f"Validation failed: Text character limit of {self.state.limit} exceeded")
        status.text, status.edited = text, self.state.now()
        status.spoiler = str(asked.get("spoiler_text", status.spoiler))
        status.sensitive = _true(asked.get("sensitive")) or bool(status.spoiler)
        status.media = tuple(str(m) for m in asked.get("media_ids") or ())
        poll = question(self.state, asked.get("poll"))
        if poll is not None and status.poll is not None and poll.options == status.poll.options:
            poll.id, poll.votes = status.poll.id, status.poll.votes
        status.poll = poll
        self.state.tell("status.update", status)
        return web.json_response(self.wire.status(status, person))

    async def delete(self, request: web.Request) -> web.Response:
        person, status = self._own(request)
        shown = {**self.wire.status(status, person), "text": status.text}
        self.state.remove(status.id)
        return web.json_response(shown)

    def _own(self, request: web.Request) -> tuple[str, Status]:
        person = self.person_of(request, "write:statuses")
        status = self.state.status(request.match_info["id"])
        if status.person != person:
            raise Refused(404, "Record not found")
        return person, status

    async def act(self, request: web.Request) -> web.Response:
        action = request.match_info["action"]
        person = self.person_of(request, _scope(action))
        status = self.state.status(request.match_info["id"])
        match action:
            case "favourite":
                status.liked_by.add(person)
            case "unfavourite":
                status.liked_by.discard(person)
            case "bookmark":
                self.state.bookmark(person, status)
            case "unbookmark":
                self.state.unbookmark(person, status)
            case "reblog":
                status = self.state.reblog(person, status)
            case "unreblog":
                done = self.state.reblogged_by(person, status)
                if done is not None:
                    self.state.remove(done.id)
        return web.json_response(self.wire.status(status, person))

    # uploads

    async def upload(self, request: web.Request) -> web.Response:
        person = self.person_of(request, "write:media")
        asked = await fields(request)
        file = asked.get("file")
        if not isinstance(file, FormFile):
            raise Refused(422, "Validation failed: File can't be blank")
        data = file.data
        if file.content_type not in MIME_TYPES:
            raise Refused(422, "Validation failed: File content type is invalid")
        if len(data) > (VIDEO_LIMIT if file.content_type.startswith("video/") else IMAGE_LIMIT):
            raise Refused(422, "Validation failed: File file size must be less than 16 MB")
        width, height = _size(data) if file.content_type.startswith("image/") else (0, 0)
        upload = Upload(
            id=self.state.new_id(self.state.now()),
            owner=person,
            mime=file.content_type,
            data=data,
            description=str(asked.get("description") or ""),
            width=width,
            height=height,
            polls_left=self.media_polls,
            focus=_focus(asked.get("focus")),
        )
        self.state.uploads[upload.id] = upload
        return web.json_response(self.wire.upload(upload), status=202 if upload.polls_left else 200)

    def _upload(self, request: web.Request) -> Upload:
        person = self.person_of(request, "write:media")
        upload = self.state.uploads.get(request.match_info["id"])
        if upload is None or upload.owner != person or upload.used:
            raise Refused(404, "Record not found")
        return upload

    async def show_upload(self, request: web.Request) -> web.Response:
        upload = self._upload(request)
        ready = upload.polls_left == 0
        answer = web.json_response(self.wire.upload(upload), status=200 if ready else 206)
        upload.polls_left = max(0, upload.polls_left - 1)
        return answer

    async def describe(self, request: web.Request) -> web.Response:
        upload = self._upload(request)
        asked = await fields(request)
        focus = _focus(asked["focus"]) if "focus" in asked else upload.focus
        changed = replace(upload, description=str(asked.get("description", upload.description)), focus=focus)
        self.state.uploads[upload.id] = changed
        return web.json_response(self.wire.upload(changed))


def _scope(action: str) -> str:
    kind = action.removeprefix("un")
    return {"favourite": "write:favourites", "bookmark": "write:bookmarks"}.get(kind, "write:statuses")


def _focus(value: Any) -> tuple[float, float]:
    try:
        x, y = (float(part) for part in str(value or "0,0").split(","))
    except ValueError as error:
        raise Refused(422, "Validation failed: Focus is not two numbers") from error
    return x, y


def _size(data: bytes) -> tuple[int, int]:
    from io import BytesIO

    from PIL import Image, UnidentifiedImageError  # loaded when first needed: it costs start-up time

    try:
        with Image.open(BytesIO(data)) as image:
            return image.size
    except (UnidentifiedImageError, OSError) as error:
        raise Refused(422, "Validation failed: File is not a picture") from error
