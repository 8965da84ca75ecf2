"""What the sign-ins of practice networks have in common: their books, and the forms of OAuth 2.0 (RFC 6749, 7636)."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar
from urllib.parse import urlencode

from aiohttp import web

from socialdesk.practice.forms import read_form

App = TypeVar("App")
Grant = TypeVar("Grant")


@dataclass
class Books(Generic[App, Grant]):
    """Apps by client id; what codes and tokens give. `agrees`: the person's answer. `refreshed` counts renewals."""

    now: Callable[[], datetime]
    agrees: bool = True
    refreshed: int = 0
    apps: dict[str, App] = field(default_factory=dict)
    codes: dict[str, Grant] = field(default_factory=dict)
    tokens: dict[str, Grant] = field(default_factory=dict)
    refresh_tokens: dict[str, Grant] = field(default_factory=dict)

    def bearer(self, request: web.Request) -> Grant | None:
        """What the token in a request's header gives, None for one that nobody knows."""
        word, _, token = request.headers.get("Authorization", "").partition(" ")
        return self.tokens.get(token) if word.lower() == "bearer" else None

    def asking(self, request: web.Request) -> tuple[App | None, str]:
        """The app that wants to be let in, and where it wants to be answered."""
        return self.apps.get(request.query.get("client_id", "")), request.query.get("redirect_uri", "")


async def fields(request: web.Request) -> dict[str, str]:
    """The text fields of a form."""
    return {name: str(value) for name, value in await read_form(request)}


def proves(verifier: str, challenge: str) -> bool:
    """Whether the verifier is that of an S256 challenge."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=") == challenge


def back(redirect_uri: str, answer: Mapping[str, str]) -> web.Response:
    """The browser goes back to the app."""
    return web.Response(status=302, headers={"Location": f"{redirect_uri}?{urlencode(answer)}"})


def refusal(status: int, error: str, description: str) -> web.Response:
    """An error of the token endpoint."""
    return web.json_response({"error": error, "error_description": description}, status=status)
