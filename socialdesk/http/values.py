"""Values of the wire: whom an address comes from, what came back, how to reach a proxy."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Trust(StrEnum):
    """Who named the address, and so whether it may point into this machine or its network."""

    TYPED = "typed"  # a person typed or imported it, or it is an account's server: private addresses are allowed
    CONTENT = "content"  # a post or page named it: private and loopback addresses are refused, on every hop


class NotJson(ValueError):
    """The body of a response is not JSON."""


@dataclass(frozen=True, slots=True)
class Response:
    """One answer, whole. Header names are lower-case, repeated headers joined by ", ".

    `url` is the address after redirects, without credentials or fragment. `permanent`: there was at least one
    redirect and every hop was a 301 or 308. `body` is decompressed; `elapsed_s` counts time on the wire, not waiting.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    url: str
    permanent: bool = False
    elapsed_s: float = 0.0

    def text(self) -> str:
        """The body as text: UTF-8 if it is that, else the charset the header names, else Windows-1252."""
        try:
            return self.body.decode("utf-8-sig")
        except UnicodeDecodeError:
            return self._decode_as_said()

    def json(self) -> Any:
        """The decoded JSON body. Raises `NotJson`."""
        return decode_json(self.body)

    def _decode_as_said(self) -> str:
        _, _, charset = self.headers.get("content-type", "").partition("charset=")
        try:
            return self.body.decode(charset.split(";")[0].strip(" \"'") or "cp1252", errors="replace")
        except LookupError:
            return self.body.decode("cp1252", errors="replace")


def decode_json(body: bytes) -> Any:
    """Decodes JSON in UTF-8, -16 or -32. A module-level function, so that the worker process can run it."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotJson(f"not JSON: {type(error).__name__}") from error


@dataclass(frozen=True, slots=True, repr=False)
class ProxySettings:
    """How to leave this machine. `mode`: system (environment and system settings), none, or manual with `url`.

    The representation never shows the address, which may hold a password.
    """

    mode: str = "system"
    url: str = ""

    def __repr__(self) -> str:
        return f"ProxySettings(mode={self.mode!r})"
