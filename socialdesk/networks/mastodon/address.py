"""Finding the server from what people type: a host, a handle, a profile's address. Pure."""

import ipaddress
from urllib.parse import urlsplit

from socialdesk.core.errors import Rejected


def server_of(typed: str) -> str:
    """The base URL, without a trailing slash, that `typed` names: host, user@host, @user@host or any address there.

    https unless http is written out or the host is this machine. Raises `Rejected` (invalid).
    """
    text = typed.strip().strip("/").strip()
    scheme, rest = "", text
    if "://" in text:
        scheme, _, rest = text.partition("://")
        rest = rest.partition("/")[0]
    else:
        rest = rest.removeprefix("acct:").partition("/")[0]
    host = rest.rpartition("@")[2].strip().rstrip(".").lower()
    try:
        parts = urlsplit(f"//{host}")
        name, port = parts.hostname or "", parts.port
    except ValueError:
        name, port = "", None
    local = _is_this_machine(name)
    if scheme not in {"", "http", "https"} or not name or not (local or "." in name or _is_ip(name)) or " " in name:
        raise Rejected("not the address of a server", reason="invalid")
    shown = f"[{name}]" if ":" in name else _ascii(name)
    place = f"{shown}:{port}" if port else shown
    return f"{scheme or ('http' if local else 'https')}://{place}"


def handle_of(typed: str) -> str:
    """user@host, when a complete handle was typed; else ''."""
    text = typed.strip().removeprefix("acct:").removeprefix("@")
    user, _, host = text.partition("@")
    return text if user and "." in host and "/" not in text and "@" not in host else ""


def account_of(typed: str) -> tuple[str, str]:
    """(acct, host): what `accounts/lookup` takes, and the host it lives on ('' = the server asked).

    `typed` is name, @name@host or a profile's address (https://host/@name, https://host/users/name).
    """
    text = typed.strip().strip("/")
    if "://" in text:
        parts = urlsplit(text)
        name, _, host = parts.path.strip("/").removeprefix("users/").removeprefix("@").partition("/")[0].partition("@")
        host = host or parts.netloc.rpartition("@")[2]
    else:
        name, _, host = text.removeprefix("acct:").removeprefix("@").partition("@")
    if not name or any(c.isspace() for c in name + host):
        raise Rejected("not the name of an account", reason="invalid")
    return (f"{name}@{host.lower()}" if host else name), host.lower()


def tags_of(typed: str) -> tuple[str, ...]:
    """Up to four hashtags without #, divided by commas or #. Words with spaces between them are one tag."""
    pieces = typed.replace("＃", "#").replace("#", ",").split(",")
    tags = dict.fromkeys("".join(piece.split()) for piece in pieces)
    found = tuple(tag for tag in tags if tag)[:4]
    if not found or any(set(tag) & set("/?&%") for tag in found):
        raise Rejected("not a hashtag", reason="invalid")
    return found


def _is_ip(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_this_machine(name: str) -> bool:
    return name == "localhost" or (_is_ip(name) and ipaddress.ip_address(name).is_loopback)


def _ascii(name: str) -> str:
    try:
        return name if name.isascii() else name.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise Rejected("not the address of a server", reason="invalid") from error
