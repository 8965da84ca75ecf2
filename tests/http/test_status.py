"""What a status means, and that nothing secret comes along."""

from datetime import UTC, datetime, timedelta

import pytest

from socialdesk.core.errors import AuthExpired, NetworkError, OutcomeUnknown, RateLimited, Rejected, Unreachable
from socialdesk.http import Response, check
from socialdesk.http.scrub import scrub

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def answer(status: int, body: bytes = b"", **headers: str) -> Response:
    return Response(status, {k.replace("_", "-"): v for k, v in headers.items()}, body, "https://a.example/")


@pytest.mark.parametrize("status", [200, 201, 204, 301, 304])
def test_good_answers_pass(status: int) -> None:
    check(answer(status), write=True, now=NOW)


@pytest.mark.parametrize(
    ("status", "write", "error", "reason"),
    [
        (401, False, AuthExpired, "sign_in_again"),
        (403, True, Rejected, "missing_permission"),
        (404, False, Rejected, "not_found"),
        (405, True, Rejected, "not_supported"),
        (410, False, Rejected, "gone"),
        (413, True, Rejected, "media_too_large"),
        (415, True, Rejected, "media_type"),
        (400, True, Rejected, "invalid"),
        (409, True, Rejected, "invalid"),
        (422, True, Rejected, "invalid"),
        (418, True, Rejected, "other"),
        (500, False, Unreachable, "server_error"),
        (500, True, OutcomeUnknown, "outcome_unknown"),
        (502, True, OutcomeUnknown, "outcome_unknown"),
        (503, False, Unreachable, "server_error"),
        (504, True, OutcomeUnknown, "outcome_unknown"),
        (408, True, OutcomeUnknown, "outcome_unknown"),
        (429, True, RateLimited, "rate_limited"),
    ],
)
def test_errors(status: int, write: bool, error: type[NetworkError], reason: str) -> None:
    with pytest.raises(error) as caught:
        check(answer(status, b"why"), write=write, now=NOW)
    assert (type(caught.value), caught.value.reason, caught.value.detail) == (error, reason, "why")


def test_waits() -> None:
    with pytest.raises(RateLimited) as limited:
        check(answer(503, retry_after="90"), write=False, now=NOW)
    assert limited.value.until == NOW + timedelta(seconds=90)
    with pytest.raises(OutcomeUnknown) as unknown:
        check(answer(503, retry_after="90"), write=True, now=NOW)
    assert unknown.value.retry_at == NOW + timedelta(seconds=90)


def test_a_page_that_wants_a_person() -> None:
    with pytest.raises(Rejected) as caught:
        check(answer(403, cf_mitigated="challenge"), write=True, now=NOW)
    assert caught.value.reason == "blocked"


def test_the_detail_is_short_plain_and_scrubbed() -> None:
    body = b'{"error":"bad \x1b[31m", "access_token":"tok-secret"}' + b"x" * 5000
    with pytest.raises(Rejected) as caught:
        check(answer(400, body), write=True, now=NOW)
    detail = caught.value.detail
    assert len(detail) <= 500
    assert "secret" not in detail
    assert "\x1b" not in detail
    assert '"error":"bad' in detail


JWT = "eyJhbGciOiJFUzI1NksifQ.eyJzY29wZSI6ImEiLCJzdWIiOiJkaWQifQ.c2lnbmF0dXJlLXNlY3JldA"


@pytest.mark.parametrize(
    "text",
    [
        '{"accessJwt":"secret-1","refreshJwt": "secret-2"}',
        '{"password": "with \\" quote secret"}',
        "{'token': 'secret'}",
        '{"token": "cut off secret',
        "Authorization: Bearer secret-token-1",
        "authorization=Basic c2VjcmV0OnNlY3JldA== secretless",
        "https://a.example/?code=secret&x=1",
        "https://a.example/?x=1&client_secret=secret",
        "token = secret, user = ann",
        f"the token {JWT} is expired",
        "http://ann:secret@a.example/",
        "Cookie: session=secret",
        "app_password=secret",
    ],
)
def test_secrets_are_hidden(text: str) -> None:
    shown = scrub(text).replace("client_secret", "").replace("secretless", "")
    assert "secret" not in shown.casefold()
    assert JWT.partition(".")[2] not in shown
    assert "[hidden]" in shown


@pytest.mark.parametrize("text", ["The token is invalid", "Validation failed: Text is too long", "postal code: 12345"])
def test_ordinary_words_stay(text: str) -> None:
    assert scrub(text) == text
