"""`socialdesk post`, `outbox`."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from socialdesk.cli import post_options as options
from socialdesk.cli.article import article_of
from socialdesk.cli.context import COULD_NOT, Json, read_file, say, shell_of, show
from socialdesk.cli.spending import ask_first
from socialdesk.core.delivery import OPEN_STATES
from socialdesk.core.errors import InputError
from socialdesk.core.post import (
    Delivery,
    DeliveryState,
    Draft,
    HandOff,
    Override,
    Picture,
    Poll,
    Publication,
)
from socialdesk.services.bundle import Services
from socialdesk.ui.words import full_time, sentence

GOOD = (DeliveryState.SENT, DeliveryState.SCHEDULED, DeliveryState.HAND_OFF)  # the rest is the network's, the person's
HandOffs = dict[int, HandOff]  # by delivery


def add(root: typer.Typer) -> None:
    root.command("post")(post)
    root.command("outbox")(outbox)


def post(
    ctx: typer.Context,
    text: str,
    to: options.To,
    image: options.Images = None,
    alt: options.Alts = None,
    video: options.Video = None,
    video_alt: options.VideoAlt = "",
    document: options.Document = None,
    document_title: options.DocumentTitle = "",
    article: options.ArticleFile = None,
    link: options.Link = "",
    language: options.Language = "",
    visibility: options.Visibility = "",
    warning: options.Warn = "",
    at: options.At = "",
    poll_option: options.PollOptions = None,
    poll_hours: options.PollHours = 24,
    poll_multiple: options.PollMultiple = False,
    replies: options.Replies = "",
    leave_out: options.LeaveOut = False,
    over_budget: options.OverBudget = False,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Posts TEXT to one or more accounts and waits until each delivery is settled.

    What has to be posted by hand waits for you: its line has the page to finish it at. Then say so with
    `outbox --confirm ID` or `outbox --not-posted ID`.

    With --at, networks that can hold the post until then get it now. The rest goes out from this computer while the
    desk is open, or when `outbox --deliver` runs within half an hour.
    """
    if len(alt or []) > len(image or []):
        raise typer.BadParameter("There are more descriptions (--alt) than pictures (--image).")
    poll = Poll(tuple(poll_option), round(poll_hours * 60), poll_multiple) if poll_option else None
    wanted = Draft(
        text=text.replace("\\n", "\n"),
        link=link,
        language=language,
        visibility=visibility,
        warning=warning,
        poll=poll,
        replies=replies,
        publish_at=options.moment_of(at),
    )

    async def job(services: Services) -> tuple[Publication, dict[int, str], HandOffs]:
        accounts = [await services.accounts.find(name) for name in to.split(",") if name.strip()]
        media = [await _picture(services, path, alt or [], n) for n, path in enumerate(image or [])]
        if video is not None:
            media.append(replace(await services.composing.add_video(str(video)), alt=video_alt))
        if document is not None:
            paper = await services.composing.add_document(str(document))
            media.append(replace(paper, alt=document_title or paper.alt))
        piece = await article_of(article, services) if article else None
        ids = tuple(account.id for account in accounts)
        written = replace(wanted, account_ids=ids, pictures=tuple(media), article=piece)
        if leave_out:
            written = await _without_what_is_not_taken(services, written)
        await ask_first(services, written, agreed=over_budget)
        settled = await _sent(services, written)
        return settled, {a.id: f"{a.network} {a.handle}" for a in accounts}, await _hand_offs(services, [settled])

    publication, names, hand_offs = shell_of(ctx).run(job)
    _show([publication], names, hand_offs, as_json=as_json, one=True)
    if not all(_is_good(d) for d in publication.deliveries):
        raise typer.Exit(COULD_NOT)


async def _sent(services: Services, written: Draft) -> Publication:
    """Accepted, and delivered as far as it goes now."""
    draft = await services.composing.save(written)
    publication = await services.publishing.submit(draft.id)
    await _deliver(services)
    return await services.publishing.publication(publication.id) or publication


def _is_good(delivery: Delivery) -> bool:
    """Nothing has to be mended: it is out, is the person's to post, or has a time."""
    has_time = delivery.state is DeliveryState.WAITING and delivery.publish_at is not None and not delivery.error
    return has_time or delivery.state in GOOD


async def _without_what_is_not_taken(services: Services, draft: Draft) -> Draft:
    """The poll, the video and the document left out of the posts of those accounts that take none."""
    overrides = dict(draft.overrides)
    for found in await services.composing.check(draft):
        left = tuple(issue.fix.rpartition("_")[2] for issue in found.issues if issue.fix.startswith("leave_out"))
        if left:
            overrides[found.account_id] = replace(overrides.get(found.account_id, Override()), without=left)
    return replace(draft, overrides=overrides)


