"""Films of the practice LinkedIn: slices without the token, put together by their tags. Source: "Videos API"."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from socialdesk.practice.linkedin_state import State, Upload
from socialdesk.practice.linkedin_wire import Refused, invalid, missing

LARGEST = 500_000_000


@dataclass
class Film:
    upload: Upload
    token: str
    size: int
    pieces: dict[int, tuple[str, bytes]] = field(default_factory=dict)  # place -> tag, bytes


class Films:
    """`slice_bytes` is what LinkedIn asks for at a time (4 MB; less for tests)."""

    def __init__(
        self, state: State, may_write: Callable[[web.Request, str, str], None], new_upload: Callable[[str, str], Upload]
    ) -> None:
        self.state = state
        self.base = ""
        self.slice_bytes = 4_194_304
        self.films: dict[str, Film] = {}
        self._may_write = may_write
        self._new_upload = new_upload

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_post("/rest/videos", self.act)
        router.add_put("/dms-uploads/films/{urn}/{place}", self.take)

    async def act(self, request: web.Request) -> web.Response:
        action = request.query.get("action", "")
        asked = json.loads(await request.read()).get(f"{action}Request", {})
        if action == "initializeUpload":
            return self._begin(request, asked.get("owner", ""), asked.get("fileSizeBytes", 0))
        if action == "finalizeUpload":
            return self._finish(asked)
        raise Refused(400, "ILLEGAL_ARGUMENT", "No such action")

    def _begin(self, request: web.Request, owner: str, size: int) -> web.Response:
        self._may_write(request, owner, "videos.ACTION-initializeUpload.NO_VERSION")
        if not 0 < size <= LARGEST:
            raise invalid("ERROR :: /fileSizeBytes :: is out of range")
        upload = self._new_upload("video", owner)
        film = self.films[upload.urn] = Film(upload, secrets.token_urlsafe(12), size)
        slices = [
            {
                "uploadUrl": f"{self.base}/dms-uploads/films/{upload.urn}/{first}",
                "firstByte": first,
                "lastByte": min(first + self.slice_bytes, size) - 1,
            }
            for first in range(0, size, self.slice_bytes)
        ]
        return web.json_response(
            {"value": {"video": upload.urn, "uploadToken": film.token, "uploadInstructions": slices}}
        )

    async def take(self, request: web.Request) -> web.Response:
        film = self.films.get(request.match_info["urn"])
        if film is None:
            raise missing(request.path)
        if "Authorization" in request.headers:
            return web.Response(status=400, text="The token does not belong here")
        tag = secrets.token_urlsafe(9)
        film.pieces[int(request.match_info["place"])] = (tag, await request.read())
        return web.Response(headers={"ETag": f'"{tag}"'})

    def _finish(self, asked: dict[str, object]) -> web.Response:
        film = self.films.get(str(asked.get("video", "")))
        if film is None or asked.get("uploadToken") != film.token:
            raise invalid("ERROR :: /uploadToken :: is not that of the video")
        pieces = [film.pieces[place] for place in sorted(film.pieces)]
        data = b"".join(piece for _, piece in pieces)
        if asked.get("uploadedPartIds") != [tag for tag, _ in pieces] or len(data) != film.size:
            raise invalid("ERROR :: /uploadedPartIds :: are not those of the whole video")
        film.upload.data, film.upload.mime = data, "video/mp4"
        return web.json_response({})
