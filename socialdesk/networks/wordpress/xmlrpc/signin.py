"""Finding a site's XML-RPC, and signing in there."""

import re
from collections.abc import Mapping
from urllib.parse import urljoin

from socialdesk.core.account import NOTE, Account, Credential, Identity
from socialdesk.core.errors import NetworkError
from socialdesk.core.network import SeveralFound, SignedIn
from socialdesk.core.tolerant import Obj, obj, objs, string, web
from socialdesk.http import Http
from socialdesk.networks.wordpress.address import attributes, link_of, site_address
from socialdesk.networks.wordpress.discovery import PAGE_BYTES
from socialdesk.networks.wordpress.translate import plain
from socialdesk.networks.wordpress.xmlrpc.client import RpcClient

ROAD = "xmlrpc"
WHY = "Reached over XML-RPC, because the site's newer interface takes no sign-in."

_API_TAG = re.compile(r"<api\b[^>]*>", re.IGNORECASE)
_NEEDED = frozenset({"wp.getUsersBlogs", "wp.getProfile", "wp.getPosts", "wp.newPost"})
_MODERATORS = frozenset({"administrator", "editor"})
_READERS = frozenset({"subscriber", "contributor"})
_OPTIONS = ["software_version", "home_url", "blog_url", "blog_title"]


def client_of(http: Http, account: Account, credential: Credential) -> RpcClient:
    secrets = (credential.get("username"), credential.get("password"))
    return RpcClient(http, account.facts.get("root", ""), *secrets, account.facts.get("blog", "1"))


async def sign_in(http: Http, typed: str, secrets: Mapping[str, str]) -> SignedIn | SeveralFound | None:
    """The account at the site's XML-RPC, or one for each of its blogs; None where it has none.

    Raises AuthExpired where user name or password are wrong, Rejected (insecure, missing_permission).
    """
    endpoint = await _find(http, site_address(typed))
    if not endpoint:
        return None
    visitor = RpcClient(http, endpoint, secrets["username"], secrets["password"])
    blogs = [blog for blog in objs(await visitor.blogs()) if string(blog.get("blogid"))]
    found = []
    for blog in blogs:
        place = web(blog.get("xmlrpc")) or endpoint
        client = RpcClient(http, place, secrets["username"], secrets["password"], string(blog["blogid"]))
        found.append(SignedIn(await _identity(client, blog, several=len(blogs) > 1), Credential(secrets)))
    if not found:
        return None
    return found[0] if len(found) == 1 else SeveralFound(tuple(found))


async def whoami(client: RpcClient, account: Account) -> Identity:
    number = account.facts.get("blog", "1")
    blogs = objs(await client.blogs())
    blog = next((blog for blog in blogs if string(blog.get("blogid")) == number), {"blogid": number})
    return await _identity(client, {"url": account.server, **blog}, several=":" in account.remote_id)


async def _identity(client: RpcClient, blog: Obj, *, several: bool) -> Identity:
    me = obj(await client.ask("wp.getProfile", ["user_id", "username", "roles"]))
    options = obj(await client.ask("wp.getOptions", _OPTIONS))
    number, user = string(blog.get("blogid")), string(me.get("user_id"))
    home = web(_value(options, "home_url")) or web(blog.get("url")) or web(_value(options, "blog_url"))
    home = (home or client.endpoint.rpartition("/")[0]).rstrip("/")
    name = plain(string(blog.get("blogName")) or _value(options, "blog_title")) or home
    told = me.get("roles")
    roles = frozenset(map(str, told if isinstance(told, list) else ()))
    edits_all = bool(blog.get("isAdmin")) or bool(_MODERATORS & roles)
    publishes = edits_all or not roles <= _READERS or not roles
    facts = {
        "road": ROAD,
        NOTE: WHY,
        "root": client.endpoint,
        "blog": number,
        "user": user,
        "moderates": "1" if edits_all else "",
        "publishes": "1" if publishes else "",
        "version": _value(options, "software_version"),
        "site": name,
    }
    return Identity(f"{number}:{user}" if several else user, name, string(me.get("username")) or user, home, "", facts)


def knows_blocks(version: str) -> bool:
    """Whether this version of WordPress has the block editor."""
    major = version.partition(".")[0]
    return major.isdecimal() and int(major) >= 5


async def _find(http: Http, site: str) -> str:
    """The endpoint that answers as WordPress's does, as the site names it or where it usually is; '' = none."""
    for endpoint in dict.fromkeys([await _named(http, site), f"{site}/xmlrpc.php"]):
        try:
            if endpoint and await RpcClient(http, endpoint).methods() >= _NEEDED:
                return endpoint
        except NetworkError:
            continue
    return ""


async def _named(http: Http, site: str) -> str:
    """The endpoint in the description (RSD) that the front page links to, or ''."""
    try:
        page = await http.request("GET", site + "/", max_bytes=PAGE_BYTES)
        link = link_of(page.text(), "EditURI")
        if not link:
            return ""
        told = await http.request("GET", urljoin(page.url, link), max_bytes=PAGE_BYTES)
    except NetworkError:
        return ""
    apis = {
        tag.get("name", "").lower(): tag.get("apilink", "") for tag in map(attributes, _API_TAG.findall(told.text()))
    }
    named = apis.get("wordpress", "")
    return web(urljoin(told.url, named)) if named else ""


def _value(options: Obj, name: str) -> str:
    return string(obj(options.get(name)).get("value"))
