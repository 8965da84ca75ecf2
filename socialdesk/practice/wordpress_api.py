"""The REST API of the practice blog: its index, its one user, and every other route joined to it."""

import re

from socialdesk.practice import wordpress_wire as wire
from socialdesk.practice.wordpress_call import Answer, Call, Routes
from socialdesk.practice.wordpress_comments import CommentRoutes
from socialdesk.practice.wordpress_media import MediaRoutes, TermRoutes
from socialdesk.practice.wordpress_posts import PostRoutes
from socialdesk.practice.wordpress_state import BlogState
from socialdesk.practice.wordpress_wire import ApiError

# The id of the one application password there is.
OWN_UUID = "0d5cbd2c-9f0e-4a44-8a3c-6a55b7a1c001"


class RestApi:
    """What a signed-in administrator, or anybody, may do with the blog."""

    def __init__(self, state: BlogState, name: str, description: str, username: str) -> None:
        self.state = state
        self.comments = CommentRoutes(state, name)
        self.revoked = False
        self._name = name
        self._description = description
        self._username = username
        own: Routes = (
            ("GET", "/", self._index),
            ("GET", "/wp/v2/users/me", self._me),
            ("GET", "/wp/v2/users/me/application-passwords/introspect", self._introspect),
            ("DELETE", "/wp/v2/users/me/application-passwords/([0-9a-f-]+)", self._revoke),
        )
        parts = (PostRoutes(state, name, username), MediaRoutes(state), TermRoutes(state), self.comments)
        self._routes = own + tuple(route for part in parts for route in part.routes())

    def answer(self, method: str, route: str, call: Call) -> Answer:
        """Carries out one request. Raises ApiError."""
        self.state.publish_due(call.now)
        for methods, pattern, function in self._routes:
            found = re.fullmatch(pattern, route)
            if found and ("GET" if method == "HEAD" else method) in methods.split():
                return function(call, *found.groups())
        raise ApiError(404, "rest_no_route", "No route was found matching the URL and request method.")

    def _index(self, call: Call) -> Answer:
        return Answer(wire.root_json(call.base, self._name, self._description))

    def _me(self, call: Call) -> Answer:
        call.need_user("rest_not_logged_in", "You are not currently logged in.")
        me = wire.user_json(call.base, self._name, edit=call.edit, username=self._username, number=call.user)
        return Answer(me)

    def _introspect(self, call: Call) -> Answer:
        call.need_user("rest_not_logged_in", "You are not currently logged in.")
        used = wire.stamp(call.now)
        about = {"app_id": "", "name": "SocialDesk", "created": used, "last_used": used, "last_ip": "127.0.0.1"}
        return Answer({"uuid": OWN_UUID, **about})

    def _revoke(self, call: Call, uuid: str) -> Answer:
        call.need_user("rest_cannot_delete_application_password")
        if uuid != OWN_UUID:
            raise ApiError(404, "rest_application_password_not_found", "Application password not found.")
        self.revoked = True
        return Answer({"deleted": True, "previous": {"uuid": uuid}})
