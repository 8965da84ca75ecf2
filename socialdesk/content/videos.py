"""Videos: what they are. They are sent as they are, their notes included; nothing here takes one apart."""

from dataclasses import dataclass

from socialdesk.core.errors import ContentError

_QUICKTIME = "qt"
_TURNED = (90, 270)


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """Size in pixels as it is shown: a video held upright is higher than wide."""

    mime: str
    width: int
    height: int
    seconds: float


def probe(path: str) -> VideoFacts:
    """What the file at `path` is, read from its head: it may be larger than memory.

    Raises ContentError not_a_video where there are no moving pictures in it.
    """
    from pymediainfo import MediaInfo  # start-up: needed with the first video

    try:
        found = MediaInfo.parse(path, parse_speed=0)
    except (OSError, RuntimeError, ValueError) as error:
        raise ContentError(f"no video: {error}", reason="not_a_video") from error
    general = next(iter(found.general_tracks), None)
    track = next(iter(found.video_tracks), None)
    if general is None or track is None or not track.width or not track.height:
        raise ContentError("no moving pictures in this file", reason="not_a_video")
    seconds = _number(general.duration or track.duration) / 1000
    width, height = int(track.width), int(track.height)
    if round(_number(track.rotation)) % 360 in _TURNED:
        width, height = height, width
    return VideoFacts(_mime(general.internet_media_type or "", general.codec_id or ""), width, height, seconds)


def _mime(said: str, codec: str) -> str:
    """MP4 and QuickTime share their boxes; only the brand tells them apart."""
    if codec.strip().lower() == _QUICKTIME:
        return "video/quicktime"
    return said.lower() if said.lower().startswith("video/") else "video/unknown"


def _number(value: object) -> float:
    try:
        return float(str(value))
    except ValueError:
        return 0.0
