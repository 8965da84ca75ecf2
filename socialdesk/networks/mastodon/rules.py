"""What a server allows to post, from its instance entity (v2, v1, and what relatives add to v1)."""

import json
from dataclasses import dataclass
from functools import partial

from socialdesk.core.rules import Choice, PostRules
from socialdesk.core.tolerant import Obj, number, obj, string
from socialdesk.networks.mastodon.counting import URL_LENGTH, weigh
from socialdesk.networks.mastodon.tolerant import host_of, positive, strings

VISIBILITIES = (
    Choice("public", "Public"),
    Choice("unlisted", "Quiet public"),
    Choice("private", "Followers"),
    Choice("direct", "People mentioned"),
)
QUOTES_SINCE = 7  # api_versions.mastodon of 4.5
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

    def to_text(self) -> str:
        return json.dumps({name: getattr(self, name) for name in self.__slots__}, ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> "Limits | None":
        """What `to_text` wrote; None when it is not that."""
        try:
            known = json.loads(text)
            known["picture_types"] = tuple(known["picture_types"])
            return cls(**known)
        except (ValueError, TypeError, KeyError):
            return None


def limits_of(instance: Obj) -> Limits:
    """Reads v2 and v1, and the top-level names of Pleroma and Akkoma."""
    plain = Limits()
    configuration = obj(instance.get("configuration"))
    statuses, media = obj(configuration.get("statuses")), obj(configuration.get("media_attachments"))
    types = tuple(t for t in strings(media.get("supported_mime_types")) if t.startswith("image/"))
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
    )


def rules_of(limits: Limits, default_visibility: str = "") -> PostRules:
    """The account's own default visibility comes first."""
    first = [v for v in VISIBILITIES if v.value == default_visibility]
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
        visibilities=(*first, *(v for v in VISIBILITIES if v not in first)),
        languages=True,
        quotes=limits.api >= QUOTES_SINCE,
    )
