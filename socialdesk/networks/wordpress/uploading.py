"""Pictures: each is uploaded once, known again by the hash in its file name, whoever asks and however often."""

from typing import Any

from socialdesk.core.errors import OutcomeUnknown, Rejected, Unreachable
from socialdesk.core.post import MediaFile, Uploaded
from socialdesk.http import Response
from socialdesk.networks.wordpress.client import Client
from socialdesk.networks.wordpress.naming import same_slug, slugify

ROUTE = "wp/v2/media"
TRIES = 5  # of making the smaller sizes, as WordPress's own editor does
_FIELDS = "id,slug,source_url,alt_text,media_details.width,media_details.height"
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "image/avif": "avif"}
ATTACHMENT_ID = "x-wp-upload-attachment-id"


class Uploader:
    def __init__(self, client: Client) -> None:
        self._client = client
        self.ids: dict[str, int] = {}  # attachment by address, of what this account has uploaded or found

    async def upload(self, file: MediaFile) -> Uploaded:
        """Raises Unreachable where one cannot tell: doing it again finds what is there."""
        name = file_name(file)
        try:
            media = await self._known(name.rpartition(".")[0]) or await self._send(name, file)
            if file.alt and media.get("alt_text") != file.alt:
                media = await self._client.send("POST", f"{ROUTE}/{media['id']}", {"alt_text": file.alt})
        except OutcomeUnknown as error:
            raise Unreachable(str(error), detail=error.detail) from error
        return self._uploaded(media, file)

    def _uploaded(self, media: dict[str, Any], file: MediaFile) -> Uploaded:
        url = str(media.get("source_url", ""))
        details = media.get("media_details") or {}
        self.ids[url] = int(media["id"])
        width, height = int(details.get("width") or file.width), int(details.get("height") or file.height)
        return Uploaded(str(media["id"]), file.alt, width, height, url)

    async def _known(self, stem: str) -> dict[str, Any] | None:
        found, _ = await self._client.get(ROUTE, [("slug", stem), ("_fields", _FIELDS)])
        same = [m for m in found if isinstance(m, dict) and same_slug(str(m.get("slug", "")), stem)]
        return same[0] if same else None

    async def _send(self, name: str, file: MediaFile) -> dict[str, Any]:
        response = await self._client.upload(name, file.data, file.mime, {"alt_text": file.alt})
        if response.status >= 500 and ATTACHMENT_ID in response.headers:
            return await self._finish(response)
        return await self._client.understood(response)

    async def _finish(self, response: Response) -> dict[str, Any]:
        """The file is there, but the server failed while making smaller sizes: ask it to go on, else take it away."""
        number = response.headers[ATTACHMENT_ID]
        if not number.isdecimal():
            raise Unreachable("the upload failed half-way")
        for _ in range(TRIES):
            try:
                return await self._client.send(
                    "POST", f"{ROUTE}/{number}/post-process", {"action": "create-image-subsizes"}
                )
            except OutcomeUnknown:
                continue
        await self._client.send("DELETE", f"{ROUTE}/{number}", params=[("force", "true")])
        raise Rejected("the server cannot make smaller sizes of this picture", reason="media_too_large")


def file_name(file: MediaFile) -> str:
    """The name that a picture gets at the site: its own, as far as that is readable, and the hash of what it shows."""
    stem = slugify(file.name.rpartition(".")[0] or file.name)[:40] or "picture"
    return f"{stem}-{file.blob[:12]}.{_ENDINGS.get(file.mime, 'jpg')}"
