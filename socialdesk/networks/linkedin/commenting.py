"""Comments under posts, in the name of a page or, where LinkedIn has allowed the app that, of a member.

Source: Microsoft Learn, "Comments API". An answer to a comment is asked for at that comment's own address.
"""

from socialdesk.core.errors import OutcomeUnknown, Rejected, Unreachable
from socialdesk.core.post import Receipt, Segment
from socialdesk.core.tolerant import Obj, objs, string
from socialdesk.networks.linkedin.client import Client
from socialdesk.networks.linkedin.matching import is_our_comment, since_of
from socialdesk.networks.linkedin.urn import enc, post_url

PAGE = 100
MAX_PAGES = 5


class Commenter:
    def __init__(self, client: Client, me: str, web: str) -> None:
        self._client = client
        self._me = me
        self._web = web

    async def publish(self, segment: Segment) -> Receipt:
        if segment.media or segment.card:
            raise Rejected("a comment holds words only", reason="not_supported")
        if not segment.text.strip():
            raise Rejected("nothing to say", reason="empty")
        post, comment = _answered(segment)
        body = {"actor": self._me, "object": post, "message": {"text": segment.text}}
        if comment:
            body["parentComment"] = comment
        response, answer = await self._client.ask("POST", _path(comment or post), name="comment", json=body)
        made = {"id": response.headers.get("x-restli-id", ""), **answer}
        if not string(made.get("id")) and not string(made.get("commentUrn")):
            raise OutcomeUnknown("the answer names no comment")
        return self._receipt(made, post)

    async def find(self, segment: Segment) -> Receipt | None:
        """Looks through the comments there. Raises `OutcomeUnknown` where they may not be read."""
        post, comment = _answered(segment)
        path = f"{_path(comment or post)}?count={PAGE}&start="
        for page in range(MAX_PAGES):
            try:
                response, answer = await self._client.ask("GET", f"{path}{page * PAGE}", name="comments")
            except Rejected as error:
                raise OutcomeUnknown("the comments cannot be read", detail=error.detail) from error
            if not isinstance(answer.get("elements"), list):
                raise Unreachable("the answer has an unknown form", reason="invalid_answer")
            found = objs(answer.get("elements"))
            since = since_of(segment, response, self._client.now())
            ours = next((one for one in found if is_our_comment(one, segment, self._me, since)), None)
            if ours is not None:
                return self._receipt(ours, post)
            if len(found) < PAGE:
                return None
        raise OutcomeUnknown("too many comments to be sure")

    async def delete(self, post: str, comment_id: str) -> None:
        path = f"{_path(post)}/{enc(comment_id)}?actor={enc(self._me)}"
        try:
            await self._client.ask("DELETE", path, name="delete", restli="DELETE")
        except Rejected as error:
            if error.reason not in {"not_found", "gone"}:
                raise

    def _receipt(self, comment: Obj, post: str) -> Receipt:
        number, urn = ids_of(comment, post)
        url = f"{post_url(post, self._web)}?commentUrn={enc(urn)}"
        return Receipt(urn, url, {"post": post, "comment": urn, "id": number})


def ids_of(comment: Obj, post: str) -> tuple[str, str]:
    """The number and the URN of a comment; where only one is given, the other is made of it."""
    number, urn = string(comment.get("id")), string(comment.get("commentUrn"))
    if number.startswith("urn:li:comment:"):
        number, urn = "", urn or number
    number = number or urn.rpartition(",")[2].rstrip(")")
    return number, urn or f"urn:li:comment:({post},{number})"


def _answered(segment: Segment) -> tuple[str, str]:
    """The post, and the comment under it that is answered ('' = the post itself)."""
    refs = segment.previous.refs if segment.previous else segment.reply_to.refs if segment.reply_to else {}
    post = refs.get("post", "") or (segment.reply_to.remote_id if segment.reply_to else "")
    if not post:
        raise Rejected("what is answered is not known", reason="not_found")
    return post, refs.get("comment", "")


def _path(urn: str) -> str:
    return f"/rest/socialActions/{enc(urn)}/comments"
