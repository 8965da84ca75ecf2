"""Pictures of the practice world: calm colour gradients, the same for the same seed."""

import zlib
from io import BytesIO

_STRIP = 512
_Colour = tuple[int, int, int]

# Three stops from the upper left to the lower right corner.
_PALETTES = (
    ((33, 52, 92), (77, 121, 175), (180, 219, 217)),  # blue to teal
    ((33, 28, 52), (106, 76, 147), (205, 174, 165)),  # purple to sand
    ((18, 66, 67), (42, 157, 143), (233, 196, 106)),  # teal to gold
    ((64, 45, 90), (184, 96, 118), (235, 171, 132)),  # plum to apricot
    ((24, 41, 47), (62, 111, 96), (198, 214, 160)),  # forest to lime
    ((58, 36, 44), (158, 74, 60), (240, 190, 120)),  # brick to honey
    ((27, 38, 59), (65, 90, 119), (224, 225, 221)),  # slate to chalk
)


def picture(seed: str, width: int, height: int, kind: str = "png") -> bytes:
    """A gradient for `seed`, `width` x `height` pixels, as PNG or (kind "jpeg") JPEG bytes."""
    from PIL import Image  # loaded when first needed: it costs start-up time

    stops = _PALETTES[zlib.crc32(seed.encode()) % len(_PALETTES)]
    strip = Image.new("RGB", (_STRIP, 2))
    strip.putdata([_colour(stops, x / (_STRIP - 1)) for x in range(_STRIP)] * 2)
    # Colours run along the diagonal: the strip's x for a pixel is a weighted sum of the pixel's x and y.
    along = (_STRIP - 2) * 0.75 / width, (_STRIP - 2) * 0.25 / height
    image = strip.transform((width, height), Image.Transform.AFFINE, (*along, 0, 0, 0, 0.5), Image.Resampling.BILINEAR)
    out = BytesIO()
    if kind == "jpeg":
        image.save(out, "JPEG", quality=85)
    else:
        image.save(out, "PNG", compress_level=3)
    return out.getvalue()


def _colour(stops: tuple[_Colour, _Colour, _Colour], place: float) -> _Colour:
    """The colour at `place` (0 to 1) of a run through three stops, the middle one at 0.55."""
    first, second, share = (
        (stops[0], stops[1], place / 0.55) if place < 0.55 else (stops[1], stops[2], (place - 0.55) / 0.45)
    )
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue
