"""LinkedIn's JSON as entries. Names of people are not given to programs: a commenter is a member like any other."""

from collections.abc import Mapping

from socialdesk.core.entry import Author, Counts, Entry, EntryKind, LinkCard, Media, MediaKind, Reason
from socialdesk.core.tolerant import Obj, obj, string, web
from socialdesk.networks.linkedin.commenting import ids_of
from socialdesk.networks.linkedin.facts import KEY
from socialdesk.networks.linkedin.littletext import plain
from socialdesk.networks.linkedin.matching import media_of
from socialdesk.networks.linkedin.tolerant import moment, number
from socialdesk.networks.linkedin.urn import ORGANISATION, enc, post_url

_KINDS = {"image": MediaKind.IMAGE, "video": MediaKind.VIDEO}


def post_entry(post: Obj, me: Author, site: str, pictures: Mapping[str, str], counts: Counts) -> Entry | None:
    """`pictures`: addresses by URN, as far as they are known. None for what has no id."""
    urn = string(post.get("id"))
    if not urn:
        return None
    url = post_url(urn, site)
    return Entry(
        key=urn,
        network=KEY,
        remote_id=urn,
        kind=EntryKind.POST,
        author=me,
        text=plain(string(post.get("commentary"))),
        url=url,
        published=moment(post.get("publishedAt")) or moment(post.get("createdAt")),
        updated=moment(post.get("lastModifiedAt")),
        media=tuple(media for one in media_of(post) if (media := _media(one, pictures))),
        link=_card(obj(obj(post.get("content")).get("article")), pictures),
        counts=counts,
        refs={"post": urn, "url": url},
    )


def comment_entry(comment: Obj, post: str, me: Author, site: str) -> Entry | None:
    actor = string(comment.get("actor"))
    written = ids_of(comment, post)
    created = moment(obj(comment.get("created")).get("time"))
    if not actor or not written[0]:
        return None
    url = f"{post_url(post, site)}?commentUrn={enc(written[1])}"
    author = me if actor == me.remote_id else _stranger(actor)
    return Entry(
        key=written[1],
        network=KEY,
        remote_id=written[1],
        kind=EntryKind.POST,
        author=author,
        text=string(obj(comment.get("message")).get("text")),
        url=url,
        published=created,
        updated=moment(obj(comment.get("lastModified")).get("time")),
        reply_to=string(comment.get("parentComment")) or post,
        reason=Reason("comment", author),
        refs={"post": post, "comment": written[1], "id": written[0], "url": url},
    )


def counts_of(summary: Obj) -> Counts:
    """Of an answer about social actions."""
    comments = obj(summary.get("commentsSummary"))
    said = number(comments.get("aggregatedTotalComments"))
    total = said if said is not None else number(comments.get("totalFirstLevelComments"))
    likes = obj(summary.get("likesSummary"))
    liked = number(likes.get("aggregatedTotalLikes"))
    return Counts(replies=total, likes=liked if liked is not None else number(likes.get("totalLikes")))


def picture_urns(post: Obj) -> list[str]:
    thumbnail = string(obj(obj(post.get("content")).get("article")).get("thumbnail"))
    found = [string(one.get("id")) for one in media_of(post)]
    return [urn for urn in (*found, thumbnail) if urn.startswith("urn:li:image:")]


def _stranger(actor: str) -> Author:
    name = "LinkedIn page" if actor.startswith(ORGANISATION) else "LinkedIn member"
    return Author(name, remote_id=actor)


def _media(one: Obj, pictures: Mapping[str, str]) -> Media | None:
    urn = string(one.get("id"))
    url = pictures.get(urn, "")
    parts = urn.split(":")
    kind = _KINDS.get(parts[2] if len(parts) > 2 else "")
    return Media(kind, url, url, string(one.get("altText"))) if kind and url else None


def _card(article: Obj, pictures: Mapping[str, str]) -> LinkCard | None:
    url = web(article.get("source"))
    if not url:
        return None
    picture = pictures.get(string(article.get("thumbnail")), "")
    return LinkCard(url, string(article.get("title")), string(article.get("description")), picture)
