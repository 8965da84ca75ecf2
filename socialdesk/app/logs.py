"""The log of a run."""

import logging
from logging.handlers import RotatingFileHandler

from socialdesk.app.profile import Profile

LOG = "socialdesk.log"


def log_to_file(profile: Profile, name: str = LOG) -> None:
    """Warnings and the desk's own notes go to a file of at most 2 x 1 MB. Nothing secret is ever logged."""
    handler = RotatingFileHandler(profile.logs / name, maxBytes=1_000_000, backupCount=1, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("socialdesk").setLevel(logging.INFO)
