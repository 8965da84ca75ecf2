"""The program with every log record of every package in the profile's log: `python -m tests.support.loud ARGUMENTS`."""

import logging
import sys

from socialdesk.__main__ import main
from socialdesk.app import logs
from socialdesk.app.profile import Profile


def be_loud() -> None:
    usual = logs.log_to_file

    def log_everything(profile: Profile, name: str = logs.LOG) -> None:
        usual(profile, name)
        for package in ("", "socialdesk"):
            logging.getLogger(package).setLevel(logging.DEBUG)

    logs.log_to_file = log_everything


if __name__ == "__main__":
    be_loud()
    sys.exit(main())
