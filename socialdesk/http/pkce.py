"""Proof keys for OAuth code exchanges (RFC 7636) and the state that ties an answer to its question, made by Authlib.

Authlib is imported when somebody signs in: opening the desk does not wait for it.
"""


def new_verifier() -> str:
    """A fresh code verifier: 64 characters, 381 random bits."""
    return _random(64)


def challenge(verifier: str) -> str:
    """The S256 code challenge of a verifier (RFC 7636 section 4.2)."""
    from authlib.oauth2.rfc7636 import create_s256_code_challenge  # only to sign in

    return str(create_s256_code_challenge(verifier))  # type: ignore[no-untyped-call]


def new_state(length: int = 43) -> str:
    """A fresh state: 256 random bits in the usual length of characters."""
    return _random(length)


def _random(length: int) -> str:
    from authlib.common.security import generate_token  # only to sign in

    return str(generate_token(length))
