"""Quotes as they are shown: the quoted post, or in plain words why it is not there. Pure.

Source: docs.joinmastodon.org/entities/Quote; Pleroma's relatives give the quoted status itself.
"""

from socialdesk.core.entry import Author, Quoted
from socialdesk.core.plain import plain_text
from socialdesk.core.tolerant import Obj, obj, string
from socialdesk.networks.mastodon.filtering import met
from socialdesk.networks.mastodon.people import Home, author_of, shorten_links
from socialdesk.networks.mastodon.tolerant import web

NOT_SHOWN = Author("Quote")
_WHY = {
    "pending": "Waits for the agreement of its author.",
    "rejected": "Its author does not agree to be quoted here.",
    "revoked": "Its author has taken back the agreement to be quoted.",
    "deleted": "The quoted post is deleted.",
    "unauthorized": "You may not see the quoted post.",
    "blocked_account": "By somebody whom you have blocked.",
    "blocked_domain": "From a server that you have blocked.",
    "muted_account": "By somebody whom you have muted.",
}


def quoted_of(shown: Obj, home: Home, context: str) -> Quoted | None:
    """What `shown` quotes, None = nothing, or a post that the server only names: the text then keeps its link."""
    quote = obj(shown.get("quote")) or obj(obj(shown.get("pleroma")).get("quote"))
    if not quote:
        return None
    if "content" in quote:
        return _quoted(quote, home, context)
    state = string(quote.get("state")) or "accepted"
    if state != "accepted":
        return Quoted(NOT_SHOWN, _WHY.get(state, _WHY["unauthorized"]))
    status = obj(quote.get("quoted_status"))
    return _quoted(status, home, context) if status else None


def _quoted(status: Obj, home: Home, context: str) -> Quoted:
    """A quoted post keeps behind its warning, and behind the person's filters, what it says."""
    url = web(status.get("url")) or web(status.get("uri"))
    author = author_of(obj(status.get("account")), home)
    filters = met(status, context, home.me)
    if filters.hidden:
        return Quoted(NOT_SHOWN, f"Hidden by your filter: {filters.title}")
    if filters.title and not filters.media_only:
        return Quoted(author, f"Filtered: {filters.title}", url)
    warning = string(status.get("spoiler_text")).strip()
    return Quoted(author, warning or plain_text(shorten_links(string(status.get("content")))), url)
