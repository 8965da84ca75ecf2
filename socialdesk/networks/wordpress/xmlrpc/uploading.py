"""Pictures over XML-RPC: each is uploaded once, known again by the hash in its file name.

A description goes into the article's HTML; XML-RPC has no way to store it with the picture.
"""

from socialdesk.core.errors import OutcomeUnknown, Unreachable
from socialdesk.core.post import MediaFile, Uploaded
from socialdesk.core.tolerant import Obj, number, obj, objs, string, web
from socialdesk.networks.wordpress.uploading import file_name
from socialdesk.networks.wordpress.xmlrpc.client import RpcClient

NEWEST = 100


class RpcUploader:
    def __init__(self, client: RpcClient) -> None:
        self._client = client
        self.ids: dict[str, int] = {}  # attachment by address, of what this account has uploaded or found

    async def upload(self, file: MediaFile) -> Uploaded:
        """Raises Unreachable where one cannot tell: doing it again finds what is there."""
        name = file_name(file)
        found = await self._known(name) or await self._send(name, file)
        ref, url = string(found.get("attachment_id")) or string(found.get("id")), _address(found)
        if not ref.isdecimal() or not url:
            raise Unreachable("the answer names no picture", reason="invalid_answer")
        self.ids[url] = int(ref)
        size = obj(found.get("metadata"))
        width, height = number(size.get("width")) or file.width, number(size.get("height")) or file.height
        return Uploaded(ref, file.alt, width, height, url)

    async def _known(self, name: str) -> Obj | None:
        found = await self._client.ask("wp.getMediaLibrary", {"number": NEWEST, "offset": 0})
        stem = f"/{name.rpartition('.')[0]}"
        return next((one for one in objs(found) if stem in _address(one)), None)

    async def _send(self, name: str, file: MediaFile) -> Obj:
        data = {"name": name, "type": file.mime, "bits": file.data, "overwrite": False}
        try:
            return obj(await self._client.send_file("wp.uploadFile", data))
        except OutcomeUnknown as error:
            raise Unreachable(str(error), detail=error.detail) from error


def _address(media: Obj) -> str:
    return web(media.get("link")) or web(media.get("url"))
