"""Pictures made to fit, with nothing of the camera's notes left."""

import contextlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from socialdesk.content import pictures
from socialdesk.core.errors import ContentError

ALL = ("image/jpeg", "image/png", "image/gif", "image/webp")
BIG = 10_000_000


def picture(mode: str = "RGB", size: tuple[int, int] = (300, 200), form: str = "PNG", **options: object) -> bytes:
    noise = Image.effect_noise(size, 90)
    image = Image.merge(
        "RGB", (noise, noise.rotate(90, expand=False), noise.transpose(Image.Transpose.FLIP_LEFT_RIGHT))
    )
    image = image.convert(mode) if mode != "I;16" else Image.new("I;16", size, 40_000)
    if mode == "RGBA":
        image.putalpha(noise)
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def photo(orientation: int) -> bytes:
    """A JPEG of 80 x 40 as the camera stored it: its first row is red, notes and place attached."""
    image = Image.new("RGB", (80, 40), "blue")
    image.paste("red", (0, 0, 80, 8))
    notes = Image.Exif()
    notes[0x0112] = orientation
    notes[0x010F] = "SecretCamera"
    notes.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=notes, comment=b"SecretComment", quality=95)
    return out.getvalue()


def moving(frames: int = 4, size: tuple[int, int] = (60, 40)) -> bytes:
    images = [Image.new("RGB", size, (60 * n, 0, 0)) for n in range(frames)]
    out = io.BytesIO()
    images[0].save(out, "GIF", save_all=True, append_images=images[1:], duration=70, loop=0, comment=b"SecretComment")
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (picture(form="PNG"), "image/png"),
        (picture(form="JPEG"), "image/jpeg"),
        (picture(form="WEBP"), "image/webp"),
        (picture(form="AVIF"), "image/avif"),
        (picture("P", form="GIF"), "image/gif"),
    ],
)
def test_type_is_told_by_content(data: bytes, mime: str) -> None:
    assert pictures.probe(data) == (mime, 300, 200)


def test_size_is_as_shown() -> None:
    assert pictures.probe(photo(1)) == ("image/jpeg", 80, 40)
    assert pictures.probe(photo(6)) == ("image/jpeg", 40, 80)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photo_is_turned_and_its_notes_are_gone(orientation: int) -> None:
    prepared = pictures.prepare(photo(orientation), ALL, BIG, BIG)
    image = opened(prepared.data)
    assert image.size == (prepared.width, prepared.height) == ((80, 40) if orientation < 5 else (40, 80))
    red_at = {1: (40, 2), 2: (40, 2), 3: (40, 37), 4: (40, 37), 5: (2, 40), 6: (37, 40), 7: (37, 40), 8: (2, 40)}
    red, _, blue = image.convert("RGB").getpixel(red_at[orientation])  # type: ignore[misc]
    assert red > 150 > blue
    assert b"Secret" not in prepared.data
    assert not image.getexif()


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "CMYK", "I;16", "1", "LA", "F", "I"])
@pytest.mark.parametrize("types", [("image/jpeg",), ALL])
def test_every_kind_of_colour_comes_through(mode: str, types: tuple[str, ...]) -> None:
    form = "TIFF" if mode in {"CMYK", "F", "I"} else "PNG"
    prepared = pictures.prepare(picture(mode, form=form), types, BIG, BIG)
    assert prepared.mime in types
    assert opened(prepared.data).size == (300, 200)


def test_grey_of_many_bits_keeps_its_brightness() -> None:
    prepared = pictures.prepare(picture("I;16"), ("image/png",), BIG, BIG)
    assert opened(prepared.data).convert("L").getpixel((5, 5)) == pytest.approx(40_000 / 65_535 * 255, abs=2)


def test_colours_of_a_profile_are_kept_in_srgb() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    prepared = pictures.prepare(picture(form="JPEG", icc_profile=profile), ALL, BIG, BIG)
    assert "icc_profile" not in opened(prepared.data).info
    assert pictures.prepare(picture(form="PNG", icc_profile=b"broken"), ALL, BIG, BIG).mime == "image/png"


@pytest.mark.parametrize(("limit", "pixels"), [(20_000, BIG), (5_000, BIG), (BIG, 10_000), (2_000, 5_000)])
@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_it_fits(form: str, limit: int, pixels: int) -> None:
    prepared = pictures.prepare(picture(size=(900, 600), form=form), ALL, limit, pixels)
    assert len(prepared.data) <= limit
    assert prepared.width * prepared.height <= pixels
    assert prepared.width / prepared.height == pytest.approx(1.5, rel=0.05)
    assert pictures.probe(prepared.data) == (prepared.mime, prepared.width, prepared.height)


def test_what_cannot_fit_is_refused() -> None:
    with pytest.raises(ContentError) as caught:
        pictures.prepare(picture(), ALL, 100, BIG)
    assert caught.value.reason == "too_large"


def test_see_through_places_stay_or_become_white() -> None:
    clear = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(clear, "PNG")
    assert opened(pictures.prepare(clear.getvalue(), ALL, BIG, BIG).data).getpixel((1, 1)) == (0, 0, 0, 0)
    on_white = pictures.prepare(clear.getvalue(), ("image/jpeg",), BIG, BIG)
    assert opened(on_white.data).getpixel((1, 1)) == (255, 255, 255)


