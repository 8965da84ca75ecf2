"""`socialdesk spending`: what accounts cost, and what they may."""

from decimal import Decimal
from typing import Annotated, Any

import typer

from socialdesk.cli.context import Json, say, shell_of, show
from socialdesk.core.errors import InputError
from socialdesk.core.post import Draft
from socialdesk.core.spending import AccountMonth, parse_money
from socialdesk.services.bundle import Services
from socialdesk.ui import cost_words


def add(root: typer.Typer) -> None:
    root.command("spending")(spending)


def spending(
    ctx: typer.Context,
    account: Annotated[
        str, typer.Argument(help="An account by id or handle; all that cost something without it.")
    ] = "",
    envelope: Annotated[
        str, typer.Option(metavar="AMOUNT", help="What the account may spend in a month; “none” for no limit.")
    ] = "",
    price: Annotated[
        list[str] | None, typer.Option(metavar="NAME=AMOUNT", help="A price that you found; NAME= for the known one.")
    ] = None,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Shows what accounts have cost, month by month, with the prices; sets an envelope or prices."""
    wishes = dict(_pair(wish) for wish in price or [])

    async def job(services: Services) -> list[dict[str, Any]]:
        if (envelope or wishes) and not account:
            raise InputError("An envelope or a price is that of an account.", "Name the account.")
        if not account:
            return [await _account(services, month) for month in await services.spending.months()]
        account_id = (await services.accounts.find(account)).id
        if envelope:
            wanted = None if envelope.strip().lower() == "none" else parse_money(envelope)
            await services.spending.set_envelope(account_id, wanted)
        if wishes:
            await services.spending.set_prices(account_id, await _prices(services, account_id, wishes))
        return [await _account(services, await services.spending.month(account_id))]

    found = shell_of(ctx).run(job)
    lines = [line for one in found for line in one.pop("lines")]
    show(found, as_json=as_json, lines=lambda: lines or ["No account costs anything."])


def _pair(wish: str) -> tuple[str, str]:
    name, equals, amount = wish.partition("=")
    if not equals:
        raise typer.BadParameter(f"“{wish}” is not NAME=AMOUNT.")
    return name.strip(), amount.strip()


async def _prices(services: Services, account_id: int, wishes: dict[str, str]) -> dict[str, Decimal]:
    """The person's own prices after the wishes: those set before stay."""
    own = dict((await services.spending.plan(account_id)).amounts)
    for name, amount in wishes.items():
        if amount:
            own[name] = parse_money(amount)
        else:
            own.pop(name, None)
    return own


async def _account(services: Services, month: AccountMonth) -> dict[str, Any]:
    account = await services.accounts.get(month.account_id)
    past = await services.spending.past(month.account_id)
    name = f"{account.network} {account.handle}"
    return {
        "account_id": month.account_id,
        "account": name,
        "currency": month.currency,
        "month": month.month,
        "spent": month.spent,
        "envelope": month.envelope,
        "left": month.left,
        "pace": month.pace,
        "charges": month.charges,
        "months": [{"month": m.month, "spent": m.spent, "charges": m.charges} for m in past],
        "prices": [
            {"name": p.key, "amount": p.amount, "per": p.per, "as_of": p.as_of, "note": p.note} for p in month.prices
        ],
        "lines": _lines(name, month, past),
    }


def _lines(name: str, month: AccountMonth, past: tuple[AccountMonth, ...]) -> list[str]:
    lines = [f"{name}  {cost_words.month_so_far(month)}"]
    lines += [f"      {cost_words.charge(line, month.currency)}" for line in month.charges]
    lines += [f"   {m.month:%Y-%m}  {cost_words.money(m.spent, m.currency)}" for m in past if m.month != month.month]
    lines += [
        f"   {p.key:<22} {cost_words.money(p.amount, p.currency):>8} of {p.as_of}  {p.note}".rstrip()
        for p in month.prices
    ]
    return lines


async def ask_first(services: Services, draft: Draft, *, agreed: bool) -> None:
    """Says what a draft costs. Raises InputError where that is more than a month has left and nobody agreed to it."""
    costs = await services.spending.sending(draft)
    names = {i: (await services.accounts.get(i)).handle for i in draft.account_ids}
    if costs:
        say(cost_words.sending(costs, names.__getitem__))
    question = "" if agreed else cost_words.asking(costs, names.__getitem__)
    if question:
        raise InputError(question, "Add --over-budget to send it all the same.")
