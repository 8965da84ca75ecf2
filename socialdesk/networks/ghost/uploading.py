"""Pictures: Ghost gives each upload a name of its own, so we remember what we have brought there."""

import re
from typing import Any

from socialdesk.core.errors import OutcomeUnknown, Rejected, Unreachable
from socialdesk.core.post import MediaFile, Uploaded
from socialdesk.networks.ghost.client import Client

_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}
_PLAIN = re.compile(r"[^A-Za-z0-9]+")


class Uploader:
    """`_known` holds addresses by hash, while the account is open. A picture that is there twice does no harm."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[str, str] = {}

    async def upload(self, file: MediaFile) -> Uploaded:
        """Raises Unreachable where one cannot tell: doing it again only leaves a spare copy."""
        url = self._known.get(file.blob)
        if url is None:
            url = self._known[file.blob] = await self._send(file)
        return Uploaded(file.blob, file.alt, file.width, file.height, url)

    async def _send(self, file: MediaFile) -> str:
        if file.mime not in _ENDINGS:
            raise Rejected(f"Ghost takes no {file.mime}", reason="media_type")
        stem = _PLAIN.sub("-", file.name.rpartition(".")[0]).strip("-").lower()[:40] or "picture"
        name = f"{stem}-{file.blob[:12]}.{_ENDINGS[file.mime]}"
        try:
            answer = await self._client.upload(name, file.data, file.mime, {"purpose": "image", "ref": file.blob})
        except OutcomeUnknown as error:
            raise Unreachable(str(error), detail=error.detail) from error
        url = _address(answer)
        if not url:
            raise Unreachable("the answer names no picture", reason="invalid_answer")
        return url


def _address(answer: dict[str, Any]) -> str:
    images = answer.get("images")
    first = images[0] if isinstance(images, list) and images and isinstance(images[0], dict) else {}
    url = first.get("url")
    return url if isinstance(url, str) else ""
