"""Routes of the practice blog for posts."""

from collections.abc import Mapping

from socialdesk.practice import wordpress_wire as wire
from socialdesk.practice.wordpress_call import Answer, Call, Routes, encoded, is_true, listed, page_of, text_of, time_of
from socialdesk.practice.wordpress_state import POST_STATUSES, BlogState, Post
from socialdesk.practice.wordpress_wire import ApiError, Json, invalid_param


class PostRoutes:
    def __init__(self, state: BlogState, name: str, username: str) -> None:
        self.state = state
        self._name = name
        self._username = username

    def routes(self) -> Routes:
        return (
            ("GET", "/wp/v2/posts", self.list_posts),
            ("POST", "/wp/v2/posts", self.create_post),
            ("GET", r"/wp/v2/posts/(\d+)", self.get_post),
            ("POST PUT PATCH", r"/wp/v2/posts/(\d+)", self.update_post),
            ("DELETE", r"/wp/v2/posts/(\d+)", self.delete_post),
        )

    def list_posts(self, call: Call) -> Answer:
        statuses = set(listed(call.query.get("status", "publish")))
        if not call.user and statuses != {"publish"}:
            raise invalid_param("status", "Status is forbidden.", "rest_forbidden_status", {"status": 401})
        if call.edit:
            call.need_user("rest_forbidden_context")
        allowed = POST_STATUSES if "any" in statuses else statuses
        found = [p for p in self.state.posts.values() if p.status in allowed and _matches(p, call.query)]
        order = {
            "id": lambda p: p.id,
            "modified": lambda p: (p.modified, p.id),
            "title": lambda p: p.title,
            "slug": lambda p: p.slug,
        }.get(call.query.get("orderby", "date"), lambda p: (p.date, p.id))
        found.sort(key=order, reverse=call.query.get("order", "desc") == "desc")
        return page_of(call, found, lambda post: self._post(call, post), "rest_post_invalid_page_number")

    def _post(self, call: Call, post: Post) -> Json:
        made = wire.post_json(call.base, post, edit=call.edit)
        if "_embed" in call.query:
            author = wire.user_json(call.base, self._name, edit=False, username=self._username)
            made["_embedded"] = wire.post_embeds(call.base, post, self.state, author)
        return made

    def _known_post(self, number: str) -> Post:
        post = self.state.posts.get(int(number))
        if post is None:
            raise ApiError(404, "rest_post_invalid_id", "Invalid post ID.")
        return post

    def get_post(self, call: Call, number: str) -> Answer:
        post = self._known_post(number)
        if post.status != "publish" or call.edit:
            call.need_user("rest_forbidden", "Sorry, you are not allowed to do that.")
        return Answer(wire.narrowed(self._post(call, post), call.query))

    def create_post(self, call: Call) -> Answer:
        call.need_user("rest_cannot_create", "Sorry, you are not allowed to create posts as this user.")
        title, content, excerpt = (text_of(call.body.get(name, "")) for name in ("title", "content", "excerpt"))
        if not (title or content or excerpt):
            raise ApiError(400, "empty_content", "Content, title, and excerpt are empty.")
        post = Post(0, title, content, "draft", "", call.now, call.now, excerpt, call.user, [1])
        self._change(post, call)
        post.id = self.state.new_post_id()
        self.state.posts[post.id] = post
        edit = Call(call.base, {**call.query, "context": "edit"}, {}, call.user, call.now)
        location = {"Location": f"{call.base}/wp-json/wp/v2/posts/{post.id}"}
        return Answer(self._post(edit, post), 201, location)

    def update_post(self, call: Call, number: str) -> Answer:
        call.need_user("rest_cannot_edit", "Sorry, you are not allowed to edit this post.")
        post = self._known_post(number)
        for name in ("title", "content", "excerpt"):
            if name in call.body:
                setattr(post, name, text_of(call.body[name]))
        self._change(post, call)
        post.modified = call.now
        return Answer(self._post(Call(call.base, {"context": "edit"}, {}, call.user, call.now), post))

    def _change(self, post: Post, call: Call) -> None:
        body = call.body
        status = str(body.get("status", post.status))
        if status not in POST_STATUSES:
            known = "publish, future, draft, pending, and private"
            raise invalid_param("status", f"status is not one of {known}.", "rest_not_in_enum")
        if body.get("date_gmt") or body.get("date"):
            post.date = time_of(str(body.get("date_gmt") or body["date"]), "date_gmt")
            post.modified = max(post.modified, post.date) if not post.id else post.modified
        if status in {"publish", "future"}:
            status = "future" if post.date > call.now else "publish"
        post.status = status
        wanted = str(
            body.get("slug") or post.slug or (post.title if status in {"publish", "future", "private"} else "")
        )
        post.slug = self.state.unique_slug(wanted, post.id) if wanted else post.slug
        if "categories" in body:
            post.categories = self.state.known_terms(body["categories"], "category") or [1]
        if "tags" in body:
            post.tags = self.state.known_terms(body["tags"], "post_tag")
        if body.get("featured_media") in self.state.media:
            post.featured = int(body["featured_media"])

    def delete_post(self, call: Call, number: str) -> Answer:
        call.need_user("rest_cannot_delete", "Sorry, you are not allowed to delete this post.")
        post = self._known_post(number)
        if is_true(call.query.get("force")):
            del self.state.posts[post.id]
            return Answer({"deleted": True, "previous": self._post(call, post)})
        if post.status == "trash":
            raise ApiError(410, "rest_already_trashed", "The post has already been deleted.")
        post.status, post.slug = "trash", post.slug + "__trashed"
        return Answer(self._post(call, post))


def _matches(post: Post, query: Mapping[str, str]) -> bool:
    slugs = listed(query.get("slug", ""))
    word = query.get("search", "").casefold()
    bounds = (
        ("after", post.date, 1),
        ("before", post.date, -1),
        ("modified_after", post.modified, 1),
        ("modified_before", post.modified, -1),
    )
    for name, value, sign in bounds:
        if name in query and (value - time_of(query[name], name)).total_seconds() * sign <= 0:
            return False
    return (
        (not slugs or post.slug in {encoded(slug) for slug in slugs})
        and (not word or word in f"{post.title} {post.excerpt} {post.content}".casefold())
        and (not listed(query.get("include", "")) or str(post.id) in listed(query["include"]))
        and str(post.id) not in listed(query.get("exclude", ""))
        and (not query.get("author") or str(post.author) in listed(query["author"]))
        and (not query.get("categories") or bool({str(i) for i in post.categories} & set(listed(query["categories"]))))
        and (not query.get("tags") or bool({str(i) for i in post.tags} & set(listed(query["tags"]))))
    )
