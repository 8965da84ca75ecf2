"""Which function answers which XRPC method of the practice Bluesky."""

from collections.abc import Callable, Mapping

from socialdesk.practice import bluesky_reads as reads
from socialdesk.practice import bluesky_video as video
from socialdesk.practice import bluesky_writes as writes
from socialdesk.practice.bluesky_call import Call, Json

Method = Callable[[Call], Json]

QUERIES: Mapping[str, Method] = {
    "com.atproto.server.getSession": writes.get_session,
    "com.atproto.server.getServiceAuth": video.get_service_auth,
    "com.atproto.server.describeServer": writes.describe_server,
    "com.atproto.identity.resolveHandle": writes.resolve_handle,
    "com.atproto.repo.describeRepo": writes.describe_repo,
    "com.atproto.repo.getRecord": writes.get_record,
    "com.atproto.repo.listRecords": writes.list_records,
    "app.bsky.actor.getProfile": reads.get_profile,
    "app.bsky.actor.getPreferences": reads.get_preferences,
    "app.bsky.feed.getTimeline": reads.get_timeline,
    "app.bsky.feed.getAuthorFeed": reads.get_author_feed,
    "app.bsky.feed.getListFeed": reads.get_list_feed,
    "app.bsky.feed.getFeed": reads.get_feed,
    "app.bsky.feed.getFeedGenerator": reads.get_feed_generator,
    "app.bsky.feed.getFeedGenerators": reads.get_feed_generators,
    "app.bsky.feed.searchPosts": reads.search_posts,
    "app.bsky.feed.getPosts": reads.get_posts,
    "app.bsky.feed.getPostThread": reads.get_post_thread,
    "app.bsky.graph.getLists": reads.get_lists,
    "app.bsky.graph.getList": reads.get_list,
    "app.bsky.notification.listNotifications": reads.list_notifications,
    "app.bsky.notification.getUnreadCount": reads.get_unread_count,
    "app.bsky.bookmark.getBookmarks": reads.get_bookmarks,
    "app.bsky.video.getUploadLimits": video.get_upload_limits,
    "app.bsky.video.getJobStatus": video.get_job_status,
}
PROCEDURES: Mapping[str, Method] = {
    "com.atproto.server.createSession": writes.create_session,
    "com.atproto.server.refreshSession": writes.refresh_session,
    "com.atproto.server.deleteSession": writes.delete_session,
    "com.atproto.repo.putRecord": writes.put_record,
    "com.atproto.repo.createRecord": writes.create_record,
    "com.atproto.repo.deleteRecord": writes.delete_record,
    "com.atproto.repo.applyWrites": writes.apply_writes,
    "com.atproto.repo.uploadBlob": writes.upload_blob,
    "app.bsky.video.uploadVideo": video.upload_video,
    "app.bsky.notification.updateSeen": reads.update_seen,
    "app.bsky.bookmark.createBookmark": reads.create_bookmark,
    "app.bsky.bookmark.deleteBookmark": reads.delete_bookmark,
}
# As on the real server, these answer with an empty body.
SILENT = frozenset({
    "com.atproto.server.deleteSession", "app.bsky.notification.updateSeen",
    "app.bsky.bookmark.createBookmark", "app.bsky.bookmark.deleteBookmark",
})  # fmt: skip
