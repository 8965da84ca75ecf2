"""Routes of the practice blog for comments."""

from datetime import datetime

from socialdesk.practice import wordpress_wire as wire
from socialdesk.practice.wordpress_call import Answer, Call, Routes, listed, page_of, text_of, time_of
from socialdesk.practice.wordpress_state import BlogState, Comment
from socialdesk.practice.wordpress_wire import ApiError, Json


class CommentRoutes:
    def __init__(self, state: BlogState, name: str) -> None:
        self.state = state
        self._name = name

    def routes(self) -> Routes:
        return (
            ("GET", "/wp/v2/comments", self.list_comments),
            ("POST", "/wp/v2/comments", self.create_comment),
            ("GET", r"/wp/v2/comments/(\d+)", self.get_comment),
            ("DELETE", r"/wp/v2/comments/(\d+)", self.delete_comment),
        )

    def list_comments(self, call: Call) -> Answer:
        status = call.query.get("status", "approve")
        if (call.edit or status != "approve") and not call.user:
            raise ApiError(401, "rest_forbidden_context", "Sorry, you are not allowed to edit comments.")
        allowed = {"approve": {"approved"}, "hold": {"hold"}, "all": {"approved", "hold"}}.get(status)
        found = [c for c in self.state.comments.values() if allowed is None or c.status in allowed]
        for name, attribute in (("post", "post"), ("parent", "parent"), ("author", "author"), ("include", "id")):
            wanted = listed(call.query.get(name, ""))
            found = [c for c in found if not wanted or str(getattr(c, attribute)) in wanted]
        without = listed(call.query.get("exclude", ""))
        found = [c for c in found if str(c.id) not in without]
        if "after" in call.query:
            after = time_of(call.query["after"], "after")
            found = [c for c in found if c.date > after]
        if "before" in call.query:
            before = time_of(call.query["before"], "before")
            found = [c for c in found if c.date < before]
        found.sort(key=lambda c: (c.date, c.id), reverse=call.query.get("order", "desc") == "desc")
        return page_of(call, found, lambda c: self._comment(call, c), "rest_comment_invalid_page_number")

    def _comment(self, call: Call, comment: Comment) -> Json:
        post = self.state.posts.get(comment.post)
        made = wire.comment_json(call.base, comment, post, edit=call.edit)
        if "_embed" in call.query and post is not None:
            made["_embedded"] = {"up": [wire.post_json(call.base, post, edit=False)]}
        return made

    def _known_comment(self, number: str) -> Comment:
        comment = self.state.comments.get(int(number))
        if comment is None:
            raise ApiError(404, "rest_comment_invalid_id", "Invalid comment ID.")
        return comment

    def get_comment(self, call: Call, number: str) -> Answer:
        return Answer(self._comment(call, self._known_comment(number)))

    def create_comment(self, call: Call) -> Answer:
        call.need_user("rest_comment_login_required", "Sorry, you must be logged in to comment.")
        post = self.state.posts.get(int(call.body.get("post") or 0))
        if post is None:
            message = "Sorry, you are not allowed to create this comment without a post."
            raise ApiError(403, "rest_comment_invalid_post_id", message)
        content, parent = text_of(call.body.get("content", "")).strip(), int(call.body.get("parent") or 0)
        if not content:
            raise ApiError(400, "rest_comment_content_invalid", "Invalid comment content.")
        for known in self.state.comments.values():
            if (known.post, known.parent, known.author, known.content) == (post.id, parent, call.user, content):
                message = "Duplicate comment detected; it looks as though you&#8217;ve already said that!"
                raise ApiError(409, "comment_duplicate", message)
        comment = self.add_comment(post.id, content, self._name, call.now, parent=parent, author=call.user)
        edit = Call(call.base, {"context": "edit"}, {}, call.user, call.now)
        return Answer(self._comment(edit, comment), 201)

    def add_comment(
        self, post: int, content: str, author_name: str, when: datetime, *, parent: int = 0, author: int = 0
    ) -> Comment:
        """A comment, whoever makes it."""
        comment = Comment(self.state.new_comment_id(), post, content, when, author_name, parent, author)
        self.state.comments[comment.id] = comment
        return comment

    def delete_comment(self, call: Call, number: str) -> Answer:
        call.need_user("rest_cannot_delete", "Sorry, you are not allowed to delete this comment.")
        comment = self._known_comment(number)
        if comment.status == "trash":
            raise ApiError(410, "rest_already_trashed", "The comment has already been trashed.")
        comment.status = "trash"
        return Answer(self._comment(call, comment))
