"""The whole desk in a window, watched from inside: see `tests.bench.watched`.

Python's collector is off before the window's modules are imported, as in `socialdesk.app.start`.
"""

import gc

gc.disable()

from tests.bench.watched import main  # noqa: E402

if __name__ == "__main__":
    main()
