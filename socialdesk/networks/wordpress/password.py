"""Signing in to a site with an application password, and where the site takes none, over XML-RPC."""

from collections.abc import Mapping

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.errors import AuthExpired, NetworkError, Unreachable
from socialdesk.core.network import SeveralFound, SignedIn
from socialdesk.http import Http
from socialdesk.networks.wordpress.client import Client, basic
from socialdesk.networks.wordpress.discovery import Site, find_site
from socialdesk.networks.wordpress.translate import plain
from socialdesk.networks.wordpress.xmlrpc import signin

ME = "wp/v2/users/me"
_NO_REST = frozenset({"no_api", "no_app_passwords", "firewall", "header_stripped"})


async def sign_in(http: Http, answers: Mapping[str, str]) -> SignedIn | SeveralFound:
    """Finds the site's API and proves the application password. Raises what `WordPress.sign_in` says."""
    typed = answers.get("server", "")
    secrets = {"username": answers.get("username", "").strip(), "password": answers.get("password", "").strip()}
    try:
        return await _over_rest(http, typed, secrets)
    except NetworkError as error:
        if error.reason not in _NO_REST:
            raise
        problem = error
    try:
        found = await signin.sign_in(http, typed, secrets)
    except AuthExpired:
        if problem.reason == "header_stripped":  # nobody knows these words, here or there
            raise problem from None
        raise
    if found is None:
        raise problem
    return found


async def _over_rest(http: Http, typed: str, secrets: Mapping[str, str]) -> SignedIn:
    site = await find_site(http, typed)
    client = Client(http, site.root, basic(**secrets))
    try:
        identity = await _identity(client, site)
    except AuthExpired as error:
        if "rest_not_logged_in" in str(error):
            raise AuthExpired("the site saw nobody", reason="header_stripped") from error
        raise
    return SignedIn(identity, Credential(secrets))


async def whoami(client: Client, account: Account) -> Identity:
    """Only `users/me` proves anything: with a wrong password public reads still work."""
    return await _identity(client, Site(client.root, account.server, account.name, account.avatar_url))


async def sign_out(client: Client) -> None:
    """Removes this application password from the site."""
    about, _ = await client.get(f"{ME}/application-passwords/introspect")
    if isinstance(about, dict) and about.get("uuid"):
        await client.send("DELETE", f"{ME}/application-passwords/{about['uuid']}")


async def _identity(client: Client, site: Site) -> Identity:
    me, _ = await client.get(ME, [("context", "edit")])
    if not isinstance(me, dict) or "id" not in me:
        raise Unreachable("the answer has an unknown form", reason="invalid_answer")
    may = me.get("capabilities") or {}
    avatars = me.get("avatar_urls") or {}
    facts = {
        "root": site.root,
        "moderates": "1" if may.get("moderate_comments") else "",
        "publishes": "1" if may.get("publish_posts") else "",
        "site": plain(site.name),
    }
    return Identity(
        remote_id=str(me["id"]),
        name=plain(site.name),
        handle=str(me.get("username") or me.get("slug") or me["id"]),
        server=site.home,
        avatar_url=site.icon_url or str(avatars.get("96", "")),
        facts=facts,
    )
