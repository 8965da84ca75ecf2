"""The practice world as a Bluesky network: accounts, follows, posts with facets, pictures and cards, marks, a feed."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from socialdesk.core.text import byte_offset
from socialdesk.practice.bluesky_ids import tid
from socialdesk.practice.bluesky_rules import FOLLOW, LIKE, POST, REPOST
from socialdesk.practice.bluesky_state import Account, Record, State, wire_time
from socialdesk.practice.world import ME, PracticePost, World

Json = dict[str, Any]

PASSWORD = "prac-tice-blue-sky2"  # noqa: S105 - opens nothing but a loopback stand-in
NETWORK = "bluesky"
FACET = "app.bsky.richtext.facet"
PICTURE_SIZE = (1200, 675)
HELD, FRESH_MINUTES = 6, 60

_LINK = re.compile(r"https?://\S*[^\s.,;:!?)]")
_MENTION = re.compile(r"(?<!\w)@([a-z0-9-]+)(?![\w.])")
_TAG = re.compile(r"(?<!\w)#(\w*[^\W\d]\w*)")


def handle_of(name: str) -> str:
    return f"{name.lower()}.test"


class Seed:
    """Puts the world into a state. `sites` are the base addresses of its blogs; `me` is the person's account.

    With `hold` the newest posts are left in `waiting`, to be shown one by one.
    """

    def __init__(self, state: State, world: World, sites: Mapping[str, str], *, hold: bool = False) -> None:
        self.waiting: list[PracticePost] = []
        self._state = state
        self._world = world
        self._urls = world.article_urls(sites)
        self._accounts = {
            o.key: state.add_account(
                o.key, handle_of(o.handle), o.name, bio=o.bio, colour=o.colour, password=PASSWORD if o.key == ME else ""
            )
            for o in world.organisations
        }
        self.me = self._accounts[ME]
        self._others = [account for account in self._accounts.values() if account is not self.me]
        self._now = state.now()
        self._clock = 0
        self._posted: dict[str, Record] = {}
        self._follows()
        posts = world.posts_on(NETWORK)
        fresh = [p.id for p in posts if not p.reply_to and p.minutes_ago < FRESH_MINUTES]
        held = set(fresh[-HELD:]) if hold else set()
        for post in posts:
            if post.id in held or post.reply_to in held:
                held.add(post.id)  # an answer waits with what it answers
                self.waiting.append(post)
            else:
                self.show(post, self._now - timedelta(minutes=post.minutes_ago))
        self._marks(list(self._posted.values()))
        self._places()

    def _put(self, did: str, collection: str, value: Json, when: datetime) -> Record:
        self._clock += 1
        key = tid(int(when.timestamp() * 1_000_000) + self._clock, 7)
        return self._state.put(did, collection, key, {**value, "createdAt": wire_time(when)}, when=when, check=False)

    def _follows(self) -> None:
        for number, account in enumerate(self._others):
            long_ago = self._now - timedelta(days=300 - number)
            self._put(self.me.did, FOLLOW, {"subject": account.did}, long_ago)
            recent = self._now - timedelta(hours=5 + 31 * number)
            self._put(account.did, FOLLOW, {"subject": self.me.did}, recent)

    def show(self, post: PracticePost, when: datetime) -> Record:
        """A post of the world appears, dated `when`."""
        account = self._accounts[post.organisation]
        text = _MENTION.sub(lambda m: f"@{handle_of(m[1])}", self._text(post))
        value: Json = {"text": text, "langs": [post.language], "facets": self._facets(text)}
        parent = self._posted.get(post.reply_to)
        if parent is not None:
            root = parent.value.get("reply", {}).get("root") or _ref(parent)
            value["reply"] = {"root": root, "parent": _ref(parent)}
        embed = self._embed(account, post)
        if embed is not None:
            value["embed"] = embed
        record = self._put(account.did, POST, value, when)
        self._state.shown[record.uri] = (post.likes, post.reshares, post.replies)
        self._posted[post.id] = record
        return record

    def _marks(self, records: list[Record]) -> None:
        """Likes and re-shares: some on the person's posts, a few elsewhere so that re-shares are seen."""
        others = self._others
        mine = [record for record in records if record.did == self.me.did]
        for number, record in enumerate(mine):
            for step, account in enumerate(others[number * 3 : number * 3 + 4]):
                when = min(record.indexed + timedelta(minutes=9 + 13 * step), self._now)
                kind = REPOST if step == 3 else LIKE
                self._put(account.did, kind, {"subject": _ref(record)}, when)
        for number, record in enumerate(records[::11]):
            account = others[(number * 5 + 2) % len(others)]
            if account.did != record.did:
                when = min(record.indexed + timedelta(minutes=17), self._now)
                self._put(account.did, REPOST, {"subject": _ref(record)}, when)

    def _places(self) -> None:
        """A list and a feed that the person has saved."""
        when = self._now - timedelta(days=60)
        value = {"name": "Customers", "purpose": "app.bsky.graph.defs#curatelist"}
        people = self._put(self.me.did, "app.bsky.graph.list", value, when)
        for account in self._others[:5]:
            item = {"list": people.uri, "subject": account.did}
            self._put(self.me.did, "app.bsky.graph.listitem", item, when)
        host = self._others[0]
        feed = self._put(
            host.did,
            "app.bsky.feed.generator",
            {"did": host.did, "displayName": "B2B, best first", "practiceQuery": "b2b"},
            when,
        )
        saved = [
            {"id": "1", "type": "timeline", "value": "following", "pinned": True},
            {"id": "2", "type": "feed", "value": feed.uri, "pinned": True},
            {"id": "3", "type": "list", "value": people.uri, "pinned": False},
        ]
        self.me.preferences = [{"$type": "app.bsky.actor.defs#savedFeedsPrefV2", "items": saved}]

    def _text(self, post: PracticePost) -> str:
        known = all(slug in self._urls for slug in post.articles)
        return post.text_with(self._urls) if known else re.sub(r"\s*\{article:[a-z0-9-]+\}", "", post.text)

    def _facets(self, text: str) -> list[Json]:
        found = [(*m.span(), {"$type": f"{FACET}#link", "uri": m[0]}) for m in _LINK.finditer(text)]
        for account in self._accounts.values():
            named = re.finditer(rf"@{re.escape(account.handle)}(?![\w.-])", text)
            found += [(*m.span(), {"$type": f"{FACET}#mention", "did": account.did}) for m in named]
        links = [(start, end) for start, end, _ in found]
        tags = [m for m in _TAG.finditer(text) if not any(start <= m.start() < end for start, end in links)]
        found += [(*m.span(), {"$type": f"{FACET}#tag", "tag": m[1]}) for m in tags]
        return [
            {"index": {"byteStart": byte_offset(text, start), "byteEnd": byte_offset(text, end)}, "features": [feature]}
            for start, end, feature in sorted(found, key=lambda one: one[0])
        ]

    def _embed(self, account: Account, post: PracticePost) -> Json | None:
        if post.picture:
            width, height = PICTURE_SIZE
            image = {
                "alt": post.picture_alt,
                "image": self._state.add_seeded_blob(account.did, post.picture),
                "aspectRatio": {"width": width, "height": height},
            }
            return {"$type": "app.bsky.embed.images", "images": [image]}
        slug = next((slug for slug in post.articles if slug in self._urls), "")
        article = next((article for article in self._world.articles if article.slug == slug), None)
        if article is None:
            return None
        card = {
            "uri": self._urls[slug],
            "title": article.title,
            "description": article.summary,
            "thumb": self._state.add_seeded_blob(account.did, article.picture),
        }
        return {"$type": "app.bsky.embed.external", "external": card}


def _ref(record: Record) -> Json:
    return {"uri": record.uri, "cid": record.cid}
