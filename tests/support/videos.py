"""Small videos made by hand: the boxes of an MP4 or QuickTime file, without a single frame in it."""

import struct

UPRIGHT = (0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
TURNED = (0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)  # a quarter to the right, as a telephone is held
SCALE = 1000


def box(kind: str, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, kind.encode()) + body


def full(kind: str, *parts: bytes, flags: int = 0) -> bytes:
    return box(kind, struct.pack(">I", flags), *parts)


def video(
    width: int = 640,
    height: int = 360,
    seconds: float = 12.5,
    *,
    brand: str = "isom",
    turned: bool = False,
    sound_only: bool = False,
    padding: int = 0,
) -> bytes:
    """An MP4 (`brand` "qt  ": QuickTime) that says of itself what is asked for; `padding` bytes make it larger."""
    length = round(seconds * SCALE)
    matrix = struct.pack(">9i", *(TURNED if turned else UPRIGHT))
    head = full("mvhd", struct.pack(">4IIH10x", 0, 0, SCALE, length, 0x10000, 0x100), matrix, bytes(24) + b"\0\0\0\2")
    track = full(
        "tkhd",
        struct.pack(">5I8x4H", 0, 0, 1, 0, length, 0, 0, 0, 0),
        matrix,
        struct.pack(">II", 0 if sound_only else width << 16, 0 if sound_only else height << 16),
        flags=7,
    )
    media = box("mdia", full("mdhd", struct.pack(">4IHH", 0, 0, SCALE, length, 0x55C4, 0)), *_handler(sound_only))
    stored = box("minf", _header(sound_only), _samples(width, height, length, sound_only))
    trak = box("trak", track, box("mdia", media[8:], stored))
    kinds = brand.encode().ljust(4)
    return (
        box("ftyp", kinds, struct.pack(">I", 512), kinds)
        + box("moov", head, trak)
        + box("mdat", b"\0" * max(16, padding))
    )


def _handler(sound_only: bool) -> tuple[bytes, ...]:
    kind = b"soun" if sound_only else b"vide"
    return (full("hdlr", bytes(4), kind, bytes(12), b"Handler\0"),)


def _header(sound_only: bool) -> bytes:
    return full("smhd", bytes(4)) if sound_only else full("vmhd", bytes(8), flags=1)


def _samples(width: int, height: int, length: int, sound_only: bool) -> bytes:
    if sound_only:
        entry = box("mp4a", bytes(6), struct.pack(">H8xHHHHI", 1, 2, 16, 0, 0, 44_100 << 16))
    else:
        fields = struct.pack(">H16xHHIIIH32xHh", 1, width, height, 0x480000, 0x480000, 0, 1, 24, -1)
        avc = box("avcC", bytes((1, 66, 0, 30, 0xFF, 0xE0, 0)))
        entry = box("avc1", bytes(6), fields, avc)
    return box(
        "stbl",
        full("stsd", struct.pack(">I", 1), entry),
        full("stts", struct.pack(">3I", 1, 1, length)),
        full("stsc", struct.pack(">4I", 1, 1, 1, 1)),
        full("stsz", struct.pack(">3I", 16, 1, 0)),
        full("stco", struct.pack(">2I", 1, 0)),
    )
