"""Articles that a site holds until their time. They keep their id; only their status and address change."""

from datetime import timedelta
from typing import Any

from socialdesk.core.errors import NetworkError, Rejected, Unreachable
from socialdesk.core.post import Receipt
from socialdesk.networks.ghost.client import Client
from socialdesk.networks.ghost.publishing import PLANNED, Publisher, receipt_of
from socialdesk.networks.ghost.translate import PUBLIC, objects, text_of, when

LOOKS = 3  # at a post that somebody else changes while we take it back
MADE_IN = timedelta(seconds=5)  # all that Ghost writes of a new post
_FIELDS = [("fields", "id,uuid,slug,status,url,created_at,updated_at,published_at")]


class Planner:
    def __init__(self, client: Client, publisher: Publisher) -> None:
        self._client = client
        self._publisher = publisher

    async def scheduled(self, receipt: Receipt) -> Receipt | None:
        """The receipt once the article is public; None while it waits for its time.

        Where somebody gave it another time in Ghost: a receipt with that. Raises Rejected (not_found) for what is
        deleted or a draft again.
        """
        post = await self._state(receipt.remote_id)
        now, status = receipt_of(post), text_of(post, "status")
        if status in PUBLIC:
            return now
        if status != PLANNED:
            raise Rejected(f"the site no longer plans it: {status}", reason="not_found")
        return None if now.publish_at in {None, receipt.publish_at} else now

    async def unschedule(self, receipt: Receipt) -> None:
        """Makes a draft of what waits, and deletes that unless somebody changed it in Ghost, which has no trash.

        So nothing that was written there is lost, and the address of what was not is free again. Ghost itself refuses
        to make a draft of what has gone out meanwhile. Raises Rejected (published) for what is out.
        """
        for look in range(LOOKS):
            try:
                post = await self._state(receipt.remote_id)
            except Rejected as error:
                if error.reason not in {"not_found", "gone"}:
                    raise
                return
            if text_of(post, "status") in PUBLIC:
                raise Rejected("the article is out", reason="published")
            if text_of(post, "status") != PLANNED:
                return
            try:
                await self._make_draft(post)
            except Rejected as error:
                if error.reason != "edit_conflict" or look + 1 == LOOKS:
                    raise
            else:
                await self._tidy(post)
                return

    async def _make_draft(self, post: dict[str, Any]) -> None:
        """Ghost takes a change only with the time of the last one, else it refuses (edit_conflict)."""
        change = {"status": "draft", "updated_at": text_of(post, "updated_at")}
        await self._client.change(f"posts/{post['id']}/", {"posts": [change]})

    async def _tidy(self, post: dict[str, Any]) -> None:
        made, changed = when(post.get("created_at")), when(post.get("updated_at"))
        if made is None or changed is None or changed - made > MADE_IN:
            return
        try:
            await self._publisher.delete(str(post["id"]), "post")
        except NetworkError:
            return  # it will not go out: a draft that is left over harms nobody

    async def _state(self, post_id: str) -> dict[str, Any]:
        posts = objects((await self._client.get(f"posts/{post_id}/", _FIELDS)).get("posts"))
        if not posts or posts[0].get("id") != post_id:
            raise Unreachable("the answer has an unknown form", reason="invalid_answer")
        return posts[0]
