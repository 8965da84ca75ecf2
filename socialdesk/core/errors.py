"""The one error tree of the program.

Every failure carries its own technical words (`str(error)`, for the log) and, where the person has to act, a
`reason` code that `ui` and `cli` turn into a sentence. Raw server answers live in `detail`, shown only on request.
"""

from datetime import datetime
from typing import Any

BAR = "|"  # divides the parts of `NetworkError.code`


class SocialDeskError(Exception):
    """Base of all errors that the program raises on purpose. They can be pickled, whatever their arguments."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type[SocialDeskError], args: tuple[Any, ...], facts: dict[str, Any]) -> SocialDeskError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(facts)
    return error


class EngineStopped(SocialDeskError):
    """The engine's process ended during a call. Whether the call had its effect is not known."""


class InputError(SocialDeskError):
    """What the person typed or imported cannot be used. `fix` says what would help."""

    def __init__(self, sentence: str, fix: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.fix = fix


class NetworkError(SocialDeskError):
    """Base of the five outcomes that a network adapter may raise, and of nothing else."""

    needs: tuple[str, ...] = ()

    def __init__(self, message: str, *, reason: str = "", detail: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.detail = detail

    @property
    def code(self) -> str:
        """The reason as it is kept and shown: with what is missing, and where it is given, where that is known."""
        return BAR.join((self.reason, *self.needs))


class Unreachable(NetworkError):
    """The request certainly had no effect: it never left, or it was a read that got no usable answer.

    `offline` is true when this machine seems to have no connection at all: not a failure of the server.
    """

    def __init__(self, message: str, *, reason: str = "unreachable", detail: str = "", offline: bool = False) -> None:
        super().__init__(message, reason=reason, detail=detail)
        self.offline = offline


class RateLimited(NetworkError):
    """The server asked us to wait. `until` is timezone-aware UTC; `host_wide` when the whole host must rest."""

    def __init__(self, message: str, until: datetime, *, detail: str = "", host_wide: bool = False) -> None:
        super().__init__(message, reason="rate_limited", detail=detail)
        self.until = until
        self.host_wide = host_wide


class AuthExpired(NetworkError):
    """The credential is no longer accepted: renew it once, else the person signs in again."""

    def __init__(self, message: str, *, reason: str = "sign_in_again", detail: str = "") -> None:
        super().__init__(message, reason=reason, detail=detail)


class Rejected(NetworkError):
    """The server understood and refused; sending the same again is pointless.

    `needs` belongs to missing_permission: the permission, and in words where people grant it ("to your app at ...").
    `reason` is one of: too_long, empty, duplicate, media_too_large, media_type, media_missing, missing_permission,
    not_found, gone, not_supported, not_a_feed, blocked, invalid, private_address, too_large, firewall, insecure,
    no_api, no_app_passwords, payment_needed, account_restricted, app_not_allowed, reply_not_allowed, quote_not_allowed,
    cashtags, version_retired, already, link_refused, against_rules, posting_too_fast, confirm_identity, no_page,
    too_many_pictures, too_many_links, public_picture_needed, media_unfit, video_limit,
    picture_host, declined, code_ended, other.
    """

    def __init__(self, message: str, *, reason: str = "other", detail: str = "", needs: tuple[str, ...] = ()) -> None:
        super().__init__(message, reason=reason, detail=detail)
        self.needs = needs


class OutcomeUnknown(NetworkError):
    """A write may or may not have happened (time-out, reset or 5xx after the request left). Look before sending again.

    `retry_at` carries the server's wish (Retry-After) if it named one.
    """

    def __init__(self, message: str, *, detail: str = "", retry_at: datetime | None = None) -> None:
        super().__init__(message, reason="outcome_unknown", detail=detail)
        self.retry_at = retry_at


class OverBudget(SocialDeskError):
    """The account has spent what the person gave it for the month. `until` is when the next month begins, UTC."""

    reason = "budget_spent"

    def __init__(self, message: str, until: datetime) -> None:
        super().__init__(message)
        self.until = until


class StoreError(SocialDeskError):
    """The database cannot be used. `reason`: newer_version, damaged, disk_full, read_only, locked, migration_failed.

    Two are no fault of it: search_rebuilding (the full-text index is being made again, ask once more) and closed.
    """

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class VaultError(SocialDeskError):
    """Secrets cannot be kept or read. `reason`: no_keyring, keyring_locked, keyring_failed."""

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class ContentError(SocialDeskError):
    """Bytes cannot be understood.

    `reason`: not_a_feed, not_an_article, not_an_image, not_a_video, not_a_document, too_large, timed_out, worker.
    """

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason
