"""`socialdesk networks`: what each one reads, publishes, limits, charges, and how people sign in."""

from typing import Annotated

import typer

from socialdesk.cli.context import Json, shell_of, show
from socialdesk.core.costs import POST, POST_WITH_LINK, READ, Price, price_of
from socialdesk.core.descriptions import Description
from socialdesk.services.bundle import Services
from socialdesk.ui.cost_words import money
from socialdesk.ui.words import size

_HEAD = ("Network", "Reads", "Publishes", "Limits", "On cards", "Charges", "Sign-in")


def add(root: typer.Typer) -> None:
    root.command("networks")(networks)


def networks(
    ctx: typer.Context,
    markdown: Annotated[bool, typer.Option("--markdown", help="A table in Markdown, as in the documentation.")] = False,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Shows every network: what it reads, publishes, limits and charges, and how to sign in."""

    async def job(services: Services) -> tuple[Description, ...]:
        return await services.describing.networks()

    found = shell_of(ctx).run(job)
    if markdown and not as_json:
        typer.echo(table(found), nl=False)
        return
    show(found, as_json=as_json, lines=lambda: [line for one in found for line in lines(one)])


def lines(one: Description) -> list[str]:
    """A network for people, a fact in each line."""
    told = zip(_HEAD[1:], _cells(one), strict=True)
    return [f"{one.title} ({one.key})", *(f"    {name:<10} {value}" for name, value in told if value)]


def table(found: tuple[Description, ...]) -> str:
    """All networks as a table in Markdown."""
    rows = [_HEAD, ("---",) * len(_HEAD), *((one.title, *_cells(one)) for one in found)]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") or "–" for cell in row) + " |\n" for row in rows)


def _cells(one: Description) -> tuple[str, ...]:
    ways = ", ".join(dict.fromkeys(way.way for way in one.sign_in))
    plan = [f"{action} (some plans)" for action in one.plan_actions]
    return (
        ", ".join(kind.title for kind in one.reads),
        ", ".join(one.publishes),
        _limits(one),
        ", ".join((*one.actions, *plan)),
        _charges(one.prices),
        ways,
    )


def _limits(one: Description) -> str:
    limits = one.limits
    if limits is None:
        return "as the server says" if one.publishes else ""
    text = f"{limits.text:,} characters" if limits.text else "no limit for text"
    pictures = f"{limits.pictures} pictures of {size(limits.picture_bytes)}"
    said = f"{text}; {pictures}; alt text {limits.alt_text:,}" if limits.pictures else text
    return f"usually {said}" if one.varies else said


def _charges(prices: tuple[Price, ...]) -> str:
    told = ((READ, "a post read"), (POST, "a post"), (POST_WITH_LINK, "with a link"))
    found = [(price_of(prices, what), words) for what, words in told]
    said = ", ".join(f"{money(p.amount, p.currency)} {words}" for p, words in found if p is not None)
    as_of = min((price.as_of for price in prices if price.as_of is not None), default=None)
    return f"{said} ({as_of})" if said else "nothing"
