"""Videos: through the network's video service, which prepares them and puts them at the account's own server.

Sources: the app.bsky.video lexicons; docs.bsky.app, "Video". Where there is no such service, or it knows nothing of the
account, an MP4 goes to the account's server as it is, and is prepared when it is first looked at.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from socialdesk.core.account import NOTHING, Credential
from socialdesk.core.errors import AuthExpired, Rejected, Unreachable
from socialdesk.core.post import MediaFile
from socialdesk.core.tolerant import Obj, obj, string
from socialdesk.networks.bluesky.client import ACCESS, Client
from socialdesk.networks.bluesky.facts import VIDEO_SERVICE
from socialdesk.networks.bluesky.identities import is_loopback

AS_IT_IS = "video/mp4"  # what a post may hold, and so what goes without being prepared
LEAVE_S = 1800  # how long the service may write at the account's server
FIRST_PAUSE_S, LONGEST_PAUSE_S, LOOKS = 1.0, 10.0, 20  # together three minutes
_ENDINGS = {"video/mp4": "mp4", "video/quicktime": "mov", "video/webm": "webm", "video/mpeg": "mpeg"}


async def upload(client: Client, did: str, media: MediaFile) -> dict[str, Any]:
    """The reference for a record. The same video again is known to the service by its name and not prepared twice.

    Raises Rejected when it takes no video from this account now, Unreachable while it is still preparing it.
    """
    service = client.server if is_loopback(client.server) else VIDEO_SERVICE
    try:
        await _check_limits(client, service)
        job = await _send(client, service, did, media)
    except Rejected as error:
        if error.reason != "not_supported":
            raise
        if media.mime != AS_IT_IS:
            raise Rejected("no service prepares this video", reason="media_unfit") from error
        return await client.upload_blob(media.data, media.mime)
    return await _finished(client.at(service, NOTHING), job)


@contextmanager
def _no_session_there() -> Iterator[None]:
    """The account has no session at the service: who is refused there is not signed out here."""
    try:
        yield
    except AuthExpired as error:
        raise Rejected(str(error), reason="not_supported", detail=error.detail) from error


async def _check_limits(client: Client, service: str) -> None:
    method = "app.bsky.video.getUploadLimits"
    leave = await _leave(client, _did_of(service), method)
    with _no_session_there():
        allowed = await client.at(service, leave).get(method)
    if allowed.get("canUpload") is False:
        words = f"{string(allowed.get('error'))}: {string(allowed.get('message'))}"[:500]
        raise Rejected("no more videos from this account now", reason="video_limit", detail=words)


async def _send(client: Client, service: str, did: str, media: MediaFile) -> Obj:
    """The job that the video has become; a service that knows it already answers with the old job (409)."""
    leave = await _leave(client, _did_of(client.server), "com.atproto.repo.uploadBlob")
    params = [("did", did), ("name", f"{media.blob[:32]}.{_ENDINGS.get(media.mime, 'mp4')}")]
    with _no_session_there():
        answer = await client.at(service, leave).send_bytes(
            "app.bsky.video.uploadVideo", media.data, media.mime, params, also=409
        )
    job = obj(answer.get("jobStatus")) or answer
    if not string(job.get("jobId")):
        raise Rejected("the video was not taken", reason="media_unfit", detail=string(answer.get("message"))[:500])
    return job


async def _leave(client: Client, audience: str, method: str) -> Credential:
    """A token with which `audience` believes that the account calls `method`, or lets the service do so."""
    until = int(datetime.now(UTC).timestamp()) + LEAVE_S
    asked = [("aud", audience), ("lxm", method), ("exp", str(until))]
    token = string((await client.get("com.atproto.server.getServiceAuth", asked)).get("token"))
    if not token:
        raise Unreachable("getServiceAuth: an answer without a token", reason="not_json")
    return Credential({ACCESS: token})


async def _finished(service: Client, job: Obj) -> dict[str, Any]:
    """Looks at the job until it is done."""
    pause = FIRST_PAUSE_S
    for look in range(LOOKS + 1):
        blob = job.get("blob")
        if isinstance(blob, dict) and "ref" in blob:
            return blob
        if job.get("state") == "JOB_STATE_FAILED":
            words = f"{string(job.get('error'))}: {string(job.get('message'))}"[:500]
            raise Rejected("the video could not be prepared", reason="media_unfit", detail=words)
        if look < LOOKS:
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE_S)
            answer = await service.get("app.bsky.video.getJobStatus", [("jobId", string(job.get("jobId")))])
            job = obj(answer.get("jobStatus"))
    raise Unreachable("the video is still being prepared", reason="media_processing")


def _did_of(server: str) -> str:
    return f"did:web:{urlsplit(server).hostname}"
