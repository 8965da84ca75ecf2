"""Session tokens of the practice PDS: JWTs (RFC 7519, HS256) that clients can look into and that can be expired."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

ACCESS_LIVES = timedelta(hours=2)
REFRESH_LIVES = timedelta(days=90)
_ACCESS, _REFRESH = "com.atproto.appPass", "com.atproto.refresh"


class BadToken(Exception):
    """The token is not accepted; `name` is the protocol's word for it."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name
        self.message = message


class Tokens:
    """Makes and checks tokens. A refresh token may be used again: a client may have lost the answer."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._secret = secrets.token_bytes(32)
        self._expired_access: set[str] = set()
        self._issued_access: set[str] = set()
        self._good_refresh: set[str] = set()
        self.issued: list[str] = []  # so that tests can look for them where they must not be

    def pair(self, did: str) -> tuple[str, str]:
        """A fresh access and refresh token."""
        access_id, refresh_id = secrets.token_urlsafe(12), secrets.token_urlsafe(12)
        self._issued_access.add(access_id)
        self._good_refresh.add(refresh_id)
        access = self._make("at+jwt", did, _ACCESS, access_id, ACCESS_LIVES)
        refresh = self._make("refresh+jwt", did, _REFRESH, refresh_id, REFRESH_LIVES)
        self.issued += [access, refresh]
        return access, refresh

    def expire_access(self) -> None:
        """Every access token so far is expired from now on."""
        self._expired_access |= self._issued_access

    def revoke(self) -> None:
        """Every session so far is over: neither token works any more."""
        self.expire_access()
        self._good_refresh.clear()

    def drop(self, refresh: str) -> None:
        """One session is over: its refresh token works no more."""
        self._good_refresh.discard(str(self._claims(refresh, _REFRESH)["jti"]))

    def did_of_access(self, token: str) -> str:
        """Raises BadToken: ExpiredToken or InvalidToken."""
        claims = self._claims(token, _ACCESS)
        if claims["jti"] in self._expired_access:
            raise BadToken("ExpiredToken", "Token has expired")
        return str(claims["sub"])

    def did_of_refresh(self, token: str) -> str:
        claims = self._claims(token, _REFRESH)
        if claims["jti"] not in self._good_refresh:
            raise BadToken("ExpiredToken", "Token has been revoked")
        return str(claims["sub"])

    def _make(self, kind: str, did: str, scope: str, jti: str, lives: timedelta) -> str:
        issued = int(self._now().timestamp())
        claims = {
            "scope": scope,
            "aud": "did:web:localhost",
            "sub": did,
            "jti": jti,
            "iat": issued,
            "exp": issued + int(lives.total_seconds()),
        }
        body = f"{_b64(json.dumps({'typ': kind, 'alg': 'HS256'}).encode())}.{_b64(json.dumps(claims).encode())}"
        return f"{body}.{self._signature(body)}"

    def _claims(self, token: str, scope: str) -> dict[str, Any]:
        bad = BadToken("InvalidToken", "Token could not be verified")
        body, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(body).encode()):
            raise bad
        middle = body.partition(".")[2]
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
        if claims["scope"] != scope:
            raise bad
        if claims["exp"] <= self._now().timestamp():
            raise BadToken("ExpiredToken", "Token has expired")
        return claims

    def _signature(self, body: str) -> str:
        return _b64(hmac.new(self._secret, body.encode(), hashlib.sha256).digest())


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
