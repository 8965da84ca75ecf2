"""`socialdesk sent ...`"""

from typing import Annotated

import typer

from socialdesk.cli.context import Json, shell_of, show
from socialdesk.core.measures import Measure
from socialdesk.services.bundle import Services

app = typer.Typer(help="Posts that are out: their numbers, new words for them.", no_args_is_help=True)
PART = typer.Option(min=1, help="Of a thread, which part.")


@app.command("numbers")
def numbers(
    ctx: typer.Context,
    delivery_id: Annotated[int, typer.Argument(metavar="ID", help="A delivery, as `outbox` shows it.")] = 0,
    part: Annotated[int, PART] = 1,
    account: Annotated[str, typer.Option(help="Of an account as a whole, by id or handle.")] = "",
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Shows how a post was received, or what a network counts of an account."""
    if bool(delivery_id) == bool(account):
        raise typer.BadParameter("Name a delivery, or an account with --account.")

    async def job(services: Services) -> tuple[Measure, ...]:
        if delivery_id:
            return await services.publishing.numbers(delivery_id, part - 1)
        return await services.publishing.account_numbers((await services.accounts.find(account)).id)

    found = shell_of(ctx).run(job)
    lines = [f"{measure.value:>9,}  {measure.title}" for measure in found]
    show(found, as_json=as_json, lines=lambda: lines or ["No numbers yet."])


@app.command("change")
def change(
    ctx: typer.Context,
    delivery_id: Annotated[int, typer.Argument(metavar="ID", help="A delivery, as `outbox` shows it.")],
    text: str,
    part: Annotated[int, PART] = 1,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Gives a post that is out new words, where its network allows that."""

    async def job(services: Services) -> None:
        await services.publishing.change_post(delivery_id, text, part - 1)

    shell_of(ctx).run(job)
    show({"changed": delivery_id}, as_json=as_json, lines=lambda: [f"Changed: {delivery_id}"])
