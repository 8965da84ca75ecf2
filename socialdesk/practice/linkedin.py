"""A stand-in for LinkedIn: the versioned API for a member and a page of the practice world, uploads, sign-in."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from socialdesk.practice.linkedin_films import Films
from socialdesk.practice.linkedin_oauth import MEMBER, PAGE, OAuth
from socialdesk.practice.linkedin_state import Post, State, Upload
from socialdesk.practice.linkedin_wire import (
    Refused,
    check_post,
    comment_json,
    denied,
    images_in,
    invalid,
    is_document,
    list_of,
    missing,
    paged,
    post_json,
    raw_query,
    read_little,
    throttled,
    urn_of,
)
from socialdesk.practice.server import Handler, PracticeServer, utc_now
from socialdesk.practice.world import Organisation, World, picture

SPOKEN = ("202607", "202608", "202609", "202610")
PERSON = "urn:li:person:pr4ct1ce"
FIRST_PAGE = 84_839_000
WORLD_OF = ("linkedin", "mastodon")  # whose posts of the world are shown, the first that has any


class PracticeLinkedIn(PracticeServer):
    """`credentials`: server, token (of the page), member_token, organization, client_id, client_secret.

    Knobs: `spoken` (versions of the API), `may_see_uploads`, `works_on_uploads` (looks until one is ready),
    `uploads_fail`, `used_up` (the day's requests), and those of `oauth`.
    """

    def __init__(self, world: World, sites: Mapping[str, str], *, now: Callable[[], datetime] = utc_now) -> None:
        super().__init__(now=now)
        self.app.middlewares.append(self._speak)
        self.world = world
        self.state = State(now)
        self.oauth = OAuth(now)
        self.films = Films(self.state, self._needs_author, self._new_upload)
        self.spoken: tuple[str, ...] = SPOKEN
        self.may_see_uploads = True
        self.works_on_uploads = 0
        self.uploads_fail = False
        self.used_up = False
        self._urls = world.article_urls(sites)
        self._pages = {o.key: FIRST_PAGE + number for number, o in enumerate(world.organisations)}
        self.oauth.add_to(self.app.router)
        self._route()
        self._settle()

    async def started(self) -> None:
        self.films.base = self.url
        app = self.oauth.register(MEMBER)
        page_app = self.oauth.register(PAGE)
        self.credentials = {
            "server": self.url,
            "token": str(self.oauth.give(page_app, PAGE)["access_token"]),
            "member_token": str(self.oauth.give(app, MEMBER)["access_token"]),
            "organization": str(self._pages[self.me.key]),
            "client_id": app.client_id,
            "client_secret": app.secret,
        }

    # for tests and the practice desk

    @property
    def me(self) -> Organisation:
        return self.world.me

    @property
    def page(self) -> str:
        return self.page_of(self.me.key)

    def page_of(self, key: str) -> str:
        return f"urn:li:organization:{self._pages[key]}"

    def add_post(self, text: str, *, minutes_ago: float = 0, **more: Any) -> Post:
        """A colleague posts in the page's name. `text` without reserved characters."""
        return self.state.add_post(self.page, text, text, self.now() - timedelta(minutes=minutes_ago), **more)

    def shown(self, author: str) -> list[str]:
        """What readers see of an author's posts, newest first."""
        return [post.shown for post in self.state.posts_of(author)]

    def _settle(self) -> None:
        posts = self.world.shown_on(*WORLD_OF)
        mine = [post for post in posts if post.organisation == self.me.key and not post.reply_to]
        shown = {
            post.id: self.add_post(_tame(post.text_with(self._urls)), minutes_ago=post.minutes_ago) for post in mine
        }
        for post in posts:
            if post.reply_to in shown:
                under, by = shown[post.reply_to].urn, self.page_of(post.organisation)
                self.state.add_comment(under, by, post.text, minutes_ago=post.minutes_ago)

    # answering

    def _route(self) -> None:
        router = self.app.router
        router.add_get("/v2/userinfo", self._userinfo)
        router.add_get("/rest/organizationAcls", self._acls)
        router.add_get("/rest/organizations", self._page_named)
        router.add_get("/rest/organizations/{id}", self._page_numbered)
        router.add_get("/rest/posts", self._posts)
        router.add_post("/rest/posts", self._create)
        router.add_get("/rest/posts/{urn}", self._post)
        router.add_post("/rest/posts/{urn}", self._edit)
        router.add_delete("/rest/posts/{urn}", self._delete)
        self.films.add_to(router)
        router.add_get("/rest/videos/{urn}", self._upload_state)
        for kind in ("image", "document"):
            router.add_post(f"/rest/{kind}s", self._begin_upload(kind))
            router.add_get(f"/rest/{kind}s/{{urn}}", self._upload_state)
        router.add_get("/rest/images", self._images)
        router.add_put("/dms-uploads/{id}", self._take_upload)
        router.add_get("/dms/{id}", self._show_upload)
        router.add_get("/rest/socialActions", self._summaries)
        router.add_get("/rest/socialActions/{urn}/comments", self._comments)
        router.add_post("/rest/socialActions/{urn}/comments", self._comment)
        router.add_delete("/rest/socialActions/{urn}/comments/{id}", self._uncomment)

    @web.middleware
    async def _speak(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refusals in LinkedIn's form, and the headers that every versioned call needs."""
        try:
            if request.path.startswith("/rest/"):
                self._check_version(request)
            return await handler(request)
        except Refused as refused:
            return web.json_response(refused.body, status=refused.status)

    def _check_version(self, request: web.Request) -> None:
        version = request.headers.get("Linkedin-Version", "")
        if not version:
            raise Refused(400, "VERSION_MISSING", "A version must be present. Please specify a version.")
        if version not in self.spoken:
            raise Refused(426, "NONEXISTENT_VERSION", f"Requested version {version} is not active")
        if request.headers.get("X-Restli-Protocol-Version") != "2.0.0":
            raise Refused(400, "ILLEGAL_ARGUMENT", "Unsupported protocol version")
        if self.used_up:
            raise throttled()

    def _needs(self, request: web.Request, scope: str, what: str) -> None:
        if scope not in self.oauth.scopes_of(request):
            raise denied(what)

    def _needs_author(self, request: web.Request, author: str, what: str) -> None:
        """Raises Refused unless the caller may write as this author."""
        if author not in {PERSON, self.page}:
            raise denied(f"{what} as {author}")
        self._needs(request, "w_member_social" if author == PERSON else "w_organization_social", what)

    # who

    async def _userinfo(self, request: web.Request) -> web.Response:
        self._needs(request, "openid", "userinfo")
        name, _, family = self.me.name.partition(" ")
        face = f"{self.url}/dms/face"
        me = {"sub": PERSON.rpartition(":")[2], "name": self.me.name, "given_name": name, "family_name": family}
        return web.json_response({**me, "picture": face, "locale": {"country": "US", "language": "en"}})

    async def _acls(self, request: web.Request) -> web.Response:
        self._needs(request, "rw_organization_admin", "organizationAcls.FINDER-roleAssignee.NO_VERSION")
        row = {"role": "ADMINISTRATOR", "organization": self.page, "roleAssignee": PERSON, "state": "APPROVED"}
        return web.json_response(paged(request, [row]))

    async def _page_named(self, request: web.Request) -> web.Response:
        self._needs(request, "rw_organization_admin", "organizations.FINDER-vanityName.NO_VERSION")
        rows = [o for o in self.world.organisations if o.handle == request.query.get("vanityName")]
        return web.json_response(paged(request, [self._page_json(o) for o in rows]))

    async def _page_numbered(self, request: web.Request) -> web.Response:
        self._needs(request, "rw_organization_admin", "organizations.GET.NO_VERSION")
        found = next((o for o in self.world.organisations if str(self._pages[o.key]) == request.match_info["id"]), None)
        if found is None:
            raise missing(request.match_info["id"])
        return web.json_response(self._page_json(found))

    def _page_json(self, organisation: Organisation) -> dict[str, Any]:
        number = self._pages[organisation.key]
        return {"id": number, "localizedName": organisation.name, "vanityName": organisation.handle}

    # posts

    async def _posts(self, request: web.Request) -> web.Response:
        query = raw_query(request)
        if request.headers.get("X-RestLi-Method") != "FINDER" or query.get("q") != "author":
            raise Refused(400, "ILLEGAL_ARGUMENT", "No query parameter named 'q' or wrong method")
        author = urn_of(query.get("author", ""))
        right = "r_organization_social" if "organization" in author else "r_member_social"
        self._needs(request, right, "posts.FINDER-author.NO_VERSION")
        return web.json_response(paged(request, [post_json(post) for post in self.state.posts_of(author)]))

    async def _post(self, request: web.Request) -> web.Response:
        post = self._found(request)
        self._needs(request, "r_organization_social", "posts.GET.NO_VERSION")
        return web.json_response(post_json(post))

    def _found(self, request: web.Request) -> Post:
        urn = urn_of(request.rel_url.raw_path.split("/")[3])
        if urn not in self.state.posts:
            raise missing(urn)
        return self.state.posts[urn]

    async def _create(self, request: web.Request) -> web.Response:
        body = check_post(json.loads(await request.read() or b"null"))
        author, when = body["author"], self.now()
        self._needs_author(request, author, "posts.CREATE.NO_VERSION")
        content = body.get("content", {})
        for urn in images_in(content):
            upload = self.state.uploads.get(urn)
            if upload is None or upload.owner != author or not upload.data:
                raise invalid(f"ERROR :: /content :: {urn} is not a media of the author")
        before = self.state.repeated(author, body["commentary"], when)
        if before is not None and before.content == content:
            raise Refused(422, "DUPLICATE_POST", f"Content is a duplicate of {before.urn}")
        shown = read_little(body["commentary"])
        post = self.state.add_post(
            author, body["commentary"], shown, when, visibility=body["visibility"], content=content
        )
        return web.Response(status=201, headers={"x-restli-id": post.urn})

    async def _edit(self, request: web.Request) -> web.Response:
        post = self._found(request)
        self._needs_author(request, post.author, "posts.PARTIAL_UPDATE.NO_VERSION")
        wanted = json.loads(await request.read()).get("patch", {}).get("$set", {})
        if request.headers.get("X-RestLi-Method") != "PARTIAL_UPDATE" or set(wanted) != {"commentary"}:
            raise Refused(400, "ILLEGAL_ARGUMENT", "Not a partial update")
        post.commentary, post.shown = wanted["commentary"], read_little(wanted["commentary"])
        return web.Response(status=204)

    async def _delete(self, request: web.Request) -> web.Response:
        urn = urn_of(request.rel_url.raw_path.split("/")[3])
        post = self.state.posts.get(urn)
        if post is not None:
            self._needs_author(request, post.author, "posts.DELETE.NO_VERSION")
            del self.state.posts[urn]
        return web.Response(status=204)

    # uploads

    def _begin_upload(self, kind: str) -> Handler:
        async def begin(request: web.Request) -> web.StreamResponse:
            asked = json.loads(await request.read())["initializeUploadRequest"]
            self._needs_author(request, asked["owner"], f"{kind}s.ACTION-initializeUpload.NO_VERSION")
            if raw_query(request).get("action") != "initializeUpload":
                raise Refused(400, "ILLEGAL_ARGUMENT", "No such action")
            urn = self._new_upload(kind, asked["owner"]).urn
            number = urn.rpartition(":")[2]
            until = int((self.now() + timedelta(hours=1)).timestamp() * 1000)
            address = f"{self.url}/dms-uploads/{number}?kind={kind}"
            return web.json_response({"value": {"uploadUrl": address, "uploadUrlExpiresAt": until, kind: urn}})

        return begin

    def _new_upload(self, kind: str, owner: str) -> Upload:
        urn = f"urn:li:{kind}:{self.state.new_number(self.now())}"
        upload = Upload(urn, owner, looks_left=self.works_on_uploads, fails=self.uploads_fail)
        self.state.uploads[urn] = upload
        return upload

    async def _take_upload(self, request: web.Request) -> web.Response:
        self.oauth.scopes_of(request)
        upload = self.state.uploads.get(f"urn:li:{request.query['kind']}:{request.match_info['id']}")
        if upload is None:
            raise missing(request.path)
        upload.data, upload.mime = await request.read(), request.content_type
        if request.query["kind"] == "document":
            upload.fails = upload.fails or not is_document(upload.data)
        return web.Response(status=201)

    async def _upload_state(self, request: web.Request) -> web.Response:
        self.oauth.scopes_of(request)
        if not self.may_see_uploads:
            raise denied("images.GET.NO_VERSION")
        upload = self.state.uploads.get(urn_of(request.rel_url.raw_path.split("/")[3]))
        if upload is None:
            raise missing(request.path)
        working, upload.looks_left = upload.looks_left > 0, upload.looks_left - 1
        status = "PROCESSING" if working else "PROCESSING_FAILED" if upload.fails else "AVAILABLE"
        return web.json_response({"id": upload.urn, "owner": upload.owner, "status": status})

    async def _images(self, request: web.Request) -> web.Response:
        self._needs(request, "r_organization_social", "images.BATCH_GET.NO_VERSION")
        urns = list_of(raw_query(request).get("ids", ""))
        found = {urn: self._image_json(self.state.uploads[urn]) for urn in urns if urn in self.state.uploads}
        return web.json_response({"results": found, "statuses": {}, "errors": {}})

    def _image_json(self, upload: Upload) -> dict[str, Any]:
        address = f"{self.url}/dms/{upload.urn.rpartition(':')[2]}"
        return {"id": upload.urn, "owner": upload.owner, "status": "AVAILABLE", "downloadUrl": address}

    async def _show_upload(self, request: web.Request) -> web.Response:
        upload = self.state.uploads.get(f"urn:li:image:{request.match_info['id']}")
        if upload is None:
            return web.Response(body=picture("face", 100, 100), content_type="image/png")
        return web.Response(body=upload.data, content_type=upload.mime)

    # comments

    async def _summaries(self, request: web.Request) -> web.Response:
        self._needs(request, "r_organization_social", "socialActions.BATCH_GET.NO_VERSION")
        found = {}
        for urn in list_of(raw_query(request).get("ids", "")):
            own = sum(comment.post == urn for comment in self.state.comments.values())
            comments = {"aggregatedTotalComments": own, "totalFirstLevelComments": len(self.state.comments_on(urn))}
            likes = {"totalLikes": 3, "aggregatedTotalLikes": 3, "likedByCurrentUser": False}
            found[urn] = {"target": urn, "commentsSummary": comments, "likesSummary": likes}
        return web.json_response({"results": found, "statuses": {}, "errors": {}})

    async def _comments(self, request: web.Request) -> web.Response:
        self._needs(request, "r_organization_social", "socialActions.comments.GET_ALL.NO_VERSION")
        urn = urn_of(request.rel_url.raw_path.split("/")[3])
        return web.json_response(paged(request, [comment_json(c) for c in self.state.comments_on(urn)]))

    async def _comment(self, request: web.Request) -> web.Response:
        under = urn_of(request.rel_url.raw_path.split("/")[3])
        body = json.loads(await request.read())
        if body["actor"] == PERSON:
            self._needs(request, "w_member_social_feed", "socialActions.comments.CREATE.NO_VERSION")
        else:
            self._needs_author(request, body["actor"], "socialActions.comments.CREATE.NO_VERSION")
        parent = body.get("parentComment", "")
        if body["object"] not in self.state.posts or under != (parent or body["object"]):
            raise missing(under)
        comment = self.state.add_comment(body["object"], body["actor"], body["message"]["text"], parent)
        return web.json_response(comment_json(comment), status=201, headers={"x-restli-id": comment.id})

    async def _uncomment(self, request: web.Request) -> web.Response:
        post = urn_of(request.rel_url.raw_path.split("/")[3])
        urn = f"urn:li:comment:({post},{request.match_info['id']})"
        self._needs_author(request, urn_of(raw_query(request).get("actor", "")), "comments.DELETE.NO_VERSION")
        if urn not in self.state.comments:
            raise missing(urn)
        del self.state.comments[urn]
        return web.Response(status=204)


def _tame(text: str) -> str:
    """Without the characters that little text reserves."""
    return "".join(c for c in text if c not in "\\|{}@[]()<>*_~")


def build(world: World, sites: Mapping[str, str]) -> PracticeLinkedIn:
    return PracticeLinkedIn(world, sites)
