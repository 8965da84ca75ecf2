"""A PostgreSQL of a rig's own (Debian's programs), on loopback, new at each start. Its superuser is `rig`."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from tests.interop.rigs.processes import RigError, end, free_port, run, spawn, wait_until

OWNER = "postgres"  # who runs the database where this process is root, as which it refuses to run
OPTIONS = ("fsync=off", "max_connections=200", "listen_addresses=127.0.0.1", "unix_socket_directories=")


def programs() -> Path:
    """Where its programs are. Raises RigError where there are none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    program = str(found[-1]) if found else shutil.which("initdb")
    if program is None:
        raise RigError("PostgreSQL is missing; tests/interop/run.sh installs it")
    return Path(program).parent


def start(folder: Path) -> int:
    """Starts an empty server and returns its port; `stop` ends it. Raises RigError."""
    found = programs()
    as_owner = ["setpriv", f"--reuid={OWNER}", f"--regid={OWNER}", "--clear-groups"]
    prefix = as_owner if os.getuid() == 0 else []
    home = Path(tempfile.mkdtemp(prefix="database-", dir=folder if _is_reachable(folder, prefix) else None))
    (folder / "database.dir").write_text(str(home))
    if prefix:
        owner = pwd.getpwnam(OWNER)
        os.chown(home, owner.pw_uid, owner.pw_gid)
    run([*prefix, found / "initdb", "-D", home / "data", "-U", "rig", "-A", "trust", "--no-sync"], cwd=home)
    port, log = free_port(), folder / "database.log"
    options = [word for option in OPTIONS for word in ("-c", option)]
    command = [*prefix, found / "postgres", "-D", home / "data", "-p", port, *options]
    pid = spawn(command, folder / "database.pid", log)
    wait_until(lambda: "ready to accept connections" in log.read_text(), "PostgreSQL", pid, log)
    return port


def stop(folder: Path) -> None:
    """Ends what `start` began, if it still runs, and removes its data."""
    end(folder / "database.pid", signal.SIGINT)
    data = folder / "database.dir"
    if data.exists():
        shutil.rmtree(data.read_text(), ignore_errors=True)
        data.unlink()


def ask(port: int, database: str, *statements: str) -> str:
    """Runs statements as `rig` and returns what they give, unaligned. Raises RigError."""
    wanted = [word for statement in statements for word in ("-c", statement)]
    where = ["-h", "127.0.0.1", "-p", port, "-U", "rig", "-d", database]
    return run([programs() / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *where, *wanted])


def _is_reachable(folder: Path, prefix: list[str]) -> bool:
    """Whether the database's owner can get there: not below a home folder that is closed to others."""
    return subprocess.run([*prefix, "test", "-x", str(folder)], check=False).returncode == 0
