"""Names that the AT protocol makes out of content, time and keys: CIDs, TIDs, DIDs.

Sources: atproto.com/specs/data-model (DAG-CBOR, SHA-256, CIDv1), atproto.com/specs/tid, the did:plc method.
"""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

_BASE32_SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"
_RAW, _DAG_CBOR, _SHA2_256 = 0x55, 0x71, 0x12


def record_cid(value: Mapping[str, Any]) -> str:
    """The CID of a record, as every server of the network computes it."""
    return _cid(_DAG_CBOR, encode(value))


def blob_cid(data: bytes) -> str:
    return _cid(_RAW, data)


def did_of(key: str) -> str:
    """A did:plc for `key`: 24 characters of base32."""
    digest = hashlib.sha256(f"practice:{key}".encode()).digest()
    return "did:plc:" + base64.b32encode(digest).decode().lower()[:24]


def tid(us: int, clock: int = 0) -> str:
    """A record key for a moment in microseconds since 1970."""
    value, out = (us << 10) | (clock & 1023), ""
    for _ in range(13):
        out, value = _BASE32_SORTABLE[value & 31] + out, value >> 5
    return out


def encode(value: object) -> bytes:
    """DAG-CBOR of a JSON value; `{"$link": cid}` and `{"$bytes": base64}` as the protocol reads them.

    Raises ValueError for what the data model does not have (floats, lone surrogates).
    """
    match value:
        case None:
            return b"\xf6"
        case bool():
            return b"\xf5" if value else b"\xf4"
        case int():
            return _head(0, value) if value >= 0 else _head(1, -1 - value)
        case str():
            data = value.encode()
            return _head(3, len(data)) + data
        case list():
            return _head(4, len(value)) + b"".join(encode(item) for item in value)
        case {"$link": str(link), **rest} if not rest:
            data = b"\0" + base64.b32decode(link[1:].upper() + "=" * (-len(link[1:]) % 8))
            return _head(6, 42) + _head(2, len(data)) + data
        case {"$bytes": str(text), **rest} if not rest:
            data = base64.b64decode(text + "=" * (-len(text) % 4))
            return _head(2, len(data)) + data
        case dict():
            pairs = [(str(key).encode(), item) for key, item in value.items()]
            pairs.sort(key=lambda pair: (len(pair[0]), pair[0]))
            return _head(5, len(pairs)) + b"".join(_head(3, len(key)) + key + encode(item) for key, item in pairs)
    raise ValueError(f"not in the data model: {type(value).__name__}")


def _head(major: int, number: int) -> bytes:
    """A CBOR head: major type and the shortest form of its number (RFC 8949, 4.2.1)."""
    if number < 24:
        return bytes([major << 5 | number])
    for more, width in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << 8 * width:
            return bytes([major << 5 | more]) + number.to_bytes(width, "big")
    raise ValueError("the number is too large")


def _cid(codec: int, data: bytes) -> str:
    raw = bytes([1, codec, _SHA2_256, 32]) + hashlib.sha256(data).digest()
    return "b" + base64.b32encode(raw).decode().lower().rstrip("=")
