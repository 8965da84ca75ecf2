"""Processes of the rigs: started in sessions of their own, known by id and start time, ended by id and by nothing else.

Linux only: a process is recognised through `/proc`, so that an id that was given away again is never signalled.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

SOCKET_PATH = 80  # a unix socket's path holds 107 bytes, name included


class RigError(Exception):
    """A server cannot be installed or started; the text says why."""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def run(command: Sequence[object], *, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
    """Runs a command to its end and returns its output. Raises RigError with the end of what it said."""
    words = [str(word) for word in command]
    done = subprocess.run(
        words, cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RigError(f"{words[0]}: {(done.stdout + done.stderr)[-1500:]}")
    return done.stdout


def spawn(
    command: Sequence[object],
    pid_file: Path,
    log: Path,
    *,
    env: Mapping[str, str] | None = None,
    stdin: Path = Path(os.devnull),
) -> int:
    """Starts a server that outlives this process and writes down who it is. Returns its process id."""
    words = [str(word) for word in command]
    program = shutil.which(words[0])
    if program is None:
        raise RigError(f"{words[0]} is not installed")
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, str(stdin), os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    pid = os.posix_spawn(program, words, dict(os.environ if env is None else env), file_actions=actions, setsid=True)
    pid_file.write_text(f"{pid} {_started(pid)}")
    return pid


def end(pid_file: Path, how: signal.Signals = signal.SIGTERM) -> None:
    """Ends the server that `pid_file` names, with the workers of its session; nothing if it is already gone."""
    if not pid_file.exists():
        return
    pid, _, started = pid_file.read_text().partition(" ")
    pid_file.unlink()
    if not started or _started(int(pid)) != started:
        return
    group = int(pid)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, how)
    until = time.monotonic() + 15
    while time.monotonic() < until and _started(group) == started:
        time.sleep(0.05)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(group, 0)


def wait_until(ready: Callable[[], bool], what: str, pid: int, log: Path, seconds: float = 60) -> None:
    """Polls until `ready`. Raises RigError when the server ends before, or never gets there."""
    until = time.monotonic() + seconds
    while not ready():
        if not _started(pid) or time.monotonic() > until:
            raise RigError(f"{what} does not answer: {log.read_text(errors='replace')[-1500:]}")
        time.sleep(0.1)


def answers(url: str) -> bool:
    """Whether a web server gives any answer at all there."""
    try:
        with urllib.request.urlopen(url, timeout=10):
            return True
    except urllib.error.HTTPError as error:
        error.close()
        return True
    except OSError:
        return False


def socket_folder(wanted: Path) -> Path:
    """A private folder for unix sockets: the wanted one, or one in the temporary folder where its path is too long."""
    if len(str(wanted)) > SOCKET_PATH:
        return Path(tempfile.mkdtemp(prefix="socialdesk-rig-"))
    wanted.mkdir(mode=0o700, parents=True, exist_ok=True)
    return wanted


def _started(pid: int) -> str:
    """When the process began, in ticks since the machine's start; '' for one that is gone or waits to be reaped."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]
