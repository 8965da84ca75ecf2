"""Form bodies of requests whose bytes were read already (the server keeps a log of them)."""

from dataclasses import dataclass, field
from email.message import Message
from urllib.parse import parse_qsl

from aiohttp import web


@dataclass(frozen=True, slots=True)
class FormFile:
    """An uploaded file. `content_type` as the client said, without parameters."""

    filename: str
    content_type: str
    data: bytes = field(repr=False)


async def read_form(request: web.Request) -> list[tuple[str, str | FormFile]]:
    """Names and values in the order sent, of a multipart (RFC 7578) or URL-encoded body."""
    body = await request.read()
    header = Message()
    header["Content-Type"] = request.headers.get("Content-Type", "")
    boundary = header.get_boundary()
    if boundary is None:
        return list(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    parts = (b"\r\n" + body).split(b"\r\n--" + boundary.encode("ascii"))
    return [_part(part) for part in parts[1:] if part.startswith(b"\r\n")]


def _part(part: bytes) -> tuple[str, str | FormFile]:
    head, _, data = part[2:].partition(b"\r\n\r\n")
    header = Message()
    for line in head.decode("utf-8", "replace").split("\r\n"):
        name, _, value = line.partition(":")
        header[name.strip()] = value.strip()
    name = str(header.get_param("name", "", "Content-Disposition"))
    filename = header.get_filename()
    if filename is None:
        return name, data.decode("utf-8", "replace")
    return name, FormFile(filename, header.get_content_type(), data)
