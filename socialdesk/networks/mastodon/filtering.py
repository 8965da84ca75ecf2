"""The person's own filters, as the server names them with each status. Pure.

Servers name every filter that a status meets; where each holds is for programs to look at (docs.joinmastodon.org/
entities/Filter). Own posts are never filtered, as in Mastodon's own pages.
"""

from dataclasses import dataclass

from socialdesk.core.tolerant import Obj, obj, objs, string
from socialdesk.networks.mastodon.tolerant import strings

UNNAMED = "no title"


@dataclass(frozen=True, slots=True)
class Met:
    """What filters make of a status: hidden, or covered by the title of one ("" = shown). `media_only`: only media."""

    hidden: bool = False
    title: str = ""
    media_only: bool = False


def met(status: Obj, context: str, me: str) -> Met:
    """`context`: home, notifications, public, thread, account; "" = no filter holds. `me` is the reader's id there.

    Actions that are not known cover, as the API asks.
    """
    if not context or (me and string(obj(status.get("account")).get("id")) == me):
        return Met()
    blurred = Met()
    covered = Met()
    for result in objs(status.get("filtered")):
        found = obj(result.get("filter"))
        contexts = strings(found.get("context"))
        if contexts and context not in contexts:
            continue
        action, title = string(found.get("filter_action")), string(found.get("title")).strip() or UNNAMED
        if action == "hide":
            return Met(hidden=True, title=title)
        if action == "blur":
            blurred = blurred if blurred.title else Met(title=title, media_only=True)
        elif not covered.title:
            covered = Met(title=title)
    return covered if covered.title else blurred
