"""The practice Bluesky: a PDS and an app view in one loopback server. Wire formats as of the reference servers."""

import asyncio
import contextlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import format_datetime
from html import escape

from aiohttp import web

from socialdesk.practice.bluesky_call import Call, Json
from socialdesk.practice.bluesky_dpop import BadProof
from socialdesk.practice.bluesky_methods import PROCEDURES, QUERIES, SILENT
from socialdesk.practice.bluesky_oauth import OAuth
from socialdesk.practice.bluesky_rules import FOLLOW, LIKE, POST, REPOST, Refused
from socialdesk.practice.bluesky_seed import PASSWORD, Seed, handle_of
from socialdesk.practice.bluesky_state import Account, Record, State, wire_time
from socialdesk.practice.bluesky_tokens import Tokens
from socialdesk.practice.bluesky_video import Videos
from socialdesk.practice.bluesky_views import Views
from socialdesk.practice.bluesky_writes import did_document
from socialdesk.practice.pictures import picture
from socialdesk.practice.server import PracticeServer, utc_now
from socialdesk.practice.world import World

WINDOW_S, REQUESTS = 300, 3000
AVATAR_SIZE = 128
PICTURE_SIZES = {"feed_thumbnail": (800, 450), "feed_fullsize": (1200, 675)}
_MARKS = {"like": LIKE, "repost": REPOST}


def build(
    world: World, sites: Mapping[str, str], *, trickle_s: float = 0, now: Callable[[], datetime] = utc_now
) -> "PracticeBluesky":
    """The server, seeded, not yet started.

    `sites` maps organisations to the base addresses of their blogs. With `trickle_s` the newest posts of the world are
    held back and appear one by one.
    """
    return PracticeBluesky(world, sites, trickle_s=trickle_s, now=now)


