"""What the practice X lets people read: timelines, search, lists, bookmarks, likes, single posts, people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from aiohttp import web

from socialdesk.practice.x_oauth import OAuth
from socialdesk.practice.x_refusals import forbidden, invalid, not_found
from socialdesk.practice.x_state import SEARCHED, Post, State
from socialdesk.practice.x_wire import Wanted, Wire

_OLD_ONLY = ("referenced_tweets", "edit_history_tweet_ids")
_NEW_ONLY = ("referenced_posts", "edit_history_post_ids", "username")
_MAX_QUERY = 512
_TOKEN = "7140dibdnow9c7btw4"  # noqa: S105 - how X's page tokens begin


class Reading:
    """`speaks` names the vocabularies it takes: new, old. A request in none of them gets an answer in the first."""

    def __init__(self, state: State, wire: Wire, oauth: OAuth) -> None:
        self.state = state
        self.wire = wire
        self.oauth = oauth
        self.speaks: tuple[str, ...] = ("new", "old")

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_get("/2/users/me", self.me)
        router.add_get("/2/users/by/username/{username}", self.user_by_name)
        router.add_get("/2/users/{id}/timelines/reverse_chronological", self.home)
        router.add_get("/2/users/{id}/tweets", self.user_posts)
        router.add_get("/2/users/{id}/mentions", self.mentions)
        router.add_get("/2/users/{id}/bookmarks", self.bookmarks)
        router.add_get("/2/users/{id}/liked_tweets", self.liked)
        router.add_get("/2/users/{id}/owned_lists", self.owned_lists)
        router.add_get("/2/users/{id}/followed_lists", self.followed_lists)
        router.add_get("/2/lists/{id}/tweets", self.list_posts)
        router.add_get("/2/tweets/search/recent", self.search)
        router.add_get("/2/tweets", self.posts)
        router.add_get("/2/tweets/{id}", self.post)

    # people

    async def me(self, request: web.Request) -> web.Response:
        user = self.state.users[self._user(request, "users.read")]
        return web.json_response({"data": self.wire.user(user, _names(request, "user.fields"))})

    async def user_by_name(self, request: web.Request) -> web.Response:
        self._user(request, "users.read")
        name = request.match_info["username"]
        user = self.state.user_named(name)
        if user is None:
            return web.json_response({"errors": [not_found("username", name, "user")]})
        return web.json_response({"data": self.wire.user(user, _names(request, "user.fields"))})

    # timelines

    async def home(self, request: web.Request) -> web.Response:
        self._own(request, "tweet.read")
        return self._timeline(request, self.state.newest_first(lambda p: True))

    async def user_posts(self, request: web.Request) -> web.Response:
        self._user(request, "tweet.read")
        wanted = request.match_info["id"]
        return self._timeline(request, self.state.newest_first(lambda p: p.author == wanted), least=5)

    async def mentions(self, request: web.Request) -> web.Response:
        self._user(request, "tweet.read")
        named = request.match_info["id"]

        def names(post: Post) -> bool:
            answered = self.state.posts.get(post.reply_to)
            return post.author != named and (
                named in self.state.mentions(post.text) or (answered is not None and answered.author == named)
            )

        return self._timeline(request, self.state.newest_first(names), least=5)

    async def search(self, request: web.Request) -> web.Response:
        self._user(request, "tweet.read")
        query = request.query.get("query", "")
        if not 0 < len(query) <= _MAX_QUERY:
            raise invalid("query", query, f"Rules must be 1-{_MAX_QUERY} characters")
        for name in ("since_id", "until_id"):
            self._check_reach(request, name)
        return self._timeline(request, self.state.search(query), least=10, next_name="next_token")

    def _check_reach(self, request: web.Request, name: str) -> None:
        asked = request.query.get(name, "")
        if asked and self.state.time_of(asked) < self.state.now() - SEARCHED:
            oldest = self.state.new_id(self.state.now() - SEARCHED)
            raise invalid(name, asked, f"'{name}' must be a tweet id created after [{oldest}].")

    async def list_posts(self, request: web.Request) -> web.Response:
        self._user(request, "list.read")
        found = self.state.lists.get(request.match_info["id"])
        if found is None:
            return web.json_response({"errors": [not_found("id", request.match_info["id"], "list")]})
        return self._pages(request, self.state.newest_first(lambda p: p.author in found.members))

    async def bookmarks(self, request: web.Request) -> web.Response:
        user = self._own(request, "bookmark.read")
        return self._pages(request, self._kept(self.state.bookmarks.get(user, [])))

    async def liked(self, request: web.Request) -> web.Response:
        self._user(request, "like.read")
        return self._pages(request, self._kept(self.state.likes.get(request.match_info["id"], [])), least=5)

    def _kept(self, ids: Sequence[str]) -> list[Post]:
        return [self.state.posts[key] for key in ids if key in self.state.posts]

    async def owned_lists(self, request: web.Request) -> web.Response:
        self._user(request, "list.read")
        owner = request.match_info["id"]
        return self._lists([found for found in self.state.lists.values() if found.owner == owner])

    async def followed_lists(self, request: web.Request) -> web.Response:
        self._user(request, "list.read")
        owner = request.match_info["id"]
        return self._lists([found for found in self.state.lists.values() if found.owner != owner])

    def _lists(self, lists: Sequence[Any]) -> web.Response:
        data = {"data": [self.wire.list(found) for found in lists]} if lists else {}
        return web.json_response({**data, "meta": {"result_count": len(lists)}})

    # single posts

    async def post(self, request: web.Request) -> web.Response:
        self._user(request, "tweet.read")
        post_id = request.match_info["id"]
        post = self.state.posts.get(post_id)
        if post is None:
            return web.json_response({"errors": [not_found("id", post_id)]})
        return web.json_response(self.wire.one(post, self.wanted(request)))

    async def posts(self, request: web.Request) -> web.Response:
        self._user(request, "tweet.read")
        ids = [key for key in request.query.get("ids", "").split(",") if key]
        if not 0 < len(ids) <= 100:
            raise invalid("ids", request.query.get("ids", ""), "`ids` query parameter can not be empty")
        found = self._kept(ids)
        answer = self.wire.page(found, self.wanted(request), {})
        del answer["meta"]
        missing = [not_found("ids", key) for key in ids if key not in self.state.posts]
        return web.json_response({**answer, **({"errors": missing} if missing else {})})

    # paging

    def _timeline(
        self, request: web.Request, posts: Sequence[Post], *, least: int = 1, next_name: str = "pagination_token"
    ) -> web.Response:
        """By id: `since_id`, `until_id`, `start_time`, and tokens that stand for an id."""
        asked = request.query
        size = self._size(request, least)
        below = _id_of(asked.get(next_name) or asked.get("pagination_token", ""))
        since, until = int(asked.get("since_id", 0)), int(asked.get("until_id", 0))
        start = _time(asked.get("start_time", ""))
        excluded = asked.get("exclude", "").split(",")

        def fits(post: Post) -> bool:
            number = int(post.id)
            if ("retweets" in excluded and post.repost_of) or ("replies" in excluded and post.reply_to):
                return False
            inside = number > since and (not until or number < until) and (not below or number < below)
            return inside and (start is None or post.created >= start)

        fitting = [post for post in posts if fits(post)]
        shown = fitting[:size]
        more = {"next_token": f"{_TOKEN}{shown[-1].id}"} if len(fitting) > size else {}
        return self._answer(request, shown, more)

    def _pages(self, request: web.Request, posts: Sequence[Post], *, least: int = 1) -> web.Response:
        """By place: no `since_id`."""
        size = self._size(request, least)
        start = _id_of(request.query.get("pagination_token", ""))
        shown = posts[start : start + size]
        more = {"next_token": f"{_TOKEN}{start + size}"} if len(posts) > start + size else {}
        return self._answer(request, shown, more)

    def _answer(self, request: web.Request, shown: Sequence[Post], more: dict[str, str]) -> web.Response:
        meta: dict[str, Any] = {"result_count": len(shown), **more}
        if shown:
            meta |= {"newest_id": shown[0].id, "oldest_id": shown[-1].id}
        return web.json_response(self.wire.page(shown, self.wanted(request), meta))

    def _size(self, request: web.Request, least: int) -> int:
        asked = request.query.get("max_results", "10")
        if not asked.isdigit() or not least <= int(asked) <= 100:
            raise invalid("max_results", asked, f"The `max_results` query parameter value [{asked}] is not between")
        return int(asked)

    # who asks, and how

    def _user(self, request: web.Request, scope: str) -> str:
        grant = self.oauth.grant_of(request)
        if scope not in grant.scopes:
            raise forbidden()
        return grant.user

    def _own(self, request: web.Request, scope: str) -> str:
        user = self._user(request, scope)
        if request.match_info["id"] != user:
            said = "The `id` query parameter value [{}] must be the same as the authenticating user [{}]"
            raise invalid("id", request.match_info["id"], said.format(request.match_info["id"], user))
        return user

    def wanted(self, request: web.Request) -> Wanted:
        """Raises Refused for the words of a vocabulary that is not spoken here."""
        asked = request.query
        expansions = _names(request, "expansions")
        for name, vocabulary, only in (("tweet.fields", "old", _OLD_ONLY), ("post.fields", "new", _NEW_ONLY)):
            if vocabulary in self.speaks:
                continue
            if name in asked:
                known = "[expansions,id,max_results,media.fields,pagination_token,poll.fields,since_id,user.fields]"
                raise invalid(name, asked[name], f"The query parameter [{name}] is not one of {known}")
            strange = [e for e in expansions if e.startswith(only)]
            if strange:
                raise invalid("expansions", strange[0], f"The `expansions` value [{strange[0]}] is not one of those")
        old = "tweet.fields" in asked or any(e.startswith(_OLD_ONLY) for e in expansions)
        old = old or ("post.fields" not in asked and self.speaks[:1] == ("old",))
        posts = _names(request, "tweet.fields" if old else "post.fields")
        people, media, polls = (_names(request, f"{name}.fields") for name in ("user", "media", "poll"))
        return Wanted(old, posts, expansions, people, media, polls)


def _names(request: web.Request, parameter: str) -> frozenset[str]:
    return frozenset(name for name in request.query.get(parameter, "").split(",") if name)


def _id_of(token: str) -> int:
    if token and not (token.startswith(_TOKEN) and token.removeprefix(_TOKEN).isdigit()):
        raise invalid("pagination_token", token, "The `pagination_token` query parameter is not valid")
    return int(token.removeprefix(_TOKEN)) if token else 0


def _time(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
