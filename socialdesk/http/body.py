"""Decompression that stops at a limit, however small the compressed bytes are."""

import zlib

ACCEPT_ENCODING = "gzip, deflate"  # what can be unpacked step by step within a limit; nothing else is asked for

_GZIP = 16 + zlib.MAX_WBITS
_GZIP_MAGIC = b"\x1f"


class TooLarge(Exception):
    """The body is larger than the caller allows."""


class BadEncoding(Exception):
    """The body is not in the encoding that its header names, or in one that was not asked for."""


class Body:
    """Collects a body of at most `limit` bytes after decompression. Raises `TooLarge` or `BadEncoding` at once."""

    def __init__(self, encoding: str, limit: int) -> None:
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0
        self._fed = False
        self._held = b""
        self._coding = _coding(encoding)
        self._inflater = zlib.decompressobj(_GZIP) if self._coding == "gzip" else None

    def announce(self, content_length: str) -> None:
        """Refuses at once what is announced as too large."""
        if not self._coding and content_length.isdecimal() and int(content_length) > self._limit:
            raise TooLarge

    def feed(self, chunk: bytes) -> None:
        if not chunk:
            return
        self._fed = True
        if not self._coding:
            self._keep(chunk)
            return
        if self._inflater is None:
            chunk = self._held + chunk
            if len(chunk) < 2:
                self._held = chunk
                return
            self._inflater = zlib.decompressobj(_deflate_bits(chunk))
        self._inflate(self._inflater, chunk)

    def finish(self) -> bytes:
        """The whole body. Raises `BadEncoding` when the compressed stream ended too early."""
        if self._coding and self._fed and (self._inflater is None or not self._inflater.eof):
            raise BadEncoding("the compressed body ended too early")
        return self.so_far()

    def so_far(self) -> bytes:
        return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)

    def _inflate(self, inflater: "zlib._Decompress", data: bytes) -> None:
        try:
            while data:
                if inflater.eof:
                    if self._coding != "gzip" or not data.startswith(_GZIP_MAGIC):
                        return  # trailing bytes after the end are ignored, as browsers do
                    inflater = self._inflater = zlib.decompressobj(_GZIP)
                self._keep(inflater.decompress(data, self._limit - self._size + 1))
                data = inflater.unconsumed_tail or inflater.unused_data
        except zlib.error as error:
            raise BadEncoding("the body is not compressed as its header says") from error

    def _keep(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > self._limit:
            raise TooLarge
        if data:
            self._parts.append(data)


def _coding(header: str) -> str:
    names = [n for n in (part.strip().casefold() for part in header.split(",")) if n and n != "identity"]
    if not names:
        return ""
    if names in (["gzip"], ["x-gzip"]):
        return "gzip"
    if names == ["deflate"]:
        return "deflate"
    raise BadEncoding(f"content encoding {header[:40]!r} was not asked for")


def _deflate_bits(start: bytes) -> int:
    """ "deflate" means zlib's format (RFC 9110 section 8.4.1.2), but some servers send the bare stream."""
    zlib_header = start[0] & 0x0F == 8 and (start[0] * 256 + start[1]) % 31 == 0
    return zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS
