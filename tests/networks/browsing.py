"""The browser's part of a sign-in, played by a test: it opens the page, agrees, and is sent back to the program."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp

from socialdesk.core.account import Account
from socialdesk.core.network import SignedIn
from socialdesk.http import Http

LISTENER = "http://127.0.0.1:49152/callback"


async def sent_back(url: str, redirect: str = "") -> str:
    """Opens the authorization page and returns the address that the browser is sent back to."""
    async with aiohttp.ClientSession() as browser, browser.get(url, allow_redirects=False) as page:
        assert page.status == 302, await page.text()
        assert page.headers["Location"].startswith(redirect)
        return page.headers["Location"]


async def browse(url: str, redirect: str = "") -> dict[str, list[str]]:
    """The query of that address."""
    return parse_qs(urlsplit(await sent_back(url, redirect)).query)


async def signed_in(visitor: Any, given: dict[str, str]) -> SignedIn:
    """Through the browser, with these answers; the program listens at `LISTENER` unless the network wants another."""
    step = await visitor.begin_sign_in(given, LISTENER)
    came_back = await browse(step.url, step.redirect_uri)
    assert came_back["state"] == [step.state]
    done: SignedIn = await visitor.finish_sign_in(step, came_back["code"][0])
    return done


def opened_as(done: SignedIn, network: Any, http: Http) -> Any:
    """The account that a sign-in opened."""
    who = done.identity
    key = network.facts.key
    account = Account(5, key, who.name, who.handle, who.server, who.remote_id, who.avatar_url, who.facts)
    return network(account, done.credential, http)
