"""The wire format of the practice LinkedIn: refusals, little text, Rest.li lists, posts and comments as JSON."""

import re
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from socialdesk.practice.linkedin_state import Comment, Post

POST_FIELDS = frozenset(
    {
        "author", "commentary", "visibility", "distribution", "content", "lifecycleState",
        "isReshareDisabledByAuthor", "reshareContext",
    }
)  # fmt: skip
_REQUIRED = ("author", "commentary", "visibility", "distribution", "lifecycleState")
_RESERVED = frozenset("|{}@[]()<>*_~")
_MENTION = re.compile(r"@\[((?:\\.|[^\]\\])+)\]\((urn:li:(?:organization|person):[\w-]+)\)")
_HASHTAG = re.compile(r"\{hashtag\|(?:\\#|#)\|((?:\\.|[^}\\])+)\}")


class Refused(Exception):
    def __init__(self, status: int, code: str, message: str, service_code: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"status": status, "code": code, "message": message}
        if service_code is not None:
            self.body["serviceErrorCode"] = service_code


def denied(what: str) -> Refused:
    return Refused(403, "ACCESS_DENIED", f"Not enough permissions to access: {what}", 100)


def invalid(message: str) -> Refused:
    return Refused(422, "INVALID_CONTENT", message)


def missing(what: str) -> Refused:
    return Refused(404, "NOT_FOUND", f"Entity does not exist: {what}")


def throttled() -> Refused:
    said = "Resource level throttle APPLICATION DAY limit for calls to this resource is reached."
    return Refused(429, "TOO_MANY_REQUESTS", said, 101)


def read_little(marked: str) -> str:
    """What readers see. At a reserved character that stands there bare LinkedIn cuts the text off."""
    seen: list[str] = []
    at = 0
    while at < len(marked):
        found = _MENTION.match(marked, at) or _HASHTAG.match(marked, at)
        if found:
            bare = re.sub(r"\\(.)", r"\1", found[1])
            seen.append(bare if found.re is _MENTION else f"#{bare}")
            at = found.end()
        elif marked[at] == "\\" and at + 1 < len(marked):
            seen.append(marked[at + 1])
            at += 2
        elif marked[at] in _RESERVED:
            break
        else:
            seen.append(marked[at])
            at += 1
    return "".join(seen)


def raw_query(request: web.Request) -> dict[str, str]:
    """The query undecoded: Rest.li wants its own structure bare and URNs encoded."""
    return dict(part.partition("=")[::2] for part in request.rel_url.raw_query_string.split("&") if part)


def urn_of(raw: str) -> str:
    """One encoded URN. Raises Refused for one that is not."""
    if ":" in raw or "(" in raw or "urn%3Ali%3A" not in raw:
        raise Refused(400, "ILLEGAL_ARGUMENT", f"Syntax exception in path variables: {raw}")
    return unquote(raw)


def list_of(raw: str) -> list[str]:
    """The URNs of `List(a,b)`. Raises Refused."""
    found = re.fullmatch(r"List\((.*)\)", raw)
    if found is None:
        raise Refused(400, "ILLEGAL_ARGUMENT", "Array parameter ids is not a List")
    return [urn_of(one) for one in found[1].split(",") if one]


def check_post(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise Refused(400, "ILLEGAL_ARGUMENT", "Data is not a valid JSON object")
    unknown = sorted(set(body) - POST_FIELDS)
    if unknown:
        raise invalid(f"ERROR :: /{unknown[0]} :: unrecognized field found but not allowed")
    for name in _REQUIRED:
        if name not in body:
            raise invalid(f"ERROR :: /{name} :: field is required but not found and has no default value")
    if body["visibility"] not in {"PUBLIC", "CONNECTIONS", "LOGGED_IN"} or body["lifecycleState"] != "PUBLISHED":
        raise invalid("ERROR :: /visibility :: is not an enum symbol")
    if len(read_little(body["commentary"])) > 3000:
        raise invalid("ERROR :: /commentary :: length of 3000 exceeded: the commentary is too long")
    _check_content(body.get("content", {}))
    return body


def _check_content(content: dict[str, Any]) -> None:
    if len(content) > 1 or set(content) - {"media", "multiImage", "article", "poll"}:
        raise invalid("ERROR :: /content :: must have exactly one member")
    if "multiImage" in content and not 2 <= len(content["multiImage"].get("images", [])) <= 20:
        raise invalid("ERROR :: /content/multiImage/images :: array size must be between 2 and 20")
    images = content.get("multiImage", {}).get("images", [])
    if any(not str(one.get("id")).startswith("urn:li:image:") for one in images):
        raise invalid("ERROR :: /content/multiImage/images/id :: is not of type ImageUrn")
    if "media" in content and not content["media"].get("id"):
        raise invalid("ERROR :: /content/media/id :: field is required")
    if "media" in content and "document" in content["media"]["id"] and not content["media"].get("title"):
        raise invalid("ERROR :: /content/media/title :: field is required")
    if "article" in content and not (content["article"].get("source") and content["article"].get("title")):
        raise invalid("ERROR :: /content/article/source :: field is required")


def is_document(data: bytes) -> bool:
    """PDF, the newer office formats and the older ones, up to 100 MB. Source: "Documents API"."""
    return len(data) <= 100_000_000 and data.startswith((b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))


def images_in(content: dict[str, Any]) -> list[str]:
    several = [one.get("id", "") for one in content.get("multiImage", {}).get("images", [])]
    single = content.get("media", {}).get("id", "")
    thumbnail = content.get("article", {}).get("thumbnail", "")
    return [urn for urn in (*several, single, thumbnail) if urn]


def post_json(post: Post) -> dict[str, Any]:
    ms = int(post.created.timestamp() * 1000)
    found = {
        "id": post.urn,
        "author": post.author,
        "commentary": post.commentary,
        "visibility": post.visibility,
        "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
        "lifecycleState": "PUBLISHED",
        "lifecycleStateInfo": {"isEditedByAuthor": False},
        "isReshareDisabledByAuthor": False,
        "createdAt": ms,
        "publishedAt": ms,
        "lastModifiedAt": ms,
    }
    return {**found, "content": post.content} if post.content else found


def comment_json(comment: Comment) -> dict[str, Any]:
    when = {"actor": comment.actor, "time": int(comment.created.timestamp() * 1000)}
    found = {
        "actor": comment.actor,
        "commentUrn": comment.urn,
        "created": when,
        "lastModified": when,
        "id": comment.id,
        "message": {"attributes": [], "text": comment.text},
        "object": comment.post,
    }
    return {**found, "parentComment": comment.parent} if comment.parent else found


def paged(request: web.Request, rows: list[dict[str, Any]]) -> dict[str, Any]:
    query = raw_query(request)
    start, count = int(query.get("start", "0")), min(int(query.get("count", "10")), 100)
    links = []
    if start + count < len(rows):
        links = [{"type": "application/json", "rel": "next", "href": f"{request.path}?start={start + count}"}]
    paging = {"start": start, "count": count, "total": len(rows), "links": links}
    return {"elements": rows[start : start + count], "paging": paging}
