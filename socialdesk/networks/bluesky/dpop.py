"""Proofs that a request comes from the holder of the account's key (DPoP, RFC 9449).

joserfc makes and signs; it is loaded with the first proof, so that accounts with an app password never wait for it.
"""

import base64
import hashlib
import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, Unpack
from urllib.parse import urlsplit

from socialdesk.core.timing import http_date
from socialdesk.http import Http, Response
from socialdesk.http.client import Options

ALGORITHM = "ES256"
TRIES = 3  # one more for the nonce, one more for the clock
WRONG_NONCE, WRONG_PROOF = "use_dpop_nonce", "invalid_dpop_proof"
_CLOSE_ENOUGH = timedelta(seconds=30)


def new_key() -> str:
    """A fresh private key (P-256) as JSON Web Key: one for each sign-in, kept with its tokens."""
    from joserfc.jwk import ECKey  # 0.1 s, only for accounts that are signed in through the browser

    return json.dumps(ECKey.generate_key("P-256").as_dict(private=True))


class Proofs:
    """Signs the requests of one key, and remembers for each server the nonce and the clock it wants in them."""

    def __init__(self, key: str) -> None:
        self._jwk = key
        self._key: Any = None
        self._nonces: dict[str, str] = {}
        self._ahead: dict[str, timedelta] = {}  # how much later it is there

    def __repr__(self) -> str:
        return "Proofs()"

    async def request(
        self, http: Http, method: str, url: str, *, token: str = "", **options: Unpack[Options]
    ) -> Response:
        """`Http.request` with a proof, and with `token` bound to it. What `Http.request` raises.

        Asks again where the server wants another nonce or its own time: what it refuses for that has had no effect. The
        nonce of that answer is taken, not the newest, so that many requests at once each get through.
        """
        given = options.get("headers") or {}
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        for _ in range(TRIES):
            options["headers"] = {**given, **self._headers(method, url, token, self._nonces.get(origin, ""))}
            response = await http.request(method, url, **options)
            clock_was_off = self._heed(origin, response)
            if not (_refused_for(response, WRONG_NONCE) or (clock_was_off and _refused_for(response, WRONG_PROOF))):
                break
        return response

    def _headers(self, method: str, url: str, token: str, nonce: str) -> dict[str, str]:
        proof = {"dpop": self.proof(method, url, token=token, nonce=nonce)}
        return proof | {"authorization": f"DPoP {token}"} if token else proof

    def proof(self, method: str, url: str, *, token: str = "", nonce: str = "") -> str:
        """A signed proof for one request; `url` without what follows its path is what it names."""
        from joserfc import jwt  # see `new_key`
        from joserfc.jwk import ECKey

        if self._key is None:
            self._key = ECKey.import_key(json.loads(self._jwk))
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        now = datetime.now(UTC) + self._ahead.get(origin, timedelta())
        claims: dict[str, Any] = {
            "jti": secrets.token_urlsafe(16),
            "htm": method,
            "htu": origin + parts.path,
            "iat": int(now.timestamp()),
        }
        if nonce:
            claims["nonce"] = nonce
        if token:
            claims["ath"] = _hash(token)
        header = {"typ": "dpop+jwt", "alg": ALGORITHM, "jwk": self._key.as_dict(private=False)}
        return str(jwt.encode(header, claims, self._key, algorithms=[ALGORITHM]))

    def _heed(self, origin: str, response: Response) -> bool:
        """Keeps what the answer wants of the next proof: its nonce, and the server's time where ours is far from it.

        True when the proofs were made for another time than the server's.
        """
        nonce, there = response.headers.get("dpop-nonce", ""), http_date(response.headers.get("date", ""))
        if nonce:
            self._nonces[origin] = nonce
        if there is None:
            return False
        ahead = there - datetime.now(UTC)
        ahead = ahead if abs(ahead) > _CLOSE_ENOUGH else timedelta()
        before = self._ahead.get(origin, timedelta())
        self._ahead[origin] = ahead
        return abs(ahead - before) > _CLOSE_ENOUGH


def _refused_for(response: Response, why: str) -> bool:
    """Authorization servers say why in the body (400), others in a header (401). RFC 9449, 8 and 9."""
    if response.status not in {400, 401}:
        return False
    if why in response.headers.get("www-authenticate", ""):
        return True
    try:
        answer = json.loads(response.body)
    except ValueError:
        return False
    return isinstance(answer, dict) and answer.get("error") == why


def _hash(token: str) -> str:
    digest = hashlib.sha256(token.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")
