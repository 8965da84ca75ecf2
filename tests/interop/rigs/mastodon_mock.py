"""PyPI's `mastodon-mock`: a server of the Mastodon API that others wrote and test with Mastodon.py.

It is no Mastodon: media is ready at once, ids are short numbers, nothing federates. Each start is an empty server.
"""

import secrets
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.interop.rigs.processes import answers, end, free_port, run, spawn, wait_until

PACKAGE = "mastodon-mock==0.6.1"
PEOPLE = ("northwind", "harbor")


@dataclass(frozen=True, slots=True)
class Instance:
    """Where it answers; `token` is that of the account `northwind`, `other` that of `harbor`."""

    url: str
    token: str = field(repr=False)
    other: str = field(repr=False)


def install(work: Path) -> None:
    """Makes an environment of its own for it. Raises RigError."""
    folder = _folder(work)
    if not (folder / "venv" / "bin" / "mastodon_mock").exists():
        run([sys.executable, "-m", "venv", "--clear", folder / "venv"])
        pip = [folder / "venv" / "bin" / "python", "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
        run([*pip, PACKAGE])


def start(work: Path) -> Instance:
    """Starts it and waits until it answers. Raises RigError."""
    install(work)
    stop(work)
    folder, port = _folder(work), free_port()
    url, log = f"http://127.0.0.1:{port}", folder / "server.log"
    program = [folder / "venv" / "bin" / "python", folder / "venv" / "bin" / "mastodon_mock"]
    tokens = {name: secrets.token_urlsafe(32) for name in PEOPLE}
    people = (f'[[seed.accounts]]\nusername = "{name}"\naccess_token = "{token}"\n' for name, token in tokens.items())
    (folder / "mock.toml").write_text("".join(people))
    options = ["serve", "--config", folder / "mock.toml", "--host", "127.0.0.1", "--port", port, "--in-memory"]
    pid = spawn([*program, *options], folder / "server.pid", log)
    wait_until(lambda: answers(f"{url}/api/v2/instance"), "mastodon-mock", pid, log)
    return Instance(url, *tokens.values())


def stop(work: Path) -> None:
    """Ends what `start` began, if it still runs."""
    end(_folder(work) / "server.pid")


def _folder(work: Path) -> Path:
    folder = work.resolve() / "mastodon-mock"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
