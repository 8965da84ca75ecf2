"""Writing: posts by a key of our own, likes, reposts, bookmarks. Sources: com.atproto.repo and app.bsky.feed lexicons.

A post is put at a key that was chosen and stored before the first byte, on the condition that nothing is there yet
(`swapRecord: null`). The same record again is accepted without a second post, another one is refused. Where only some
may answer it, the post and the record that says so are created in one write: both are out, or neither.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from socialdesk.core.account import Account
from socialdesk.core.errors import OutcomeUnknown, Rejected
from socialdesk.core.post import CardToSend, MediaFile, Receipt, Segment, Target, Uploaded
from socialdesk.core.tolerant import objs, string
from socialdesk.networks.bluesky import embeds, facets, records, translate, video
from socialdesk.networks.bluesky.client import Client, name_of
from socialdesk.networks.bluesky.facts import MAX_THUMB_BYTES
from socialdesk.networks.bluesky.keys import LIKE, POST, REPOST, AtUri, parse_at_uri
from socialdesk.networks.bluesky.names import Names
from socialdesk.networks.bluesky.reading import Feeds

Json = dict[str, Any]

_PAGE = re.compile(r"/profile/(?P<actor>[^/]+)/post/(?P<rkey>[^/]+)/?")
_RECORDS = {"like": ("like", LIKE), "reshare": ("repost", REPOST)}  # action: name in refs, collection


class Writer:
    """The writing side of one account. `web` is the base of permalinks."""

    def __init__(self, client: Client, account: Account, names: Names, feeds: Feeds, web: str) -> None:
        self._client = client
        self._account = account
        self._names = names
        self._feeds = feeds
        self._web = web

    async def upload(self, media: MediaFile) -> Uploaded:
        if media.is_video:
            ref = await video.upload(self._client, self._account.remote_id, media)
        else:
            ref = await self._client.upload_blob(media.data, media.mime)
        return Uploaded(json.dumps(ref, sort_keys=True), media.alt, media.width, media.height)

    async def publish(self, segment: Segment, key: str) -> Receipt:
        """Raises OutcomeUnknown when another record is at the key already: ours, written by an earlier attempt."""
        record = await self._record(segment, key)
        uri = str(AtUri(self._account.remote_id, POST, key))
        gate = records.gate_record(segment, uri, records.created_at(segment, key) or utc_now())
        return await (self._put(record, key) if gate is None else self._put_both(record, gate, key))

    async def _put(self, record: Json, key: str) -> Receipt:
        body = {"repo": self._account.remote_id, "collection": POST, "rkey": key, "record": record, "swapRecord": None}
        try:
            answer = await self._client.post("com.atproto.repo.putRecord", body)
        except Rejected as error:
            if name_of(error) == "InvalidSwap":
                raise OutcomeUnknown("something is at this key already", detail=error.detail) from error
            raise
        uri, cid = str(answer.get("uri") or ""), str(answer.get("cid") or "")
        if not uri or not cid:
            raise OutcomeUnknown("putRecord: an answer without uri or cid")
        return self._receipt(uri, cid, record)

    async def _put_both(self, record: Json, gate: Json, key: str) -> Receipt:
        """A repeat is refused by the server, or shakes it (500): what is at the key then is ours."""
        writes = [
            {"$type": "com.atproto.repo.applyWrites#create", "collection": one["$type"], "rkey": key, "value": one}
            for one in (record, gate)
        ]
        try:
            answer = await self._client.post(
                "com.atproto.repo.applyWrites", {"repo": self._account.remote_id, "writes": writes}
            )
        except Rejected:
            if found := await self.find(key):
                return found
            raise
        made = next(iter(objs(answer.get("results"))), {})
        uri, cid = string(made.get("uri")), string(made.get("cid"))
        if not uri or not cid:
            raise OutcomeUnknown("applyWrites: an answer without uri or cid")
        return self._receipt(uri, cid, record)

    async def find(self, key: str) -> Receipt | None:
        """The post at `key`; None when there certainly is none. Needs no valid session."""
        params = [("repo", self._account.remote_id), ("collection", POST), ("rkey", key)]
        try:
            answer = await self._client.get("com.atproto.repo.getRecord", params, signed=False)
        except Rejected as error:
            if name_of(error) == "RecordNotFound":
                return None
            raise OutcomeUnknown(str(error), detail=error.detail) from error
        uri, cid, record = answer.get("uri"), answer.get("cid"), answer.get("value")
        if not (isinstance(uri, str) and isinstance(cid, str) and isinstance(record, dict)):
            raise OutcomeUnknown("getRecord: an answer without a record")
        return self._receipt(uri, cid, record)

    async def find_by_address(self, url: str) -> Receipt | None:
        """An own post by the address of its page, on whichever site shows it."""
        page = _PAGE.fullmatch(unquote(urlsplit(url).path))
        if page is None or await self._names.did(page["actor"]) != self._account.remote_id:
            return None
        return await self.find(page["rkey"])

    async def delete(self, uri: str) -> None:
        """Deletes one of the account's records; one that is gone already is fine."""
        parts = parse_at_uri(uri)
        if parts is None or parts.repo not in {self._account.remote_id, self._account.handle}:
            raise Rejected("not a record of this account", reason="not_found")
        body = {"repo": self._account.remote_id, "collection": parts.collection, "rkey": parts.rkey}
        await self._client.post("com.atproto.repo.deleteRecord", body)

    async def act(self, action: str, uri: str, refs: Mapping[str, str], now: datetime) -> Mapping[str, str]:
        """like, unlike, reshare, unreshare, bookmark, unbookmark. Returns changed refs, '' where one is to go."""
        undo, name = action.startswith("un"), action.removeprefix("un")
        if name == "bookmark":
            return await self._bookmark(uri, refs, undo=undo)
        if name not in _RECORDS:
            raise Rejected(f"no such action: {action}", reason="not_supported")
        kept, collection = _RECORDS[name]
        if undo:
            record = refs.get(kept) or (await self._refs(uri)).get(kept, "")
            if record:
                await self.delete(record)
            return {kept: ""}
        subject = await self._subject(uri, refs)
        body = {
            "repo": self._account.remote_id,
            "collection": collection,
            "record": records.subject_record(collection, subject, now),
        }
        answer = await self._client.post("com.atproto.repo.createRecord", body)
        return {kept: str(answer.get("uri") or "")}

    async def _bookmark(self, uri: str, refs: Mapping[str, str], *, undo: bool) -> Mapping[str, str]:
        if undo:
            await self._client.post("app.bsky.bookmark.deleteBookmark", {"uri": uri})
        else:
            subject = await self._subject(uri, refs)
            await self._client.post("app.bsky.bookmark.createBookmark", subject.json())
        return {}

    async def _subject(self, uri: str, refs: Mapping[str, str]) -> records.Ref:
        cid = refs.get("cid") or (await self._refs(uri)).get("cid", "")
        return records.Ref(uri, cid)

    async def _refs(self, uri: str) -> Mapping[str, str]:
        """What acting on a post needs, asked for now. Raises Rejected (not_found)."""
        post = (await self._feeds.posts([uri])).get(uri)
        if post is None:
            raise Rejected("the post is gone", reason="not_found")
        return translate.post_refs(post)

    async def _record(self, segment: Segment, key: str) -> Json:
        segment = await self._with_refs(segment)
        found = facets.detect(segment.text)
        handles = {one.value.lower() for one in found if one.kind == "mention"}
        dids = {handle: await self._names.did(handle) for handle in sorted(handles)}
        created = records.created_at(segment, key)
        if created is None:
            raise Rejected("the key is no TID", reason="invalid")
        thumb = await self._thumb(segment.card) if segment.card and records.shows_card(segment) else None
        return records.post_record(segment, created, facets.facets(segment.text, found, dids), thumb)

    async def _with_refs(self, segment: Segment) -> Segment:
        """The segment with the hashes of what it answers and quotes, asked for where they are missing."""
        if segment.reply_to and not segment.previous:
            segment = replace(segment, reply_to=await self._whole(segment.reply_to))
        if segment.quote:
            segment = replace(segment, quote=await self._whole(segment.quote))
        return segment

    async def _whole(self, target: Target) -> Target:
        if target.refs.get("cid"):
            return target
        uri = target.refs.get("uri") or target.remote_id
        return replace(target, refs={**target.refs, **await self._refs(uri)})

    async def _thumb(self, card: CardToSend) -> Json | None:
        """The card's picture; the card goes without it rather than not at all."""
        if not card.thumb or len(card.thumb) > MAX_THUMB_BYTES:
            return None
        try:
            return await self._client.upload_blob(card.thumb, "image/jpeg")
        except Rejected:
            return None

    def _receipt(self, uri: str, cid: str, record: Mapping[str, Any]) -> Receipt:
        parts = parse_at_uri(uri) or AtUri(self._account.remote_id, POST, "")
        handle = self._account.handle
        who = handle if handle and handle != embeds.NO_HANDLE else parts.repo
        return records.receipt(uri, cid, f"{self._web}/profile/{who}/post/{parts.rkey}", record)


def utc_now() -> datetime:
    return datetime.now(UTC)
