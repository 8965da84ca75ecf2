"""Making one segment ready for the wire: uploads, link card, the article's HTML."""

import asyncio
import logging
from dataclasses import replace
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

from socialdesk.content import markdown, pictures
from socialdesk.content.worker import Worker
from socialdesk.core import scheduling, segments
from socialdesk.core.errors import ContentError, NetworkError, Rejected
from socialdesk.core.network import Network, Publishes
from socialdesk.core.post import (
    PERMALINK,
    Article,
    ArticleToSend,
    CardToSend,
    Delivery,
    Draft,
    MediaFile,
    Picture,
    Publication,
    Segment,
    Uploaded,
)
from socialdesk.core.rules import PostRules
from socialdesk.http import Http
from socialdesk.services.fitting import PictureFitter
from socialdesk.services.link_cards import FRESH, CardReader
from socialdesk.store import blobs as blobs_table
from socialdesk.store import media_files
from socialdesk.store.database import Store

log = logging.getLogger(__name__)


class TakesPictures(Protocol):
    async def upload(self, media: MediaFile) -> Uploaded: ...


class Preparer:
    """Everything here may be repeated without harm: uploads and previews are no posts."""

    def __init__(self, store: Store, http: Http, worker: Worker) -> None:
        self._store = store
        self._worker = worker
        self._fitter = PictureFitter(worker)
        self._pages = CardReader(http, worker)

    async def segment(
        self,
        network: Network,
        rules: PostRules,
        publication: Publication,
        delivery: Delivery,
        permalink: str,
        host: TakesPictures | None = None,
    ) -> Segment:
        """The next part of `delivery`, complete. `permalink` is that of the delivery it waited for, or ''.

        `host` takes the pictures where the network itself takes none.
        """
        if not isinstance(network, Publishes):
            raise Rejected("this network takes no posts", reason="not_supported")
        draft = publication.draft
        plain = self.plain(rules, publication, delivery, permalink)
        if segments.takes_article(draft, rules) and draft.article is not None:
            return replace(plain, article=await self._article(network, rules, draft.article))
        media = tuple([await self._upload(host or network, rules, picture) for picture in _chosen(draft, delivery)])
        card = None if media else await self._card(publication, delivery, rules, permalink)
        return replace(plain, media=media, card=card)

    @staticmethod
    def plain(rules: PostRules, publication: Publication, delivery: Delivery, permalink: str) -> Segment:
        """The next part without uploads and cards: enough to look for it at the network."""
        draft, index, account_id = publication.draft, delivery.next_part, delivery.account_id
        article = None
        if segments.takes_article(draft, rules) and draft.article is not None:
            told = draft.article
            article = ArticleToSend(told.title.strip(), "", told.slug, status=told.status, publish_at=told.publish_at)
        return Segment(
            delivery.parts[index].text.replace(PERMALINK, permalink),
            media=tuple(Uploaded("", picture.alt) for picture in _chosen(draft, delivery)),
            article=article,
            language=draft.language,
            visibility=segments.visibility_of(draft, account_id, rules),
            warning=segments.warning_of(draft, account_id, rules),
            previous=delivery.parts[index - 1].receipt if index else None,
            root=delivery.parts[0].receipt if index else None,
            reply_to=draft.reply_to if index == 0 else None,
            quote=draft.quote if index == 0 and segments.quotes_natively(draft, account_id, rules) else None,
            created=delivery.begun or publication.created,
            poll=segments.poll_of(draft, account_id, rules) if index == 0 else None,
            replies=segments.choice_of_replies(draft, account_id, rules) or "" if index == 0 else "",
            publish_at=scheduling.asked_for(delivery, rules),
        )

    async def _upload(self, network: TakesPictures, rules: PostRules, picture: Picture) -> Uploaded:
        return await network.upload(await (self._fitting if picture.is_image else self._whole)(picture, rules))

    async def _whole(self, file: Picture, _rules: PostRules) -> MediaFile:
        """A video or document as it is: taking it apart would be for another program."""
        data = await asyncio.to_thread(media_files.read, file.blob, self._store.folder)
        if data is None:
            what = "video" if file.is_video else "document"
            raise Rejected(f"the {what} is no longer in the store", reason="media_missing")
        name = file.name or f"{file.blob[:12]}.{file.mime.rpartition('/')[2]}"
        return MediaFile(file.blob, file.mime, data, file.alt, file.width, file.height, name, seconds=file.seconds)

    async def _fitting(self, picture: Picture, rules: PostRules) -> MediaFile:
        found = await self._store.read(blobs_table.get, picture.blob)
        if found is None:
            raise Rejected("the picture is no longer in the store", reason="media_missing")
        try:
            fit = await self._fitter.fit(picture.blob, found[0], rules)
        except ContentError as error:
            raise Rejected(str(error), reason="media_type") from error
        name = picture.name or f"{picture.blob[:12]}.{fit.mime.rpartition('/')[2]}"
        focus = picture.focus if rules.focus else None
        return MediaFile(picture.blob, fit.mime, fit.data, picture.alt, fit.width, fit.height, name, focus)

    async def _article(self, network: Publishes, rules: PostRules, article: Article) -> ArticleToSend:
        html = await self._worker.run(markdown.to_html, article.markdown)
        addresses: dict[str, str] = {}
        for source in await self._worker.run(markdown.images, article.markdown):
            if source.startswith("blob:"):
                addresses[source] = (await self._upload(network, rules, await self._picture(source[5:]))).url
        if addresses:
            html = await self._worker.run(markdown.replace_images, html, addresses)
        featured = await self._upload(network, rules, article.featured) if article.featured else None
        return ArticleToSend(
            article.title.strip(),
            html,
            article.slug,
            article.excerpt,
            article.categories,
            article.tags,
            featured,
            article.status,
            article.publish_at,
        )

    async def _picture(self, blob: str) -> Picture:
        found = await self._store.read(blobs_table.get, blob)
        if found is None:
            raise Rejected("a picture of the article is no longer in the store", reason="media_missing")
        return Picture(blob, found[1], 0, 0, len(found[0]))

    async def _card(
        self, publication: Publication, delivery: Delivery, rules: PostRules, permalink: str
    ) -> CardToSend | None:
        """The card of the next part, None where it carries none."""
        draft, texts = publication.draft, tuple(part.text for part in delivery.parts)
        if rules.link_card != "client":
            return None
        if draft.article is not None and permalink:
            own = delivery.next_part == 0 and draft.no_card != PERMALINK
            return await self._article_card(draft.article, permalink) if own else None
        link = segments.link_of(draft, delivery.account_id, {delivery.account_id: rules})
        address, part = segments.card_place(texts, link)
        if not address or part != delivery.next_part or address == draft.no_card:
            return None
        card = await self._seen_card(draft, address, delivery.begun or publication.created)
        card = card or await self._page_card(address)
        bare = not card.title
        if bare and address in texts[part]:
            return None  # a card that says no more than the text does
        return replace(card, title=urlsplit(address).hostname or address) if bare else card

    async def _article_card(self, article: Article, permalink: str) -> CardToSend:
        """The card of an article that we have just published: nothing has to be fetched."""
        card = CardToSend(permalink, article.title, article.excerpt)
        if article.featured is None:
            return card
        found = await self._store.read(blobs_table.get, article.featured.blob)
        return card if found is None else _with(card, await self._pages.thumb_of(found[0]))

    async def _seen_card(self, draft: Draft, url: str, now: datetime) -> CardToSend | None:
        """The card that the person saw before sending, without asking the page again. None when it is too old."""
        seen = draft.card
        if seen is None or seen.url != url or seen.fetched is None or now - seen.fetched > FRESH:
            return None
        card = CardToSend(url, seen.title, seen.description)
        if not seen.thumb:
            return card
        found = await self._store.read(blobs_table.get, seen.thumb)
        return (
            replace(card, thumb=found[0], thumb_width=seen.thumb_width, thumb_height=seen.thumb_height)
            if found
            else None
        )

    async def _page_card(self, url: str) -> CardToSend:
        """The card of any page, without a title where it cannot be had: never a reason not to post."""
        try:
            page = await self._pages.card(url)
        except NetworkError as error:
            log.info("no preview for a link card: %s", error)
            page = None
        return CardToSend(url, "") if page is None else _with(CardToSend(url, page.title, page.description), page.thumb)


def _with(card: CardToSend, thumb: pictures.Prepared | None) -> CardToSend:
    if thumb is None:
        return card
    return replace(card, thumb=thumb.data, thumb_width=thumb.width, thumb_height=thumb.height)


def _chosen(draft: Draft, delivery: Delivery) -> list[Picture]:
    """The pictures of the delivery's next part, in the draft's order."""
    return [p for p in draft.pictures if p.blob in delivery.parts[delivery.next_part].picture_blobs]
