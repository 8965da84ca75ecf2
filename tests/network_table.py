"""Writes the table of networks into a document: `python -m tests.network_table docs/networks.md`."""

import asyncio
import sys
from pathlib import Path

from socialdesk.app.networks import own_networks
from socialdesk.cli.networks import table
from socialdesk.services.describing import DescribeService

BEGIN, END = "<!-- table: make docs -->\n", "<!-- end of table -->\n"


def current() -> str:
    """The table as the program's own adapters make it now."""
    return table(asyncio.run(DescribeService(own_networks()).networks()))


def renewed(document: str) -> str:
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{current()}{END}{after}"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(renewed(path.read_text("utf-8")), "utf-8")
