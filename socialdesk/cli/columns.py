"""`socialdesk column ...`, `refresh`, `timeline`."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

import typer

from socialdesk.cli.context import COULD_NOT, Json, say, shell_of, show
from socialdesk.core.reports import RefreshReport
from socialdesk.core.rows import Row
from socialdesk.core.source import Column, Source, WordFilter
from socialdesk.services.bundle import Services
from socialdesk.ui.cost_words import column_day, instead
from socialdesk.ui.words import sentence

app = typer.Typer(help="Columns: add, list, remove.", no_args_is_help=True)


@app.command("list")
def list_columns(ctx: typer.Context, as_json: Annotated[bool, Json] = False) -> None:
    """Shows the columns with what feeds them."""

    async def job(services: Services) -> list[dict[str, Any]]:
        found = []
        for column in await services.columns.all():
            header = await services.columns.header(column.id)
            found.append(
                {
                    "id": column.id,
                    "title": column.title,
                    "subtitle": header.subtitle,
                    "unseen": column.unseen,
                    "view": column.view,
                    "filter": column.filter,
                    "sources": [line.source for line in header.sources],
                    "error": header.error,
                    "next_at": header.next_at,
                    "waits": header.waits,
                    "cheap": column.cheap,
                    "cost": await services.spending.column(column.id) if header.may_cost else None,
                }
            )
        return found

    found = shell_of(ctx).run(job)
    show(found, as_json=as_json, lines=lambda: [_column(one) for one in found] or ["No column yet."])


def _column(one: dict[str, Any]) -> str:
    cheap = " Cheap." if one["cheap"] else ""
    cost = f" {column_day(one['cost'])} {instead(one['cost'].instead)}".rstrip() if one["cost"] else ""
    return f"{one['id']:>3}  {one['title']}  ({one['subtitle']}) {one['unseen']} new{cheap}{cost}"


@app.command("add")
def add(
    ctx: typer.Context,
    network: Annotated[str, typer.Argument(help="A network, or “search” for one search over everything.")],
    kind: Annotated[str, typer.Argument(help="What to show: home, list, hashtag, feed ... (for search: the words).")],
    field: Annotated[
        list[str] | None, typer.Option("--field", "-f", metavar="NAME=VALUE", help="What the source asks for.")
    ] = None,
    account: Annotated[str, typer.Option(help="The account whose view it is, by id or handle.")] = "",
    title: Annotated[str, typer.Option(help="The column's title.")] = "",
    any_of: Annotated[list[str] | None, typer.Option("--any", help="Show only what has one of these words.")] = None,
    none_of: Annotated[list[str] | None, typer.Option("--none", help="Hide what has one of these words.")] = None,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Adds a column at the right end."""
    params = {}
    for pair in field or []:
        name, equals, value = pair.partition("=")
        if not equals:
            raise typer.BadParameter(f"“{pair}” is not NAME=VALUE.")
        params[name.strip()] = value.strip()
    words = WordFilter(tuple(any_of or ()), tuple(none_of or ()))

    async def job(services: Services) -> Column:
        if network == "search":
            return await services.columns.add_search(kind, title)
        account_id = (await services.accounts.find(account)).id if account else None
        facts = services.accounts.facts(network)
        known = facts.source(kind)
        source = Source(0, network, kind, account_id, params)
        return await services.columns.add(title, known.icon if known else "columns", (source,), words)

    column = shell_of(ctx).run(job)
    show(column, as_json=as_json, lines=lambda: [f"Column {column.id}: {column.title}"])


@app.command("cheap")
def cheap(
    ctx: typer.Context,
    column: str,
    usual: Annotated[bool, typer.Option("--usual", help="Back to how often it usually looks.")] = False,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Lets a column look more rarely, and only for what is new, where reading costs money."""

    async def job(services: Services) -> Column:
        found = await services.columns.find(column)
        return await services.columns.update(replace(found, cheap=not usual))

    kept = shell_of(ctx).run(job)
    state = "looks rarely" if kept.cheap else "looks as usual"
    show(kept, as_json=as_json, lines=lambda: [f"{kept.title} {state}."])


@app.command("remove")
def remove(ctx: typer.Context, column: str, as_json: Annotated[bool, Json] = False) -> None:
    """Removes a column by its id or title. What it showed stays in the store."""

    async def job(services: Services) -> Column:
        found = await services.columns.find(column)
        await services.columns.remove(found.id)
        return found

    gone = shell_of(ctx).run(job)
    show({"removed": gone.id, "title": gone.title}, as_json=as_json, lines=lambda: [f"Removed: {gone.title}"])


def add_reading(root: typer.Typer) -> None:
    root.command("refresh")(refresh)
    root.command("timeline")(timeline)


def refresh(
    ctx: typer.Context,
    column: Annotated[str, typer.Argument(help="A column by id or title; every source without it.")] = "",
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Asks every source now, save where a server told us to wait, and stops when all have answered."""

    async def job(services: Services) -> RefreshReport:
        column_id = (await services.columns.find(column)).id if column else None
        report = await services.refresh.now(column_id)
        await services.searching.index_all()
        return report

    report = shell_of(ctx).run(job)
    result = {
        "new": report.new,
        "sources": [
            {
                "id": o.source.id,
                "network": o.source.network,
                "kind": o.source.kind,
                "new": o.new,
                "error": o.error,
                "next_at": o.next_at,
            }
            for o in report.outcomes
        ],
    }
    show(result, as_json=as_json, lines=lambda: [f"{report.new} new from {len(report.outcomes)} sources."])
    for outcome in report.failed:
        where = outcome.source.title or outcome.source.params.get("url", "") or outcome.source.kind
        said = sentence(outcome.error, until=outcome.next_at, has_account=outcome.source.account_id is not None)
        say(f"{outcome.source.network} {where}: {said}")
    if report.failed and len(report.failed) == len(report.outcomes):
        raise typer.Exit(COULD_NOT)


def timeline(
    ctx: typer.Context,
    column: str,
    limit: Annotated[int, typer.Option(min=1, max=500)] = 20,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Shows a column from the store, newest first."""

    async def job(services: Services) -> tuple[Row, ...]:
        found = await services.columns.find(column)
        return await services.reading.page(found.id, None, limit)

    rows = shell_of(ctx).run(job)
    value = [
        {"id": row.entry_id, "seen": row.seen, "saved": row.saved, "source_id": row.source_id, "entry": row.entry}
        for row in rows
    ]
    show(value, as_json=as_json, lines=lambda: [_line(row) for row in rows] or ["Nothing here yet. Try: refresh"])


def _line(row: Row) -> str:
    entry = row.entry
    when = _local(entry.published) if entry.published else ""
    words = " ".join((entry.title or entry.text).split())[:100]
    mark = " " if row.seen else "*"
    return f"{row.entry_id:>6} {mark} {when}  {entry.network:<10} {entry.author.name or entry.author.handle}: {words}"


def _local(when: datetime) -> str:
    return when.astimezone().strftime("%d %b %H:%M")
