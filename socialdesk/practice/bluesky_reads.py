"""XRPC methods of the practice app view: feeds, search, notifications, bookmarks. They raise Refused."""

from datetime import datetime

from socialdesk.practice import bluesky_feeds as feeds
from socialdesk.practice.bluesky_call import Call, Json
from socialdesk.practice.bluesky_rules import POST, Refused
from socialdesk.practice.bluesky_state import Account, Notice, State, wire_time

LIST, LIST_ITEM, GENERATOR = "app.bsky.graph.list", "app.bsky.graph.listitem", "app.bsky.feed.generator"


def get_timeline(call: Call) -> Json:
    return call.page(feeds.timeline(call.state, call.me.did))


def get_author_feed(call: Call) -> Json:
    return call.page(feeds.author_feed(call.state, call.actor().did, call.params.get("filter", "posts_with_replies")))


def get_list_feed(call: Call) -> Json:
    record = call.record(call.need("list"))
    if record is None or record.collection != LIST:
        return {"feed": []}
    return call.page(feeds.by_accounts(call.state, _members(call.state, record.uri)))


def get_feed(call: Call) -> Json:
    """The posts with the tag that the generator's record names, best liked first."""
    record = call.record(call.need("feed"))
    if record is None or record.collection != GENERATOR:
        raise Refused(400, "RecordNotFound", f"Could not locate record: {call.need('feed')}")
    posts = feeds.search(call.state, str(record.value["practiceQuery"]), {})
    ranked = sorted(posts, key=lambda r: (-call.state.shown.get(r.uri, (0, 0, 0))[0], r.uri))
    start, limit = int(call.params.get("cursor", "0")), call.limit()
    more = {"cursor": str(start + limit)} if start + limit < len(ranked) else {}
    return {"feed": [call.views.feed_item(r, call.viewer) for r in ranked[start : start + limit]], **more}


def search_posts(call: Call) -> Json:
    me = call.me  # the public servers, too, ask for an account here
    found = feeds.search(call.state, call.need("q"), call.params)
    shown, more = feeds.page(
        found, lambda r: (wire_time(r.sort_at), r.cid), call.params.get("cursor", ""), call.limit(25)
    )
    return {"posts": [call.views.post(r, me.did) for r in shown], "hitsTotal": len(found), **more}


def get_posts(call: Call) -> Json:
    uris = call.many.get("uris", [])
    if not 1 <= len(uris) <= 25:
        raise Refused(400, "InvalidRequest", "Invalid params: uris")
    found = [record for uri in uris if (record := call.record(uri)) is not None and record.collection == POST]
    return {"posts": [call.views.post(record, call.viewer) for record in found]}


def get_post_thread(call: Call) -> Json:
    record = call.record(call.need("uri"))
    if record is None:
        raise Refused(400, "NotFound", f"Post not found: {call.need('uri')}")
    depth, height = int(call.params.get("depth", "6")), int(call.params.get("parentHeight", "80"))
    return {"thread": call.views.thread(record, call.viewer, depth, height)}


def list_notifications(call: Call) -> Json:
    me = call.me
    wanted = set(call.many.get("reasons", []))
    mine = [n for n in call.state.notices if n.to == me.did and (not wanted or n.reason in wanted)]
    shown, more = feeds.page(mine, lambda n: (wire_time(n.at), n.uri), call.params.get("cursor", ""), call.limit())
    notifications = [call.views.notice(n, read=not _unseen(n, me)) for n in shown]
    seen = {"seenAt": wire_time(me.seen_at)} if me.seen_at else {}
    return {"notifications": notifications, "priority": False, **seen, **more}


def get_unread_count(call: Call) -> Json:
    me = call.me
    return {"count": sum(1 for n in call.state.notices if n.to == me.did and _unseen(n, me))}


def update_seen(call: Call) -> Json:
    call.me.seen_at = datetime.fromisoformat(call.need("seenAt"))
    return {}


def get_profile(call: Call) -> Json:
    return call.views.detailed(call.actor())


def get_preferences(call: Call) -> Json:
    return {"preferences": call.me.preferences}


def get_lists(call: Call) -> Json:
    return {"lists": [call.views.list_view(record) for record in call.state.of(LIST, call.actor().did)]}


def get_list(call: Call) -> Json:
    record = call.record(call.need("list"))
    if record is None:
        raise Refused(400, "InvalidRequest", f"List not found: {call.need('list')}")
    members = [call.state.accounts[did] for did in sorted(_members(call.state, record.uri))]
    items = [{"uri": record.uri, "subject": call.views.profile(account)} for account in members]
    return {"list": call.views.list_view(record), "items": items[: call.limit()]}


def get_feed_generator(call: Call) -> Json:
    record = call.record(call.need("feed"))
    if record is None or record.collection != GENERATOR:
        raise Refused(400, "InvalidRequest", "could not find feed")
    return {"view": call.views.generator(record), "isOnline": True, "isValid": True}


def get_feed_generators(call: Call) -> Json:
    found = [record for uri in call.many.get("feeds", []) if (record := call.record(uri)) is not None]
    return {"feeds": [call.views.generator(record) for record in found]}


# bookmarks


def create_bookmark(call: Call) -> Json:
    uri = call.need("uri")
    if f"/{POST}/" not in uri:
        raise Refused(400, "UnsupportedCollection", "Only app.bsky.feed.post is supported")
    call.me.bookmarks.setdefault(uri, call.state.now())
    return {}


def delete_bookmark(call: Call) -> Json:
    call.me.bookmarks.pop(call.need("uri"), None)
    return {}


def get_bookmarks(call: Call) -> Json:
    me = call.me
    shown, more = feeds.page(
        me.bookmarks.items(), lambda pair: (wire_time(pair[1]), pair[0]), call.params.get("cursor", ""), call.limit()
    )
    views = [
        {
            "subject": {"uri": uri, "cid": record.cid if (record := call.state.records.get(uri)) else ""},
            "createdAt": wire_time(when),
            "item": call.views.post_or_gap(uri, me.did),
        }
        for uri, when in shown
    ]
    return {"bookmarks": views, **more}


def _members(state: State, uri: str) -> set[str]:
    return {str(item.value["subject"]) for item in state.of(LIST_ITEM) if item.value["list"] == uri}


def _unseen(notice: Notice, account: Account) -> bool:
    return account.seen_at is None or notice.at > account.seen_at
