"""PyPI's `mastodon-mock`: a server of the Mastodon API that others wrote and test with Mastodon.py.

It is no Mastodon: media is ready at once, ids are short numbers, nothing federates. Each start is an empty server.
"""

import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.interop.rigs.processes import answers, end, free_port, run, spawn, wait_until

PACKAGE = "mastodon-mock==0.6.1"
TOKEN = "mock_token"


@dataclass(frozen=True, slots=True)
class Instance:
    url: str
    token: str = field(repr=False)


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
    options = ["serve", "--host", "127.0.0.1", "--port", port, "--in-memory"]
    pid = spawn([*program, *options], folder / "server.pid", log)
    wait_until(lambda: answers(f"{url}/api/v2/instance"), "mastodon-mock", pid, log)
    return Instance(url, TOKEN)


def stop(work: Path) -> None:
    """Ends what `start` began, if it still runs."""
    end(_folder(work) / "server.pid")


def _folder(work: Path) -> Path:
    folder = work.resolve() / "mastodon-mock"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