def test_opaque_photo_with_a_needless_alpha_channel_is_a_photo() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (10, 10), (9, 9, 9, 255)).save(out, "WEBP")
    assert pictures.prepare(out.getvalue(), ("image/jpeg", "image/png"), BIG, BIG).mime == "image/jpeg"


def test_moving_picture_keeps_moving_if_it_may() -> None:
    prepared = pictures.prepare(moving(), ALL, BIG, BIG)
    image = opened(prepared.data)
    assert (prepared.mime, getattr(image, "n_frames", 1)) == ("image/gif", 4)
    assert image.info["duration"] == 70
    assert b"Secret" not in prepared.data


@pytest.mark.parametrize(("types", "pixels"), [(("image/jpeg",), BIG), (ALL, 600)])
def test_moving_picture_stands_still_if_it_must(types: tuple[str, ...], pixels: int) -> None:
    prepared = pictures.prepare(moving(), types, BIG, pixels)
    assert getattr(opened(prepared.data), "n_frames", 1) == 1
    assert prepared.mime in types
    assert prepared.width * prepared.height <= pixels


def test_thumbnail_is_a_small_jpeg() -> None:
    thumb = pictures.thumbnail(picture("RGBA", (1200, 630)), 400, 30_000)
    assert (thumb.mime, thumb.width) == ("image/jpeg", 400)
    assert len(thumb.data) <= 30_000
    assert pictures.thumbnail(picture(size=(100, 50)), 400, BIG).width == 100
    assert pictures.thumbnail(photo(6), 20, BIG).height == 40


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"plain text",
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"<svg/>",
        b"%PDF-1.7",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"\xff\xd8\xff\xe0",
        b"II*\x00",
        b"RIFF\x00\x00\x00\x00WEBP",
    ],
)
def test_what_is_no_picture(data: bytes) -> None:
    for use in (pictures.probe, lambda d: pictures.prepare(d, ALL, BIG, BIG), lambda d: pictures.thumbnail(d, 10, BIG)):
        with pytest.raises(ContentError) as caught:
            use(data)
        assert caught.value.reason == "not_an_image"


def test_bomb_is_not_decoded() -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    assert len(out.getvalue()) < 100_000
    for use in (pictures.probe, lambda d: pictures.prepare(d, ALL, BIG, BIG), lambda d: pictures.thumbnail(d, 10, BIG)):
        with pytest.raises(ContentError) as caught:
            use(out.getvalue())
        assert caught.value.reason == "too_large"


SAMPLES = (
    photo(6),
    picture(size=(20, 20)),
    moving(2, (8, 8)),
    picture(size=(20, 20), form="WEBP"),
    picture(size=(9, 9), form="TIFF"),
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), max_size=8),
    st.integers(0, 3000),
)
def test_no_damage_breaks_it(sample: bytes, changes: list[tuple[int, int]], length: int) -> None:
    data = bytearray(sample[: max(1, length)])
    for place, value in changes:
        data[place % len(data)] = value
    try:
        prepared = pictures.prepare(bytes(data), ALL, BIG, 100_000)
    except ContentError as error:
        if error.reason not in {"not_an_image", "too_large"}:
            raise
    else:
        assert opened(prepared.data).size == (prepared.width, prepared.height)


@pytest.mark.parametrize("sample", [s for s in SAMPLES if s.startswith(b"GIF")])
def test_a_gif_whose_palette_is_said_to_be_missing_is_refused(sample: bytes) -> None:
    damaged = bytearray(sample)
    damaged[10] = 0  # flags of the logical screen: no global palette
    with pytest.raises(ContentError) as caught:
        pictures.prepare(bytes(damaged), ALL, BIG, 100_000)
    assert caught.value.reason == "not_an_image"


LIMITS = [
    (types, size, pixels)
    for types in (ALL, ("image/jpeg",), ("image/jpeg", "image/png"), ("image/webp",), ())
    for size in (BIG, 60_000, 9_000, 700)
    for pixels in (BIG, 20_000)
]


@pytest.mark.parametrize(
    "data",
    [
        picture(),
        picture("RGBA"),
        picture(form="JPEG"),
        picture(form="AVIF"),
        picture("L", (40, 30)),
        photo(6),
        moving(),
    ],
    ids=["png", "see-through", "jpeg", "avif", "small", "turned", "moving"],
)
def test_what_serves_other_limits_is_exactly_what_they_would_have_made(data: bytes) -> None:
    made = {}
    for limits in LIMITS:
        with contextlib.suppress(ContentError):
            made[limits] = pictures.prepare(data, *limits)
    served = [(one, limits) for one in made.values() for limits in LIMITS if pictures.serves(one, *limits)]
    assert len({limits for _, limits in served}) >= 2
    for one, limits in served:
        assert one == made[limits]


def test_what_a_limit_took_something_from_serves_nobody_else() -> None:
    small = pictures.prepare(picture(size=(900, 600), form="JPEG"), ALL, 20_000, BIG)
    assert not pictures.serves(small, ALL, 20_000, BIG)
    still = pictures.prepare(moving(), ("image/png",), BIG, BIG)
    assert not pictures.serves(still, ("image/png", "image/gif"), BIG, BIG)
