"""OAuth as every sign-in here speaks it: addresses to authorize at, questions for tokens, what the answers say.

The protocol is Authlib's (RFC 6749, 7009, 7636); the questions go out through `http` like all others, so that pacing,
the address guard and the errors are the same. Authlib is imported when somebody signs in, never at the start.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from socialdesk.core.account import Credential
from socialdesk.core.errors import AuthExpired, Rejected, Unreachable
from socialdesk.core.network import BrowserStep
from socialdesk.core.tolerant import Obj, number, string
from socialdesk.http.pkce import challenge

ACCESS, REFRESH, CLIENT_ID, CLIENT_SECRET = "access_token", "refresh_token", "client_id", "client_secret"
ENDS = "sign_in_ends"  # seconds since 1970 after which nothing but a new sign-in helps
_YEAR_9999 = 253_370_764_800  # as seconds since 1970; more is no time

Naming = Literal["client_secret_post", "client_secret_basic", "none"]


@dataclass(frozen=True, slots=True)
class App:
    """How this program is registered at a network. `secret` "" = a public client."""

    id: str
    secret: str = field(default="", repr=False)

    @classmethod
    def of(cls, kept: Mapping[str, str]) -> "App":
        return cls(kept.get(CLIENT_ID, ""), kept.get(CLIENT_SECRET, ""))

    @property
    def secrets(self) -> dict[str, str]:
        """What of it goes to the keyring."""
        return {name: value for name, value in ((CLIENT_ID, self.id), (CLIENT_SECRET, self.secret)) if value}


@dataclass(frozen=True, slots=True, repr=False)
class Question:
    """A form for a token endpoint, and the headers that go with it. Its representation shows neither."""

    form: Mapping[str, str]
    headers: Mapping[str, str]


def authorization_url(
    endpoint: str, client_id: str, redirect_uri: str, *, scope: str, state: str, verifier: str = "", **more: str
) -> str:
    """The address to open in the browser (RFC 6749 section 4.1.1), with an S256 challenge where there is a verifier.

    Raises Rejected (invalid) for an endpoint that is no address.
    """
    from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # only to sign in

    if verifier:
        more |= {"code_challenge": challenge(verifier), "code_challenge_method": "S256"}
    try:
        url = str(prepare_grant_uri(endpoint, client_id, "code", redirect_uri, scope, state, **more))
    except ValueError as error:
        raise Rejected("the address to sign in at cannot be read", reason="invalid") from error
    address, mark, query = url.partition("?")
    return f"{address}{mark}{query.replace('+', '%20')}"  # some servers take a plus for a plus


def code_question(step: BrowserStep, code: str, app: App, naming: Naming = "client_secret_post") -> Question:
    """Asks for the tokens of a code (RFC 6749 section 4.1.3), with the verifier where there is one."""
    verifier = {"code_verifier": step.verifier} if step.verifier else {}
    return _question(
        app, naming, grant_type="authorization_code", redirect_uri=step.redirect_uri, code=code.strip(), **verifier
    )


def renewal_question(refresh: str, app: App, naming: Naming = "client_secret_post") -> Question:
    """Asks for a fresh token (RFC 6749 section 6)."""
    return _question(app, naming, grant_type="refresh_token", refresh_token=refresh)


def revocation_question(token: str, app: App, naming: Naming = "client_secret_post", hint: str = "") -> Question:
    """Asks to end a token (RFC 7009)."""
    from authlib.oauth2.rfc7009 import prepare_revoke_token_request  # only to sign out

    body, _ = prepare_revoke_token_request(token, hint or None)
    return _named(body, app, naming)


def _question(app: App, naming: Naming, **parameters: str) -> Question:
    from authlib.oauth2.rfc6749.parameters import prepare_token_request  # only to sign in

    return _named(prepare_token_request(**parameters), app, naming)


def _named(body: str, app: App, naming: Naming) -> Question:
    """With the client's name in the form or the header (RFC 6749 section 2.3.1)."""
    from authlib.common.urls import url_decode  # only to sign in
    from authlib.oauth2.auth import ClientAuth

    if not app.secret:
        naming = "none"
    headers: dict[str, str] = {}
    if app.id:
        auth = ClientAuth(app.id, app.secret, naming)
        _, headers, body = auth.prepare("POST", "", headers, body)  # type: ignore[no-untyped-call]
    return Question({str(name): str(value) for name, value in url_decode(body)}, headers)


@contextmanager
def exchanging() -> Iterator[None]:
    """While a code is exchanged: who is refused there is the app, no person. Raises Rejected (app_not_allowed)."""
    try:
        yield
    except AuthExpired as error:
        raise Rejected("the app was not accepted", reason="app_not_allowed", detail=error.detail) from error


@contextmanager
def renewing() -> Iterator[None]:
    """While a token is renewed: a refusal means that the person has to sign in again. Raises AuthExpired."""
    try:
        yield
    except Rejected as error:
        raise AuthExpired(str(error), detail=error.detail) from error


def granted(answer: Obj, app: App, now: datetime) -> Credential:
    """The tokens of an answer to a code, with the app that they need. Raises Rejected (invalid) when there is none."""
    if not string(answer.get(ACCESS)):
        raise Rejected("the network gave no token", reason="invalid")
    return _with_tokens(answer, Credential(app.secrets), now)


def renewed(answer: Obj, before: Credential, now: datetime) -> Credential:
    """The tokens of an answer to a renewal. Raises Unreachable (invalid_answer) when there is none.

    Never an empty token: what the network leaves out stays as it was.
    """
    if not string(answer.get(ACCESS)):
        raise Unreachable("a renewal without a token", reason="invalid_answer")
    return _with_tokens(answer, before, now)


def _with_tokens(answer: Obj, before: Credential, now: datetime) -> Credential:
    fresh = {name: string(answer.get(name)) for name in (ACCESS, REFRESH)}
    kept = {**before.secrets, **{name: value for name, value in fresh.items() if value}}
    lasts = number(answer.get("refresh_token_expires_in" if kept.get(REFRESH) else "expires_in")) or 0
    if lasts > 0:
        kept[ENDS] = stamp(now.timestamp() + lasts)
    elif not kept.get(REFRESH):
        kept.pop(ENDS, None)
    return Credential(kept)


def stamp(seconds: float) -> str:
    """A time as a credential keeps it."""
    return str(int(seconds))


def ends_of(credential: Credential, name: str = ENDS) -> datetime | None:
    """When the sign-in ends as far as the network said; None = it did not."""
    seconds = number(credential.get(name)) or 0
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < _YEAR_9999 else None


def is_plain(text: str) -> bool:
    """Whether this may be a token, id or secret: ASCII without spaces."""
    return text.isascii() and not any(c.isspace() for c in text)
