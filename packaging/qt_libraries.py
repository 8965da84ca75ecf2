"""Names the shared libraries that Qt's widgets and its X11 plug-in miss on this machine; exit status 1 if any."""

import ctypes.util
import sys

NEEDED = (
    "EGL",
    "GL",
    "xkbcommon",
    "xkbcommon-x11",
    "dbus-1",
    "fontconfig",
    "xcb-cursor",
    "xcb-icccm",
    "xcb-image",
    "xcb-keysyms",
    "xcb-randr",
    "xcb-render-util",
    "xcb-shape",
    "xcb-xinerama",
    "xcb-xkb",
)


def main() -> int:
    if sys.platform != "linux":
        return 0
    missing = [name for name in NEEDED if ctypes.util.find_library(name) is None]
    print(" ".join(missing))  # noqa: T201 (the answer of this script)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
