"""`python -m tests.interop.rigs install|stop [WORK]`: fetches every server, or ends those that still run."""

import sys
from pathlib import Path

from tests.interop.rigs import bluesky, ghost, mastodon_mock, micropub, secret_service, ttrss, wordpress
from tests.interop.rigs.processes import RigError

INSTALLS = {
    "the Bluesky network": bluesky.install,
    "WordPress": wordpress.install,
    "Ghost": ghost.install,
    "mastodon-mock": mastodon_mock.install,
    "django-indieweb": micropub.install,
    "Tiny Tiny RSS": ttrss.install,
    "the keyring": secret_service.install,
}
STOPS = (bluesky.stop, wordpress.stop, ghost.stop, mastodon_mock.stop, micropub.stop, ttrss.stop, secret_service.stop)


def main(arguments: list[str]) -> int:
    what = arguments[0] if arguments else ""
    work = Path(arguments[1] if len(arguments) > 1 else ".interop")
    if what == "stop":
        for stop in STOPS:
            stop(work)
        return 0
    if what != "install":
        sys.stderr.write(f"{__doc__}\n")
        return 2
    for name, install in INSTALLS.items():
        try:
            install(work)
        except RigError as error:
            sys.stderr.write(f"interop: {name}: {error}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
