"""Which error a status means, the same for every network."""

from datetime import datetime

from socialdesk.core.budget import refusal_ends
from socialdesk.core.errors import AuthExpired, NetworkError, OutcomeUnknown, RateLimited, Rejected, Unreachable
from socialdesk.http.retry_after import parse_limits
from socialdesk.http.scrub import scrub
from socialdesk.http.values import Response

_DETAIL_CHARS = 500

_REASONS = {
    400: "invalid",
    403: "missing_permission",
    404: "not_found",
    405: "not_supported",
    409: "invalid",
    410: "gone",
    413: "media_too_large",
    415: "media_type",
    422: "invalid",
}


def check(response: Response, *, write: bool, now: datetime) -> None:
    """Raises the standard error for a status of 400 or more; `detail` is the start of the body without secrets.

    401 `AuthExpired`; 429 `RateLimited`; 503 with Retry-After on a read `RateLimited`; other 5xx `Unreachable` on a
    read, `OutcomeUnknown` on a write; 408 and 425 like 5xx; the rest `Rejected`.
    """
    if response.status >= 400:
        raise error_for(response, write=write, now=now)


def error_for(response: Response, *, write: bool, now: datetime) -> NetworkError:
    """The error that `check` raises."""
    status = response.status
    detail = detail_of(response)
    message = f"status {status}"
    if is_challenge(response):
        return Rejected(f"{message}: a page that wants a person", reason="blocked", detail=detail)
    if status == 401:
        return AuthExpired(message, detail=detail)
    limits = parse_limits(response.headers, now)
    if status == 429 or (status == 503 and limits.wait is not None and not write):
        return RateLimited(message, refusal_ends(limits, now, strikes=0, feed=False), detail=detail)
    if status >= 500 or status in (408, 425):
        if write:
            return OutcomeUnknown(message, detail=detail, retry_at=limits.wait)
        return Unreachable(message, reason="server_error", detail=detail)
    return Rejected(message, reason=_REASONS.get(status, "other"), detail=detail)


def is_challenge(response: Response) -> bool:
    """True when a guard in front of the server wants a browser with a person (Cloudflare says so in a header)."""
    return response.status in (403, 429, 503) and response.headers.get("cf-mitigated", "").casefold() == "challenge"


def detail_of(response: Response) -> str:
    """The first 500 characters of the body, without secrets and control characters."""
    start = response.body[: _DETAIL_CHARS * 4].decode("utf-8", errors="replace")
    plain = "".join(c if c.isprintable() or c == "\n" else " " for c in start)
    return scrub(plain)[:_DETAIL_CHARS].strip()
