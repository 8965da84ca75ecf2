"""`socialdesk post`, `outbox`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from socialdesk.cli.article import article_of
from socialdesk.cli.context import COULD_NOT, Json, read_file, say, shell_of, show
from socialdesk.core.delivery import OPEN_STATES
from socialdesk.core.post import Delivery, DeliveryState, Draft, Picture, Publication
from socialdesk.services.bundle import Services
from socialdesk.ui.words import sentence

GOOD = (DeliveryState.SENT,)


def add(root: typer.Typer) -> None:
    root.command("post")(post)
    root.command("outbox")(outbox)


def post(
    ctx: typer.Context,
    text: str,
    to: Annotated[str, typer.Option("--to", metavar="ACCOUNT,...", help="Accounts by id or handle, with commas.")],
    image: Annotated[list[Path] | None, typer.Option(help="A picture; give --alt for each.")] = None,
    alt: Annotated[list[str] | None, typer.Option(help="The description of the picture at the same place.")] = None,
    article: Annotated[Path | None, typer.Option(help="A Markdown file for the blog among the accounts.")] = None,
    link: Annotated[str, typer.Option(help="An address whose card the posts carry.")] = "",
    language: Annotated[str, typer.Option(help="Language of the text, such as en.")] = "",
    visibility: Annotated[str, typer.Option(help="Who sees it, where a network lets you choose.")] = "",
    warning: Annotated[str, typer.Option(help="Content warning, where a network has one.")] = "",
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Posts TEXT to one or more accounts and waits until each delivery is settled."""
    pictures, descriptions = image or [], alt or []
    if len(descriptions) > len(pictures):
        raise typer.BadParameter("There are more descriptions (--alt) than pictures (--image).")

    async def job(services: Services) -> tuple[Publication, dict[int, str]]:
        accounts = [await services.accounts.find(name) for name in to.split(",") if name.strip()]
        kept = [await _picture(services, path, descriptions, n) for n, path in enumerate(pictures)]
        piece = await article_of(article, services) if article else None
        draft = await services.composing.save(
            Draft(
                text=text.replace("\\n", "\n"),
                account_ids=tuple(account.id for account in accounts),
                pictures=tuple(kept),
                article=piece,
                link=link,
                language=language,
                visibility=visibility,
                warning=warning,
            )
        )
        publication = await services.publishing.submit(draft.id)
        await _deliver(services)
        settled = await services.publishing.publication(publication.id)
        return settled or publication, {a.id: f"{a.network} {a.handle}" for a in accounts}

    publication, names = shell_of(ctx).run(job)
    _show([publication], names, as_json=as_json)
    if any(d.state is not DeliveryState.SENT for d in publication.deliveries):
        raise typer.Exit(COULD_NOT)


def outbox(
    ctx: typer.Context,
    retry: Annotated[int, typer.Option(metavar="ID", help="Send this delivery again, where that is safe.")] = 0,
    deliver: Annotated[bool, typer.Option("--deliver", help="Send what is due, then stop.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 20,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Shows what was sent, with the state of each delivery."""

    async def job(services: Services) -> tuple[tuple[Publication, ...], dict[int, str]]:
        if retry:
            await services.publishing.retry(retry)
        if deliver or retry:
            await _deliver(services)
        accounts = await services.accounts.list()
        return await services.publishing.outbox(None, limit), {a.id: f"{a.network} {a.handle}" for a in accounts}

    publications, names = shell_of(ctx).run(job)
    _show(list(publications), names, as_json=as_json)


async def _deliver(services: Services) -> None:
    if not await services.publishing.start():
        say("The open desk delivers it.")
        return
    await services.publishing.settle()
    await services.publishing.stop()


async def _picture(services: Services, path: Path, descriptions: list[str], index: int) -> Picture:
    kept = await services.composing.add_picture(read_file(path), path.name)
    if index >= len(descriptions):
        return kept
    return Picture(kept.blob, kept.mime, kept.width, kept.height, kept.size, descriptions[index], kept.name)


def _show(publications: list[Publication], names: dict[int, str], *, as_json: bool) -> None:
    value = [_publication(p, names) for p in publications]

    def lines() -> list[str]:
        found = []
        for publication in publications:
            title = publication.draft.article.title if publication.draft.article else publication.draft.text
            found.append(f"{publication.id:>4}  {' '.join(title.split())[:80]}")
            found += [f"      {_line(d, names)}" for d in publication.deliveries]
        return found or ["Nothing was sent yet."]

    show(value[0] if len(value) == 1 and as_json else value, as_json=as_json, lines=lines)


def _publication(publication: Publication, names: dict[int, str]) -> dict[str, Any]:
    return {
        "publication": publication.id,
        "created": publication.created,
        "text": publication.draft.text,
        "deliveries": [
            {
                "id": d.id,
                "account": names.get(d.account_id, str(d.account_id)),
                "account_id": d.account_id,
                "state": d.state,
                "remote_id": d.parts[0].receipt.remote_id if d.parts and d.parts[0].receipt else "",
                "permalink": d.permalink,
                "error": d.error,
                "parts": len(d.parts),
                "sent_parts": d.next_part,
                "next_at": d.next_at,
            }
            for d in publication.deliveries
        ],
    }


def _line(delivery: Delivery, names: dict[int, str]) -> str:
    name = names.get(delivery.account_id, f"account {delivery.account_id}")
    state = delivery.state.value.replace("_", " ")
    told = delivery.permalink
    if delivery.state in OPEN_STATES and delivery.error:
        told = sentence(delivery.error, until=delivery.next_at)
    elif delivery.state is DeliveryState.REFUSED:
        told = sentence(delivery.error)
    return f"{delivery.id:>4}  {state:<10} {name}  {told}".rstrip()
