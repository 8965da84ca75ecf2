"""`socialdesk entry ...`"""

from typing import Annotated

import typer

from socialdesk.cli.context import Json, shell_of, show
from socialdesk.core.marks import LABEL
from socialdesk.services.bundle import Services

app = typer.Typer(help="Entries of columns: remove, star, label, read.", no_args_is_help=True)

Ids = Annotated[list[int], typer.Argument(metavar="ID...", help="Ids as `timeline` shows them.")]


@app.callback()
def entry() -> None:
    """Entries of columns: remove, star, label, read."""


@app.command("remove")
def remove(
    ctx: typer.Context,
    entry_ids: Ids,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Takes entries off the desk for good: no source brings them back. Saved copies stay."""

    async def job(services: Services) -> list[int]:
        return [gone.entry_id for gone in await services.reading.remove(tuple(entry_ids))]

    gone = shell_of(ctx).run(job)
    show({"removed": gone}, as_json=as_json, lines=lambda: [f"Removed: {number}" for number in gone])


@app.command("read")
def read(ctx: typer.Context, entry_ids: Ids, as_json: Annotated[bool, Json] = False) -> None:
    """Marks entries as read, here and at the feed reader's server that keeps it."""
    _put_read(ctx, entry_ids, is_read=True, as_json=as_json)


@app.command("unread")
def unread(ctx: typer.Context, entry_ids: Ids, as_json: Annotated[bool, Json] = False) -> None:
    """Keeps entries unread, here and there."""
    _put_read(ctx, entry_ids, is_read=False, as_json=as_json)


@app.command("star")
def star(ctx: typer.Context, entry_ids: Ids, as_json: Annotated[bool, Json] = False) -> None:
    """Stars or bookmarks entries at their network."""
    _act(ctx, entry_ids, "bookmark", as_json=as_json)


@app.command("unstar")
def unstar(ctx: typer.Context, entry_ids: Ids, as_json: Annotated[bool, Json] = False) -> None:
    """Takes stars or bookmarks away."""
    _act(ctx, entry_ids, "unbookmark", as_json=as_json)


@app.command("label")
def put_label(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The label's name; one that there is not yet is made.")],
    entry_ids: Ids,
    remove_it: Annotated[bool, typer.Option("--remove", help="Take the label away.")] = False,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Labels entries at their network."""
    _act(ctx, entry_ids, f"{'un' if remove_it else ''}{LABEL}{name.strip()}", as_json=as_json)


def _put_read(ctx: typer.Context, entry_ids: list[int], *, is_read: bool, as_json: bool) -> None:
    async def job(services: Services) -> None:
        await services.marking.put_read(tuple(entry_ids), is_read=is_read)
        await services.marking.catch_up()

    shell_of(ctx).run(job)
    done = {"read" if is_read else "unread": entry_ids}
    show(done, as_json=as_json, lines=lambda: [f"{'Read' if is_read else 'Unread'}: {one}" for one in entry_ids])


def _act(ctx: typer.Context, entry_ids: list[int], action: str, *, as_json: bool) -> None:
    async def job(services: Services) -> list[dict[str, object]]:
        found = [await services.reading.act(number, action) for number in entry_ids]
        return [{"id": n, "marks": sorted(e.mine)} for n, e in zip(entry_ids, found, strict=True)]

    done = shell_of(ctx).run(job)
    show(done, as_json=as_json, lines=lambda: [f"{one['id']}: {', '.join(_words(one['marks']))}" for one in done])


def _words(marks: object) -> list[str]:
    names = marks if isinstance(marks, list) else []
    return [str(name).replace("bookmark", "starred") for name in names] or ["no mark"]
