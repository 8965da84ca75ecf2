"""Pictures of the practice world: calm colour gradients, the same for the same seed."""

import zlib
from io import BytesIO

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

    first, middle, last = _PALETTES[zlib.crc32(seed.encode()) % len(_PALETTES)]
    # A 2-pixel-high diagonal scaled up smoothly is a gradient without a loop over the pixels.
    small = Image.new("RGB", (3, 3))
    near, far = _mix(first, middle), _mix(middle, last)
    for y, row in enumerate(((first, near, middle), (near, middle, far), (middle, far, last))):
        for x, colour in enumerate(row):
            small.putpixel((x, y), colour)
    out = BytesIO()
    image = small.resize((width, height), Image.Resampling.BICUBIC)
    if kind == "jpeg":
        image.save(out, "JPEG", quality=85)
    else:
        image.save(out, "PNG", compress_level=3)
    return out.getvalue()


def _mix(a: tuple[int, int, int], b: tuple[int, int, int]) -> tuple[int, int, int]:
    return ((a[0] + b[0]) // 2, (a[1] + b[1]) // 2, (a[2] + b[2]) // 2)
