"""What the practice Bluesky demands of proofs of possession (DPoP, RFC 9449): as the reference server, but stricter.

Every answer carries another nonce, and each is good for one request, so a client that keeps an old one is found out.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from aiohttp import web

KEPT = 1000  # nonces that were given and not used
OFF = timedelta(minutes=3)  # how far a client's clock may be off


class BadProof(Exception):
    """The proof does not hold; `name` is the protocol's word for why."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name
        self.message = message


class Proofs:
    """Gives nonces and judges proofs."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._nonces: dict[str, None] = {}
        self._seen: set[str] = set()

    def nonce(self) -> str:
        fresh = secrets.token_urlsafe(16)
        self._nonces[fresh] = None
        while len(self._nonces) > KEPT:
            del self._nonces[next(iter(self._nonces))]
        return fresh

    def holder(self, request: web.Request, base: str, token: str = "") -> str:
        """The thumbprint (RFC 7638) of the key that signed the request's proof. Raises BadProof."""
        from joserfc import jwt  # only where somebody signs in so
        from joserfc.errors import JoseError
        from joserfc.jwk import ECKey

        proof = request.headers.get("DPoP", "")
        try:
            header = json.loads(_unpadded(proof.partition(".")[0]))
            key = ECKey.import_key(header["jwk"])
            checked = jwt.decode(proof, key, algorithms=["ES256"])
        except (ValueError, KeyError, TypeError, JoseError) as error:
            raise BadProof("invalid_dpop_proof", "Failed to verify DPoP proof") from error
        if checked.header.get("typ") != "dpop+jwt" or "d" in header["jwk"]:
            raise BadProof("invalid_dpop_proof", "Failed to verify DPoP proof")
        self._judge(dict(checked.claims), request, base, token)
        return str(key.thumbprint())

    def _judge(self, claims: dict[str, object], request: web.Request, base: str, token: str) -> None:
        if claims.get("htm") != request.method or claims.get("htu") != f"{base}{request.path}":
            raise BadProof("invalid_dpop_proof", 'DPoP "htm" or "htu" mismatch')
        if claims.get("ath") != (_hash(token) if token else None):
            raise BadProof("invalid_dpop_proof", 'DPoP "ath" mismatch')
        issued = claims.get("iat")
        if not isinstance(issued, int) or abs(self._now().timestamp() - issued) > OFF.total_seconds():
            raise BadProof("invalid_dpop_proof", '"iat" claim timestamp check failed')
        nonce = claims.get("nonce")
        if not isinstance(nonce, str) or nonce not in self._nonces:
            raise BadProof("use_dpop_nonce", "Authorization server requires nonce in DPoP proof")
        del self._nonces[nonce]
        if not claims.get("jti") or claims["jti"] in self._seen:
            raise BadProof("invalid_dpop_proof", "DPoP proof replayed")
        self._seen.add(str(claims["jti"]))


def _hash(token: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).decode().rstrip("=")


def _unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
