"""What a server allows to post, from its instance entity (v2, v1, and what relatives add to v1)."""

import json
from dataclasses import dataclass
from functools import partial

from socialdesk.core.rules import Choice, PollRules, PostRules, ScheduleRules, VideoRules
from socialdesk.core.tolerant import Obj, number, obj, string
from socialdesk.networks.mastodon.counting import URL_LENGTH, weigh
from socialdesk.networks.mastodon.tolerant import host_of, positive, strings

VISIBILITIES = (
    Choice("public", "Public"),
    Choice("unlisted", "Quiet public"),
    Choice("private", "Followers"),
    Choice("direct", "People mentioned"),
)
LOCAL = Choice("local", "Only this server")
QUOTES_SINCE = 7  # api_versions.mastodon of 4.5
HOLD_POSTS = frozenset({"", "mastodon", "hometown", "glitch", "gotosocial", "pleroma", "akkoma"})
_FLAG, _EYE, _VISIBILITY = "flag", "eye", "visibility"
_PICTURES = ("image/jpeg", "image/png", "image/gif", "image/webp")


@dataclass(frozen=True, slots=True)
class Limits:
    """What the desk keeps of an instance. Defaults are those of Mastodon before it told them."""

    domain: str = ""
    version: str = ""
    api: int = 0
    characters: int = 500
    url_length: int = URL_LENGTH
    pictures: int = 4
    picture_types: tuple[str, ...] = _PICTURES
    picture_bytes: int = 8_000_000
    picture_pixels: int = 16_777_216
    alt: int = 1500
    video_types: tuple[str, ...] = ()
    video_bytes: int = 0
    poll_options: int = 0  # 0 = no polls
    poll_characters: int = 50
    poll_min_s: int = 300
    poll_max_s: int = 2_629_746
    streaming: str = ""  # where its streams are, "" = at the server itself

    def to_text(self) -> str:
        return json.dumps({name: getattr(self, name) for name in self.__slots__}, ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> "Limits | None":
        """What `to_text` wrote; None when it is not that."""
        try:
            known = json.loads(text)
            known["picture_types"] = tuple(known["picture_types"])
            known["video_types"] = tuple(known.get("video_types", ()))
            return cls(**known)
        except (ValueError, TypeError, KeyError):
            return None


def limits_of(instance: Obj) -> Limits:
    """Reads v2 and v1, and the top-level names of Pleroma and Akkoma."""
    plain = Limits()
    configuration = obj(instance.get("configuration"))
    statuses, media = obj(configuration.get("statuses")), obj(configuration.get("media_attachments"))
    known_types = strings(media.get("supported_mime_types"))
    types = tuple(t for t in known_types if t.startswith("image/"))
    polls, older_polls = obj(configuration.get("polls")), obj(instance.get("poll_limits"))
    written = string(instance.get("domain")) or string(instance.get("uri"))
    return Limits(
        domain=host_of(written) if "://" in written else written.strip("/"),
        version=string(instance.get("version")),
        api=number(obj(instance.get("api_versions")).get("mastodon")) or 0,
        characters=positive(statuses.get("max_characters"), positive(instance.get("max_toot_chars"), plain.characters)),
        url_length=positive(statuses.get("characters_reserved_per_url"), plain.url_length),
        pictures=positive(statuses.get("max_media_attachments"), plain.pictures),
        picture_types=types or plain.picture_types,
        picture_bytes=positive(
            media.get("image_size_limit"), positive(instance.get("upload_limit"), plain.picture_bytes)
        ),
        picture_pixels=positive(media.get("image_matrix_limit"), plain.picture_pixels),
        alt=positive(media.get("description_limit"), positive(instance.get("description_limit"), plain.alt)),
        video_types=tuple(t for t in known_types if t.startswith("video/")),
        video_bytes=positive(media.get("video_size_limit"), positive(instance.get("upload_limit"), 0)),
        poll_options=positive(polls.get("max_options"), positive(older_polls.get("max_options"), 0)),
        poll_characters=positive(
            polls.get("max_characters_per_option"),
            positive(older_polls.get("max_option_chars"), plain.poll_characters),
        ),
        poll_min_s=positive(polls.get("min_expiration"), positive(older_polls.get("min_expiration"), plain.poll_min_s)),
        poll_max_s=positive(polls.get("max_expiration"), positive(older_polls.get("max_expiration"), plain.poll_max_s)),
        streaming=string(obj(configuration.get("urls")).get("streaming"))
        or string(obj(instance.get("urls")).get("streaming_api")),
    )


def rules_of(limits: Limits, default_visibility: str = "", software: str = "") -> PostRules:
    """The account's own default visibility comes first. `software` is NodeInfo's name of the server's program."""
    known = (*VISIBILITIES, LOCAL) if local_way(limits.version, software) else VISIBILITIES
    first = [v for v in known if v.value == default_visibility]
    return PostRules(
        limit=limits.characters,
        weigh=partial(weigh, url_length=limits.url_length),
        max_pictures=limits.pictures,
        picture_types=limits.picture_types,
        picture_bytes=limits.picture_bytes,
        picture_pixels=limits.picture_pixels,
        alt_limit=limits.alt,
        link_card="server",
        findable=True,
        warning=True,
        warning_counts=True,
        visibilities=(*first, *(v for v in known if v not in first)),
        languages=True,
        quotes=limits.api >= QUOTES_SINCE,
        focus=True,
        polls=_polls(limits),
        video=_video(limits),
        schedule=ScheduleRules() if software in HOLD_POSTS else None,
    )


def _polls(limits: Limits) -> PollRules | None:
    if not limits.poll_options:
        return None
    shortest, longest = -(-limits.poll_min_s // 60), limits.poll_max_s // 60
    return PollRules(limits.poll_options, limits.poll_characters, max(1, shortest), longest, hides_totals=True)


def _video(limits: Limits) -> VideoRules | None:
    if not limits.video_types or not limits.video_bytes:
        return None
    return VideoRules(limits.video_types, limits.video_bytes, alt_limit=limits.alt)


def local_way(version: str, software: str) -> str:
    """How a server takes posts that stay on it: "flag" (`local_only`), "eye" (the text ends with an eye emoji too),
    "visibility" (a value of its own); '' = it has no such posts.

    Sources: hometown's statuses_controller.rb, glitch-soc's documentation (features/local-only-toots), GoToSocial's
    swagger.yaml, Pleroma's differences_in_mastoapi_responses.md.
    """
    said = f"{software} {version}".lower()
    if "glitch" in said:
        return _EYE
    if "hometown" in said or software == "gotosocial":
        return _FLAG
    return _VISIBILITY if software in {"pleroma", "akkoma"} or "compatible; pleroma" in said else ""
