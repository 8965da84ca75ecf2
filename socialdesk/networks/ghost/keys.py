"""The Admin API key, the tokens signed with it, and the internal tag by which we know our own post again.

A token is made here with the standard library: one algorithm, one form, only ever signed and never verified, so that
a library for JSON web tokens would bring its start-up time and nothing else. Source: Ghost's docs, "Token
authentication"; RFC 7515 section 5.1.
"""

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field

from socialdesk.core.errors import Rejected

LIFETIME_S = 300  # Ghost's limit, counted from `iat`
TAG_PREFIX = "#"  # makes a tag internal: no reader, feed or theme shows it
_SLUG_PREFIX = "hash-"  # what Ghost makes of it
_KEY = re.compile(r"([0-9a-f]{24}):([0-9a-f]{64})", re.IGNORECASE)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class AdminKey:
    """Id and secret (hex) of an integration or a staff access token."""

    id: str
    secret: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "AdminKey":
        """Raises Rejected (invalid_key) for anything but `id:secret`; a Content API key is a common mistake."""
        found = _KEY.fullmatch(text.strip())
        if found is None:
            raise Rejected("not an Admin API key", reason="invalid_key")
        return cls(found[1].lower(), found[2].lower())

    def token(self, now_s: float) -> str:
        """A token that is valid from `now_s` (Unix time by the server's clock) for five minutes."""
        issued = int(now_s)
        head = {"alg": "HS256", "kid": self.id, "typ": "JWT"}
        claims = {"iat": issued, "exp": issued + LIFETIME_S, "aud": "/admin/"}
        signed = f"{_encoded(json.dumps(head).encode())}.{_encoded(json.dumps(claims).encode())}"
        proof = hmac.new(bytes.fromhex(self.secret), signed.encode(), hashlib.sha256).digest()
        return f"{signed}.{_encoded(proof)}"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def new_key(now_us: int, nonce: int) -> str:
    """`sd-` and 15 characters: the time in microseconds, then chance. Keys sort by time."""
    return f"sd-{_base36(now_us, 11)}{_base36(nonce, 4)}"


def _base36(number: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits


def tag_name(key: str) -> str:
    return TAG_PREFIX + key


def tag_slug(key: str) -> str:
    return _SLUG_PREFIX + key
