"""One column over all hashtags that the person follows.

The API has no such timeline. Home mixes these posts with everything else and only since a hashtag is followed, so the
hashtags' own timelines are asked, four at a time as servers allow (TagFeed::LIMIT_PER_MODE), each group from the place
where its hashtags were read last.
"""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from socialdesk.core.entry import Entry, Page
from socialdesk.core.errors import Rejected
from socialdesk.core.tolerant import obj, objs, string
from socialdesk.http.linkheader import find_link
from socialdesk.networks.mastodon.client import Client

MOST_TAGS = 40
TOGETHER = 4
TAGS_PAGE = 100
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

LEAST_OF_A_GROUP = 5

Walk = Callable[[tuple[str, ...], str, int], Awaitable[Page]]
"""The page of one group: (hashtags, where it was read to, how many) -> page with a cursor of the same kind."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where each hashtag was read last, as cursors of its timeline."""

    of: Mapping[str, str] = field(default_factory=dict)

    def to_text(self) -> str:
        return json.dumps(dict(self.of), ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> "Places":
        try:
            known = obj(json.loads(text))
        except ValueError:
            return cls()
        return cls({name: string(place) for name, place in known.items() if string(place)})


async def followed_tags(client: Client) -> tuple[str, ...]:
    """Names of the followed hashtags, the latest first, at most forty. Raises `Rejected` where there are none of the
    kind (not_supported) or the sign-in does not cover them (missing_permission)."""
    names: list[str] = []
    params = [("limit", str(TAGS_PAGE))]
    while len(names) < MOST_TAGS:
        try:
            response, answer = await client.get("/api/v1/followed_tags", params)
        except Rejected as error:
            if error.reason == "not_found":
                raise Rejected(str(error), reason="not_supported", detail=error.detail) from error
            raise
        names += [name for tag in objs(answer) if (name := string(tag.get("name")).lower())]
        query = parse_qs(urlsplit(find_link(response.headers.get("link", ""), "next", response.url)).query)
        if not query.get("max_id"):
            break
        params = [("limit", str(TAGS_PAGE)), ("max_id", query["max_id"][0])]
    return tuple(dict.fromkeys(names))[:MOST_TAGS]


async def fetch(tags: Sequence[str], cursor: str, limit: int, walk: Walk) -> Page:
    """What is new under any of the hashtags. One that is followed since is read from its newest posts on."""
    places = Places.from_text(cursor)
    known = [tag for tag in tags if tag in places.of]
    new = [tag for tag in tags if tag not in places.of]
    groups = [*_groups(sorted(known, key=lambda tag: places.of[tag]), places.of), *_groups(new, {})]
    size = max(LEAST_OF_A_GROUP, limit // max(1, len(groups)))
    pages = [(group, await walk(group, place, size)) for group, place in groups]
    after = {tag: page.cursor for group, page in pages for tag in group if page.cursor}
    older = {" ".join(group): page.older for group, page in pages if page.older}
    waits = [page.not_before for _, page in pages if page.not_before is not None]
    return Page(
        _merged(page for _, page in pages),
        cursor=Places({tag: after.get(tag) or places.of.get(tag, "") for tag in tags}).to_text(),
        older=json.dumps(older, ensure_ascii=False) if older else "",
        gap=any(page.gap for _, page in pages),
        unchanged=all(page.unchanged or not page.entries for _, page in pages),
        not_before=max(waits, default=None),
    )


async def fetch_older(older: str, limit: int, walk_back: Walk) -> Page:
    """What came before, of each group that has more."""
    try:
        places = {name: string(place) for name, place in obj(json.loads(older)).items()}
    except ValueError:
        return Page()
    size = max(LEAST_OF_A_GROUP, limit // max(1, len(places)))
    pages = {name: await walk_back(tuple(name.split()), place, size) for name, place in places.items() if name}
    left = {name: page.older for name, page in pages.items() if page.older}
    return Page(_merged(pages.values()), older=json.dumps(left, ensure_ascii=False) if left else "")


def _groups(tags: Sequence[str], places: Mapping[str, str]) -> list[tuple[tuple[str, ...], str]]:
    """(hashtags, where to go on): only those read to the same place go together, so that nothing lies in between."""
    groups: list[tuple[tuple[str, ...], str]] = []
    for tag in tags:
        place = places.get(tag, "")
        if groups and len(groups[-1][0]) < TOGETHER and groups[-1][1] == place:
            groups[-1] = ((*groups[-1][0], tag), place)
        else:
            groups.append(((tag,), place))
    return groups


def _merged(pages: Iterable[Page]) -> tuple[Entry, ...]:
    """All entries, newest first, each once."""
    once: dict[str, Entry] = {}
    for page in pages:
        for entry in page.entries:
            once.setdefault(entry.key, entry)
    return tuple(sorted(once.values(), key=lambda entry: entry.published or _LONG_AGO, reverse=True))
