"""X's two vocabularies for reading: `tweet.fields` up to API 2.166, `post.fields` since 2.167 (August 2026).

Whether the service takes both is not known, so the one that works is found out. Answers are read in either.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

_COMMON = {
    "user.fields": "id,name,username,profile_image_url,protected,verified,verified_type",
    "media.fields": "alt_text,duration_ms,height,media_key,preview_image_url,type,url,variants,width",
    "poll.fields": "duration_minutes,end_datetime,id,options,voting_status",
}
_ATTACHED = "attachments.media_keys,attachments.poll_ids,author_id,in_reply_to_user_id"


@dataclass(frozen=True, slots=True)
class Dialect:
    """`whole` asks for all that a card shows, `proof` for what is needed to recognise a post of ours."""

    key: str
    whole: Mapping[str, str] = field(repr=False)
    proof: Mapping[str, str] = field(repr=False)


NEW = Dialect(
    "new",
    {
        "post.fields": "attachments,conversation_id,created_at,entities,id,lang,note_post,possibly_sensitive,"
        "public_metrics,reply_settings,text",
        "expansions": f"{_ATTACHED},referenced_posts",
        **_COMMON,
    },
    {
        "post.fields": "attachments,conversation_id,created_at,entities,id,note_post,text",
        "expansions": "author_id,referenced_posts",
    },
)
OLD = Dialect(
    "old",
    {
        "tweet.fields": "attachments,author_id,conversation_id,created_at,edit_history_tweet_ids,entities,id,"
        "in_reply_to_user_id,lang,note_tweet,possibly_sensitive,public_metrics,referenced_tweets,reply_settings,text",
        "expansions": f"{_ATTACHED},referenced_tweets.id,referenced_tweets.id.author_id,"
        "referenced_tweets.id.attachments.media_keys",
        **_COMMON,
    },
    {
        "tweet.fields": "attachments,author_id,conversation_id,created_at,entities,id,note_tweet,referenced_tweets,"
        "text",
    },
)


def named(key: str) -> Dialect:
    return OLD if key == OLD.key else NEW


def other(dialect: Dialect) -> Dialect:
    return NEW if dialect is OLD else OLD