class PracticeBluesky(PracticeServer):
    """`credentials`: identifier, password and service of the person's account, as its sign-in form asks for them."""

    def __init__(
        self, world: World, sites: Mapping[str, str], *, trickle_s: float = 0, now: Callable[[], datetime] = utc_now
    ) -> None:
        super().__init__(now=now)
        self.state = State(now)
        self.tokens = Tokens(now)
        self.oauth = OAuth(now, self._did_of, self.tokens.issued)
        self.videos = Videos()
        self._seed = Seed(self.state, world, sites, hold=trickle_s > 0)
        self.me: Account = self._seed.me
        self._trickle_s = trickle_s
        self._trickling: asyncio.Task[None] | None = None
        self._asked_count = 0
        self._pictures: dict[tuple[str, str], bytes] = {}
        self.app.router.add_route("*", "/xrpc/{nsid}", self._xrpc)
        self.oauth.add_to(self.app.router)
        self.app.router.add_get("/img/{kind}/plain/{did}/{name}", self._image)
        self.app.router.add_get("/watch/{did}/{cid}/{file}", self._watch)
        self.app.router.add_get("/{did:did:plc:[a-z2-7]+}", self._identity)
        self.app.router.add_get("/profile/{actor}", self._profile_page)
        self.app.router.add_get("/profile/{actor}/post/{rkey}", self._post_page)

    async def started(self) -> None:
        self.oauth.base = self.url
        self.credentials = {"identifier": self.me.handle, "password": PASSWORD, "service": self.url}
        if self._trickle_s > 0:
            self._trickling = asyncio.create_task(self._trickle(), name="practice bluesky")

    async def stop(self) -> None:
        task, self._trickling = self._trickling, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await super().stop()

    async def _trickle(self) -> None:
        while self._seed.waiting:
            await asyncio.sleep(self._trickle_s)
            self._seed.show(self._seed.waiting.pop(0), self.state.tick())

    # switches for tests and for a lively desk

    def expire_tokens(self) -> None:
        """Every access token handed out so far is expired; sessions can be refreshed."""
        self.tokens.expire_access()
        self.oauth.expire_access()

    def revoke_sessions(self) -> None:
        """Nothing handed out so far is accepted any more."""
        self.tokens.revoke()
        self.oauth.revoke_all()

    def posts_of(self, handle: str) -> list[Record]:
        """What an account has posted, oldest first."""
        return sorted(self.state.of(POST, self._account(handle).did), key=lambda record: record.sort_at)

    def post_as(self, handle: str, text: str, *, reply_to: Record | None = None, **value: object) -> Record:
        """Somebody posts now; `value` is the rest of the record."""
        if reply_to is not None:
            parent = {"uri": reply_to.uri, "cid": reply_to.cid}
            value["reply"] = {"root": reply_to.value.get("reply", {}).get("root", parent), "parent": parent}
        return self._put_as(handle, POST, {"text": text, **value})

    def mark_as(self, handle: str, what: str, record: Record) -> Record:
        """Somebody likes or reposts a post now; `what` is like or repost."""
        return self._put_as(handle, _MARKS[what], {"subject": {"uri": record.uri, "cid": record.cid}})

    def follow_as(self, handle: str, whom: str) -> Record:
        return self._put_as(handle, FOLLOW, {"subject": self._account(whom).did})

    def _put_as(self, handle: str, collection: str, value: Json) -> Record:
        when, did = self.state.tick(), self._account(handle).did
        value = {"createdAt": wire_time(when), **value}
        return self.state.put(did, collection, self.state.new_rkey(), value, when=when, check=False)

    def _did_of(self, actor: str) -> str:
        account = self.state.find_account(actor)
        return account.did if account else ""

    def _account(self, handle: str) -> Account:
        account = self.state.find_account(handle if "." in handle else handle_of(handle))
        if account is None:
            raise KeyError(handle)
        return account

    # the wire

    async def _xrpc(self, request: web.Request) -> web.Response:
        nsid = request.match_info["nsid"]
        method = {"GET": QUERIES, "POST": PROCEDURES}.get(request.method, {}).get(nsid)
        try:
            if method is None:
                raise Refused(501, "MethodNotImplemented", "Method Not Implemented")
            answer = method(await self._call(request))
        except Refused as no:
            return self._json({**no.more, "error": no.name, "message": no.message}, no.status)
        except BadProof as no:
            refused = self._json({"error": no.name, "message": no.message}, 401)
            refused.headers["WWW-Authenticate"] = f'DPoP algs="ES256", error="{no.name}"'
            refused.headers["DPoP-Nonce"] = self.oauth.proofs.nonce()
            return refused
        response = web.Response(headers=self._limits()) if nsid in SILENT else self._json(answer)
        if "DPoP" in request.headers:
            response.headers["DPoP-Nonce"] = self.oauth.proofs.nonce()
        return response

    async def _call(self, request: web.Request) -> Call:
        data, body = await request.read(), {}
        if data and request.content_type == "application/json":
            try:
                body = json.loads(data)
            except ValueError as error:
                raise Refused(400, "InvalidRequest", "the body is not JSON") from error
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return Call(
            state=self.state,
            tokens=self.tokens,
            views=Views(self.state, self.url),
            base=self.url,
            videos=self.videos,
            token=token if scheme == "Bearer" else "",
            bound_did=self.oauth.did_of(request, token) if scheme == "DPoP" else "",
            params={name: request.query[name] for name in request.query},
            many={name: request.query.getall(name) for name in request.query},
            body=body if isinstance(body, dict) else {},
            data=data,
            mime=request.content_type,
        )

    def _json(self, answer: Json, status: int = 200) -> web.Response:
        return web.json_response(answer, status=status, headers=self._limits())

    def _limits(self) -> dict[str, str]:
        self._asked_count += 1
        now = int(self.now().timestamp())
        return {
            "RateLimit-Limit": str(REQUESTS),
            "RateLimit-Remaining": str(max(REQUESTS // 2, REQUESTS - self._asked_count)),
            "RateLimit-Reset": str(now - now % WINDOW_S + WINDOW_S),
            "RateLimit-Policy": f"{REQUESTS};w={WINDOW_S}",
            "Date": format_datetime(self.now(), usegmt=True),
        }

    async def _image(self, request: web.Request) -> web.Response:
        kind, did = request.match_info["kind"], request.match_info["did"]
        name = request.match_info["name"].partition("@")[0]
        if kind == "avatar" and did in self.state.accounts:
            return self._picture(did, AVATAR_SIZE, AVATAR_SIZE)
        blob = self.state.blobs.get((did, name))
        if blob is None or kind not in PICTURE_SIZES:
            raise web.HTTPNotFound
        if blob.seed:
            return self._picture(blob.seed, *PICTURE_SIZES[kind])
        return web.Response(body=blob.data, content_type=blob.mime)

    async def _watch(self, request: web.Request) -> web.Response:
        """A video as the app view offers it: a playlist (RFC 8216) of one piece, and a picture of it."""
        did, cid, file = (request.match_info[name] for name in ("did", "cid", "file"))
        blob = self.state.blobs.get((did, cid))
        if blob is None:
            raise web.HTTPNotFound
        if file == "thumbnail.png":
            return self._picture(cid, *PICTURE_SIZES["feed_thumbnail"])
        if file == "video.mp4":
            return web.Response(body=blob.data, content_type="video/mp4")
        lines = "#EXTM3U\n#EXT-X-TARGETDURATION:60\n#EXTINF:60,\nvideo.mp4\n#EXT-X-ENDLIST\n"
        return web.Response(text=lines, content_type="application/vnd.apple.mpegurl")

    def _picture(self, seed: str, width: int, height: int) -> web.Response:
        key = (seed, f"{width}x{height}")
        if key not in self._pictures:
            self._pictures[key] = picture(seed, width, height)
        headers = {"Cache-Control": "public, max-age=604800"}
        return web.Response(body=self._pictures[key], content_type="image/png", headers=headers)

    async def _identity(self, request: web.Request) -> web.Response:
        """What the directory of identities says of an account."""
        account = self.state.find_account(request.match_info["did"])
        if account is None:
            raise web.HTTPNotFound
        return web.json_response(did_document(account, self.url), content_type="application/did+ld+json")

    # pages for people, in the place of bsky.app

    async def _post_page(self, request: web.Request) -> web.Response:
        account = self.state.find_account(request.match_info["actor"])
        uri = f"at://{account.did if account else ''}/{POST}/{request.match_info['rkey']}"
        record = self.state.records.get(uri)
        if account is None or record is None:
            raise web.HTTPNotFound
        text = escape(str(record.value["text"])).replace("\n", "<br>")
        return _page(f"{account.name} (@{account.handle})", f"<p>{text}</p><p>{wire_time(record.sort_at)}</p>")

    async def _profile_page(self, request: web.Request) -> web.Response:
        account = self.state.find_account(request.match_info["actor"])
        if account is None:
            raise web.HTTPNotFound
        posts = reversed(self.posts_of(account.handle))
        items = "".join(
            f'<li><a href="/profile/{account.handle}/post/{r.rkey}">{escape(str(r.value["text"]))}</a></li>'
            for r in posts
        )
        return _page(f"{account.name} (@{account.handle})", f"<p>{escape(account.bio)}</p><ul>{items}</ul>")


def _page(title: str, body: str) -> web.Response:
    text = f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{escape(title)}</title></head>"
    return web.Response(text=f"{text}<body><h1>{escape(title)}</h1>{body}</body></html>", content_type="text/html")
