"""Uploads: pictures and films, with description and focus, waited for until the server has made them ready.

Source: docs.joinmastodon.org/methods/media.
"""

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import quote

from socialdesk.core.errors import Rejected, Unreachable
from socialdesk.core.post import MediaFile, Uploaded
from socialdesk.core.tolerant import Obj, obj, string
from socialdesk.http import Response
from socialdesk.networks.mastodon.client import Client
from socialdesk.networks.mastodon.tolerant import web

PROCESSING = 202
STILL_PROCESSING = 206
WAITS_S = (1, 2, 4, 8, 16, 30, 60)
VIDEO_WAITS_S = (2, 4, 8, 15, *(30,) * 19)  # ten minutes: films are made smaller there
LEAST_S = 20.0
SLOW_BYTES_S = 50_000  # an upload may be as slow as this


async def upload(client: Client, media: MediaFile, sleep: Callable[[float], Awaitable[None]]) -> Uploaded:
    """An upload shows nowhere by itself, so every failure that a repeat can mend is `Unreachable`.

    Raises `Rejected` (media_type) for what the server cannot read, `Unreachable` (media_processing) when it takes long.
    """
    response, found = await _sent(client, media)
    ref = string(found.get("id"))
    if not ref:
        raise Unreachable("the upload has no id", reason="not_mastodon")
    if response.status == PROCESSING or not web(found.get("url")):
        found = await _until_ready(client, ref, VIDEO_WAITS_S if media.is_video else WAITS_S, sleep)
    return Uploaded(ref, media.alt, media.width, media.height, web(found.get("url")))


async def _sent(client: Client, media: MediaFile) -> tuple[Response, Obj]:
    file = {"file": (media.name or "picture", media.data, media.mime)}
    form = _form(media)
    time_s = max(LEAST_S, len(media.data) / SLOW_BYTES_S)
    try:
        response, answer = await client.send(
            "POST", "/api/v2/media", files=file, form=form, harmless=True, timeout_s=time_s
        )
    except Rejected as error:
        if error.reason == "not_found":  # servers before 3.1.3
            response, answer = await client.send(
                "POST", "/api/v1/media", files=file, form=form, harmless=True, timeout_s=time_s
            )
        elif error.reason == "invalid":
            raise Rejected(str(error), reason="media_type", detail=error.detail) from error
        else:
            raise
    return response, obj(answer)


def _form(media: MediaFile) -> Mapping[str, str] | None:
    form = {"description": media.alt} if media.alt else {}
    if media.focus is not None:
        form["focus"] = ",".join(f"{min(max(part, -1.0), 1.0):.3f}" for part in media.focus)
    return form or None


async def _until_ready(
    client: Client, ref: str, waits: tuple[int, ...], sleep: Callable[[float], Awaitable[None]]
) -> Obj:
    for wait in waits:
        try:
            response, answer = await client.get(f"/api/v1/media/{quote(ref, safe='')}")
        except Rejected as error:
            if error.reason == "invalid":  # 422: the server could not make anything of it
                raise Rejected(str(error), reason="media_type", detail=error.detail) from error
            raise
        if response.status != STILL_PROCESSING:
            return obj(answer)
        await sleep(wait)
    raise Unreachable("the server is still preparing the upload", reason="media_processing")
