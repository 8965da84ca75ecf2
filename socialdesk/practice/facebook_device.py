"""Login for Devices of the practice Facebook: codes that a person types at `/device`, and asking whether that was done.

Source: Meta's document "Login for Devices". The page is what a person sees there, with a button more to decline.
"""

import html
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from socialdesk.practice.facebook_oauth import KNOWN_SCOPES, LONG, App, OAuth
from socialdesk.practice.facebook_refusals import GraphError, bad_token, parameter
from socialdesk.practice.forms import read_form

LASTS = timedelta(minutes=7)
PENDING, SLOW_DOWN, EXPIRED, DECLINED = 1349174, 1349172, 1349152, 1349175
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Connect a device</title></head>
<body><h1>Connect a device</h1><p>{said}</p>
<form method="post">
<label>Code <input name="user_code" value="{code}"></label>
<button name="answer" value="yes">Continue</button>
<button name="answer" value="no">Cancel</button>
</form></body></html>
"""


@dataclass
class Device:
    """A code that waits. `agreed` None: nobody has typed it yet. `asked` is when it was last asked for."""

    user_code: str
    scopes: frozenset[str]
    ends: datetime
    agreed: bool | None = None
    asked: datetime | None = None


class Devices:
    """Knobs: `interval_s`, `switched_on` (the app's “Login from devices”), `slow_downs` (so many in any case)."""

    def __init__(self, oauth: OAuth, now: Callable[[], datetime], address: Callable[[], str]) -> None:
        self._oauth, self._now, self._address = oauth, now, address
        self.interval_s = 5
        self.switched_on = True
        self.slow_downs = 0
        self.waiting: dict[str, Device] = {}

    def agree(self, user_code: str, *, agrees: bool = True) -> bool:
        """What the person does on the page. False for a code that nobody gave."""
        typed = user_code.strip().upper()
        found = next((device for device in self.waiting.values() if device.user_code == typed), None)
        if found is None:
            return False
        found.agreed = agrees
        return True

    def begin(self, _request: web.Request, asked: Mapping[str, str]) -> dict[str, object]:
        """`POST /device/login`. Raises GraphError."""
        self._app(asked)
        if not self.switched_on:
            raise GraphError(3, '(#3) enable "Login from Devices" in the "Client OAuth Settings"')
        scopes = frozenset(filter(None, asked.get("scope", "").split(",")))
        if scopes - KNOWN_SCOPES:
            raise parameter(f"Invalid Scopes: {', '.join(sorted(scopes - KNOWN_SCOPES))}")
        code = secrets.token_hex(16)
        user_code = "".join(secrets.choice(_LETTERS) for _ in range(8))
        self.waiting[code] = Device(user_code, scopes, self._now() + LASTS)
        return {
            "code": code,
            "user_code": user_code,
            "verification_uri": f"{self._address()}/device",
            "expires_in": int(LASTS.total_seconds()),
            "interval": self.interval_s,
        }

    def status(self, _request: web.Request, asked: Mapping[str, str]) -> dict[str, object]:
        """`POST /device/login_status`. Raises GraphError while the person has not finished."""
        self._app(asked)
        device = self.waiting.get(asked.get("code", ""))
        if device is None or device.ends <= self._now():
            raise GraphError(463, "The code has expired", sub=EXPIRED)
        before, device.asked = device.asked, self._now()
        if self.slow_downs > 0:
            self.slow_downs -= 1
            raise GraphError(17, "User request limit reached", sub=SLOW_DOWN)
        if before is not None and self._now() - before < timedelta(seconds=self.interval_s) * 0.9:
            raise GraphError(17, "User request limit reached", sub=SLOW_DOWN)
        if device.agreed is None:
            raise GraphError(31, "This request requires the user to take a pending action", sub=PENDING)
        del self.waiting[asked["code"]]
        if not device.agreed:
            raise GraphError(190, "The user has declined", sub=DECLINED)
        return {"access_token": self._oauth.give(device.scopes, lasts=LONG), "expires_in": int(LONG.total_seconds())}

    async def page(self, request: web.Request) -> web.Response:
        """`/device`: where the person types the code."""
        said, typed = "Enter the code that your device shows.", request.query.get("user_code", "")
        if request.method == "POST":
            form = dict(await read_form(request))
            typed = str(form.get("user_code", ""))
            known = self.agree(typed, agrees=form.get("answer") != "no")
            said = "Go back to your device." if known else "There is no such code. Check it."
        return web.Response(text=_PAGE.format(said=said, code=html.escape(typed)), content_type="text/html")

    def _app(self, asked: Mapping[str, str]) -> App:
        """The app that an `APP_ID|CLIENT_TOKEN` names."""
        app_id, _, client_token = asked.get("access_token", "").partition("|")
        app = self._oauth.apps.get(app_id)
        if app is None or client_token != app.client_token:
            raise bad_token(0, "Invalid OAuth access token signature.")
        return app
