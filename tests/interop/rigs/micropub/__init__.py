"""PyPI's `django-indieweb` in a bare Django site (`ownsite.py`): Micropub, a media endpoint and IndieAuth of others.

Each start is an empty site with one person, who signs in to it with `USER` and `PASSWORD`.
"""

import http.cookiejar
import re
import sys
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

from tests.interop.rigs.processes import answers, end, free_port, run, spawn, wait_until

HERE = Path(__file__).resolve().parent
PACKAGE = "django-indieweb==0.6.2"
USER, PASSWORD = "owner", "owner-pass-1"


@dataclass(frozen=True, slots=True)
class Site:
    """`url` is the site's own address, `token` one that may do everything."""

    url: str
    token: str = field(repr=False)


def install(work: Path) -> None:
    """Makes an environment of its own for it. Raises RigError."""
    folder = _folder(work)
    if not (folder / "installed").exists():
        run([sys.executable, "-m", "venv", "--clear", folder / "venv"])
        pip = [folder / "venv" / "bin" / "python", "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
        run([*pip, PACKAGE])
        (folder / "installed").touch()


def start(work: Path) -> Site:
    """Starts it and waits until it answers. Raises RigError."""
    install(work)
    stop(work)
    folder, port = _folder(work), free_port()
    url, log, token = f"http://127.0.0.1:{port}", folder / "server.log", folder / "token"
    for old in (folder / "site.db", token):
        old.unlink(missing_ok=True)
    command = [folder / "venv" / "bin" / "python", HERE / "ownsite.py", port, folder, USER, PASSWORD]
    pid = spawn(command, folder / "server.pid", log)
    wait_until(lambda: token.exists() and answers(url), "django-indieweb", pid, log)
    return Site(url, token.read_text())


def stop(work: Path) -> None:
    """Ends what `start` began, if it still runs."""
    end(_folder(work) / "server.pid")


def agree(url: str) -> str:
    """What a person does in the browser: signs in at the site, agrees, and ends on the address that is returned."""
    browser = urllib.request.build_opener(
        urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), _StopsAtCallback()
    )
    login = browser.open(url, timeout=30)
    fields = _hidden(login.read().decode()) | {"username": USER, "password": PASSWORD}
    consent = browser.open(login.url, urllib.parse.urlencode(fields).encode(), timeout=30)
    asked = _hidden(consent.read().decode()) | {"action": "approve"}
    try:
        browser.open(consent.url, urllib.parse.urlencode(asked).encode(), timeout=30)
    except _AtCallback as there:
        return there.url
    raise AssertionError("the site sent nobody back")


class _AtCallback(Exception):
    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


class _StopsAtCallback(urllib.request.HTTPRedirectHandler):
    def redirect_request(  # type: ignore[no-untyped-def]
        self, request, answer, code, message, headers, new_url
    ) -> urllib.request.Request | None:
        if "/callback?" in new_url:
            raise _AtCallback(new_url)
        return super().redirect_request(request, answer, code, message, headers, new_url)


def _hidden(page: str) -> dict[str, str]:
    found = {}
    for tag in re.findall(r"<input\b[^>]*>", page):
        named = {name: unescape(value) for name, value in re.findall(r'([a-z]+)="([^"]*)"', tag)}
        if named.get("type") == "hidden" and "name" in named:
            found[named["name"]] = named.get("value", "")
    return found


def _folder(work: Path) -> Path:
    folder = work.resolve() / "micropub"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
