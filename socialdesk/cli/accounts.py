"""`socialdesk account ...`"""

import sys
import webbrowser
from typing import Annotated

import typer

from socialdesk.cli.context import Json, fail, say, shell_of, show
from socialdesk.core.account import Account, AccountChoice
from socialdesk.core.network import (
    Field,
    NetworkFacts,
    Nothing,
    OAuthCode,
    SignIn,
)
from socialdesk.services.bundle import Services

app = typer.Typer(help="Accounts: add, list, remove.", no_args_is_help=True)


@app.command("list")
def list_accounts(ctx: typer.Context, as_json: Annotated[bool, Json] = False) -> None:
    """Shows the accounts of this desk."""

    async def job(services: Services) -> tuple[Account, ...]:
        return await services.accounts.list()

    found = shell_of(ctx).run(job)
    show(found, as_json=as_json, lines=lambda: [_line(account) for account in found] or ["No account yet."])


@app.command("add")
def add(
    ctx: typer.Context,
    network: str,
    field: Annotated[
        list[str] | None, typer.Option("--field", "-f", metavar="NAME=VALUE", help="An answer of the sign-in form.")
    ] = None,
    browser: Annotated[bool, typer.Option("--browser", help="Sign in through the browser.")] = False,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Connects an account. Secrets are asked for, or read from standard input, one line each."""
    given = _pairs(field or [])

    async def job(services: Services) -> tuple[Account, ...]:
        facts = services.accounts.facts(network)
        number, form = _form(facts, browser=browser)
        answers = _ask(form, given)
        if not isinstance(form, OAuthCode):
            return await _chosen(services, await services.accounts.sign_in(network, answers, number))
        pending = await services.browser_sign_in.begin(network, answers)
        say(f"Open this address and allow the access:\n{pending.url}")
        webbrowser.open(pending.url)
        pasted = None if pending.comes_back else _typed("The address the browser ended on")
        return await _chosen(services, await services.browser_sign_in.finish(pending, pasted))

    accounts = shell_of(ctx).run(job)
    shown = accounts[0] if len(accounts) == 1 else accounts
    show(shown, as_json=as_json, lines=lambda: [f"Connected: {_line(account)}" for account in accounts])


@app.command("remove")
def remove(ctx: typer.Context, account: str, as_json: Annotated[bool, Json] = False) -> None:
    """Removes an account by its id or handle."""

    async def job(services: Services) -> str:
        return await services.accounts.remove((await services.accounts.find(account)).id)

    sentence = shell_of(ctx).run(job)
    show({"removed": account, "sentence": sentence}, as_json=as_json, lines=lambda: [sentence])


async def _chosen(services: Services, result: Account | AccountChoice) -> tuple[Account, ...]:
    """The accounts that a sign-in opened; of several those whose numbers are typed."""
    if isinstance(result, Account):
        return (result,)
    for number, (_, name) in enumerate(result.found, 1):
        say(f"{number:>3}  {name}")
    typed = _typed("Which of them? Numbers, with spaces between").replace(",", " ").split()
    places = [int(word) for word in typed if word.isdecimal() and 0 < int(word) <= len(result.found)]
    return await services.accounts.choose(result, [result.found[place - 1][0] for place in places])


def _line(account: Account) -> str:
    trouble = "  (sign in again)" if account.needs_sign_in else ""
    return f"{account.id:>3}  {account.network:<10} {account.handle}  {account.server}{trouble}"


def _pairs(given: list[str]) -> dict[str, str]:
    answers = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals:
            raise typer.BadParameter(f"“{pair}” is not NAME=VALUE.")
        answers[name.strip()] = value.strip()
    return answers


def _form(facts: NetworkFacts, *, browser: bool) -> tuple[int, SignIn]:
    """The sign-in to use: through the browser only when asked for, or when there is no other."""
    forms = [(n, form) for n, form in enumerate(facts.sign_ins) if not isinstance(form, Nothing)]
    if not forms:
        fail(f"{facts.title} needs no account. Add a column instead.")
    wanted = [pair for pair in forms if isinstance(pair[1], OAuthCode) == browser]
    return (wanted or forms)[0]


def _ask(form: SignIn, given: dict[str, str]) -> dict[str, str]:
    if isinstance(form, Nothing):
        return {}
    secret = [f.name for f in form.fields if f.secret and f.name in given]
    if secret:
        fail(f"Secrets do not belong on a command line: leave out {', '.join(secret)} and type it when asked.")
    return {f.name: given[f.name] if f.name in given else _answer(f) for f in form.fields}


def _answer(field: Field) -> str:
    if field.optional:
        return ""
    label = f"{field.label} ({field.example})" if field.example else field.label
    return _typed(label, secret=field.secret)


def _typed(label: str, *, secret: bool = False) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt(label, hide_input=secret, err=True))
