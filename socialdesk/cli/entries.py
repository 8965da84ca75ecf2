"""`socialdesk entry ...`"""

from typing import Annotated

import typer

from socialdesk.cli.context import Json, shell_of, show
from socialdesk.services.bundle import Services

app = typer.Typer(help="Entries of columns: remove.", no_args_is_help=True)


@app.callback()
def entry() -> None:
    """Entries of columns: remove."""


@app.command("remove")
def remove(
    ctx: typer.Context,
    entry_ids: Annotated[list[int], typer.Argument(metavar="ID...", help="Ids as `timeline` shows them.")],
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Takes entries off the desk for good: no source brings them back. Saved copies stay."""

    async def job(services: Services) -> list[int]:
        return [gone.entry_id for gone in await services.reading.remove(tuple(entry_ids))]

    gone = shell_of(ctx).run(job)
    show({"removed": gone}, as_json=as_json, lines=lambda: [f"Removed: {number}" for number in gone])
