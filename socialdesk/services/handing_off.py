"""What a person needs to post a part by hand: the network's page to write at, the words and the pictures.

Nothing is sent. The person's answer goes through `PublishService`: `mark_sent`, or `cancel`.
"""

from collections.abc import Iterable
from urllib.parse import unquote

from socialdesk.content import markdown, pictures
from socialdesk.content.worker import Worker
from socialdesk.core import segments
from socialdesk.core.errors import ContentError, InputError
from socialdesk.core.network import HandsOff
from socialdesk.core.post import (
    PERMALINK,
    Article,
    Delivery,
    DeliveryState,
    HandOff,
    Picture,
    Publication,
    Rendition,
)
from socialdesk.core.rules import PostRules
from socialdesk.services.accounts import AccountService
from socialdesk.services.composing import ComposeService
from socialdesk.store import blobs as blobs_table
from socialdesk.store import outbox as outbox_table
from socialdesk.store.database import Store

CLIPBOARD_PIXELS = 12_000_000  # a clipboard holds a picture as it is drawn, 4 bytes a pixel


class HandOffService:
    def __init__(self, store: Store, accounts: AccountService, composing: ComposeService, worker: Worker) -> None:
        self._store = store
        self._accounts = accounts
        self._composing = composing
        self._worker = worker

    async def show(self, delivery_id: int) -> HandOff:
        """The next part of a delivery that waits to be posted by hand. Raises InputError where it does not wait."""
        delivery, publication = await self._waiting(delivery_id)
        network = await self._accounts.open(delivery.account_id)
        if not isinstance(network, HandsOff):
            raise InputError(f"{network.facts.title} is not posted to by hand.", "See the outbox.")
        rules = await self._composing.rules(delivery.account_id)
        said = network.in_form(await self._rendition(publication, delivery, rules))
        url = network.compose_url(said)
        return HandOff(url, said, prefilled=_has_all(url, said))

    async def picture(self, delivery_id: int, index: int) -> bytes:
        """The picture at `index` of `show(...).rendition.pictures`, ready to be pasted. Raises InputError."""
        shown = await self.show(delivery_id)
        if not 0 <= index < len(shown.rendition.pictures):
            raise InputError("There is no such picture in this post.", "Copy another one.")
        found = await self._store.read(blobs_table.get, shown.rendition.pictures[index].blob)
        if found is None:
            raise InputError("The picture is no longer in the store.", "Add it there from its file.")
        delivery = await self._store.read(outbox_table.get, delivery_id)
        rules = await self._composing.rules(delivery.account_id if delivery is not None else 0)
        pixels = min(rules.picture_pixels, CLIPBOARD_PIXELS)
        try:
            fit = await self._worker.run(pictures.prepare, found[0], rules.picture_types, rules.picture_bytes, pixels)
        except ContentError as error:
            raise InputError("This picture cannot be copied.", "Add it there from its file.") from error
        return fit.data

    async def _waiting(self, delivery_id: int) -> tuple[Delivery, Publication]:
        delivery = await self._store.read(outbox_table.get, delivery_id)
        if delivery is None or delivery.state is not DeliveryState.HAND_OFF:
            raise InputError("This post does not wait to be finished in the browser.", "See the outbox.")
        publication = await self._store.read(outbox_table.get_publication, delivery.publication_id)
        if publication is None:
            raise InputError("This publication is no longer in the outbox.", "Write a new post.")
        return delivery, publication

    async def _rendition(self, publication: Publication, delivery: Delivery, rules: PostRules) -> Rendition:
        draft, at = publication.draft, delivery.next_part
        if segments.takes_article(draft, rules) and draft.article is not None:
            return await self._article(draft.article)
        awaited = next((d for d in publication.deliveries if d.id == delivery.waits_for), None)
        part = delivery.parts[at]
        text = part.text.replace(PERMALINK, awaited.permalink if awaited is not None else "")
        before = delivery.parts[at - 1].receipt if at else None
        return Rendition(
            text,
            link=segments.address_in(text),
            answers=before.permalink if before is not None else "",
            pictures=_chosen(draft.pictures, part.picture_blobs),
        )

    async def _article(self, article: Article) -> Rendition:
        """Its pictures are on this computer only: their places are named, and the person pastes them there."""
        found = [article.featured] if article.featured is not None else []
        text, inside = await self._worker.run(markdown.name_pictures, article.markdown, len(found) + 1)
        html = await self._worker.run(markdown.to_html, text)
        found += [Picture(blob, "", 0, 0, 0, alt) for blob, alt in inside]
        return Rendition(text, title=article.title.strip(), html=html, pictures=tuple(found))


def _has_all(url: str, said: Rendition) -> bool:
    """Whether the page at `url` is filled in with all the words there are."""
    filled = unquote(url).replace("\r\n", "\n")
    pieces = [piece for piece in (said.title, said.text) if piece]
    return bool(pieces) and not said.html and all(piece in filled for piece in pieces)


def _chosen(every: Iterable[Picture], blobs: tuple[str, ...]) -> tuple[Picture, ...]:
    return tuple(picture for picture in every if picture.blob in blobs)
