"""Pictures and documents: registering, sending the bytes, waiting until LinkedIn can use them.

Source: Microsoft Learn, "Images API", "Documents API". An upload shows nowhere by itself, so every failure that a
repeat can mend is `Unreachable`.
"""

from collections.abc import Awaitable, Callable

from socialdesk.core.errors import Rejected, Unreachable
from socialdesk.core.post import MediaFile, Uploaded
from socialdesk.core.tolerant import obj, string, web
from socialdesk.networks.linkedin.client import Client
from socialdesk.networks.linkedin.urn import enc

Sleep = Callable[[float], Awaitable[None]]

TIMEOUT_S = 120.0
LOOKS = 30
LOOK_S = 2.0
UNSEEN_S = 3.0  # who may not ask how far an upload is waits this long
_DOCUMENTS = frozenset(
    {
        "application/pdf",
        "application/msword",
        "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    }
)


async def upload(client: Client, owner: str, media: MediaFile, sleep: Sleep) -> Uploaded:
    """A picture or document at LinkedIn, owned by `owner`. Raises `Rejected` (media_type, missing_permission)."""
    kind = "document" if media.mime in _DOCUMENTS else "image"
    asked = {"initializeUploadRequest": {"owner": owner}}
    path = f"/rest/{kind}s?action=initializeUpload"
    _, answer = await client.ask("POST", path, name="upload", harmless=True, json=asked)
    value = obj(answer.get("value"))
    ref, url = string(value.get(kind)), web(value.get("uploadUrl"))
    if not ref or not url:
        raise Unreachable("the upload has no address", reason="not_json")
    headers = {"Content-Type": media.mime}
    await client.plain(
        "PUT", url, name="upload", harmless=True, content=media.data, headers=headers, timeout_s=TIMEOUT_S
    )
    await _until_ready(client, f"/rest/{kind}s/{enc(ref)}", sleep)
    return Uploaded(ref, media.alt or (media.name if kind == "document" else ""), media.width, media.height)


async def _until_ready(client: Client, path: str, sleep: Sleep) -> None:
    for _ in range(LOOKS):
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
