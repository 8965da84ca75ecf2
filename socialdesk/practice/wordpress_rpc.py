"""XML-RPC of the practice blog: the methods `wp.*` of WordPress 6, over the same posts as its REST API.

Structs, faults and traps as in `wp-includes/class-wp-xmlrpc-server.php` and on running sites: a planned post calls
itself published, a post that does not say otherwise is closed to comments, what is deleted twice is gone for good.
"""

import xmlrpc.client as wire
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from socialdesk.practice.wordpress_api import RestApi
from socialdesk.practice.wordpress_call import Call, Upload
from socialdesk.practice.wordpress_state import BlogState, Comment, Media, Post
from socialdesk.practice.wordpress_wire import ApiError, permalink

Struct = dict[str, Any]
_DEFAULT_STATUSES = "draft, publish, future, pending, private"
_COMMENT_STATUS = {"approved": "approve"}


class RpcFault(Exception):
    def __init__(self, code: int, message: str) -> None:
        super().__init__(code)
        self.fault = wire.Fault(code, message)


class RpcApi:
    """`password` is that of the one user, `username`."""

    def __init__(self, state: BlogState, api: RestApi, name: str, username: str, password: str) -> None:
        self.state = state
        self._api = api
        self._name = name
        self._pair = (username, password.replace(" ", ""))
        self._methods: dict[str, Callable[..., Any]] = {
            "wp.getProfile": self._profile,
            "wp.getOptions": self._options,
            "wp.getPosts": self._posts,
            "wp.getPost": self._one_post,
            "wp.newPost": self._new_post,
            "wp.editPost": self._edit_post,
            "wp.deletePost": self._delete_post,
            "wp.getTerms": self._terms,
            "wp.getComments": self._comments,
            "wp.getComment": self._one_comment,
            "wp.newComment": self._new_comment,
            "wp.editComment": self._edit_comment,
            "wp.deleteComment": self._delete_comment,
            "wp.getMediaLibrary": self._library,
            "wp.uploadFile": self._upload,
        }

    def answer(self, body: bytes, base: str, now: datetime) -> bytes:
        """The answer to one call, faults included."""
        self.state.publish_due(now)
        try:
            args, method = wire.loads(body)
        except Exception:
            return self._faulty(RpcFault(-32700, "parse error. not well formed"))
        try:
            result = self._called(str(method), args, Call(base, {}, {}, 1, now))
        except RpcFault as refused:
            return self._faulty(refused)
        except ApiError as refused:
            return self._faulty(RpcFault(refused.status, str(refused.body["message"])))
        return wire.dumps((result,), methodresponse=True, encoding="utf-8").encode()

    def _faulty(self, refused: RpcFault) -> bytes:
        return wire.dumps(refused.fault, methodresponse=True, encoding="utf-8").encode()

    def _called(self, method: str, args: tuple[Any, ...], call: Call) -> Any:
        if method in {"system.listMethods", "mt.supportedMethods"}:
            return sorted([*self._methods, "wp.getUsersBlogs", "system.listMethods", "mt.supportedMethods"])
        if method == "wp.getUsersBlogs":
            self._login(*args[:2])
            about = {"isAdmin": True, "url": f"{call.base}/", "blogid": "1", "blogName": self._name}
            return [{**about, "xmlrpc": f"{call.base}/xmlrpc.php"}]
        if method not in self._methods:
            raise RpcFault(-32601, f"server error. requested method {method} does not exist.")
        if len(args) < 3:
            raise RpcFault(400, "Insufficient arguments passed to this XML-RPC method.")
        self._login(args[1], args[2])
        return self._methods[method](call, *args[3:])

    def _login(self, username: str, password: str) -> None:
        if self._api.revoked or (username, str(password).replace(" ", "")) != self._pair:
            raise RpcFault(403, "Incorrect username or password.")

    # the user and the site

    def _profile(self, _call: Call, fields: list[str] | None = None) -> Struct:
        about = {"user_id": "1", "username": self._pair[0], "display_name": self._name, "roles": ["administrator"]}
        return {name: value for name, value in about.items() if fields is None or name in fields}

    def _options(self, call: Call, names: list[str] | None = None) -> Struct:
        values = {
            "software_name": "WordPress",
            "software_version": "6.1.9",
            "blog_url": call.base,
            "home_url": call.base,
            "blog_title": self._name,
            "default_comment_status": "open",
            "default_ping_status": "open",
        }
        told = {name: {"desc": name, "readonly": True, "value": value} for name, value in values.items()}
        return {name: value for name, value in told.items() if not names or name in names}

    # posts

    def _posts(self, call: Call, wanted: Struct | None = None, fields: list[str] | None = None) -> list[Struct]:
        query = wanted or {}
        statuses = {status.strip() for status in str(query.get("post_status") or _DEFAULT_STATUSES).split(",")}
        found = [post for post in self.state.posts.values() if post.status in statuses]
        order: dict[str, Callable[[Post], Any]] = {"ID": lambda p: p.id, "modified": lambda p: (p.modified, p.id)}
        by = order.get(str(query.get("orderby")), lambda p: (p.date, p.id))
        found.sort(key=by, reverse=str(query.get("order", "DESC")).upper() == "DESC")
        return [self._post(call, post, fields) for post in _span(found, query)]

    def _one_post(self, call: Call, number: object, fields: list[str] | None = None) -> Struct:
        return self._post(call, self._known_post(number), fields)

    def _known_post(self, number: object) -> Post:
        post = self.state.posts.get(int(str(number)))
        if post is None:
            raise RpcFault(404, "Invalid post ID.")
        return post

    def _post(self, call: Call, post: Post, fields: list[str] | None) -> Struct:
        asked = fields if fields is not None else ["post", "terms", "custom_fields"]
        struct = {
            "post_title": post.title,
            "post_date": _time(post.date),
            "post_date_gmt": _time(post.date),
            "post_modified": _time(post.modified),
            "post_modified_gmt": _time(post.modified),
            "post_status": "publish" if post.status == "future" else post.status,
            "post_type": "post",
            "post_name": post.slug,
            "post_author": str(post.author),
            "post_password": "",
            "post_excerpt": post.excerpt,
            "post_content": post.content,
            "post_parent": "0",
            "post_mime_type": "",
            "link": permalink(call.base, post),
            "guid": f"{call.base}/?p={post.id}",
            "menu_order": 0,
            "comment_status": "open" if post.open else "closed",
            "ping_status": "open",
            "sticky": False,
            "post_format": "standard",
            "post_thumbnail": [],
        }
        if post.featured in self.state.media:
            struct["post_thumbnail"] = self._media(call, self.state.media[post.featured])
        shown = struct if "post" in asked else {name: value for name, value in struct.items() if name in asked}
        shown["post_id"] = str(post.id)
        if "terms" in asked:
            shown["terms"] = [self._term(number) for number in (*post.categories, *post.tags)]
        if "custom_fields" in asked:
            shown["custom_fields"] = [
                {"id": str(number), "key": name, "value": value}
                for number, (name, value) in enumerate(post.fields.items(), 1)
            ]
        return shown

    def _new_post(self, call: Call, content: Struct) -> str:
        made = self._api.answer("POST", "/wp/v2/posts", replace(call, body=self._as_rest(content)))
        post = self.state.posts[int(made.body["id"])]
        post.open = content.get("comment_status") == "open"
        self._keep_fields(post, content)
        return str(post.id)

    def _edit_post(self, call: Call, number: object, content: Struct) -> bool:
        post = self._known_post(number)
        self._api.answer("POST", f"/wp/v2/posts/{post.id}", replace(call, body=self._as_rest(content)))
        self._keep_fields(post, content)
        return True

    def _as_rest(self, content: Struct) -> Struct:
        """The same post as the REST API takes it; terms that are new are made."""
        names = {
            "post_title": "title",
            "post_content": "content",
            "post_excerpt": "excerpt",
            "post_status": "status",
            "post_name": "slug",
        }
        body: Struct = {rest: content[name] for name, rest in names.items() if name in content}
        if content.get("post_date_gmt"):
            body["date_gmt"] = datetime.strptime(str(content["post_date_gmt"]), "%Y%m%dT%H:%M:%S").isoformat()  # noqa: DTZ007
        if content.get("post_thumbnail"):
            body["featured_media"] = int(content["post_thumbnail"])
        for taxonomy, rest in (("category", "categories"), ("post_tag", "tags")):
            wanted = (content.get("terms_names") or {}).get(taxonomy)
            if wanted:
                terms = [self.state.find_stored(taxonomy, n) or self.state.add_stored(taxonomy, n) for n in wanted]
                body[rest] = [term.id for term in terms]
        return body

    @staticmethod
    def _keep_fields(post: Post, content: Struct) -> None:
        for one in content.get("custom_fields") or []:
            if not str(one["key"]).startswith("_"):  # those are protected
                post.fields[str(one["key"])] = str(one["value"])

    def _delete_post(self, call: Call, number: object) -> bool:
        post = self._known_post(number)
        force = {"force": "true"} if post.status == "trash" else {}
        self._api.answer("DELETE", f"/wp/v2/posts/{post.id}", replace(call, query=force))
        return True

    def _term(self, number: int) -> Struct:
        term = self.state.terms[number]
        return {"term_id": str(term.id), "name": term.name, "slug": term.slug, "taxonomy": term.taxonomy}

    def _terms(self, _call: Call, taxonomy: str, _wanted: Struct | None = None) -> list[Struct]:
        return [self._term(term.id) for term in self.state.terms.values() if term.taxonomy == taxonomy]

    # comments

    def _comments(self, call: Call, wanted: Struct | None = None) -> list[Struct]:
        query = wanted or {}
        status, post = str(query.get("status") or ""), str(query.get("post_id") or "")
        allowed = {"approve": {"approved"}, "hold": {"hold"}, "": {"approved", "hold"}}.get(status, {status})
        found = [c for c in self.state.comments.values() if c.status in allowed and post in {"", str(c.post)}]
        found.sort(key=lambda c: (c.date, c.id), reverse=True)
        return [self._comment(call, comment) for comment in _span(found, query)]

    def _comment(self, call: Call, comment: Comment) -> Struct:
        post = self.state.posts.get(comment.post)
        return {
            "date_created_gmt": _time(comment.date),
            "user_id": str(comment.author),
            "comment_id": str(comment.id),
            "parent": str(comment.parent),
            "status": _COMMENT_STATUS.get(comment.status, comment.status),
            "content": comment.content,
            "link": f"{permalink(call.base, post) if post else call.base}#comment-{comment.id}",
            "post_id": str(comment.post),
            "post_title": post.title if post else "",
            "author": comment.author_name,
            "author_url": comment.author_url,
            "author_email": "",
            "author_ip": "127.0.0.1",
            "type": "comment",
        }

    def _known_comment(self, number: object) -> Comment:
        comment = self.state.comments.get(int(str(number)))
        if comment is None:
            raise RpcFault(404, "Invalid comment ID.")
        return comment

    def _one_comment(self, call: Call, number: object) -> Struct:
        return self._comment(call, self._known_comment(number))

    def _new_comment(self, call: Call, number: object, content: Struct) -> int:
        post = self._known_post(number)
        if not post.open:
            raise RpcFault(403, "Sorry, comments are closed for this item.")
        body = {"post": post.id, "parent": content.get("comment_parent", 0), "content": content.get("content", "")}
        try:
            made = self._api.answer("POST", "/wp/v2/comments", replace(call, body=body))
        except ApiError as refused:
            raise RpcFault(403, str(refused.body["message"])) from None
        return int(made.body["id"])

    def _edit_comment(self, _call: Call, number: object, content: Struct) -> bool:
        comment = self._known_comment(number)
        comment.content = str(content.get("content", comment.content))
        return True

    def _delete_comment(self, _call: Call, number: object) -> bool:
        comment = self._known_comment(number)
        if comment.status == "trash":
            del self.state.comments[comment.id]
        comment.status = "trash"
        return True

    # media

    def _library(self, call: Call, wanted: Struct | None = None) -> list[Struct]:
        found = sorted(self.state.media.values(), key=lambda m: (m.date, m.id), reverse=True)
        return [self._media(call, media) for media in _span(found, wanted or {})]

    def _media(self, call: Call, media: Media) -> Struct:
        url = f"{call.base}/wp-content/uploads/{media.path}"
        return {
            "attachment_id": str(media.id),
            "date_created_gmt": _time(media.date),
            "parent": 0,
            "link": url,
            "title": media.title,
            "caption": media.caption,
            "description": "",
            "metadata": {"width": media.width, "height": media.height, "file": media.path},
            "type": media.mime,
            "alt": media.alt,
            "thumbnail": url,
        }

    def _upload(self, call: Call, data: Struct) -> Struct:
        bits = data.get("bits")
        content = bits.data if isinstance(bits, wire.Binary) else b""
        upload = Upload(str(data.get("name", "")), str(data.get("type", "")), content)
        try:
            made = self._api.answer("POST", "/wp/v2/media", replace(call, upload=upload))
        except ApiError as refused:
            raise RpcFault(500, f"Could not write file {upload.name} ({refused.body['message']}).") from None
        media = self.state.media[int(made.body["id"])]
        struct = self._media(call, media)
        return {**struct, "id": struct["attachment_id"], "file": upload.name, "url": struct["link"]}


def rsd(base: str) -> str:
    """What the site says of its programming interfaces (Really Simple Discoverability 1.0)."""
    names = (("WordPress", "true"), ("Movable Type", "false"), ("MetaWeblog", "false"), ("Blogger", "false"))
    apis = "".join(
        f'<api name="{name}" blogID="1" preferred="{preferred}" apiLink="{base}/xmlrpc.php" />'
        for name, preferred in names
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rsd version="1.0" xmlns="http://archipelago.phrasewise.com/rsd"><service>'
        f"<engineName>WordPress</engineName><homePageLink>{base}</homePageLink><apis>{apis}</apis></service></rsd>"
    )


def method_of(body: bytes) -> str:
    """The method that a call names, '' = none."""
    _, _, rest = body.partition(b"<methodName>")
    return rest.partition(b"</methodName>")[0].decode("ascii", "replace")


def _span(found: list[Any], query: Mapping[str, Any]) -> list[Any]:
    offset, number = int(query.get("offset", 0)), int(query.get("number", 10))
    return found[offset : offset + number]


def _time(when: datetime) -> wire.DateTime:
    return wire.DateTime(f"{when:%Y%m%dT%H:%M:%S}")
