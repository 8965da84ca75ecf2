"""From what a person typed to the endpoints of the site. Sources: IndieAuth section 4.1, Micropub section 5.3."""

from collections.abc import Mapping
from dataclasses import dataclass

from socialdesk.core.errors import NetworkError, Rejected
from socialdesk.core.tolerant import Obj, obj
from socialdesk.http import Http, Response, Trust, check
from socialdesk.http.linkheader import find_link
from socialdesk.networks.micropub.address import host_of, page_links, site_address
from socialdesk.networks.micropub.client import utc_now
from socialdesk.networks.micropub.tolerant import web

PAGE_BYTES = 3_000_000
_RELATIONS = ("micropub", "indieauth-metadata", "authorization_endpoint", "token_endpoint")


@dataclass(frozen=True, slots=True)
class Endpoints:
    """`site` is the address after redirects that keep it the same site; what a site does not name is ''.

    `names_itself`: answers of its sign-in say who sent them (RFC 9207).
    """

    site: str
    micropub: str
    authorization: str = ""
    token: str = ""
    revocation: str = ""
    issuer: str = ""
    names_itself: bool = False
    scopes: frozenset[str] = frozenset()


async def discover(http: Http, typed: str) -> Endpoints:
    """Raises Rejected (invalid, no_micropub) and whatever asking the site raises."""
    site = site_address(typed)
    page = await http.request("GET", site, headers={"Accept": "text/html"}, max_bytes=PAGE_BYTES)
    check(page, write=False, now=utc_now())
    named = _named(page)
    if not web(named.get("micropub")):
        raise Rejected("the site names no Micropub endpoint", reason="no_micropub")
    metadata = await _metadata(http, site, web(named.get("indieauth-metadata")))
    return Endpoints(
        site=page.url if page.permanent else site,
        micropub=web(named.get("micropub")),
        authorization=web(metadata.get("authorization_endpoint")) or web(named.get("authorization_endpoint")),
        token=web(metadata.get("token_endpoint")) or web(named.get("token_endpoint")),
        revocation=web(metadata.get("revocation_endpoint")),
        issuer=web(metadata.get("issuer")),
        names_itself=metadata.get("authorization_response_iss_parameter_supported") is True,
        scopes=_scopes(metadata),
    )


def trust_of(url: str, site: str) -> Trust:
    """A site may name an endpoint on its own host wherever that is; any other host has to be a public one."""
    return Trust.TYPED if host_of(url) == host_of(site) else Trust.CONTENT


def _named(page: Response) -> Mapping[str, str]:
    """What the page links to: the header counts before the page itself."""
    header = page.headers.get("link", "")
    in_page = page_links(page.text(), page.url) if "html" in page.headers.get("content-type", "html") else {}
    return {name: find_link(header, name, page.url) or in_page.get(name, "") for name in _RELATIONS}


async def _metadata(http: Http, site: str, url: str) -> Obj:
    """What the authorization server says of itself; a site without it names its endpoints in its page."""
    if not url:
        return {}
    try:
        _, answer = await http.json("GET", url, trust=trust_of(url, site), headers={"Accept": "application/json"})
    except NetworkError:
        return {}
    return obj(answer)


def _scopes(metadata: Obj) -> frozenset[str]:
    known = metadata.get("scopes_supported")
    return frozenset(scope for scope in known if isinstance(scope, str)) if isinstance(known, list) else frozenset()
