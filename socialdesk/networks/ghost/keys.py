"""The Admin API key, the tokens signed with it, and the internal tag by which we know our own post again.

Source: Ghost's docs, "Token authentication". The token is a JSON web token (RFC 7519), made by Authlib's joserfc, which
is imported when the first one is needed.
"""

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
        from joserfc import jwt  # start-up: 0.1 s, and a desk without a Ghost never needs it
        from joserfc.jwk import OctKey

        issued = int(now_s)
        head = {"alg": "HS256", "kid": self.id, "typ": "JWT"}
        claims = {"iat": issued, "exp": issued + LIFETIME_S, "aud": "/admin/"}
        return jwt.encode(head, claims, OctKey.import_key(bytes.fromhex(self.secret)), algorithms=["HS256"])


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
