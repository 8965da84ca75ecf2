"""A segment as the properties of a new post (Micropub section 3.3, microformats h-entry)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from socialdesk.core.errors import Rejected
from socialdesk.core.post import ArticleToSend, Segment, Uploaded
from socialdesk.networks.micropub.keys import MARK
from socialdesk.networks.micropub.settings import Settings, chosen_targets

Properties = dict[str, list[Any]]


def properties_of(segment: Segment, key: str, settings: Settings, now: datetime) -> Properties:
    """Raises Rejected (not_supported) for what the protocol has no words for."""
    if segment.quote is not None:
        raise Rejected("Micropub quotes nothing", reason="not_supported")
    article = segment.article
    made = _note(segment) if article is None else _article(article, now)
    if segment.reply_to is not None:
        made["in-reply-to"] = [_target(segment)]
    if segment.created is not None:
        made["published"] = [written(segment.created)]
    targets = chosen_targets(segment.visibility, settings)
    if targets:
        made["mp-syndicate-to"] = targets
    made[MARK] = [key]
    return made


def _note(segment: Segment) -> Properties:
    text = segment.text.strip()
    if not text and not segment.media:
        raise Rejected("nothing to post", reason="empty")
    photos = [photo(picture) for picture in segment.media if picture.url]
    return {**({"content": [text]} if text else {}), **({"photo": photos} if photos else {})}


def _article(article: ArticleToSend, now: datetime) -> Properties:
    if not article.title.strip():
        raise Rejected("an article has a title", reason="empty")
    if article.status == "future" and (article.publish_at is None or article.publish_at > now):
        raise Rejected("Micropub has no standard for planned posts", reason="cannot_plan")
    categories = list(dict.fromkeys(name.strip() for name in (*article.categories, *article.tags) if name.strip()))
    made: Properties = {"name": [article.title], "content": [{"html": article.html}]}
    if article.excerpt:
        made["summary"] = [article.excerpt]
    if categories:
        made["category"] = categories
    if article.featured is not None:
        made["featured"] = [photo(article.featured)]
    if article.slug:
        made["mp-slug"] = [article.slug]
    if article.status == "draft":
        made["post-status"] = ["draft"]
    return made


def photo(picture: Uploaded) -> object:
    """With its description where there is one (Micropub section 3.3.2)."""
    return {"value": picture.url, "alt": picture.alt} if picture.alt else picture.url


def form_of(properties: Properties, alt: Sequence[str]) -> list[tuple[str, object]]:
    """Properties as form fields, for a post that brings its picture along. `mp-photo-alt` is micro.blog's extension."""
    fields: list[tuple[str, object]] = [("h", "entry")]
    for name, found in properties.items():
        fields += [(name, found[0])] if len(found) == 1 else [(f"{name}[]", one) for one in found]
    return [*fields, *(("mp-photo-alt[]", words) for words in alt if words)]


def without_objects(properties: Properties) -> Properties:
    """The same pictures as plain addresses, for sites that take no descriptions in the standard's form.

    The descriptions of photos go in micro.blog's form, which a site that does not know it leaves alone.
    """
    made, alt = dict(properties), [_alt(one) for one in properties.get("photo", ())]
    for name in ("photo", "featured"):
        if name in made:
            made[name] = [one["value"] if isinstance(one, dict) else one for one in made[name]]
    return {**made, "mp-photo-alt": alt} if any(alt) else made


def _alt(one: object) -> str:
    return str(one.get("alt", "")) if isinstance(one, dict) else ""


def _target(segment: Segment) -> str:
    target = segment.reply_to
    url = (target.refs.get("url") or target.url or target.remote_id) if target is not None else ""
    if not url.startswith(("http://", "https://")):
        raise Rejected("what is answered has no address", reason="not_found")
    return url


def written(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}+00:00"
