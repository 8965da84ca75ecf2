"""Reading an organisation's page: its own posts, and the comments on them. LinkedIn has no "since": what is known is
met again.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from socialdesk.core.account import Account
from socialdesk.core.entry import Author, Counts, Entry, Page
from socialdesk.core.errors import Rejected, Unreachable
from socialdesk.core.source import Source
from socialdesk.core.tolerant import Obj, obj, objs, string, web
from socialdesk.networks.linkedin.client import Client
from socialdesk.networks.linkedin.rules import is_page
from socialdesk.networks.linkedin.tolerant import number
from socialdesk.networks.linkedin.translate import comment_entry, counts_of, picture_urns, post_entry
from socialdesk.networks.linkedin.urn import enc, listed

LARGEST_PAGE = 100
MAX_PAGES = 3
WATCHED = 10  # posts whose comments are looked for
MOST_COMMENTS = 100
REMEMBERED = 200
_FIRST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """What was seen at the last look: posts by URN; for comments how many each post had, -1 = not known."""

    known: Mapping[str, int]

    @classmethod
    def read(cls, cursor: str) -> "Place":
        try:
            found = json.loads(cursor)
        except ValueError:
            found = {}
        return cls({str(k): v for k, v in found.items() if isinstance(v, int)} if isinstance(found, dict) else {})

    def write(self) -> str:
        return json.dumps(dict(list(self.known.items())[:REMEMBERED]), separators=(",", ":"))


class Reader:
    """Reads as one account; `web` is where people look at posts."""

    def __init__(self, client: Client, account: Account, site: str) -> None:
        self._client = client
        self._is_page = is_page(account)
        self._urn = account.remote_id
        self._site = site
        home = f"{site}/company/{enc(account.handle)}/" if is_page(account) else ""
        self._me = Author(account.name or account.handle, account.handle, home, account.avatar_url, account.remote_id)

    async def fetch(self, source: Source, cursor: str, limit: int) -> Page:
        self._check()
        if source.kind == "posts":
            return await self._posts(Place.read(cursor), limit)
        if source.kind == "comments":
            return await self._comments(Place.read(cursor))
        raise Rejected(f"no source called {source.kind}", reason="not_supported")

    async def fetch_older(self, source: Source, older: str, limit: int) -> Page:
        self._check()
        if source.kind != "posts" or not older.isdigit():
            return Page()
        posts, more = await self._page(int(older), limit)
        return Page(await self._entries(posts), older=str(int(older) + len(posts)) if more else "")

    async def thread(self, post: str) -> Page:
        """A post and what was said under it, oldest first."""
        self._check()
        _, found = await self._client.ask("GET", f"/rest/posts/{enc(post)}", name="post")
        entries = [*await self._entries([found]), *await self._comments_on(post)]
        return Page(tuple(sorted(entries, key=lambda e: e.published or _FIRST)))

    def _check(self) -> None:
        if not self._is_page:
            raise Rejected("LinkedIn shows members' posts to no program", reason="members_unread")

    # posts

    async def _posts(self, place: Place, limit: int) -> Page:
        posts: list[Obj] = []
        met, more = False, False
        for _ in range(MAX_PAGES if place.known else 1):
            page, more = await self._page(len(posts), limit)
            met = met or any(string(post.get("id")) in place.known for post in page)
            posts += page
            if met or not more:
                break
        new = [post for post in posts if string(post.get("id")) not in place.known]
        gap = bool(place.known and more and not met)
        ids = dict.fromkeys([string(post.get("id")) for post in posts] + list(place.known), -1)
        older = str(len(posts)) if more and (gap or not place.known) else ""
        entries = await self._entries(new)
        return Page(entries, Place(ids).write(), older, gap=gap, unchanged=bool(place.known) and not new)

    async def _page(self, start: int, limit: int) -> tuple[list[Obj], bool]:
        """Posts, newest first, and whether there are more."""
        count = min(max(limit, 1), LARGEST_PAGE)
        path = f"/rest/posts?author={enc(self._urn)}&q=author&count={count}&start={start}&sortBy=CREATED"
        _, answer = await self._client.ask("GET", path, name="posts", restli="FINDER")
        found = elements(answer)
        paging = obj(answer.get("paging"))
        total = number(paging.get("total"))
        says_next = any(string(link.get("rel")) == "next" for link in objs(paging.get("links")))
        more = says_next or (len(found) == count if total is None else start + len(found) < total)
        return found, bool(found) and more

    async def _entries(self, posts: Iterable[Obj]) -> tuple[Entry, ...]:
        wanted = [post for post in posts if string(post.get("id"))]
        if not wanted:
            return ()
        pictures = await self._pictures([urn for post in wanted for urn in picture_urns(post)])
        summaries = await self._summaries([string(post.get("id")) for post in wanted])
        made = (
            post_entry(post, self._me, self._site, pictures, summaries.get(string(post.get("id")), Counts()))
            for post in wanted
        )
        return tuple(entry for entry in made if entry is not None)

    async def _pictures(self, urns: list[str]) -> dict[str, str]:
        """Where pictures can be had. A page whose pictures may not be seen is shown without them."""
        found = await self._many("/rest/images", urns, "images")
        return {urn: url for urn, image in found.items() if (url := web(obj(image).get("downloadUrl")))}

    async def _summaries(self, urns: list[str]) -> dict[str, Counts]:
        return {
            urn: counts_of(obj(found))
            for urn, found in (await self._many("/rest/socialActions", urns, "counts")).items()
        }

    async def _many(self, path: str, urns: list[str], name: str) -> Obj:
        if not urns:
            return {}
        try:
            _, answer = await self._client.ask("GET", f"{path}?ids={listed(urns)}", name=name, restli="BATCH_GET")
        except Rejected:
            return {}
        return obj(answer.get("results"))

    # comments

    async def _comments(self, place: Place) -> Page:
        """Asks only about posts that have more or fewer comments than at the last look."""
        posts, _ = await self._page(0, WATCHED)
        urns = [string(post.get("id")) for post in posts if string(post.get("id"))]
        summaries = await self._summaries(urns)
        now = {urn: -1 if (said := summaries.get(urn, Counts()).replies) is None else said for urn in urns}
        changed = [urn for urn in urns if now[urn] != 0 and (now[urn] < 0 or now[urn] != place.known.get(urn))]
        entries: list[Entry] = []
        for urn in changed:
            entries += [e for e in await self._comments_on(urn) if e.author.remote_id != self._urn]
        return Page(tuple(entries), Place(now).write(), unchanged=not changed)

    async def _comments_on(self, post: str) -> list[Entry]:
        path = f"/rest/socialActions/{enc(post)}/comments?count={MOST_COMMENTS}&start=0"
        _, answer = await self._client.ask("GET", path, name="comments")
        made = (comment_entry(one, post, self._me, self._site) for one in elements(answer))
        return [entry for entry in made if entry is not None]


def elements(answer: Obj) -> list[Obj]:
    """The rows of an answer. Raises Unreachable for one that is no list."""
    if not isinstance(answer.get("elements"), list):
        raise Unreachable("the answer has an unknown form", reason="invalid_answer")
    return objs(answer.get("elements"))
