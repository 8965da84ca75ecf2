"""A search for secrets in everything a run has left behind: files, database pages, logs, and what commands said."""

import base64
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus


def spellings(secrets: Mapping[str, str]) -> dict[str, bytes]:
    """Every way in which a secret could be written down, by a name that is none."""
    found: dict[str, bytes] = {}
    for name, secret in secrets.items():
        for form, text in {
            "plain": secret,
            "without spaces": secret.replace(" ", ""),
            "in an address": quote(secret, safe=""),
            "in a form": quote_plus(secret),
            "in JSON": json.dumps(secret)[1:-1],
        }.items():
            found[f"{name}, {form}"] = text.encode()
        for shift in range(3):  # base64 of a longer text that holds the secret somewhere
            whole = base64.b64encode(b"\0" * shift + secret.encode()).rstrip(b"=")
            found[f"{name}, in base64 at {shift}"] = whole[4 if shift else 0 : -2]
        found[f"{name}, in UTF-16"] = secret.encode("utf-16-le")
    assert all(len(form) >= 8 for form in found.values()), "a secret is too short to be looked for"
    return found


def basic(name: str, password: str) -> str:
    """The value of a Basic `Authorization` header (RFC 7617)."""
    return base64.b64encode(f"{name}:{password}".encode()).decode()


def found_in_folder(folder: Path, secrets: Mapping[str, str]) -> list[str]:
    """Where a secret is: every file, in whatever format, names of files and folders included."""
    wanted, found = spellings(secrets), []
    for path in sorted(folder.rglob("*")):
        data = str(path.relative_to(folder)).encode() + b"\n" + (path.read_bytes() if path.is_file() else b"")
        found += [f"{name}: {path.relative_to(folder)}" for name, form in wanted.items() if form in data]
    return found


def found_in_text(texts: Iterable[object], secrets: Mapping[str, str]) -> list[str]:
    """In which texts a secret is; the message holds the place, never the text."""
    wanted = spellings(secrets)
    return [
        f"{name}: text {number}"
        for number, text in enumerate(texts)
        for name, form in wanted.items()
        if form in str(text).encode()
    ]
