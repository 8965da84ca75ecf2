"""Pictures: what they are, and made to fit what a network takes. Nothing of a camera's notes survives."""

from __future__ import annotations

import io
import logging
import math
import struct
import warnings
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from socialdesk.core.errors import ContentError

if TYPE_CHECKING:
    from PIL import Image

MIMES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
    "MPO": "image/jpeg",
}
FORMATS = frozenset(
    ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "TIFF")
)  # the decoders that bytes of strangers may reach
WRITTEN = frozenset(("image/jpeg", "image/png", "image/webp"))
MAX_PIXELS = 120_000_000  # 480 MB decoded
MAX_FRAME_PIXELS = 500_000_000
QUALITIES = (88, 80, 72, 62, 50)
SMALLEST = 64  # pixels; scaling further down helps nobody
ORIENTATION = 0x0112
TURNED = frozenset((5, 6, 7, 8))
# What decoders log of damaged pictures of strangers is no record of this program.
logging.getLogger("PIL").setLevel(logging.CRITICAL + 1)


@dataclass(frozen=True, slots=True)
class Original:
    """What was prepared: its type, its size in bytes, whether it has frames or see-through places."""

    mime: str
    size: int
    moves: bool = False
    see_through: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """Bytes ready for upload: within the limits asked for, no metadata. Sizes in pixels.

    `whole` tells what it was made of where no limit took anything from it, else it is None.
    """

    data: bytes = field(repr=False)
    mime: str
    width: int
    height: int
    whole: Original | None = None


def probe(data: bytes) -> tuple[str, int, int]:
    """MIME type by content, width and height as shown (a turned photo's are swapped).

    Raises ContentError: not_an_image (SVG and what Pillow does not read as well), too_large (a decompression bomb).
    """
    with _trouble_named():
        image = _opened(data)
        width, height = image.size
        if image.getexif().get(ORIENTATION, 1) in TURNED:
            width, height = height, width
        return MIMES.get(image.format or "", "image/" + (image.format or "unknown").lower()), width, height


def prepare(data: bytes, types: Collection[str], max_bytes: int, max_pixels: int) -> Prepared:
    """The picture turned upright, stripped of metadata, and re-encoded or scaled down until it fits.

    An animated GIF or WebP keeps its frames if it fits and its type is allowed. Raises ContentError: not_an_image,
    too_large (a bomb, or no way to make it fit).
    """
    with _trouble_named():
        image = _opened(data)
        mime = MIMES.get(image.format or "", "")
        fits = len(data) <= max_bytes and image.width * image.height <= max_pixels
        if getattr(image, "n_frames", 1) > 1 and mime in types and fits and image.format in {"GIF", "WEBP"}:
            moving = _frames(image)
            if len(moving) <= max_bytes:
                return Prepared(moving, mime, *image.size, Original(mime, len(data), moves=True))
        moves, upright = getattr(image, "n_frames", 1) > 1, _upright(image)
        fitted, full = _fitted(upright, mime, types, max_bytes, max_pixels)
        if moves or not full:
            return fitted
        return replace(fitted, whole=Original(mime, len(data), see_through=_is_see_through(upright)))


def serves(prepared: Prepared, types: Collection[str], max_bytes: int, max_pixels: int) -> bool:
    """Whether `prepare` would make exactly this of the same picture for these limits, as far as that is known. Pure."""
    original = prepared.whole
    if original is None or len(prepared.data) > max_bytes or prepared.width * prepared.height > max_pixels:
        return False
    if original.moves:
        return prepared.mime in types and original.size <= max_bytes
    return _target(original.mime, types, see_through=original.see_through) == prepared.mime


