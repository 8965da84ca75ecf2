"""Draws the desk of the fakes into a picture: `python -m tests.ui.shoot dark out.png [scale] [states]`."""

import asyncio
import os
import sys
from dataclasses import replace

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def main(mode: str, path: str, scale: str = "1", scene: str = "") -> None:
    os.environ["QT_SCALE_FACTOR"] = scale
    import qasync
    from PySide6.QtWidgets import QApplication

    app = QApplication([])
    app.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    with loop:
        loop.run_until_complete(_shoot(app, mode, path, scene))


async def _shoot(app: object, mode: str, path: str, scene: str) -> None:
    from socialdesk.ui.bridge import Bridge, Relay
    from socialdesk.ui.desk import make_desk
    from socialdesk.ui.window import Window
    from tests.ui.fakes import NOW, lively

    fakes = lively()
    if scene == "states":
        _states(fakes)
    bridge = Bridge()
    fakes.listeners.append(Relay(bridge.event.emit).send)
    desk = make_desk(app, fakes, bridge, mode=mode, now=lambda: NOW)
    window = Window(desk)
    window.resize(1600, 1000)
    await window.load()
    window.show()
    await asyncio.sleep(1.0)
    if scene == "states":
        await _arrange(window, fakes)
    await asyncio.sleep(0.6)
    window.grab().save(path)
    window.end()
    await desk.pictures.close()


def _states(fakes: object) -> None:
    from tests.ui.fakes import row, source_line

    columns = fakes.columns_list
    columns[0] = replace(columns[0], view="posts", width=300)
    columns[2] = replace(columns[2], collapsed=True)
    columns[3] = replace(columns[3], width=260)
    fakes.rows[1] = [row(n, seen=True) for n in range(4, 40)]
    header = fakes.headers[1]
    broken = source_line(1, error="rate_limited")
    fakes.headers[1] = replace(header, error="rate_limited", error_source=broken, busy=True)
    fakes.add_column("Empty", [])


async def _arrange(window: object, fakes: object) -> None:
    from tests.ui.fakes import row

    views = window.strip.views()
    views[1].toggle_options()
    views[3].page_down()
    views[0].select_next()
    views[0].select_next()
    fakes.arrive(4, [row(-n, network="plain") for n in range(1, 13)])
    window._desk.actions.notice.emit("Removed “Home”.", "Undo", None)
    await asyncio.sleep(0.3)


if __name__ == "__main__":
    main(*sys.argv[1:])
