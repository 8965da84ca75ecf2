"""Login for Devices: the person types a code at Facebook, on this computer or a telephone. No redirect, no app secret.

Source: Meta's document "Login for Devices". The client token that names the app is no secret. Whether an app may be
given a Page's permissions this way is for Meta to say: a Page that is not found asks for the browser sign-in.
"""

from collections.abc import Mapping

from socialdesk.core.errors import InputError, NetworkError, Rejected, Unreachable
from socialdesk.core.network import DeviceStep, NotYet
from socialdesk.core.tolerant import number, string, web
from socialdesk.http import oauth
from socialdesk.http.oauth import CLIENT_ID
from socialdesk.networks.facebook.client import ACCESS, Client
from socialdesk.networks.facebook.signin import Person, app_of, scopes_of

CLIENT_TOKEN = "client_token"  # noqa: S105 - the name of a field
PENDING, SLOW_DOWN, EXPIRED = 1349174, 1349172, 1349152
_USUAL_S = 420


async def begin(client: Client, answers: Mapping[str, str]) -> DeviceStep:
    """The code to show. Raises InputError for what cannot be an app, Rejected for an app that may not."""
    app, client_token = app_of(answers), answers.get(CLIENT_TOKEN, "").strip()
    if not app.get(CLIENT_ID):
        raise InputError("The App ID is missing.", "It is in App settings, Basic.")
    if not client_token or not oauth.is_plain(client_token) or "|" in client_token:
        raise InputError("That is not a Client token.", "It is in App settings, Advanced, under Security.")
    named = f"{app[CLIENT_ID]}|{client_token}"
    try:
        answer = await client.post("device/login", {ACCESS: named, "scope": scopes_of(answers)}, harmless=True)
    except NetworkError as error:
        if _sub(error) == "0" and str(error).startswith(("code 190/", "code 101/", "code 3/")):
            raise Rejected(str(error), reason="app_not_allowed", detail=error.detail) from error
        raise
    code, user_code, url = (string(answer.get(name)) for name in ("code", "user_code", "verification_uri"))
    if not code or not user_code or not web(url):
        raise Unreachable("Facebook gave no code", reason="invalid_answer")
    keep = {
        "server": client.base,
        "version": client.version,
        "page": answers.get("page", "").strip(),
        CLIENT_TOKEN: client_token,
        **app,
    }
    lasts, interval = number(answer.get("expires_in")) or _USUAL_S, number(answer.get("interval")) or 5
    return DeviceStep(user_code, url, code, lasts, interval, keep=keep)


async def poll(client: Client, step: DeviceStep) -> Person | NotYet:
    """The person's token once the code was typed. Raises Rejected (code_ended, declined)."""
    app = app_of(step.keep)
    asked = {ACCESS: f"{app.get(CLIENT_ID, '')}|{step.keep.get(CLIENT_TOKEN, '')}", "code": step.device_code}
    try:
        answer = await client.post("device/login_status", asked, harmless=True)
    except NetworkError as error:
        return _not_yet(error)
    token, lasts = string(answer.get(ACCESS)), number(answer.get("expires_in"))
    if not token:
        raise Unreachable("Facebook gave no token", reason="invalid_answer")
    return Person(token, oauth.stamp(client.now().timestamp() + lasts) if lasts else "", app)


def _not_yet(error: NetworkError) -> NotYet:
    """What a refusal means: sub-codes count. One that Meta does not document, of the kind of a bad token, is a no."""
    sub = _sub(error)
    if sub == str(PENDING):
        return NotYet()
    if sub == str(SLOW_DOWN):
        return NotYet(slower=True)
    if sub == str(EXPIRED):
        raise Rejected(str(error), reason="code_ended", detail=error.detail) from error
    if str(error).startswith("code 190/"):
        raise Rejected(str(error), reason="declined", detail=error.detail) from error
    raise error


def _sub(error: NetworkError) -> str:
    """The sub-code in an error that `refusals.refusal` made."""
    return str(error).partition("/")[2]
