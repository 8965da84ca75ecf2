"""A real Ghost out of npm, on SQLite, installed from its own lockfile with the pnpm it names. Loopback only.

Each start is a fresh site with an owner, the key of an integration and the owner's own staff access token.
"""

import http.cookiejar
import json
import shutil
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.interop.rigs import node
from tests.interop.rigs.processes import answers, end, free_port, run, spawn, wait_until

GHOST = "6.65.0"
PNPM = "12.4.2"
CLIENT = "@tryghost/admin-api@1.14.13"
HERE = Path(__file__).resolve().parent
MAIL, PASSWORD = "owner@mail.example", "Sturdy-Lantern-4711"
ADMIN = "/ghost/api/admin"


@dataclass(frozen=True, slots=True)
class Site:
    """Where it answers; `key` is that of an integration, `staff` the owner's access token (both Admin API keys)."""

    url: str
    key: str = field(repr=False)
    staff: str = field(repr=False)


def install(work: Path) -> None:
    """Fetches and builds it, about 740 MB and two minutes the first time. Raises RigError."""
    node.install(work)
    folder, env = _folder(work), node.environment(work)
    node.npm_install(folder / "client", CLIENT, "node_modules/@tryghost/admin-api/package.json", env)
    if (folder / "installed").exists():
        return
    shutil.rmtree(folder / "package", ignore_errors=True)
    node.npm_install(folder / "tool", f"pnpm@{PNPM}", "node_modules/.bin/pnpm", env)
    run(["npm", "pack", "--silent", f"ghost@{GHOST}"], cwd=folder, env=env)
    run(["tar", "xzf", f"ghost-{GHOST}.tgz"], cwd=folder)
    (folder / f"ghost-{GHOST}.tgz").unlink()
    pnpm = [folder / "tool" / "node_modules" / ".bin" / "pnpm", "install", "--prod", "--frozen-lockfile"]
    run([*pnpm, "--store-dir", folder / "store", "--reporter=append-only"], cwd=folder / "package", env=env)
    shutil.rmtree(folder / "store", ignore_errors=True)  # its files live on as hard links
    (folder / "installed").touch()


def start(work: Path) -> Site:
    """Starts it and waits until it answers. Raises RigError."""
    install(work)
    stop(work)
    folder, port = _folder(work), free_port()
    url, log, package = f"http://127.0.0.1:{port}", folder / "server.log", folder / "package"
    for old in folder.glob("site.db*"):
        old.unlink()
    (package / "config.development.json").write_text(json.dumps(_config(url, port, folder / "site.db")))
    env = node.environment(work) | {"NODE_ENV": "development"}
    command = ["env", "-C", package, node.program(work), "--require", node.LOOPBACK, "index.js"]
    pid = spawn(command, folder / "server.pid", log, env=env)
    wait_until(lambda: answers(f"{url}{ADMIN}/site/") and _is_ready(url), "Ghost", pid, log, seconds=120)
    return Site(url, *_keys(url))


def stop(work: Path) -> None:
    """Ends what `start` began, if it still runs."""
    end(_folder(work) / "server.pid")


def judge(work: Path, url: str, key: str, picture: Path) -> dict[str, Any]:
    """What Ghost's own client library makes of a server; see judge.mjs. Raises RigError."""
    command = [node.program(work), HERE / "judge.mjs", _folder(work) / "client", url, key, picture]
    said: dict[str, Any] = json.loads(run(command, env=node.environment(work)))
    return said


def _config(url: str, port: int, database: Path) -> dict[str, Any]:
    """Sends no mail, asks nobody outside, and lets one sign in as often as tests do."""
    free = {"freeRetries": 100_000}
    connection = {"filename": str(database)}
    return {
        "url": url,
        "server": {"host": "127.0.0.1", "port": port},
        "database": {"client": "better-sqlite3", "connection": connection, "useNullAsDefault": True, "debug": False},
        "mail": {"transport": "stub"},
        "privacy": {"useUpdateCheck": False, "useGravatar": False, "useRpcPing": False},
        "spam": {"user_login": free, "global_block": free},
        "security": {"staffDeviceVerification": False},
        "logging": {"level": "info", "transports": ["stdout"]},
    }


def _is_ready(url: str) -> bool:
    """While it starts it answers everything with 503."""
    try:
        with urllib.request.urlopen(f"{url}{ADMIN}/authentication/setup/", timeout=10) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _keys(url: str) -> tuple[str, str]:
    """Claims the fresh site, and makes an integration and a staff token there."""
    jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    opener = urllib.request.build_opener(jar)

    def call(method: str, path: str, body: object = None) -> Any:
        headers = {"Content-Type": "application/json", "Origin": url, "Accept-Version": "v6.0"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{url}{ADMIN}/{path}", data, headers, method=method)
        with opener.open(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text[:1] in (b"{", b"[") else None

    owner = {"name": "Owner", "email": MAIL, "password": PASSWORD, "blogTitle": "Northwind Pumps"}
    call("POST", "authentication/setup/", {"setup": [owner]})
    call("POST", "session/", {"username": MAIL, "password": PASSWORD})
    made = call("POST", "integrations/?include=api_keys", {"integrations": [{"name": "SocialDesk"}]})
    keys = {key["type"]: key for key in made["integrations"][0]["api_keys"]}
    number = call("GET", "users/me/")["users"][0]["id"]
    staff = call("PUT", f"users/{number}/token/", {})["apiKey"]
    return str(keys["admin"]["secret"]), f"{staff['id']}:{staff['secret']}"


def _folder(work: Path) -> Path:
    folder = work.resolve() / "ghost"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
