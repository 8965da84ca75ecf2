"""`socialdesk save`, `saved`, `read`, `search`."""

from typing import Annotated

import typer

from socialdesk.cli.context import Json, shell_of, show
from socialdesk.core.saved import Hit, SavedItem
from socialdesk.services.bundle import Services


def add(root: typer.Typer) -> None:
    root.command("save")(save)
    root.command("saved")(saved)
    root.command("read")(read)
    root.command("search")(search)


def save(ctx: typer.Context, url: str, as_json: Annotated[bool, Json] = False) -> None:
    """Saves a page (or entry:ID) with its pictures for reading with the network cut."""

    async def job(services: Services) -> SavedItem:
        if url.startswith("entry:") and url[6:].isdigit():
            return await services.saving.save_entry(int(url[6:]))
        return await services.saving.save_url(url)

    item = shell_of(ctx).run(job)
    show(item, as_json=as_json, lines=lambda: [f"Saved for offline: {_line(item)}"])


def saved(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=500)] = 50,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Lists what is saved, the last first."""

    async def job(services: Services) -> tuple[SavedItem, ...]:
        return await services.saving.list(None, limit)

    items = shell_of(ctx).run(job)
    show(items, as_json=as_json, lines=lambda: [_line(item) for item in items] or ["Nothing is saved yet."])


def read(
    ctx: typer.Context,
    saved_id: Annotated[int, typer.Argument(metavar="ID", help="A saved item's id.")],
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Shows a saved article from the store; no connection is needed."""

    async def job(services: Services) -> SavedItem:
        return await services.saving.get(saved_id)

    item = shell_of(ctx).run(job)
    head = [item.title, " · ".join(p for p in (item.site, item.byline, f"{item.minutes} min") if p), ""]
    show(item, as_json=as_json, lines=lambda: [*head, item.text])


def search(
    ctx: typer.Context,
    query: str,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 20,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Searches the full text of everything stored."""

    async def job(services: Services) -> tuple[Hit, ...]:
        return await services.searching.find(query, limit)

    hits = shell_of(ctx).run(job)
    show(hits, as_json=as_json, lines=lambda: [_hit(hit) for hit in hits] or ["Nothing found."])


def _line(item: SavedItem) -> str:
    size = f"{item.size / 1000:.0f} KB" if item.state == "saved" else item.state
    return f"{item.id:>4}  {item.title}  ({item.site}, {item.minutes} min, {size})"


def _hit(hit: Hit) -> str:
    snippet = " ".join(hit.snippet.replace("\x02", "[").replace("\x03", "]").split())
    return f"{hit.kind} {hit.id}: {hit.title}\n    {snippet}"
