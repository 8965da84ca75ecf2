"""Proof keys for OAuth code exchanges (RFC 7636) and the state that ties an answer to its question."""

import base64
import hashlib
import secrets


def new_verifier() -> str:
    """A fresh code verifier: 64 characters, 384 random bits."""
    return secrets.token_urlsafe(48)


def challenge(verifier: str) -> str:
    """The S256 code challenge of a verifier (RFC 7636 section 4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")


def new_state() -> str:
    """A fresh state: 256 random bits."""
    return secrets.token_urlsafe(32)
