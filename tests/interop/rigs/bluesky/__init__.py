"""The real Bluesky network on loopback: identity directory, PDS and app view out of npm's `@atproto/dev-env`.

The app view's database is a PostgreSQL of its own (Debian's programs). Each start is a new, empty network, because its
directory of identities lives in memory. Any handle ending in `.test` can be registered; tokens are signed with
`TOKEN_SECRET`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.interop.rigs import node, postgres
from tests.interop.rigs.processes import end, free_port, run, spawn, wait_until

HERE = Path(__file__).resolve().parent
DEV_ENV = "@atproto/dev-env@0.6.7"
CLIENT = "@atproto/oauth-client-node@0.5.3"
TOKEN_SECRET = b"jwt-secret"


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
    postgres.programs()
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
        "DB_POSTGRES_URL": f"postgresql://rig@127.0.0.1:{postgres.start(folder)}/postgres",
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
    postgres.stop(folder)


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
