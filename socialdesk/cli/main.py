"""`socialdesk` on the command line."""

from pathlib import Path
from typing import Annotated

import typer

from socialdesk import __version__
from socialdesk.app.profile import Profile
from socialdesk.cli import accounts, columns, entries, library, networks, posting, sent, spending, subscriptions, upkeep
from socialdesk.cli.context import Shell

app = typer.Typer(
    name="socialdesk",
    help="One desk for reading and posting across networks and blogs. Without a command it opens the window.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(accounts.app, name="account")
app.add_typer(columns.app, name="column")
app.add_typer(entries.app, name="entry")
app.add_typer(sent.app, name="sent")
app.add_typer(subscriptions.app, name="subscription")
columns.add_reading(app)
posting.add(app)
spending.add(app)
networks.add(app)
library.add(app)
upkeep.add(app)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"SocialDesk {__version__}")
        raise typer.Exit


@app.callback()
def common(
    ctx: typer.Context,
    profile: Annotated[
        Path | None, typer.Option("--profile", metavar="DIR", help="Keep everything of this run in DIR.")
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    ctx.obj = Shell(Profile.choose(profile))
