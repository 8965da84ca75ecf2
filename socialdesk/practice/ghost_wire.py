"""Ghost's wire: tokens checked, posts and tags as it writes them, refusals in its own form.

Shapes and words are those of a running Ghost 6.65.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from socialdesk.practice.ghost_nql import Values
from socialdesk.practice.ghost_state import Post, Tag

LIFETIME_S = 300
_TAGS = re.compile(r"<[^>]+>")


class GhostError(Exception):
    """A refusal: status, type, code, and the words around them."""

    def __init__(
        self, status: int, kind: str, message: str, *, context: str = "", code: str = "", details: object = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = {
            "errors": [
                {
                    "message": message,
                    "context": context or None,
                    "type": kind,
                    "details": details,
                    "property": None,
                    "help": None,
                    "code": code or None,
                    "id": "34c04e4a-cf23-413b-b030-084fa5ff2a52",
                    "ghostErrorCode": None,
                }
            ]
        }


def check_token(authorization: str, key_id: str, secret: str, now: datetime) -> None:
    """Raises GhostError as Ghost does for what is no valid token of this key."""
    scheme, _, token = authorization.partition(" ")
    if not token or scheme.lower() != "ghost":
        context = "Unable to determine the authenticated user or integration."
        raise GhostError(403, "NoPermissionError", "Authorization failed", context=context)
    head, claims, signed, proof = _parts(token)
    if head.get("kid") != key_id:
        raise GhostError(401, "UnauthorizedError", "Unknown Admin API Key", code="UNKNOWN_ADMIN_API_KEY")
    expected = hmac.new(bytes.fromhex(secret), signed, hashlib.sha256).digest()
    if head.get("alg") != "HS256" or not hmac.compare_digest(expected, proof):
        raise _invalid("invalid signature")
    if not re.fullmatch(r"/?admin/?", str(claims.get("aud"))):
        raise _invalid(r"jwt audience invalid. expected: /\/?admin\/?$/")
    at = now.timestamp()
    if at > float(claims.get("exp", 0)) or at > float(claims.get("iat", 0)) + LIFETIME_S:
        raise _invalid("jwt expired")


def _parts(token: str) -> tuple[Mapping[str, Any], Mapping[str, Any], bytes, bytes]:
    head, _, rest = token.partition(".")
    claims, _, proof = rest.partition(".")
    try:
        return json.loads(_decoded(head)), json.loads(_decoded(claims)), f"{head}.{claims}".encode(), _decoded(proof)
    except (ValueError, binascii.Error):
        raise GhostError(400, "BadRequestError", "Invalid token", code="INVALID_JWT") from None


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _invalid(why: str) -> GhostError:
    return GhostError(401, "UnauthorizedError", f"Invalid token: {why}", code="INVALID_JWT")


def missing(what: str, does: str) -> GhostError:
    words = f"Resource not found error, cannot {does} {what}."
    return GhostError(404, "NotFoundError", words, context=f"{what.capitalize()} not found.")


def collision(what: str) -> GhostError:
    """A change that does not name the time of the last one."""
    words = f"Saving failed! Someone else is editing this {what}."
    return GhostError(409, "UpdateCollisionError", words, code="UPDATE_COLLISION")


def invalid(name: str, keyword: str, params: Mapping[str, object], says: str) -> GhostError:
    """A body that does not fit the schema."""
    detail = {"instancePath": f"/posts/0/{name}", "keyword": keyword, "params": params, "message": says}
    context = f"Validation failed for {name}."
    words = "Validation error, cannot save post."
    return GhostError(422, "ValidationError", words, context=context, details=[detail])


def written(at: datetime | None) -> str | None:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z" if at else None


def tag_json(tag: Tag, base: str) -> dict[str, Any]:
    url = f"{base}/tag/{tag.slug}/"
    return {"id": tag.id, "name": tag.name, "slug": tag.slug, "visibility": tag.visibility, "url": url}


def post_json(post: Post, base: str, author: Mapping[str, Any], formats: frozenset[str]) -> dict[str, Any]:
    """A post as the API shows it; its HTML only where it was asked for."""
    text = " ".join(_TAGS.sub(" ", post.html).split())
    tags = [tag_json(tag, base) for tag in post.tags]
    return {
        "id": post.id,
        "uuid": post.uuid,
        "title": post.title,
        "slug": post.slug,
        "status": post.status,
        "visibility": "public",
        "created_at": written(post.created),
        "updated_at": written(post.updated),
        "published_at": written(post.published),
        "custom_excerpt": post.excerpt or None,
        "excerpt": post.excerpt or text[:500] or None,
        "feature_image": post.feature_image or None,
        "feature_image_alt": post.feature_image_alt or None,
        "authors": [author],
        "primary_author": author,
        "tags": tags,
        "primary_tag": tags[0] if tags and tags[0]["visibility"] == "public" else None,
        "url": post.url(base),
        "email": None,
        "newsletter": None,
        **({"html": post.html or None} if "html" in formats else {}),
    }


def post_values(post: Post) -> Values:
    """What a filter can ask of a post. Times are compared as the text that SQLite keeps (`2026-11-22 05:43:58`)."""
    times = {"created_at": post.created, "updated_at": post.updated, "published_at": post.published}
    return {
        "id": (post.id,),
        "title": (post.title,),
        "slug": (post.slug,),
        "status": (post.status,),
        "tag": tuple(tag.slug for tag in post.tags),
        **{name: (f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",) for name, at in times.items() if at},
    }


def tag_values(tag: Tag) -> Values:
    return {"id": (tag.id,), "name": (tag.name,), "slug": (tag.slug,), "visibility": (tag.visibility,)}
