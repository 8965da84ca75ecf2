"""Answering comments. WordPress itself refuses the same words by the same person in the same place."""

import html
from collections.abc import Mapping
from typing import Any

from socialdesk.core.errors import OutcomeUnknown, Rejected
from socialdesk.core.post import Receipt, Segment, Target
from socialdesk.networks.wordpress.client import Client
from socialdesk.networks.wordpress.reading import MODERATED
from socialdesk.networks.wordpress.translate import plain

ROUTE = "wp/v2/comments"


class Commenter:
    def __init__(self, client: Client, own_id: str, *, moderates: bool) -> None:
        self._client = client
        self._own_id = own_id
        self._moderates = moderates

    async def publish(self, segment: Segment, target: Target) -> Receipt:
        """Raises Rejected (duplicate) only where the words are there already and cannot be found."""
        post, parent = place_of(target)
        words = escaped(segment.text)
        try:
            made = await self._client.send("POST", ROUTE, {"post": post, "parent": parent, "content": words})
        except Rejected as error:
            if error.reason != "duplicate":
                raise
            receipt = await self.find(segment, target)
            if receipt is None:
                raise
            return receipt
        if "id" not in made:
            raise OutcomeUnknown("the answer names no comment")
        return _receipt(made)

    async def find(self, segment: Segment, target: Target) -> Receipt | None:
        """Our comment with these words in this place. Raises OutcomeUnknown where it could be hidden from us."""
        post, parent = place_of(target)
        params = [("post", str(post)), ("parent", str(parent)), ("order", "desc"), ("per_page", "100")]
        sees_all = self._moderates and bool(self._own_id)
        if sees_all:
            params += [*MODERATED, ("author", self._own_id)]
        found, _ = await self._client.get(ROUTE, params)
        wanted = bare(segment.text)
        for comment in found if isinstance(found, list) else []:
            if str(comment.get("author")) == self._own_id and bare(_text(comment)) == wanted:
                return _receipt(comment)
        if not sees_all:
            raise OutcomeUnknown("a comment that waits for approval cannot be seen")
        return None

    async def edit(self, comment_id: str, text: str) -> None:
        await self._client.send("POST", f"{ROUTE}/{comment_id}", {"content": escaped(text)})

    async def delete(self, comment_id: str) -> None:
        try:
            await self._client.send("DELETE", f"{ROUTE}/{comment_id}")
        except Rejected as error:
            if error.reason not in {"not_found", "gone"}:
                raise


def place_of(target: Target) -> tuple[int, int]:
    """(post, parent comment or 0) of what is answered."""
    post = target.refs.get("post") or target.remote_id
    parent = target.refs.get("parent", "0")
    if not (post.isdecimal() and parent.isdecimal()):
        raise Rejected("this entry cannot be answered", reason="not_supported")
    return int(post), int(parent)


def escaped(text: str) -> str:
    """Typed text as WordPress wants comments: characters that mean something in HTML escaped, line breaks kept."""
    return html.escape(text.strip(), quote=False)


def _text(comment: Mapping[str, Any]) -> str:
    content = comment.get("content") or {}
    return html.unescape(content["raw"]) if "raw" in content else plain(content.get("rendered", ""))


def bare(text: str) -> str:
    return " ".join(text.split())


def _receipt(comment: Mapping[str, Any]) -> Receipt:
    refs = {"kind": "comment", "post": str(comment.get("post", "")), "parent": str(comment["id"])}
    return Receipt(str(comment["id"]), str(comment.get("link", "")), refs)
