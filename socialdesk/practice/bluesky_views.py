"""How the practice app view shows accounts and posts. Wire shapes of app.bsky.actor.defs, feed.defs and embed.*."""

from collections.abc import Mapping
from typing import Any

from socialdesk.practice.bluesky_gates import gate_of, root_of
from socialdesk.practice.bluesky_rules import LIKE, POST, REPOST
from socialdesk.practice.bluesky_state import Account, Notice, Record, State, quoted_uri, wire_time

Json = dict[str, Any]


class Views:
    """`base` is the server's address; `viewer` the DID that asks, '' for nobody."""

    def __init__(self, state: State, base: str) -> None:
        self._state = state
        self._base = base

    # accounts

    def basic(self, account: Account) -> Json:
        return {
            "did": account.did,
            "handle": account.handle,
            "displayName": account.name,
            "avatar": f"{self._base}/img/avatar/plain/{account.did}/{account.handle}@png",
            "associated": {"activitySubscription": {"allowSubscriptions": "followers"}},
            "viewer": {"muted": False, "blockedBy": False},
            "labels": [],
            "createdAt": wire_time(account.created),
        }

    def profile(self, account: Account) -> Json:
        return {**self.basic(account), "description": account.bio, "indexedAt": wire_time(account.created)}

    def detailed(self, account: Account) -> Json:
        followers = self._state.marks("app.bsky.graph.follow", account.did)
        return {
            **self.profile(account),
            "followersCount": len(followers),
            "followsCount": len(self._state.follows(account.did)),
            "postsCount": sum(1 for _ in self._state.of(POST, account.did)),
        }

    # posts

    def post(self, record: Record, viewer: str) -> Json:
        state, uri = self._state, record.uri
        likes, reposts = state.marks(LIKE, uri), state.marks(REPOST, uri)
        shown = state.shown.get(uri, (0, 0, 0))
        view = {
            "uri": uri,
            "cid": record.cid,
            "author": self.basic(state.accounts[record.did]),
            "record": record.value,
            "bookmarkCount": sum(uri in account.bookmarks for account in state.accounts.values()),
            "likeCount": shown[0] + len(likes),
            "repostCount": shown[1] + len(reposts),
            "replyCount": max(shown[2], len(state.replies_to(uri))),
            "quoteCount": state.quotes(uri),
            "indexedAt": wire_time(record.indexed),
            "labels": self._labels(record),
        }
        embed = self._embed(record, record.value.get("embed"))
        if embed:
            view["embed"] = embed
        gate = state.records.get(gate_of(uri))
        if gate is not None:
            view["threadgate"] = {"uri": gate.uri, "cid": gate.cid, "record": gate.value, "lists": []}
        if viewer:
            view["viewer"] = self._viewer(record, viewer)
        return view

    def feed_item(self, record: Record, viewer: str, repost: Record | None = None) -> Json:
        item: Json = {"post": self.post(record, viewer)}
        reply = record.value.get("reply")
        if isinstance(reply, Mapping):
            item["reply"] = {name: self.post_or_gap(str(reply[name]["uri"]), viewer) for name in ("root", "parent")}
        if repost is not None:
            item["reason"] = {
                "$type": "app.bsky.feed.defs#reasonRepost",
                "by": self.basic(self._state.accounts[repost.did]),
                "uri": repost.uri,
                "cid": repost.cid,
                "indexedAt": wire_time(repost.indexed),
            }
        return item

    def post_or_gap(self, uri: str, viewer: str) -> Json:
        record = self._state.records.get(uri)
        if record is None:
            return {"$type": "app.bsky.feed.defs#notFoundPost", "uri": uri, "notFound": True}
        return {"$type": "app.bsky.feed.defs#postView", **self.post(record, viewer)}

    def thread(self, record: Record, viewer: str, depth: int, height: int) -> Json:
        node = self._thread_node(record, viewer)
        if depth > 0:
            node["replies"] = [self.thread(reply, viewer, depth - 1, 0) for reply in self._state.replies_to(record.uri)]
        parent = record.value.get("reply")
        if isinstance(parent, Mapping) and height > 0:
            node["parent"] = self._parent(str(parent["parent"]["uri"]), viewer, height)
        return node

    def _parent(self, uri: str, viewer: str, height: int) -> Json:
        record = self._state.records.get(uri)
        if record is None:
            return {"$type": "app.bsky.feed.defs#notFoundPost", "uri": uri, "notFound": True}
        return self.thread(record, viewer, 0, height - 1)

    def _thread_node(self, record: Record, viewer: str) -> Json:
        return {"$type": "app.bsky.feed.defs#threadViewPost", "post": self.post(record, viewer), "threadContext": {}}

    def notice(self, notice: Notice, *, read: bool) -> Json:
        record = self._state.records[notice.uri]
        view = {
            "uri": record.uri,
            "cid": record.cid,
            "author": self.profile(self._state.accounts[record.did]),
            "reason": notice.reason,
            "record": record.value,
            "isRead": read,
            "indexedAt": wire_time(notice.at),
            "labels": [],
        }
        return view | ({"reasonSubject": notice.subject} if notice.subject else {})

    # lists and feeds

    def list_view(self, record: Record) -> Json:
        return {
            "uri": record.uri,
            "cid": record.cid,
            "name": record.value["name"],
            "purpose": record.value["purpose"],
            "creator": self.profile(self._state.accounts[record.did]),
            "indexedAt": wire_time(record.indexed),
            "labels": [],
        }

    def generator(self, record: Record) -> Json:
        return {
            "uri": record.uri,
            "cid": record.cid,
            "did": record.did,
            "creator": self.profile(self._state.accounts[record.did]),
            "displayName": record.value["displayName"],
            "description": record.value.get("description", ""),
            "indexedAt": wire_time(record.indexed),
            "labels": [],
        }

    # what hangs on a post

    def _viewer(self, post: Record, viewer: str) -> Json:
        state, account, uri = self._state, self._state.accounts[viewer], post.uri
        view: Json = {"bookmarked": uri in account.bookmarks, "threadMuted": False, "embeddingDisabled": False}
        for name, collection in (("like", LIKE), ("repost", REPOST)):
            record = state.marks(collection, uri).get(viewer)
            if record:
                view[name] = record
        if not state.may_answer(root_of(uri, post.value), viewer):
            view["replyDisabled"] = True
        return view

    def _labels(self, record: Record) -> list[Json]:
        own = record.value.get("labels")
        values = own.get("values", []) if isinstance(own, Mapping) else []
        at = wire_time(record.indexed)
        return [{"src": record.did, "uri": record.uri, "val": value["val"], "cts": at} for value in values]

    def _embed(self, record: Record, embed: Any) -> Json | None:
        if not isinstance(embed, Mapping):
            return None
        kind = str(embed.get("$type"))
        match kind.removeprefix("app.bsky.embed."):
            case "images":
                return {"$type": f"{kind}#view", "images": [self._image(record.did, i) for i in embed["images"]]}
            case "external":
                return {"$type": f"{kind}#view", "external": self._external(record.did, embed["external"])}
            case "video":
                return {"$type": f"{kind}#view", **self._video(record.did, embed)}
            case "record":
                return {"$type": f"{kind}#view", "record": self._quoted(quoted_uri(record.value))}
            case "recordWithMedia":
                return {
                    "$type": f"{kind}#view",
                    "record": {"record": self._quoted(quoted_uri(record.value))},
                    "media": self._embed(record, embed["media"]),
                }
        return None

    def _image(self, did: str, image: Mapping[str, Any]) -> Json:
        cid = image["image"]["ref"]["$link"]
        view = {
            "thumb": f"{self._base}/img/feed_thumbnail/plain/{did}/{cid}@png",
            "fullsize": f"{self._base}/img/feed_fullsize/plain/{did}/{cid}@png",
            "alt": image["alt"],
        }
        return view | ({"aspectRatio": image["aspectRatio"]} if "aspectRatio" in image else {})

    def _video(self, did: str, video: Mapping[str, Any]) -> Json:
        cid = video["video"]["ref"]["$link"]
        place = f"{self._base}/watch/{did}/{cid}"
        view = {"cid": cid, "playlist": f"{place}/playlist.m3u8", "thumbnail": f"{place}/thumbnail.png"}
        return view | {name: video[name] for name in ("alt", "aspectRatio") if name in video}

    def _external(self, did: str, card: Mapping[str, Any]) -> Json:
        view = {name: card[name] for name in ("uri", "title", "description")}
        if "thumb" in card:
            view["thumb"] = f"{self._base}/img/feed_thumbnail/plain/{did}/{card['thumb']['ref']['$link']}@png"
        return view

    def _quoted(self, uri: str) -> Json:
        record = self._state.records.get(uri)
        if record is None:
            return {"$type": "app.bsky.embed.record#viewNotFound", "uri": uri, "notFound": True}
        view = {
            "$type": "app.bsky.embed.record#viewRecord",
            "uri": uri,
            "cid": record.cid,
            "author": self.basic(self._state.accounts[record.did]),
            "value": record.value,
            "labels": [],
            "indexedAt": wire_time(record.indexed),
        }
        embed = self._embed(record, record.value.get("embed")) if not quoted_uri(record.value) else None
        return view | ({"embeds": [embed]} if embed else {})
