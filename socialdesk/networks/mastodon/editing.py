"""New words for a post that is out; media, warning, language and poll stay.

An edit says everything again: what is left out is taken away (app/services/update_status_service.rb).
Source: docs.joinmastodon.org/methods/statuses (edit, source).
"""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from socialdesk.core.errors import Rejected
from socialdesk.core.tolerant import Obj, moment, obj, objs, string
from socialdesk.networks.mastodon.client import Client
from socialdesk.networks.mastodon.comparing import options_of

SHORTEST_POLL_S = 300


async def edit(client: Client, local_id: str, text: str) -> None:
    """Says nothing where the post has these words already, so that no reader is told of an edit that is none.

    Raises `Rejected` (not_supported) where the server cannot change posts, or where a change would open its poll again.
    """
    path = f"/api/v1/statuses/{quote(local_id, safe='')}"
    _, answer = await client.get(path)
    status = obj(answer)
    try:
        _, source = await client.get(f"{path}/source")
    except Rejected as error:
        if error.reason == "not_found":  # the post is there: it was just read
            raise Rejected("the server tells no sources", reason="not_supported", detail=error.detail) from error
        raise
    if string(obj(source).get("text")) == text:
        return
    await client.send("PUT", path, json=_body(status, obj(source), text, client.now()), harmless=True)


def _body(status: Obj, source: Obj, text: str, now: datetime) -> dict[str, Any]:
    body: dict[str, Any] = {
        "status": text,
        "spoiler_text": string(source.get("spoiler_text")),
        "sensitive": status.get("sensitive") is True,
    }
    optional = {
        "language": string(status.get("language")),
        "media_ids": [string(medium.get("id")) for medium in objs(status.get("media_attachments"))],
        "poll": _poll(status, now),
    }
    return body | {name: value for name, value in optional.items() if value}


def _poll(status: Obj, now: datetime) -> dict[str, Any] | None:
    """The same questions again: votes stay as long as these do not change."""
    poll = obj(status.get("poll"))
    options = options_of(status)
    if not options:
        return None
    ends = moment(poll.get("expires_at"))
    if poll.get("expired") is True or ends is None or ends <= now:
        raise Rejected("a change would open the poll again", reason="not_supported")
    hidden = any(option.get("votes_count") is None for option in objs(poll.get("options")))
    return {
        "options": list(options),
        "expires_in": max(SHORTEST_POLL_S, round((ends - now).total_seconds())),
        "multiple": poll.get("multiple") is True,
        "hide_totals": hidden,
    }
