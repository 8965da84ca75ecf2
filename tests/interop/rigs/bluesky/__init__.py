"""The real Bluesky network on loopback: identity directory, PDS and app view out of npm's `@atproto/dev-env`.

The app view's database is a PostgreSQL of its own (Debian's programs). Each start is a new, empty network, because its
directory of identities lives in memory. Any handle ending in `.test` can be registered; tokens are signed with
`TOKEN_SECRET`.
"""

import json
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.interop.rigs import node
from tests.interop.rigs.processes import RigError, end, free_port, run, spawn, wait_until

HERE = Path(__file__).resolve().parent
DEV_ENV = "@atproto/dev-env@0.6.7"
CLIENT = "@atproto/oauth-client-node@0.5.3"
TOKEN_SECRET = b"jwt-secret"
DATABASE_USER = "postgres"  # who runs the database where this process is root, as which it refuses to run
OPTIONS = ("fsync=off", "max_connections=200", "listen_addresses=127.0.0.1", "unix_socket_directories=")


@dataclass(frozen=True, slots=True)
class Network:
    """`service` is the PDS to sign in to, `appview` answers public questions.

    `generator` is the DID of a feed generator: each of its feeds gives the posts that were last put into `feed`.
    """

    service: str
    appview: str
    generator: str
    feed: Path


def install(work: Path) -> None:
    """Fetches what is missing, about 480 MB the first time. Raises RigError."""
    if _database_programs() is None:
        raise RigError("PostgreSQL is missing; tests/interop/run.sh installs it")
    folder = _folder(work)
    node.install(work)
    node.npm_install(folder, DEV_ENV, "node_modules/@atproto/dev-env/package.json", node.environment(work))
    node.npm_install(
        folder / "client", CLIENT, "node_modules/@atproto/oauth-client-node/package.json", node.environment(work)
    )


def start(work: Path) -> Network:
    """Starts the network and waits until all of it answers. Raises RigError."""
    install(work)
    stop(work)
    folder = _folder(work)
    ports, ready, log = (
        {name: free_port() for name in ("plc", "pds", "bsky", "ozone")},
        folder / "ready",
        folder / "server.log",
    )
    (folder / "ports.json").write_text(json.dumps(ports))
    (folder / "tmp").mkdir(exist_ok=True)
    (folder / "feed.json").write_text("[]")
    ready.unlink(missing_ok=True)
    env = node.environment(work) | {
        "DB_POSTGRES_URL": f"postgresql://rig@127.0.0.1:{_start_database(folder)}/postgres",
        "DB_POSTGRES_SCHEMA": "rig",
        "REDIS_HOST": "127.0.0.1:1",  # only asserted to be set, never used
        "LOG_ENABLED": "false",
        "NODE_OPTIONS": "--dns-result-order=ipv4first",
        "TMPDIR": str(folder / "tmp"),
    }
    scripts = ["--require", node.LOOPBACK, HERE / "server.mjs"]
    pid = spawn(
        [node.program(work), *scripts, folder, folder / "ports.json", ready], folder / "server.pid", log, env=env
    )
    wait_until(ready.exists, "the Bluesky network", pid, log, seconds=120)
    service, appview = (f"http://localhost:{ports[name]}" for name in ("pds", "bsky"))
    return Network(service, appview, ready.read_text().strip(), folder / "feed.json")


def stop(work: Path) -> None:
    """Ends what `start` began, if it still runs."""
    folder = _folder(work)
    end(folder / "server.pid")
    end(folder / "database.pid", signal.SIGINT)
    data = folder / "database.dir"
    if data.exists():
        shutil.rmtree(data.read_text(), ignore_errors=True)
        data.unlink()


def judge(work: Path, question: Mapping[str, Any]) -> dict[str, Any]:
    """Asks the official client library; see judge.mjs for the form. Raises RigError."""
    folder = _folder(work)
    asked = folder / "question.json"
    asked.write_text(json.dumps(question))
    answer: dict[str, Any] = json.loads(run([node.program(work), HERE / "judge.mjs", folder, asked]))
    return answer


def sign_in(work: Path, server: str, handle: str) -> dict[str, Any]:
    """Lets the official OAuth client sign in at `server`; see oauth.mjs for what it tells. Raises RigError."""
    told = run([node.program(work), HERE / "oauth.mjs", _folder(work) / "client", server, handle])
    answer: dict[str, Any] = json.loads(told)
    return answer


def _folder(work: Path) -> Path:
    folder = work.resolve() / "bluesky"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _database_programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    program = str(found[-1]) if found else shutil.which("initdb")
    return Path(program).parent if program else None


def _start_database(folder: Path) -> int:
    programs = _database_programs()
    if programs is None:
        raise RigError("PostgreSQL is missing")
    as_owner = ["setpriv", f"--reuid={DATABASE_USER}", f"--regid={DATABASE_USER}", "--clear-groups"]
    prefix = as_owner if os.getuid() == 0 else []
    home = Path(tempfile.mkdtemp(prefix="database-", dir=folder if _is_reachable(folder, prefix) else None))
    (folder / "database.dir").write_text(str(home))
    if prefix:
        owner = pwd.getpwnam(DATABASE_USER)
        os.chown(home, owner.pw_uid, owner.pw_gid)
    run([*prefix, programs / "initdb", "-D", home / "data", "-U", "rig", "-A", "trust", "--no-sync"], cwd=home)
    port, log = free_port(), folder / "database.log"
    options = [word for option in OPTIONS for word in ("-c", option)]
    command = [*prefix, programs / "postgres", "-D", home / "data", "-p", port, *options]
    pid = spawn(command, folder / "database.pid", log)
    wait_until(lambda: "ready to accept connections" in log.read_text(), "PostgreSQL", pid, log)
    return port


def _is_reachable(folder: Path, prefix: list[str]) -> bool:
    """Whether the database's owner can get there: not below a home folder that is closed to others."""
    return subprocess.run([*prefix, "test", "-x", str(folder)], check=False).returncode == 0
