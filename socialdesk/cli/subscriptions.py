"""`socialdesk subscription ...`: what an account reads at its feed reader's server."""

from typing import Annotated

import typer

from socialdesk.cli.context import Json, shell_of, show
from socialdesk.core.errors import InputError
from socialdesk.core.marks import Subscription
from socialdesk.services.bundle import Services

app = typer.Typer(help="Feeds that an account subscribes to at its network: list, add, remove.", no_args_is_help=True)
Of = Annotated[str, typer.Option("--account", help="The account, by id, handle or network.")]


@app.command("list")
def list_subscriptions(ctx: typer.Context, account: Of, as_json: Annotated[bool, Json] = False) -> None:
    """Shows what the account subscribes to."""

    async def job(services: Services) -> tuple[Subscription, ...]:
        return await services.subscribing.list((await services.accounts.find(account)).id)

    found = shell_of(ctx).run(job)
    show(found, as_json=as_json, lines=lambda: [_line(one) for one in found] or ["No subscription yet."])


@app.command("add")
def add(
    ctx: typer.Context,
    address: Annotated[str, typer.Argument(help="A feed's address, or that of a page that names one.")],
    account: Of,
    folder: Annotated[str, typer.Option(help="The folder to put it into.")] = "",
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Subscribes to a feed."""

    async def job(services: Services) -> Subscription:
        return await services.subscribing.add((await services.accounts.find(account)).id, address, folder)

    made = shell_of(ctx).run(job)
    show(made, as_json=as_json, lines=lambda: [f"Subscribed: {_line(made)}"])


@app.command("remove")
def remove(
    ctx: typer.Context,
    subscription: Annotated[str, typer.Argument(help="Its id, title or address, as the list shows it.")],
    account: Of,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Ends a subscription. What it brought stays on the desk."""

    async def job(services: Services) -> Subscription:
        number = (await services.accounts.find(account)).id
        found = await services.subscribing.list(number)
        one = _named(subscription, found)
        await services.subscribing.remove(number, one.id)
        return one

    gone = shell_of(ctx).run(job)
    show(gone, as_json=as_json, lines=lambda: [f"Removed: {_line(gone)}"])


def _named(wanted: str, found: tuple[Subscription, ...]) -> Subscription:
    """Raises InputError where there is none of this name, or more than one."""
    named = [one for one in found if one.id == wanted]
    named = named or [one for one in found if wanted.casefold() in (one.title.casefold(), one.url.casefold())]
    if len(named) != 1:
        problem = "are several" if named else "is no subscription"
        ids = ", ".join(one.id for one in named)
        raise InputError(f"There {problem} called “{wanted}”.", f"Name one of: {ids}." if ids else "See the list.")
    return named[0]


def _line(one: Subscription) -> str:
    folder = f"  [{one.folder}]" if one.folder else ""
    return f"{one.id}  {one.title}{folder}  {one.url}"