def outbox(
    ctx: typer.Context,
    retry: Annotated[int, typer.Option(metavar="ID", help="Send this delivery again, where that is safe.")] = 0,
    confirm: Annotated[int, typer.Option(metavar="ID", help="You posted this delivery by hand, or saw it there.")] = 0,
    permalink: Annotated[str, typer.Option(metavar="URL", help="With --confirm: the address of the post.")] = "",
    not_posted: Annotated[int, typer.Option("--not-posted", metavar="ID", help="You do not post this by hand.")] = 0,
    cancel: Annotated[int, typer.Option(metavar="ID", help="Give this delivery up, at its network too.")] = 0,
    deliver: Annotated[bool, typer.Option("--deliver", help="Send what is due, then stop.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 20,
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Shows what was sent, with the state of each delivery."""
    if permalink and not confirm:
        raise typer.BadParameter("--permalink goes with --confirm ID.")

    async def job(services: Services) -> tuple[tuple[Publication, ...], dict[int, str], HandOffs]:
        if retry:
            await services.publishing.retry(retry)
        if confirm:
            await services.publishing.mark_sent(confirm, permalink)
        if not_posted:
            await _not_posted(services, not_posted)
        if cancel:
            await services.publishing.cancel(cancel)
        if deliver or retry or confirm or not_posted:  # what waited for it goes on
            await _deliver(services)
        found = await services.publishing.outbox(None, limit)
        names = {a.id: f"{a.network} {a.handle}" for a in await services.accounts.list()}
        return found, names, await _hand_offs(services, found)

    publications, names, hand_offs = shell_of(ctx).run(job)
    _show(list(publications), names, hand_offs, as_json=as_json)


async def _not_posted(services: Services, delivery_id: int) -> None:
    if (await services.publishing.delivery(delivery_id)).state is not DeliveryState.HAND_OFF:
        raise InputError("This post does not wait to be posted by hand.", "See the outbox for those that do.")
    await services.publishing.cancel(delivery_id)


async def _hand_offs(services: Services, publications: Iterable[Publication]) -> HandOffs:
    """What waits to be posted by hand, with the pages to do it at."""
    waiting = [d.id for p in publications for d in p.deliveries if d.state is DeliveryState.HAND_OFF]
    shown: HandOffs = {}
    for delivery_id in waiting:
        try:
            shown[delivery_id] = await services.handing_off.show(delivery_id)
        except InputError:
            continue  # answered meanwhile in the open desk, or its network is not installed here
    return shown


async def _deliver(services: Services) -> None:
    if not await services.publishing.start():
        say("The open desk delivers it.")
        return
    await services.publishing.settle()
    await services.publishing.stop()


async def _picture(services: Services, path: Path, descriptions: list[str], index: int) -> Picture:
    kept = await services.composing.add_picture(read_file(path), path.name)
    return replace(kept, alt=descriptions[index]) if index < len(descriptions) else kept


def _show(
    publications: list[Publication], names: dict[int, str], hand_offs: HandOffs, *, as_json: bool, one: bool = False
) -> None:
    """`one`: JSON is the publication itself, not a list."""
    value = [_publication(p, names, hand_offs) for p in publications]

    def lines() -> list[str]:
        found = []
        for publication in publications:
            title = publication.draft.article.title if publication.draft.article else publication.draft.text
            found.append(f"{publication.id:>4}  {' '.join(title.split())[:80]}")
            found += [f"      {_line(d, names, hand_offs.get(d.id))}" for d in publication.deliveries]
        return found or ["Nothing was sent yet."]

    show(value[0] if one and as_json else value, as_json=as_json, lines=lines)


def _publication(publication: Publication, names: dict[int, str], hand_offs: HandOffs) -> dict[str, Any]:
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
                "publish_at": d.publish_at,
                **_by_hand(hand_offs.get(d.id)),
            }
            for d in publication.deliveries
        ],
    }


def _by_hand(hand_off: HandOff | None) -> dict[str, Any]:
    if hand_off is None:
        return {}
    said = hand_off.rendition
    return {
        "compose_url": hand_off.url,
        "prefilled": hand_off.prefilled,
        "title": said.title,
        "text": said.text,
        "pictures": len(said.pictures),
    }


def _line(delivery: Delivery, names: dict[int, str], hand_off: HandOff | None = None) -> str:
    name = names.get(delivery.account_id, f"account {delivery.account_id}")
    state = delivery.state.value.replace("_", " ")
    told = delivery.permalink
    if delivery.state is DeliveryState.SCHEDULED and not delivery.error:
        told = f"published there {full_time(delivery.publish_at)}"
    elif _is_good(delivery) and delivery.state is DeliveryState.WAITING:
        told = f"goes out from this computer {full_time(delivery.publish_at)}"
    elif delivery.state in OPEN_STATES and delivery.error:
        told = sentence(delivery.error, until=delivery.next_at)
    elif delivery.state is DeliveryState.REFUSED:
        told = sentence(delivery.error)
    elif hand_off is not None:
        told = f"finish in the browser: {hand_off.url}" if hand_off.url else "finish in the browser"
    return f"{delivery.id:>4}  {state:<10} {name}  {told}".rstrip()