def thumbnail(data: bytes, width: int, max_bytes: int) -> Prepared:
    """A JPEG at most `width` pixels wide and `max_bytes` long, on white where the picture is see-through.

    Raises ContentError: not_an_image, too_large.
    """
    with _trouble_named():
        image = _opened(data)
        image.draft("RGB", (width * 2, max(1, width * 2 * image.height // image.width)))
        upright = _upright(image)
        if upright.width > width:
            upright = _scaled(upright, width / upright.width)
        return _fitted(upright, "image/jpeg", ("image/jpeg",), max_bytes, upright.width * upright.height)[0]


@contextmanager
def _trouble_named() -> Iterator[None]:
    """Whatever a decoder raises for bytes it does not like, as ContentError."""
    from PIL import Image  # start-up: needed with the first picture

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # decoders warn of what they skip; our own limits judge the rest
        try:
            yield
        except Image.DecompressionBombError as error:
            raise ContentError(str(error), reason="too_large") from error
        except (
            OSError,
            ValueError,
            SyntaxError,
            ArithmeticError,
            LookupError,
            TypeError,
            EOFError,
            MemoryError,
            AssertionError,  # Pillow's own, for a GIF whose palette is said to be missing
        ) as error:
            raise ContentError(f"no picture: {error}", reason="not_an_image") from error
        except (struct.error, zlib.error) as error:
            raise ContentError(f"no picture: {error}", reason="not_an_image") from error


def _opened(data: bytes) -> Image.Image:
    from PIL import Image

    Image.init()
    image = Image.open(io.BytesIO(data), formats=[name for name in Image.OPEN if name in FORMATS])
    pixels = image.width * image.height
    if pixels > MAX_PIXELS or pixels * getattr(image, "n_frames", 1) > MAX_FRAME_PIXELS:
        raise ContentError(f"{image.width} x {image.height} pixels", reason="too_large")
    return image


def _upright(image: Image.Image) -> Image.Image:
    """Turned as its camera was held, colours in sRGB, 8 bits a channel, RGB or RGBA, with nothing attached."""
    from PIL import Image, ImageOps

    image.load()
    profile = image.info.get("icc_profile")
    turned = ImageOps.exif_transpose(image)
    if turned.mode.startswith(("I", "F")):
        turned = _eight_bits(turned)
    see_through = turned.mode in {"RGBA", "LA", "PA"} or "transparency" in turned.info
    converted = turned.convert("RGBA" if see_through else "RGB")
    converted = _in_srgb(converted, profile) if profile and turned.mode in {"RGB", "RGBA"} else converted
    clean = Image.new(converted.mode, converted.size)
    clean.paste(converted)
    return clean


def _eight_bits(image: Image.Image) -> Image.Image:
    """A grey picture of more bits a pixel, its brightest grey white."""
    grey = image.convert("F")
    brightest = float(max(1, *grey.getextrema()))  # type: ignore[arg-type]  # one band: two numbers
    full = 255.0 if brightest <= 255 else max(65535.0, brightest)
    return grey.point(lambda value: value * (255.0 / full) + 0).convert("L")


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image  # a broken profile: the numbers are the best there is
    return converted if converted is not None else image


def _fitted(
    image: Image.Image, mime: str, types: Collection[str], max_bytes: int, max_pixels: int
) -> tuple[Prepared, bool]:
    """The picture within the limits, and whether they took nothing: neither size nor quality nor its usual type."""
    wanted = _target(mime, types, see_through=_is_see_through(image))
    best = (wanted, image.size, QUALITIES[0])
    if image.width * image.height > max_pixels:
        image = _scaled(image, math.sqrt(max_pixels / (image.width * image.height)))
    while True:
        for quality in QUALITIES if wanted != "image/png" else QUALITIES[:1]:
            encoded = _encoded(image, wanted, quality)
            if len(encoded) <= max_bytes:
                return Prepared(encoded, wanted, *image.size), (wanted, image.size, quality) == best
        if wanted == "image/png" and "image/jpeg" in types:
            wanted = "image/jpeg"
        elif max(image.size) <= SMALLEST:
            raise ContentError(f"no picture of {max_bytes} bytes can be made of it", reason="too_large")
        else:
            image = _scaled(image, max(0.5, min(0.85, math.sqrt(max_bytes / len(encoded)))))


def _is_see_through(image: Image.Image) -> bool:
    return image.mode == "RGBA" and image.getchannel("A").getextrema() != (255, 255)


def _scaled(image: Image.Image, factor: float) -> Image.Image:
    from PIL import Image

    size = (max(1, int(image.width * factor)), max(1, int(image.height * factor)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _target(mime: str, types: Collection[str], *, see_through: bool) -> str:
    """The type to write: what it is if that is allowed, what keeps see-through places, JPEG for photographs."""
    order = ["image/png", "image/webp"] if see_through else []
    order += [mime] if mime in WRITTEN else ["image/png"] if mime == "image/gif" else []
    for wanted in (*order, "image/jpeg", "image/png", "image/webp", "image/gif"):
        if not types or wanted in types:
            return wanted
    raise ContentError(f"none of {', '.join(types)} can be written", reason="not_an_image")


def _encoded(image: Image.Image, mime: str, quality: int) -> bytes:
    from PIL import Image

    if mime == "image/jpeg" and image.mode == "RGBA":
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        image = ground
    out = io.BytesIO()
    if mime == "image/jpeg":
        image.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    elif mime == "image/webp":
        image.save(out, "WEBP", quality=quality, method=4)
    elif mime == "image/gif":
        image.save(out, "GIF")
    else:
        image.save(out, "PNG", optimize=image.width * image.height < 2_000_000)
    return out.getvalue()


def _frames(image: Image.Image) -> bytes:
    """All frames written anew, without comments and notes."""
    out = io.BytesIO()
    image.info.pop("comment", None)
    image.info.pop("xmp", None)
    image.save(out, image.format, save_all=True, exif=b"", xmp=b"", icc_profile=b"", comment=b"")
    return out.getvalue()
