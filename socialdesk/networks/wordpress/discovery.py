"""From what a person typed to a site's API: link header, link in the page, the usual places."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from socialdesk.core.errors import NetworkError, Rejected, Unreachable
from socialdesk.http import Http
from socialdesk.http.linkheader import find_link
from socialdesk.networks.wordpress.address import API_RELATION, guesses, link_of, site_address
from socialdesk.networks.wordpress.client import Client

NAMESPACE = "wp/v2"
PAGE_BYTES = 3_000_000


@dataclass(frozen=True, slots=True)
class Site:
    """A site's API root, home address (no trailing slash), title and icon."""

    root: str
    home: str
    name: str
    icon_url: str


async def find_site(http: Http, typed: str) -> Site:
    """Raises Rejected (invalid, no_api, no_app_passwords) and whatever the first request raises."""
    site = site_address(typed)
    named = await _named_root(http, site)
    problem: NetworkError = Rejected("the site names no API", reason="no_api")
    for root in (named,) if named else guesses(site):
        try:
            index, _ = await Client(http, root).get("")
        except (Rejected, Unreachable) as error:
            if error.reason == "insecure" or (named and error.reason == "firewall"):
                problem = error
            continue
        return _site(root, site, index)
    raise problem


def _site(root: str, typed: str, index: Any) -> Site:
    spaces = index.get("namespaces", []) if isinstance(index, dict) else []
    if NAMESPACE not in spaces:
        raise Rejected("this API has no wp/v2", reason="no_api")
    if "application-passwords" not in (index.get("authentication") or {}):
        raise Rejected("the site has switched application passwords off", reason="no_app_passwords")
    home = str(index.get("home") or typed).rstrip("/")
    return Site(root, home, str(index.get("name") or home), str(index.get("site_icon_url") or ""))


async def _named_root(http: Http, site: str) -> str:
    """The API root as the site's front page names it, '' if it does not."""
    head = await http.request("HEAD", site + "/")
    found = find_link(head.headers.get("link", ""), API_RELATION, head.url)
    if found:
        return found
    page = await http.request("GET", site + "/", max_bytes=PAGE_BYTES)
    found = find_link(page.headers.get("link", ""), API_RELATION, page.url)
    return found or urljoin(page.url, link) if (link := link_of(page.text(), API_RELATION)) else found
