"""What Ghost's refusals mean. Source: npm `@tryghost/errors`, and a running 6.65 asked for each of them."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from socialdesk.core.errors import AuthExpired, NetworkError, OutcomeUnknown, Rejected, Unreachable
from socialdesk.http import Response, check

# Types of `errors[0]` whose meaning the status does not tell, and the reason for the person.
_REASONS = {
    "BadRequestError": "invalid",
    "IncorrectUsageError": "invalid",
    "ValidationError": "invalid",
    "NotFoundError": "not_found",
    "NoPermissionError": "missing_permission",
    "HostLimitError": "plan_limit",
    "UpdateCollisionError": "edit_conflict",
    "ConflictError": "edit_conflict",
    "DisabledFeatureError": "not_supported",
    "MethodNotAllowedError": "not_supported",
    "RequestNotAcceptableError": "version_retired",
    "VersionMismatchError": "version_retired",
    "RequestEntityTooLargeError": "media_too_large",
    "UnsupportedMediaTypeError": "media_type",
}
PLACE = "in the site's settings, under Staff, with a role that may"
_ALLOWED_TO = re.compile(r"permission to ([a-z]{2,12} [a-z]{2,20})")
_SIGN_IN = frozenset({"UnauthorizedError", "PasswordResetRequiredError", "TokenRevocationError"})
_NOTHING_DONE = frozenset({"MaintenanceError"})
INVALID_TOKEN = "INVALID_JWT"  # noqa: S105 - the name of a refusal


def accept(response: Response, payload: Any, *, write: bool, now: datetime) -> None:
    """Raises what a refusal means; an answer that is none passes."""
    if response.status < 400:
        return
    error = first_error(payload)
    kind, code = str(error.get("type") or ""), str(error.get("code") or "")
    message = f"status {response.status} {kind} {code}".strip()
    if kind in _SIGN_IN or code == INVALID_TOKEN:
        raise AuthExpired(message)
    if kind in _NOTHING_DONE:
        raise Unreachable(message, reason="server_error")
    if kind in _REASONS:
        reason = _reason(kind, error)
        needs = _needs(error) if reason == "missing_permission" else ()
        raise Rejected(message, reason=reason, detail=str(error.get("context") or ""), needs=needs)
    check(response, write=write, now=now)


def _needs(error: Mapping[str, Any]) -> tuple[str, ...]:
    """What Ghost says one may not do ("You do not have permission to publish posts"), and where that is changed."""
    found = _ALLOWED_TO.search(f"{error.get('message')} {error.get('context')}")
    return (found[1], PLACE) if found else ()


def _reason(kind: str, error: Mapping[str, Any]) -> str:
    """A validation says in its details, else in its words, what is too long or missing."""
    context = str(error.get("context") or "")
    if kind == "BadRequestError" and context.startswith("Image processing failed"):
        return "media_type"
    if kind != "ValidationError":
        return _REASONS[kind]
    details = error.get("details")
    keywords = {str(d.get("keyword")) for d in details if isinstance(d, dict)} if isinstance(details, list) else set()
    if "maxLength" in keywords or "exceeds maximum length" in context:
        return "too_long"
    return "empty" if "required" in keywords else "invalid"


def first_error(payload: Any) -> Mapping[str, Any]:
    errors = payload.get("errors") if isinstance(payload, dict) else None
    return errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}


def not_ghost(response: Response, *, write: bool, now: datetime) -> NetworkError:
    """The error for an answer that Ghost did not give: a proxy, a firewall or a hoster's page."""
    try:
        check(response, write=write, now=now)
    except Rejected as error:
        if error.reason in {"missing_permission", "not_supported", "invalid", "other"}:
            return Rejected("something in front of the site refused", reason="firewall", detail=error.detail)
        return error
    except NetworkError as error:
        return error
    if write:
        return OutcomeUnknown("something in front of the site answered")
    return Unreachable("something in front of the site answered", reason="firewall")
