"""What a video is, read from its head."""

from pathlib import Path

import pytest

from socialdesk.content import videos
from socialdesk.content.videos import VideoFacts
from socialdesk.core.errors import ContentError
from tests.support.videos import video


def probe(tmp_path: Path, data: bytes) -> VideoFacts:
    path = tmp_path / "film.bin"  # never judged by its name
    path.write_bytes(data)
    return videos.probe(str(path))


def test_size_length_and_type_are_read(tmp_path: Path) -> None:
    assert probe(tmp_path, video(1280, 720, 42.5)) == VideoFacts("video/mp4", 1280, 720, 42.5)
    assert probe(tmp_path, video(brand="qt")).mime == "video/quicktime"


def test_a_video_held_upright_is_higher_than_wide(tmp_path: Path) -> None:
    found = probe(tmp_path, video(1280, 720, turned=True))
    assert (found.width, found.height) == (720, 1280)


@pytest.mark.parametrize(
    "data", [b"", b"not a video", video(sound_only=True), b"\x89PNG\r\n\x1a\n" + bytes(50), video()[:30]]
)
def test_what_is_no_video_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ContentError) as caught:
        probe(tmp_path, data)
    assert caught.value.reason == "not_a_video"
