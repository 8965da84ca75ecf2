"""The JSON of the WordPress REST API (version 6), as seen on a running site."""

import html
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from socialdesk.practice.wordpress_state import BlogState, Comment, Media, Post, Term, render

Json = dict[str, Any]


class ApiError(Exception):
    """`{"code", "message", "data": {"status"}}`, the only form in which this API fails."""

    def __init__(self, status: int, code: str, message: str, **data: Any) -> None:
        super().__init__(code)
        self.status = status
        self.body: Json = {"code": code, "message": message, "data": {"status": status, **data}}


def invalid_param(name: str, why: str, code: str = "rest_invalid_type", data: Json | None = None) -> ApiError:
    details = {name: {"code": code, "message": why, "data": data}}
    return ApiError(400, "rest_invalid_param", f"Invalid parameter(s): {name}", params={name: why}, details=details)


def stamp(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%S")


def rendered(text: str, *, edit: bool, raw: str, **more: Any) -> Json:
    return {**({"raw": raw} if edit else {}), "rendered": text, **more}


def root_json(base: str, name: str, description: str) -> Json:
    return {
        "name": name,
        "description": description,
        "url": base,
        "home": base,
        "gmt_offset": "0",
        "timezone_string": "",
        "namespaces": ["oembed/1.0", "wp/v2", "wp-site-health/v1", "wp-block-editor/v1"],
        "authentication": {
            "application-passwords": {"endpoints": {"authorization": f"{base}/wp-admin/authorize-application.php"}}
        },
        "routes": {f"/wp/v2/{name}": {} for name in ("posts", "media", "comments", "categories", "tags", "users/me")},
        "site_logo": 0,
        "site_icon": 0,
        "site_icon_url": f"{base}/icon.png",
    }


def user_json(base: str, name: str, *, edit: bool, username: str, number: int = 1) -> Json:
    user: Json = {
        "id": number,
        "name": name,
        "url": base,
        "description": "",
        "link": f"{base}/author/{username}/",
        "slug": username,
        "avatar_urls": {"96": f"{base}/icon.png"},
    }
    if edit:
        names = ("publish_posts", "edit_posts", "edit_others_posts", "upload_files", "moderate_comments")
        user |= {
            "username": username,
            "roles": ["administrator"],
            "capabilities": dict.fromkeys((*names, "manage_categories", "unfiltered_html"), True),
        }
    return user


def permalink(base: str, post: Post) -> str:
    return f"{base}/{post.slug}/" if post.status in {"publish", "private"} else f"{base}/?p={post.id}"


def excerpt_of(post: Post) -> str:
    if post.excerpt:
        return f"<p>{html.escape(post.excerpt, quote=False)}</p>\n"
    words = html.unescape(re.sub(r"<[^>]*>", " ", render(post.content))).split()
    return f"<p>{html.escape(' '.join(words[:55]), quote=False)}{' [&hellip;]' if len(words) > 55 else ''}</p>\n"


def post_json(base: str, post: Post, *, edit: bool) -> Json:
    title = post.title.replace("&", "&#038;") if "&" in html.unescape(post.title) else post.title
    made: Json = {
        "id": post.id,
        "date": stamp(post.date),
        "date_gmt": stamp(post.date),
        "guid": rendered(f"{base}/?p={post.id}", edit=edit, raw=f"{base}/?p={post.id}"),
        "modified": stamp(post.modified),
        "modified_gmt": stamp(post.modified),
        "slug": post.slug,
        "status": post.status,
        "type": "post",
        "link": permalink(base, post),
        "title": rendered(title, edit=edit, raw=post.title),
        "content": rendered(render(post.content), edit=edit, raw=post.content, protected=False),
        "excerpt": rendered(excerpt_of(post), edit=edit, raw=post.excerpt, protected=False),
        "author": post.author,
        "featured_media": post.featured,
        "comment_status": "open",
        "ping_status": "open",
        "sticky": False,
        "template": "",
        "format": "standard",
        "meta": [],
        "categories": post.categories,
        "tags": post.tags,
        "_links": {"self": [{"href": f"{base}/wp-json/wp/v2/posts/{post.id}"}]},
    }
    if edit:
        made |= {"password": "", "permalink_template": f"{base}/%postname%/", "generated_slug": post.slug}
    return made


def post_embeds(base: str, post: Post, state: BlogState, author: Json) -> Json:
    """`_embedded` of a post: author, featured picture, terms."""
    embedded: Json = {"author": [author]}
    if post.featured in state.media:
        embedded["wp:featuredmedia"] = [media_json(base, state.media[post.featured])]
    terms = [[term_json(base, state.terms[i]) for i in ids] for ids in (post.categories, post.tags)]
    embedded["wp:term"] = terms
    return embedded


def media_json(base: str, media: Media) -> Json:
    url = f"{base}/wp-content/uploads/{media.path}"
    return {
        "id": media.id,
        "date": stamp(media.date),
        "date_gmt": stamp(media.date),
        "modified_gmt": stamp(media.date),
        "slug": media.slug,
        "status": "inherit",
        "type": "attachment",
        "link": f"{base}/{media.slug}/",
        "title": {"raw": media.title, "rendered": media.title},
        "author": 1,
        "caption": {"raw": media.caption, "rendered": media.caption},
        "alt_text": media.alt,
        "media_type": "image",
        "mime_type": media.mime,
        "media_details": {
            "width": media.width,
            "height": media.height,
            "file": media.path,
            "sizes": {"full": {"source_url": url, "width": media.width, "height": media.height}},
        },
        "post": None,
        "source_url": url,
    }


def term_json(base: str, term: Term, count: int = 0) -> Json:
    kind = "category" if term.taxonomy == "category" else "tag"
    return {
        "id": term.id,
        "count": count,
        "description": "",
        "link": f"{base}/{kind}/{term.slug}/",
        "name": term.name,
        "slug": term.slug,
        "taxonomy": term.taxonomy,
        "meta": [],
    }


def comment_json(base: str, comment: Comment, post: Post | None, *, edit: bool) -> Json:
    made: Json = {
        "id": comment.id,
        "post": comment.post,
        "parent": comment.parent,
        "author": comment.author,
        "author_name": comment.author_name,
        "author_url": comment.author_url,
        "date": stamp(comment.date),
        "date_gmt": stamp(comment.date),
        "content": rendered(render(comment.content), edit=edit, raw=comment.content),
        "link": f"{permalink(base, post) if post else base}#comment-{comment.id}",
        "status": comment.status,
        "type": "comment",
        "author_avatar_urls": {
            str(size): f"{base}/avatar/{size}/{comment.author_name.split()[0].lower()}.png" for size in (24, 48, 96)
        },
        "meta": [],
        "_links": {
            "up": [{"embeddable": True, "post_type": "post", "href": f"{base}/wp-json/wp/v2/posts/{comment.post}"}]
        },
    }
    if edit:
        made |= {"author_email": "", "author_ip": "127.0.0.1", "author_user_agent": ""}
    return made


def narrowed(item: Json, query: Mapping[str, str]) -> Json:
    """`_fields`: only the named fields, `a.b` for one inside another."""
    if not query.get("_fields"):
        return item
    chosen: Json = {}
    for name in query["_fields"].split(","):
        outer, _, inner = name.strip().partition(".")
        if outer not in item:
            continue
        value = item[outer]
        if inner and isinstance(value, dict):
            chosen.setdefault(outer, {})
            chosen[outer] |= {inner: value[inner]} if inner in value else {}
        else:
            chosen[outer] = value
    return chosen
