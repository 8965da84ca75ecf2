"""Uploads in pieces: initialize, append, finalize, and waiting while X works on a film.

Source: docs.x.com, "Chunked media upload". An upload shows nowhere by itself, so every failure that a repeat can mend
is `Unreachable`; what is not used within a day is dropped by X.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from socialdesk.core.errors import Rejected, Unreachable
from socialdesk.core.post import MediaFile, Uploaded
from socialdesk.core.tolerant import Obj, obj, string
from socialdesk.networks.x.client import Client
from socialdesk.networks.x.tolerant import number

PIECE = 1 << 20  # bytes: small enough for a slow line, and 1000 of them hold the largest film
PIECE_TIMEOUT_S = 60.0
LONGEST_WAIT_S = 30
LOOKS = 60
_FRAME = b"\x2c"  # image separator of GIF


async def upload(client: Client, media: MediaFile, sleep: Callable[[float], Awaitable[None]]) -> Uploaded:
    """A picture, animation or film at X, described. Raises `Rejected` (media_type, media_too_large)."""
    asked = {"media_type": media.mime, "total_bytes": len(media.data), "media_category": category_of(media)}
    begun = await _ask(client, "/2/media/upload/initialize", json=asked)
    ref = string(begun.get("id"))
    if not ref:
        raise Unreachable("the upload has no id", reason="not_json")
    path = f"/2/media/upload/{quote(ref, safe='')}"
    for index, start in enumerate(range(0, len(media.data), PIECE)):
        piece = media.data[start : start + PIECE]
        await _ask(
            client,
            f"{path}/append",
            form={"segment_index": str(index)},
            files={"media": (media.name or "media", piece, media.mime)},
            timeout_s=PIECE_TIMEOUT_S,
        )
    await _until_ready(client, ref, await _ask(client, f"{path}/finalize"), sleep)
    if media.alt:
        described = {"id": ref, "metadata": {"alt_text": {"text": media.alt}}}
        await client.ask("POST", "/2/media/metadata", name="metadata", harmless=True, json=described)
    return Uploaded(ref, media.alt, media.width, media.height)


def category_of(media: MediaFile) -> str:
    if media.mime.startswith("video/"):
        return "tweet_video"
    return "tweet_gif" if media.mime == "image/gif" and is_animated(media.data) else "tweet_image"


def is_animated(gif: bytes) -> bool:
    """Whether a GIF has more than one picture (GIF89a specification: blocks after header and colour table)."""
    at = 13 + (3 << (gif[10] & 7) + 1 if len(gif) > 10 and gif[10] & 0x80 else 0)
    frames = 0
    while at < len(gif) and frames < 2:
        if gif[at : at + 1] == b"\x21":
            at += 2
        elif gif[at : at + 1] == _FRAME and at + 9 < len(gif):
            frames += 1
            packed = gif[at + 9]
            at += 11 + (3 << (packed & 7) + 1 if packed & 0x80 else 0)
        else:
            break
        while at < len(gif) and gif[at]:
            at += gif[at] + 1
        at += 1
    return frames > 1


async def _until_ready(client: Client, ref: str, answer: Obj, sleep: Callable[[float], Awaitable[None]]) -> None:
    for _ in range(LOOKS):
        work = obj(answer.get("processing_info"))
        state = string(work.get("state"))
        if state == "failed":
            said = string(obj(work.get("error")).get("message"))
            raise Rejected("X could not use the upload", reason="media_type", detail=said)
        if state in {"", "succeeded"}:
            return
        await sleep(min(max(number(work.get("check_after_secs")) or 1, 1), LONGEST_WAIT_S))
        params = {"command": "STATUS", "media_id": ref}
        _, found = await client.ask("GET", "/2/media/upload", name="upload_status", params=params)
        answer = obj(found.get("data"))
    raise Unreachable("X is still preparing the upload", reason="media_processing")


async def _ask(client: Client, path: str, **options: Any) -> Obj:
    try:
        _, answer = await client.ask("POST", path, name="upload", harmless=True, **options)
    except Rejected as error:
        if error.reason == "invalid":
            raise Rejected(str(error), reason="media_type", detail=error.detail) from error
        raise
    return obj(answer.get("data"))
