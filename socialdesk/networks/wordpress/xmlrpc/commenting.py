"""Answering comments over XML-RPC. WordPress itself refuses the same words by the same person in the same place."""

import html

from socialdesk.core.errors import OutcomeUnknown, Rejected
from socialdesk.core.post import Receipt, Segment, Target
from socialdesk.core.tolerant import Obj, objs, string
from socialdesk.networks.wordpress.commenting import bare, escaped, place_of
from socialdesk.networks.wordpress.translate import plain
from socialdesk.networks.wordpress.xmlrpc.client import RpcClient
from socialdesk.networks.wordpress.xmlrpc.translate import user_of

NEWEST = 100


class RpcCommenter:
    """`home` without a trailing slash, `own_id` the user's number at the site."""

    def __init__(self, client: RpcClient, home: str, own_id: str, *, moderates: bool) -> None:
        self._client = client
        self._home = home
        self._own_id = own_id
        self._moderates = moderates

    async def publish(self, segment: Segment, target: Target) -> Receipt:
        """The same words twice are refused, by old versions as a duplicate, by new ones as not allowed."""
        post, parent = place_of(target)
        content = {"comment_parent": parent, "content": escaped(segment.text)}
        try:
            made = string(await self._client.send("wp.newComment", str(post), content))
        except Rejected as error:
            if error.reason not in {"duplicate", "missing_permission"}:
                raise
            receipt = await self._known(segment, target)
            if receipt is None:
                raise
            return receipt
        if not made.isdecimal():
            raise OutcomeUnknown("the answer names no comment")
        return self._receipt(made, str(post))

    async def find(self, segment: Segment, target: Target) -> Receipt | None:
        """Our comment with these words in this place. Raises OutcomeUnknown where it could be hidden from us."""
        found = await self._known(segment, target)
        if found is None and not self._moderates:
            raise OutcomeUnknown("a comment that waits for approval cannot be seen")
        return found

    async def _known(self, segment: Segment, target: Target) -> Receipt | None:
        post, parent = place_of(target)
        wanted = bare(segment.text)
        status = "" if self._moderates else "approve"
        rows = await self._client.ask("wp.getComments", {"status": status, "post_id": str(post), "number": NEWEST})
        for row in objs(rows):
            own = user_of(row) == self._own_id and (string(row.get("parent")) or "0") == str(parent)
            if own and row.get("status") != "trash" and bare(_text(row)) == wanted:
                return self._receipt(string(row.get("comment_id")), str(post))
        return None

    async def edit(self, comment_id: str, text: str) -> None:
        await self._client.send("wp.editComment", comment_id, {"content": escaped(text)})

    async def delete(self, comment_id: str) -> None:
        """Into the trash; what lies there already is left alone."""
        try:
            row = await self._client.ask("wp.getComment", comment_id)
            if not isinstance(row, dict) or row.get("status") != "trash":
                await self._client.send("wp.deleteComment", comment_id)
        except Rejected as error:
            if error.reason not in {"not_found", "gone"}:
                raise

    def _receipt(self, number: str, post: str) -> Receipt:
        refs = {"kind": "comment", "post": post, "parent": number}
        return Receipt(number, f"{self._home}/?p={post}#comment-{number}", refs)


def _text(comment: Obj) -> str:
    return html.unescape(plain(string(comment.get("content"))))
