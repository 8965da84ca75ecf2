"""`make run` on a machine without a screen: the main job on the practice networks, and a picture of the desk."""

import asyncio
import sys
from pathlib import Path

from socialdesk.app.profile import Profile
from socialdesk.app.rehearsal import rehearse
from socialdesk.app.window import Opened, open_window

PICTURE = "socialdesk-screenshot.png"
PATIENCE_S = 20


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def rehearse_offscreen(profile: Profile) -> bool:
    """Returns whether every step came out right."""
    say("There is no screen here, so the main job is done off-screen on the practice networks.")
    results: list[bool] = []

    async def script(opened: Opened) -> None:
        assert opened.practice is not None  # noqa: S101 (asked for below)
        await opened.bridge.call(opened.services.refresh.now)
        await settled(opened)
        picture = Path.cwd() / PICTURE
        saved = opened.shell.window.grab().save(str(picture))
        cut = opened.practice.stop
        results.append(await rehearse(opened.services, opened.practice, cut, say))
        say(f"Screenshot: {picture}" if saved else "The screenshot could not be written here.")

    open_window(profile, practice=True, script=script)
    done = bool(results) and all(results)
    say("Everything came out right." if done else "Something did not come out right; see above.")
    return done


async def settled(opened: Opened) -> None:
    """Returns when the columns are filled and the pictures that they show have come, or patience ends."""
    opened.shell.window.resize(1600, 1000)
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not _is_filled(opened):  # noqa: ASYNC110 (what is waited for is the state of widgets)
                await asyncio.sleep(0.05)
            await asyncio.sleep(0.3)
            while opened.desk.pictures.busy:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    except TimeoutError:
        say("Some of the desk was not filled in time for the picture.")


def _is_filled(opened: Opened) -> bool:
    views = opened.shell.window.strip.views()
    return bool(views) and all(view.model.items and view.loader.up_to_date for view in views)
