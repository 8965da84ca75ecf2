"""Pictures: to the media endpoint, or kept until the post takes its picture along where a site has none."""

import re

from socialdesk.core.errors import OutcomeUnknown, Rejected, Unreachable
from socialdesk.core.post import MediaFile, Uploaded
from socialdesk.networks.micropub.client import Client
from socialdesk.networks.micropub.settings import Settings

HELD = "held:"
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}
_PLAIN = re.compile(r"[^A-Za-z0-9]+")


class Uploader:
    """Remembers addresses by hash while the account is open; a picture that is there twice does no harm."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[str, str] = {}
        self._held: dict[str, MediaFile] = {}

    async def upload(self, file: MediaFile, settings: Settings) -> Uploaded:
        """Raises Unreachable where one cannot tell: doing it again only leaves a spare copy."""
        if file.mime not in _ENDINGS:
            raise Rejected(f"sites take no {file.mime}", reason="media_type")
        if not settings.media_endpoint:
            self._held = {file.blob: file}  # one at most: it goes out with the post that comes next
            return Uploaded(HELD + file.blob, file.alt, file.width, file.height)
        url = self._known.get(file.blob)
        if url is None:
            url = self._known[file.blob] = await self._send(file, settings.media_endpoint)
        return Uploaded(url, file.alt, file.width, file.height, url)

    def take(self, picture: Uploaded) -> tuple[str, bytes, str]:
        """Name, bytes and type of a picture that was kept. Raises Rejected (media_missing)."""
        file = self._held.get(picture.ref.removeprefix(HELD))
        if file is None:
            raise Rejected("the picture is no longer here", reason="media_missing")
        return name_of(file), file.data, file.mime

    async def _send(self, file: MediaFile, endpoint: str) -> str:
        try:
            return await self._client.upload(endpoint, name_of(file), file.data, file.mime)
        except OutcomeUnknown as error:
            raise Unreachable(str(error), detail=error.detail) from error


def name_of(file: MediaFile) -> str:
    stem = _PLAIN.sub("-", file.name.rpartition(".")[0]).strip("-").lower()[:40] or "picture"
    return f"{stem}-{file.blob[:12]}.{_ENDINGS.get(file.mime, 'jpg')}"
