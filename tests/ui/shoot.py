"""Draws the desk of the fakes into a picture: `python -m tests.ui.shoot dark out.png [scale]`."""

import asyncio
import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def main(mode: str, path: str, scale: str = "1") -> None:
    os.environ["QT_SCALE_FACTOR"] = scale
    import qasync
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication([])
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    with loop:
        loop.run_until_complete(_shoot(app, mode, path))


async def _shoot(app: object, mode: str, path: str) -> None:
    from socialdesk.ui.bridge import Bridge
    from socialdesk.ui.desk import make_desk
    from socialdesk.ui.window import Window
    from tests.ui.fakes import NOW, lively

    fakes = lively()
    bridge = Bridge(asyncio.get_running_loop())
    fakes.listeners.append(bridge.send)
    desk = make_desk(app, fakes, bridge, mode=mode, now=lambda: NOW)
    window = Window(desk)
    window.resize(1600, 1000)
    await window.load()
    window.show()
    await asyncio.sleep(1.5)
    window.grab().save(path)
    window.end()
    await desk.pictures.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
