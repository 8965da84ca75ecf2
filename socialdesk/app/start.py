"""Opening the desk, or, where there is no screen, doing its main job without one."""

import contextlib
import gc
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from socialdesk.app.engine_start import EngineProcess
from socialdesk.app.opening import Opening
from socialdesk.app.profile import Profile
from socialdesk.services.profile_lock import ProfileLock

LOCK = "desk.lock"
NO_SCREEN = """There is no screen here. The commands work without one: socialdesk --help
To see the main job done off-screen on the practice networks: socialdesk run"""


def has_screen() -> bool:
    """Whether a window can be shown; a platform chosen by QT_QPA_PLATFORM counts as one."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def start(folder: Path | None, *, practice: bool, explain: bool) -> int:
    """Opens the window; returns the exit status. `explain`: without a screen the main job is done and told."""
    if not has_screen():
        return _rehearse() if explain else _say_no_screen()
    if practice:
        with _temporary_profile() as profile:
            return _open(profile, practice=True)
    return _open(Profile.choose(folder), practice=False)


def _open(profile: Profile, *, practice: bool) -> int:
    lock = ProfileLock(profile.data / LOCK)
    engine = None
    gc.disable()  # imports make much that stays: looking through it took 40 ms; the window collects for itself
    try:
        profile.make()
        if not practice and lock.acquire():  # the engine starts while the window's modules are loaded
            engine = EngineProcess(Opening(profile))
        from socialdesk.app.logs import log_to_file  # start-up: after the engine's

        log_to_file(profile)
    except OSError as error:
        sys.stderr.write(f"The profile folder cannot be used: {error.strerror or error}.\n")
        return 1
    from socialdesk.app.window import open_window  # Qt: not where there is no screen

    return open_window(profile, practice=practice, lock=lock, engine=engine)


def _say_no_screen() -> int:
    sys.stderr.write(NO_SCREEN + "\n")
    return 1


def _rehearse() -> int:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from socialdesk.app.offscreen import rehearse_offscreen  # the practice servers: only here

    with _temporary_profile() as profile:
        return 0 if rehearse_offscreen(profile) else 1


@contextlib.contextmanager
def _temporary_profile() -> Iterator[Profile]:
    """A profile that is gone afterwards, also where the system asks the program to end."""
    import tempfile  # start-up: only for the practice desk

    signal.signal(signal.SIGTERM, _leave)
    with tempfile.TemporaryDirectory(prefix="socialdesk-practice-") as folder:
        yield Profile.choose(Path(folder))


def _leave(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)
