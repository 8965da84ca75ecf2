"""Posts and comments: written once, however often one has to try.

LinkedIn takes no name of ours with a post. What an organisation has posted can be read, so a post in doubt is looked
for. Members' posts are shown to no program; but LinkedIn refuses words that it got minutes ago, and names the post that
has them (422 DUPLICATE_POST). So a member's words that may be out are sent again within that time: refused, they were
out, and the post that is named is the receipt. Pictures are new ones with every upload, so that holds for words alone.
"""

from datetime import datetime, timedelta
from typing import Any

from socialdesk.core.account import Account
from socialdesk.core.errors import AuthExpired, NetworkError, OutcomeUnknown, Rejected, Unreachable
from socialdesk.core.post import CardToSend, MediaFile, Receipt, Segment
from socialdesk.core.tolerant import objs, string
from socialdesk.networks.linkedin.client import Client
from socialdesk.networks.linkedin.commenting import Commenter
from socialdesk.networks.linkedin.littletext import little
from socialdesk.networks.linkedin.matching import is_ours, since_of
from socialdesk.networks.linkedin.refusals import original_of
from socialdesk.networks.linkedin.tolerant import moment
from socialdesk.networks.linkedin.uploading import Sleep, upload
from socialdesk.networks.linkedin.urn import ORGANISATION, enc, post_url

PAGE = 20
MAX_PAGES = 5
TITLE_CHARS = 400
DESCRIPTION_CHARS = 4000
SETTLE = timedelta(seconds=20)  # a request that timed out here may still be at work there
REMEMBERED = timedelta(minutes=8)  # LinkedIn knows words again for ten minutes
_UNFIT = frozenset({"media_type", "media_too_large", "invalid"})


