"""Where entries come from and who wrote them; links as Mastodon means them. Pure."""

import re
from dataclasses import dataclass

from socialdesk.core.entry import Author
from socialdesk.core.tolerant import Obj, string
from socialdesk.networks.mastodon.tolerant import web

_INVISIBLE = re.compile(r'<span class="invisible">[^<]*</span>', re.IGNORECASE)
_ELLIPSIS = re.compile(r'(<span class="ellipsis">[^<]*)</span>', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Home:
    """Where entries come from: base URL, the domain in local people's handles, the reading account's id there."""

    base: str
    domain: str
    me: str = ""


def author_of(account: Obj, home: Home) -> Author:
    """The handle is user@domain, complete for people of this server too, without a leading @."""
    acct = string(account.get("acct")) or string(account.get("username"))
    handle = acct if "@" in acct or not acct else f"{acct}@{home.domain}"
    return Author(
        name=string(account.get("display_name")).strip() or acct or home.domain,
        handle=handle,
        url=web(account.get("url")),
        avatar_url=web(account.get("avatar")) or web(account.get("avatar_static")),
        remote_id=string(account.get("id")),
    )


def shorten_links(html: str) -> str:
    """Links as Mastodon means them: the scheme and the tail unseen, an ellipsis where something was cut."""
    if "invisible" not in html and "ellipsis" not in html:
        return html
    return _INVISIBLE.sub("", _ELLIPSIS.sub(r"\1…</span>", html))
