"""`socialdesk account ...`"""

from datetime import UTC, datetime
from typing import Annotated

import typer

from socialdesk.cli.context import Json, shell_of, show
from socialdesk.cli.signing_in import WAYS, sign_in
from socialdesk.core.account import Account
from socialdesk.services import verdicts
from socialdesk.services.bundle import Services

app = typer.Typer(help="Accounts: add, list, test, sign in again, remove.", no_args_is_help=True)

_Answers = Annotated[
    list[str] | None, typer.Option("--field", "-f", metavar="NAME=VALUE", help="An answer of the sign-in form.")
]
_Way = Annotated[str, typer.Option("--way", metavar="WAY", help=f"How to sign in: {', '.join(WAYS)}.")]
_Browser = Annotated[bool, typer.Option("--browser", help="The same as --way browser.")]
_Paste = Annotated[
    bool, typer.Option("--paste", help="The browser is on another computer: type the address it ends on.")
]


@app.command("list")
def list_accounts(ctx: typer.Context, as_json: Annotated[bool, Json] = False) -> None:
    """Shows the accounts of this desk, and how long their sign-ins last."""

    async def job(services: Services) -> tuple[Account, ...]:
        return await services.accounts.list()

    found = shell_of(ctx).run(job)
    show(found, as_json=as_json, lines=lambda: [_line(account) for account in found] or ["No account yet."])


@app.command("add")
def add(
    ctx: typer.Context,
    network: str,
    field: _Answers = None,
    way: _Way = "",
    browser: _Browser = False,
    paste: _Paste = False,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Connects an account. Secrets are asked for, or read from standard input, one line each."""
    given = _pairs(field or [])

    async def job(services: Services) -> tuple[tuple[Account, ...], list[str]]:
        kept = await sign_in(services, network, way or ("browser" if browser else ""), given, paste=paste)
        return kept, [await services.accounts.verdict(account.id) for account in kept]

    _tell_connected(*shell_of(ctx).run(job), as_json=as_json)


@app.command("sign-in")
def sign_in_again(
    ctx: typer.Context,
    account: str,
    field: _Answers = None,
    way: _Way = "",
    browser: _Browser = False,
    paste: _Paste = False,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Signs in again to an account, by its id or handle: its columns, drafts and planned posts stay."""
    given = _pairs(field or [])

    async def job(services: Services) -> tuple[tuple[Account, ...], list[str]]:
        meant = await services.accounts.find(account)
        known = {"server": meant.server, **given}
        chosen = way or ("browser" if browser else "")
        kept = await sign_in(services, meant.network, chosen, known, paste=paste, again=meant.id)
        return kept, [await services.accounts.verdict(one.id) for one in kept]

    _tell_connected(*shell_of(ctx).run(job), as_json=as_json)


@app.command("test")
def try_account(ctx: typer.Context, account: str, as_json: Annotated[bool, Json] = False) -> None:
    """Asks the network whether an account works, by its id or handle."""

    async def job(services: Services) -> str:
        return await services.accounts.test((await services.accounts.find(account)).id)

    sentence = shell_of(ctx).run(job)
    show({"tested": account, "sentence": sentence}, as_json=as_json, lines=lambda: [sentence])


@app.command("remove")
def remove(ctx: typer.Context, account: str, as_json: Annotated[bool, Json] = False) -> None:
    """Removes an account by its id or handle, and says what stays."""

    async def job(services: Services) -> str:
        return await services.accounts.remove((await services.accounts.find(account)).id)

    sentence = shell_of(ctx).run(job)
    show({"removed": account, "sentence": sentence}, as_json=as_json, lines=lambda: [sentence])


def _tell_connected(accounts: tuple[Account, ...], said: list[str], *, as_json: bool) -> None:
    shown = accounts[0] if len(accounts) == 1 else accounts
    show(shown, as_json=as_json, lines=lambda: [*(f"Connected: {_line(account)}" for account in accounts), *said])


def _line(account: Account) -> str:
    state = "sign in again" if account.needs_sign_in else verdicts.lasts(account, datetime.now(UTC)).rstrip(".")
    more = f"  ({state[:1].lower()}{state[1:]})" if state else ""
    return f"{account.id:>3}  {account.network:<10} {account.handle}  {account.server}{more}"


def _pairs(given: list[str]) -> dict[str, str]:
    answers = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals:
            raise typer.BadParameter(f"“{pair}” is not NAME=VALUE.")
        answers[name.strip()] = value.strip()
    return answers
