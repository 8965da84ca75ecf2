"""Identity of stored bytes."""

import hashlib


def blob_hash(data: bytes) -> str:
    """SHA-256 of `data` as 64 hex digits: the name under which it is stored, once."""
    return hashlib.sha256(data).hexdigest()
