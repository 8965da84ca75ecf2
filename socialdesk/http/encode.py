"""Turns what a caller gives (parameters, JSON, forms, files) into an address, headers and bytes."""

import base64
import functools
import ipaddress
import json as jsonlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, unquote, urlencode, urlsplit, urlunsplit

from socialdesk.core.errors import Rejected

Pairs = Mapping[str, object] | Sequence[tuple[str, object]]
Files = Mapping[str, tuple[str, bytes, str]]

_NUMBER = re.compile(r"\d+|0[xX][0-9A-Fa-f]*")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """A usable http(s) address: no fragment, no credentials in it; `authorization` is what the credentials said."""

    url: str
    scheme: str
    host: str
    port: int
    authorization: str = ""

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port


def parse_address(url: str, params: Pairs | None = None) -> Address:
    """Takes an address apart. Raises `Rejected` (invalid) for anything but http(s) with a host."""
    return _address(url, encode_pairs(params))


@lru_cache(maxsize=4096)  # the same feeds are asked again and again
def _address(url: str, more: str) -> Address:
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise Rejected("not an address", reason="invalid") from error
    scheme, host = parts.scheme.casefold(), (parts.hostname or "").rstrip(".")
    if scheme not in _PORTS:
        raise Rejected(f"not an http address: {scheme[:20] or 'no scheme'}", reason="invalid")
    if not host or any(c.isspace() or ord(c) < 33 for c in parts.netloc):
        raise Rejected("not an address", reason="invalid")
    host = _ascii_host(host)
    query = "&".join(q for q in (parts.query, more) if q)
    shown = f"[{host}]" if ":" in host else host
    netloc = shown if port is None or port == _PORTS[scheme] else f"{shown}:{port}"
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(query, safe="/%:@!$&'()*+,;=~-._?[]")
    clean = urlunsplit((scheme, netloc, path, query, ""))
    return Address(clean, scheme, host, port or _PORTS[scheme], _basic(parts.username, parts.password))


def encode_pairs(pairs: Pairs | None) -> str:
    """Form encoding. None values are left out, sequences repeat their name, booleans are true and false."""
    if not pairs:
        return ""
    items = pairs.items() if isinstance(pairs, Mapping) else pairs
    return urlencode([(name, _plain(one)) for name, value in items for one in _each(value)])


def encode_body(
    json: object = None, form: Pairs | None = None, files: Files | None = None, content: bytes | None = None
) -> tuple[bytes, str]:
    """The bytes of a body and its content type ("" = the caller's headers say). `files`: name -> (name, data, type)."""
    if content is not None:
        return content, ""
    if json is not None:
        text = jsonlib.dumps(json, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return text.encode(), "application/json"
    if files:
        return _multipart(form, files)
    if form is not None:
        return encode_pairs(form).encode(), "application/x-www-form-urlencoded"
    return b"", ""


def _multipart(form: Pairs | None, files: Files) -> tuple[bytes, str]:
    import httpx  # only uploads need it, and start-up must not wait for it

    items = form.items() if isinstance(form, Mapping) else form or ()
    fields: dict[str, list[str]] = {}
    for name, value in items:
        fields.setdefault(name, []).extend(_plain(one) for one in _each(value))
    request = httpx.Request("POST", "http://upload.example/", data=fields, files=dict(files))
    return request.read(), request.headers["content-type"]


def _each(value: object) -> Sequence[object]:
    if value is None:
        return ()
    return value if isinstance(value, (list, tuple)) else (value,)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


@functools.lru_cache(maxsize=2048)  # the same hosts come again and again
def _ascii_host(host: str) -> str:
    """The host as it goes on the wire. Numbers that are no plain IPv4 address (0x7f000001, 127.1) are refused."""
    if host.isascii():
        if ":" not in host and _NUMBER.fullmatch(host.rpartition(".")[2]) and not _is_ipv4(host):
            raise Rejected("not an address", reason="invalid")
        return host.casefold()
    import httpx  # names with other letters are rare; httpx carries the current IDNA rules

    try:
        return _ascii_host(httpx.URL(f"http://{host}/").raw_host.decode("ascii"))
    except (httpx.InvalidURL, ValueError) as error:
        raise Rejected("not an address", reason="invalid") from error


def _is_ipv4(host: str) -> bool:
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True


def _basic(user: str | None, password: str | None) -> str:
    if not user and not password:
        return ""
    pair = f"{unquote(user or '')}:{unquote(password or '')}"
    return "Basic " + base64.b64encode(pair.encode()).decode("ascii")