class Writer:
    """Writes as one author; `web` is where people look at posts."""

    def __init__(self, client: Client, account: Account, web: str, sleep: Sleep) -> None:
        self._client = client
        self._me = account.remote_id
        self._web = web
        self._sleep = sleep
        self._comments = Commenter(client, account.remote_id, web)
        self._tried: dict[str, tuple[datetime, bool]] = {}  # key -> last attempt, whether of words alone
        self._doubted: set[str] = set()

    @property
    def _is_page(self) -> bool:
        return self._me.startswith(ORGANISATION)

    async def publish(self, segment: Segment, key: str) -> Receipt:
        if segment.reply_to or segment.previous:
            return await self._comments.publish(segment)
        body = await self._body(segment)
        self._tried[key] = (self._client.now(), not segment.media and segment.card is None)
        try:
            response, answer = await self._client.ask("POST", "/rest/posts", name="create", json=body)
            made = response.headers.get("x-restli-id", "") or string(answer.get("id"))
            if not made:
                raise OutcomeUnknown("the answer names no post")
        except OutcomeUnknown:
            self._doubted.add(key)
            raise
        except Rejected as error:
            if error.reason != "duplicate":
                raise
            return await self._earlier(segment, key, error)
        self._doubted.discard(key)
        return self._receipt(made)

    async def _earlier(self, segment: Segment, key: str, refused: Rejected) -> Receipt:
        """LinkedIn has these words already: ours, if an earlier attempt may have got through."""
        urn = original_of(refused)
        if key in self._doubted and urn:
            return self._receipt(urn)
        if self._is_page:
            try:
                found = await self._look(segment)
            except NetworkError as error:
                raise OutcomeUnknown("LinkedIn has these words; whose they are cannot be seen") from error
            if found is not None:
                return found
        raise refused

    async def find(self, segment: Segment, key: str) -> Receipt | None:
        """Looks through the page's posts; for a member decides whether sending again is safe, see above.

        "No" has to wait where LinkedIn would take the same twice: until nothing can be under way any more.
        """
        if segment.reply_to or segment.previous:
            return await self._comments.find(segment)
        if self._is_page:
            found = await self._look(segment)
            last, alone = self._tried.get(key, (segment.created, not segment.media))
            if found is None and not alone and last and self._client.now() - last < SETTLE:
                raise OutcomeUnknown("LinkedIn may still be at work", retry_at=last + SETTLE)
            return found
        self._doubted.add(key)
        last, words_alone = self._tried.get(key, (None, False))
        if last is None or not words_alone:
            raise OutcomeUnknown("LinkedIn shows a member's posts to no program")
        age = self._client.now() - last
        if age < SETTLE:
            raise OutcomeUnknown("LinkedIn may still be at work", retry_at=last + SETTLE)
        if age > REMEMBERED:
            raise OutcomeUnknown("LinkedIn no longer knows the same words again")
        return None

    async def _look(self, segment: Segment) -> Receipt | None:
        path = f"/rest/posts?author={enc(self._me)}&q=author&count={PAGE}&sortBy=CREATED&start="
        for page in range(MAX_PAGES):
            try:
                response, answer = await self._client.ask("GET", f"{path}{page * PAGE}", name="posts", restli="FINDER")
            except (Rejected, AuthExpired) as error:
                if isinstance(error, AuthExpired):
                    raise
                raise OutcomeUnknown("the own posts cannot be read", detail=error.detail) from error
            posts = answer.get("elements")
            if not isinstance(posts, list):
                raise Unreachable("the answer has an unknown form", reason="invalid_answer")
            since = since_of(segment, response, self._client.now())
            ours = next((post for post in objs(posts) if is_ours(post, segment, since)), None)
            if ours is not None:
                return self._receipt(string(ours.get("id")))
            times = [when for post in objs(posts) if (when := moment(post.get("createdAt")))]
            if len(posts) < PAGE or (since and times and min(times) < since):
                return None
        raise OutcomeUnknown("too many own posts since to be sure")

    def _receipt(self, urn: str) -> Receipt:
        return Receipt(urn, post_url(urn, self._web), {"post": urn})

    async def _body(self, segment: Segment) -> dict[str, Any]:
        if not segment.text.strip() and not segment.media and segment.card is None:
            raise Rejected("nothing to post", reason="empty")
        body: dict[str, Any] = {
            "author": self._me,
            "commentary": little(segment.text),
            "visibility": segment.visibility or "PUBLIC",
            "distribution": {
                "feedDistribution": "MAIN_FEED",
                "targetEntities": [],
                "thirdPartyDistributionChannels": [],
            },
            "lifecycleState": "PUBLISHED",
            "isReshareDisabledByAuthor": False,
        }
        content = await self._content(segment)
        return {**body, "content": content} if content else body

    async def _content(self, segment: Segment) -> dict[str, Any]:
        if len(segment.media) > 1:
            return {"multiImage": {"images": [_described(m.ref, m.alt) for m in segment.media]}}
        if segment.media:
            only = segment.media[0]
            if only.ref.startswith("urn:li:document:"):
                return {"media": {"id": only.ref, "title": _title(only.alt)}}
            if only.ref.startswith("urn:li:video:"):
                return {"media": {"id": only.ref, **({"title": only.alt[:TITLE_CHARS]} if only.alt else {})}}
            return {"media": _described(only.ref, only.alt)}
        return {"article": await self._article(segment.card)} if segment.card else {}

    async def _article(self, card: CardToSend) -> dict[str, str]:
        """LinkedIn looks at no page: title, words and picture all come from us."""
        article = {"source": card.url, "title": card.title[:TITLE_CHARS]}
        if card.description:
            article["description"] = card.description[:DESCRIPTION_CHARS]
        if card.thumb:
            file = MediaFile("", "image/jpeg", card.thumb, "", card.thumb_width, card.thumb_height, "card.jpg")
            try:
                article["thumbnail"] = (await upload(self._client, self._me, file, self._sleep)).ref
            except Rejected as error:
                if error.reason not in _UNFIT:
                    raise
        return article

    async def edit(self, post_id: str, text: str) -> None:
        """New words for a post that is out. Raises Rejected (empty)."""
        if not text.strip():
            raise Rejected("nothing to say", reason="empty")
        patch = {"patch": {"$set": {"commentary": little(text)}}}
        path = f"/rest/posts/{enc(post_id)}"
        await self._client.ask("POST", path, name="edit", restli="PARTIAL_UPDATE", harmless=True, json=patch)

    async def delete(self, post_id: str) -> None:
        try:
            await self._client.ask("DELETE", f"/rest/posts/{enc(post_id)}", name="delete", restli="DELETE")
        except Rejected as error:
            if error.reason not in {"not_found", "gone"}:
                raise

    async def delete_comment(self, post: str, comment_id: str) -> None:
        await self._comments.delete(post, comment_id)


def _title(alt: str) -> str:
    """A document must have one, in one line."""
    return " ".join(alt.split())[:TITLE_CHARS] or "Document"


def _described(ref: str, alt: str) -> dict[str, str]:
    return {"id": ref, "altText": alt} if alt else {"id": ref}
