"""Making one segment ready for the wire: uploads, link card, the article's HTML."""

import logging
from dataclasses import replace
from urllib.parse import urlsplit

from socialdesk.content import markdown, pictures, preview
from socialdesk.content.worker import Worker
from socialdesk.core import segments
from socialdesk.core.errors import ContentError, NetworkError, Rejected
from socialdesk.core.network import Network, PostRules, Publishes
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
from socialdesk.http import Http, Trust
from socialdesk.store import blobs as blobs_table
from socialdesk.store.database import Store

log = logging.getLogger(__name__)
CARD_BYTES = 900_000
CARD_WIDTH = 1200
LARGEST_IMAGE = 5_000_000
LARGEST_PAGE = 1_000_000


class Preparer:
    """Everything here may be repeated without harm: uploads and previews are no posts."""

    def __init__(self, store: Store, http: Http, worker: Worker) -> None:
        self._store = store
        self._http = http
        self._worker = worker

    async def segment(
        self, network: Network, rules: PostRules, publication: Publication, delivery: Delivery, permalink: str
    ) -> Segment:
        """The next part of `delivery`, complete. `permalink` is that of the delivery it waited for, or ''."""
        if not isinstance(network, Publishes):
            raise Rejected("this network takes no posts", reason="not_supported")
        draft = publication.draft
        plain = self.plain(rules, publication, delivery, permalink)
        if segments.takes_article(draft, rules) and draft.article is not None:
            return replace(plain, article=await self._article(network, rules, draft.article))
        media = tuple([await self._upload(network, rules, picture) for picture in _chosen(draft, delivery)])
        card = None
        if delivery.next_part == 0 and not media:
            card = await self._card(draft, delivery.account_id, rules, permalink)
        return replace(plain, media=media, card=card)

    @staticmethod
    def plain(rules: PostRules, publication: Publication, delivery: Delivery, permalink: str) -> Segment:
        """The next part without uploads and cards: enough to look for it at the network."""
        draft, index, account_id = publication.draft, delivery.next_part, delivery.account_id
        article = None
        if segments.takes_article(draft, rules) and draft.article is not None:
            article = ArticleToSend(draft.article.title.strip(), "", draft.article.slug, status=draft.article.status)
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
        )

    async def _upload(self, network: Publishes, rules: PostRules, picture: Picture) -> Uploaded:
        found = await self._store.read(blobs_table.get, picture.blob)
        if found is None:
            raise Rejected("the picture is no longer in the store", reason="media_missing")
        try:
            fit = await self._worker.run(
                pictures.prepare, found[0], rules.picture_types, rules.picture_bytes, rules.picture_pixels
            )
        except ContentError as error:
            raise Rejected(str(error), reason="media_type") from error
        name = picture.name or f"{picture.blob[:12]}.{fit.mime.rpartition('/')[2]}"
        file = MediaFile(picture.blob, fit.mime, fit.data, picture.alt, fit.width, fit.height, name)
        return await network.upload(file)

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

    async def _card(self, draft: Draft, account_id: int, rules: PostRules, permalink: str) -> CardToSend | None:
        if rules.link_card != "client":
            return None
        if draft.article is not None and permalink:
            return await self._article_card(draft.article, permalink)
        link = segments.card_of(draft, account_id, {account_id: rules})
        return await self._page_card(link) if link else None

    async def _article_card(self, article: Article, permalink: str) -> CardToSend:
        """The card of an article that we have just published: nothing has to be fetched."""
        card = CardToSend(permalink, article.title, article.excerpt)
        if article.featured is None:
            return card
        found = await self._store.read(blobs_table.get, article.featured.blob)
        return card if found is None else await self._with_thumb(card, found[0])

    async def _page_card(self, url: str) -> CardToSend:
        """The card of any page. Where the page cannot be read the card names its host: never a reason not to post."""
        bare = CardToSend(url, urlsplit(url).hostname or url)
        try:
            answer = await self._http.request("GET", url, max_bytes=LARGEST_PAGE, timeout_s=10)
            if answer.status >= 400:
                return bare
            card = await self._worker.run(
                preview.card, answer.body, answer.headers.get("content-type", ""), answer.url, timeout_s=10
            )
        except (NetworkError, ContentError) as error:
            log.info("no preview for a link card: %s", error)
            return bare
        full = CardToSend(url, card.title or bare.title, card.description)
        return await self._with_picture(full, card.image_url) if card.image_url else full

    async def _with_picture(self, card: CardToSend, image_url: str) -> CardToSend:
        try:
            answer = await self._http.request(
                "GET", image_url, max_bytes=LARGEST_IMAGE, timeout_s=10, trust=Trust.CONTENT
            )
        except NetworkError as error:
            log.info("no picture for a link card: %s", error)
            return card
        return await self._with_thumb(card, answer.body) if answer.status == 200 else card

    async def _with_thumb(self, card: CardToSend, data: bytes) -> CardToSend:
        try:
            thumb = await self._worker.run(pictures.thumbnail, data, CARD_WIDTH, CARD_BYTES)
        except ContentError as error:
            log.info("no thumbnail for a link card: %s", error)
            return card
        return replace(card, thumb=thumb.data, thumb_width=thumb.width, thumb_height=thumb.height)


def _chosen(draft: Draft, delivery: Delivery) -> list[Picture]:
    """The pictures of the delivery's next part, in the draft's order."""
    return [p for p in draft.pictures if p.blob in delivery.parts[delivery.next_part].picture_blobs]
