"""A real Secret Service (GNOME Keyring) on a private session bus; the caller's own bus and keyring are never touched.

The bus starts nothing by itself: where the keyring is locked no prompt can appear, as before anybody has logged in.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.interop.rigs.processes import RigError, end, socket_folder, spawn, wait_until

PROGRAMS = ("dbus-daemon", "dbus-send", "gnome-keyring-daemon")
PASSWORD = "opens the test keyring"
NAME = "org.freedesktop.secrets"
# What would lead a program to the caller's own bus, keyring or screen, or away from any.
HIDDEN = (
    "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "GNOME_KEYRING_CONTROL", "SSH_AUTH_SOCK",
    "PYTHON_KEYRING_BACKEND", "XDG_RUNTIME_DIR",
)  # fmt: skip
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>
"""


def install(_work: Path) -> None:
    """Raises RigError where a Debian package is missing."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        raise RigError(f"{', '.join(missing)}: missing; tests/interop/run.sh installs gnome-keyring and dbus")


class SecretService:
    """One bus, with or without a keyring. Keyrings stay in WORK/secret-service between runs of one `name`."""

    def __init__(self, work: Path, name: str) -> None:
        self._folder = work.resolve() / "secret-service" / name
        self._run: Path | None = None

    def start(self, *, keyring: bool = True, unlocked: bool = True) -> Mapping[str, str]:
        """Starts the bus and the keyring; returns the environment of programs that are to use it. Raises RigError."""
        install(self._folder)
        self.stop()
        self._folder.mkdir(parents=True, exist_ok=True)
        self._run = socket_folder(self._folder / "run")
        (self._folder / "run.dir").write_text(str(self._run))
        address = self._start_bus(self._run / "bus")
        environment = {k: v for k, v in os.environ.items() if k not in HIDDEN} | {
            "DBUS_SESSION_BUS_ADDRESS": address,
            "XDG_RUNTIME_DIR": str(self._run),
            "XDG_DATA_HOME": str(self._folder / "data"),
            "XDG_CONFIG_HOME": str(self._folder / "config"),
            "XDG_CACHE_HOME": str(self._folder / "cache"),
        }
        if keyring:
            self._start_keyring(environment, unlocked=unlocked)
        return environment

    def stop(self) -> None:
        """Ends keyring and bus, if they still run. What is stored stays."""
        end(self._folder / "keyring.pid")
        end(self._folder / "bus.pid")
        kept = self._folder / "run.dir"
        if kept.exists():
            shutil.rmtree(kept.read_text(), ignore_errors=True)
            kept.unlink()

    def forget(self) -> None:
        """Deletes the keyrings themselves."""
        shutil.rmtree(self._folder / "data", ignore_errors=True)

    def keyring_files(self) -> tuple[Path, ...]:
        return tuple(path for path in (self._folder / "data").rglob("*") if path.is_file())

    def _start_bus(self, socket: Path) -> str:
        config, log = self._folder / "bus.conf", self._folder / "bus.log"
        config.write_text(BUS.replace("{socket}", str(socket)))
        command = ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile"]
        pid = spawn(command, self._folder / "bus.pid", log)
        wait_until(socket.exists, "dbus-daemon", pid, log)
        return f"unix:path={socket}"

    def _start_keyring(self, environment: Mapping[str, str], *, unlocked: bool) -> None:
        for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            Path(environment[variable]).mkdir(parents=True, exist_ok=True)
        command, log = ["gnome-keyring-daemon", "--foreground", "--components=secrets"], self._folder / "keyring.log"
        password = self._folder / "password"
        password.write_text(PASSWORD)  # the daemon takes the whole of its standard input for it
        more = {"stdin": password} if unlocked else {}
        pid = spawn([*command, *(["--unlock"] if unlocked else [])], self._folder / "keyring.pid", log,
                    env=environment, **more)  # fmt: skip
        wait_until(lambda: _has_owner(environment), "gnome-keyring-daemon", pid, log)


def without_any() -> dict[str, str]:
    """The environment of a machine that has neither session bus nor keyring."""
    return {k: v for k, v in os.environ.items() if k not in HIDDEN}


def stop(work: Path) -> None:
    """Ends every bus and keyring that was started under WORK."""
    for folder in (work.resolve() / "secret-service").glob("*"):
        SecretService(work, folder.name).stop()


def _has_owner(environment: Mapping[str, str]) -> bool:
    ask = ["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/"]
    method = ["org.freedesktop.DBus.NameHasOwner", f"string:{NAME}"]
    done = subprocess.run([*ask, *method], env=environment, capture_output=True, text=True, check=False)
    return "boolean true" in done.stdout
