"""Pictures, documents and films: registering, sending the bytes, waiting until LinkedIn can use them.

Source: Microsoft Learn, "Images API", "Documents API", "Videos API" (a film goes up in the slices that LinkedIn names,
without the token, and is put together by the tags of their answers). An upload shows nowhere by itself, so every
failure that a repeat can mend is `Unreachable`.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from socialdesk.core.errors import Rejected, Unreachable
from socialdesk.core.post import MediaFile, Uploaded
from socialdesk.core.tolerant import Obj, number, obj, objs, string, web
from socialdesk.networks.linkedin.client import Client
from socialdesk.networks.linkedin.urn import enc

Sleep = Callable[[float], Awaitable[None]]

TIMEOUT_S = 120.0
SLOWEST = 100_000  # bytes a second of a slow line: a document goes up in one piece
LOOKS = 30
FILM_LOOKS = 150
LOOK_S = 2.0
UNSEEN_S = 3.0  # who may not ask how far an upload is waits this long


async def upload(client: Client, owner: str, media: MediaFile, sleep: Sleep) -> Uploaded:
    """A picture or document at LinkedIn, owned by `owner`. Raises `Rejected` (media_type, missing_permission)."""
    if media.is_video:
        return await _film(client, owner, media, sleep)
    kind = "document" if media.is_document else "image"
    asked = {"initializeUploadRequest": {"owner": owner}}
    path = f"/rest/{kind}s?action=initializeUpload"
    _, answer = await client.ask("POST", path, name="upload", harmless=True, json=asked)
    value = obj(answer.get("value"))
    ref, url = string(value.get(kind)), web(value.get("uploadUrl"))
    if not ref or not url:
        raise Unreachable("the upload has no address", reason="not_json")
    headers = {"Content-Type": media.mime}
    patience = max(TIMEOUT_S, len(media.data) / SLOWEST)
    await client.plain(
        "PUT", url, name="upload", harmless=True, content=media.data, headers=headers, timeout_s=patience
    )
    await _until_ready(client, f"/rest/{kind}s/{enc(ref)}", sleep)
    return Uploaded(ref, media.alt or (media.name if kind == "document" else ""), media.width, media.height)


async def _film(client: Client, owner: str, media: MediaFile, sleep: Sleep) -> Uploaded:
    asked = {"owner": owner, "fileSizeBytes": len(media.data), "uploadCaptions": False, "uploadThumbnail": False}
    value = await _video(client, "initializeUpload", asked)
    ref, slices = string(value.get("video")), objs(value.get("uploadInstructions"))
    if not ref or not slices:
        raise Unreachable("the upload has no address", reason="not_json")
    tags = [await _slice(client, media.data, one) for one in slices]
    done = {"video": ref, "uploadToken": string(value.get("uploadToken")), "uploadedPartIds": tags}
    await _video(client, "finalizeUpload", done)
    await _until_ready(client, f"/rest/videos/{enc(ref)}", sleep, FILM_LOOKS)
    return Uploaded(ref, media.alt, media.width, media.height)


async def _video(client: Client, action: str, asked: dict[str, Any]) -> Obj:
    body = {f"{action}Request": asked}
    _, answer = await client.ask("POST", f"/rest/videos?action={action}", name="upload", harmless=True, json=body)
    return obj(answer.get("value"))


async def _slice(client: Client, data: bytes, asked: Obj) -> str:
    """Sends what LinkedIn asks for, and returns the tag of its answer."""
    first, last, url = number(asked.get("firstByte")), number(asked.get("lastByte")), web(asked.get("uploadUrl"))
    if first is None or last is None or not url:
        raise Unreachable("a slice has no place", reason="not_json")
    headers = {"Content-Type": "application/octet-stream"}
    piece = data[first : last + 1]
    response, _ = await client.plain(
        "PUT", url, name="upload", harmless=True, signed=False, content=piece, headers=headers, timeout_s=TIMEOUT_S
    )
    tag = response.headers.get("etag", "").strip('"')
    if not tag:
        raise Unreachable("a slice has no tag", reason="invalid_answer")
    return tag


async def _until_ready(client: Client, path: str, sleep: Sleep, looks: int = LOOKS) -> None:
    for _ in range(looks):
        try:
            _, answer = await client.ask("GET", path, name="upload_status")
        except Rejected as error:
            if error.reason not in {"missing_permission", "not_found"}:
                raise
            await sleep(UNSEEN_S)
            return
        state = string(answer.get("status"))
        if state == "PROCESSING_FAILED":
            raise Rejected("LinkedIn could not use the upload", reason="media_type", detail=state)
        if state in {"", "AVAILABLE"}:
            return
        await sleep(LOOK_S)
    raise Unreachable("LinkedIn is still preparing the upload", reason="media_processing")
