"""Notes, articles and pictures: written once, however often one has to try.

Micropub itself offers nothing to know a post by: whether one is out can only be told where the site lists its posts.
There it is found by the key that went with it, or by its words and the time that we gave it. A certain "no" needs a
list that reaches back before the first try; all else is left to the person.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from socialdesk.core.errors import OutcomeUnknown, Rejected
from socialdesk.core.post import Receipt, Segment, Uploaded
from socialdesk.networks.micropub.client import Client
from socialdesk.networks.micropub.composing import Properties, form_of, properties_of, without_objects
from socialdesk.networks.micropub.keys import MARK
from socialdesk.networks.micropub.listing import Listed, newest, with_words
from socialdesk.networks.micropub.settings import Settings
from socialdesk.networks.micropub.tolerant import first, moment, values
from socialdesk.networks.micropub.translate import Item, content_of
from socialdesk.networks.micropub.uploading import HELD, Uploader

LOOK_AT = 50  # posts
CLOCKS = timedelta(minutes=2)  # between a site's clock and ours
SECOND = timedelta(seconds=1)
SLOW_SITES = timedelta(minutes=15)  # that answer "accepted" and build the page later


class Publisher:
    def __init__(self, client: Client, uploader: Uploader) -> None:
        self._client = client
        self._uploader = uploader
        self._is_slow = False
        self._takes_no_objects = False

    async def publish(self, segment: Segment, key: str, settings: Settings) -> Receipt:
        """Sends the post unless it is there already, as far as the site tells. Raises OutcomeUnknown."""
        properties = properties_of(segment, key, settings, self._client.now())
        held = [picture for picture in _pictures(segment) if picture.ref.startswith(HELD)]
        if segment.article is not None and (held or 'src=""' in segment.article.html):
            raise Rejected("the site has no media endpoint", reason="no_media_endpoint")
        there = await self._with_key(key) if settings.lists else None
        if there is not None:
            return there
        if held:
            form = form_of(properties, [picture.alt for picture in held])
            url, is_there = await self._client.create(form=form, files={"photo": self._uploader.take(held[0])})
        else:
            url, is_there = await self._create(properties)
        self._is_slow = self._is_slow or not is_there
        return _receipt(url)

    async def _create(self, properties: Properties) -> tuple[str, bool]:
        """A site that refuses described pictures as invalid has done nothing: it is asked again without objects."""
        simple = without_objects(properties)
        if simple == properties or self._takes_no_objects:
            return await self._client.create(json={"type": ["h-entry"], "properties": simple})
        try:
            return await self._client.create(json={"type": ["h-entry"], "properties": properties})
        except Rejected as error:
            if error.reason != "invalid":
                raise
        made = await self._client.create(json={"type": ["h-entry"], "properties": simple})
        self._takes_no_objects = True
        return made

    async def find(self, segment: Segment, key: str, settings: Settings) -> Receipt | None:
        """None only when the list of the site's posts proves that the post is not there."""
        if not settings.lists:
            raise OutcomeUnknown("the site does not list its posts")
        try:
            there = await self._with_key(key)
            listed = await newest(self._client, LOOK_AT) if there is None else Listed()
        except Rejected as error:
            raise OutcomeUnknown("the site does not show its posts now", detail=error.detail) from error
        if there is not None:
            return there
        ours = await self._only_one([item for item in listed.items if key in values(item.properties, MARK)])
        if ours is not None:
            return ours
        since = segment.created or self._client.now()
        alike = [item for item in listed.items if _is_alike(item, segment)]
        if any(_is_from(item, since) for item in alike):
            return _receipt(next(item.url for item in alike if _is_from(item, since)))
        if any(not item.published for item in alike):
            raise OutcomeUnknown("a post with the same words is there, without a time")
        self._prove(listed, segment, since)
        return None

    async def delete(self, url: str) -> None:
        """Deleting what is gone already succeeds."""
        try:
            await self._client.change({"action": "delete", "url": url})
        except Rejected as error:
            if error.reason in {"not_found", "gone"}:
                return
            if error.reason != "invalid" or await self._client.is_public(url):
                raise

    async def _with_key(self, key: str) -> Receipt | None:
        found = await with_words(self._client, key)
        return await self._only_one([item for item in found if key in values(item.properties, MARK)])

    async def _only_one(self, ours: Sequence[Item]) -> Receipt | None:
        """The receipt of the first; a later post with the same key and words is a repetition, and goes."""
        in_order = sorted(ours, key=lambda item: (item.published, len(item.url), item.url))
        for later in in_order[1:]:
            if _said(later) == _said(in_order[0]):
                await self.delete(later.url)
        return _receipt(in_order[0].url) if in_order else None

    def _prove(self, listed: Listed, segment: Segment, since: datetime) -> None:
        """Raises OutcomeUnknown unless the list would show the post if it were there."""
        times = listed.times
        reaches_back = bool(times) and min(times[0], times[-1]) < since - CLOCKS
        is_end = not listed.oldest_first or (listed.total == listed.offset + len(listed.items))
        if not listed.whole and not (reaches_back and is_end):
            raise OutcomeUnknown("the list does not reach back far enough")
        if self._is_slow and self._client.now() - since < SLOW_SITES:
            raise OutcomeUnknown("the site shows its posts late")
        is_draft = segment.article is not None and segment.article.status == "draft"
        if is_draft and not any(first(item.properties, "post-status") == "draft" for item in listed.items):
            raise OutcomeUnknown("the site may leave drafts out of its list")


def _pictures(segment: Segment) -> tuple[Uploaded, ...]:
    featured = segment.article.featured if segment.article is not None else None
    return (*segment.media, *((featured,) if featured is not None else ()))


def _said(item: Item) -> tuple[object, ...]:
    return first(item.properties, "name"), content_of(item.properties)


def _is_alike(item: Item, segment: Segment) -> bool:
    """Whether a post says what ours says: an article by its title, a note by its words. Another key, another post."""
    if values(item.properties, MARK):
        return False
    if segment.article is not None:
        return _folded(first(item.properties, "name")) == _folded(segment.article.title)
    said, wanted = _folded(content_of(item.properties)[0]), _folded(segment.text)
    return said == wanted and bool(wanted or values(item.properties, "photo"))


def _is_from(item: Item, since: datetime) -> bool:
    """Whether the post has the time that we gave ours, or one of the site's own since then."""
    when = moment(item.published)
    return when is not None and (abs(when - since) <= SECOND or when >= since - CLOCKS)


def _folded(text: str) -> str:
    return " ".join(text.split())


def _receipt(url: str) -> Receipt:
    return Receipt(url, url, {"url": url})
