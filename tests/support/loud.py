"""The program with every log record of every package in the profile's log: `python -m tests.support.loud ARGUMENTS`."""

import logging
import sys

from socialdesk.__main__ import main
from socialdesk.app import profile


def be_loud() -> None:
    usual = profile.log_to_file

    def log_everything(chosen: profile.Profile) -> None:
        usual(chosen)
        for name in ("", "socialdesk"):
            logging.getLogger(name).setLevel(logging.DEBUG)

    profile.log_to_file = log_everything


if __name__ == "__main__":
    be_loud()
    sys.exit(main())
