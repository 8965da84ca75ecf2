"""One request to the practice blog's REST API, its answer, and what all routes share: parameters and paging."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from socialdesk.practice import wordpress_wire as wire
from socialdesk.practice.wordpress_wire import ApiError, Json, invalid_param

LONGEST_PAGE = 100
_NOT_ALLOWED = "Sorry, you are not allowed to do that."


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    mime: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """`query` holds arrays as comma lists; `body` the JSON or form; `user` is 1 when the password was right, else 0."""

    base: str
    query: Mapping[str, str]
    body: Json
    user: int
    now: datetime
    upload: Upload | None = None

    @property
    def edit(self) -> bool:
        return self.query.get("context") == "edit"

    def need_user(self, code: str, message: str = _NOT_ALLOWED) -> None:
        if not self.user:
            raise ApiError(401, code, message)


@dataclass(frozen=True, slots=True)
class Answer:
    body: Any
    status: int = 200
    headers: Mapping[str, str] | None = None


# (method, pattern of the route below /wp-json, function); groups of the pattern become arguments.
Routes = tuple[tuple[str, str, Callable[..., Answer]], ...]


def page_of(call: Call, found: list[Any], show: Callable[[Any], Json], beyond: str) -> Answer:
    per_page = between(call.query.get("per_page", "10"), "per_page", 1, LONGEST_PAGE)
    page = between(call.query.get("page", "1"), "page", 1, 10**9)
    pages = -(-len(found) // per_page)
    if page > max(pages, 1):
        message = "The page number requested is larger than the number of pages available."
        raise ApiError(400, beyond, message)
    shown = [wire.narrowed(show(item), call.query) for item in found[(page - 1) * per_page : page * per_page]]
    headers = {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(pages)}
    return Answer(shown, headers=headers)


def encoded(slug: str) -> str:
    return slug.lower() if slug.isascii() else quote(slug.lower()).lower()


def listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def text_of(value: Any) -> str:
    """A field may come as a string or as {"raw": …}."""
    return str(value.get("raw", "")) if isinstance(value, dict) else str(value)


def time_of(text: str, name: str) -> datetime:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise invalid_param(name, "Invalid date.", "rest_invalid_date") from None
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)


def between(text: str, name: str, low: int, high: int) -> int:
    if not re.fullmatch(r"\d{1,9}", text) or not low <= int(text) <= high:
        why = f"{name} must be between {low} (inclusive) and {high} (inclusive)"
        raise invalid_param(name, why, "rest_out_of_bounds")
    return int(text)


def is_true(text: str | None) -> bool:
    return text in {"1", "true"}
