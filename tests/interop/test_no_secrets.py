"""After a full run with real servers and a real keyring, no secret is anywhere but in the keyring."""

import json
import secrets as chance
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.interop.proxy import Proxy, in_front_of
from tests.interop.rigs import bluesky
from tests.interop.rigs.mastodon_mock import Instance
from tests.interop.rigs.wordpress import Blog
from tests.interop.test_keyring import kept
from tests.support.recorded import RecordedProgram
from tests.support.secrets import basic, found_in_folder, found_in_text

pytestmark = [pytest.mark.interop, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def network(work: Path) -> Iterator[bluesky.Network]:
    running = bluesky.start(work)
    try:
        yield running
    finally:
        bluesky.stop(work)


def register(service: str) -> tuple[str, str]:
    """A new account with an app password: (handle, password)."""
    handle, password = f"northwind-{chance.token_hex(3)}.test", chance.token_hex(8)
    account = {"handle": handle, "email": f"{handle}@mail.example", "password": password}
    token = call(f"{service}/xrpc/com.atproto.server.createAccount", account)["accessJwt"]
    made = call(f"{service}/xrpc/com.atproto.server.createAppPassword", {"name": "SocialDesk"}, token)
    return handle, str(made["password"])


def call(url: str, body: Mapping[str, str], token: str = "") -> Any:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())


def lose_something(proxies: Mapping[str, Proxy]) -> None:
    for what in ("answer", "half", "question"):
        proxies["wordpress"].lose(what, "POST", "/wp/v2/")
        proxies["mastodon"].lose(what, "POST", "/api/v")
        proxies["bluesky"].lose(what, "POST", "putRecord|uploadBlob")
        for proxy in proxies.values():
            proxy.lose(what, "GET", ".")


def test_a_full_run_leaves_no_secret(
    tmp_path: Path,
    keyring: Mapping[str, str],
    blog: Blog,
    instance: Instance,
    network: bluesky.Network,
    picture_file: Callable[[str], Path],
) -> None:
    program = RecordedProgram(tmp_path, keyring, loud=True)
    handle, password = register(network.service)
    app_password = blog.passwords["ed"]
    secrets = {"Mastodon": instance.token, "Bluesky": password, "WordPress": app_password}
    secrets |= {"Basic": basic("ed", app_password), "Basic, unspaced": basic("ed", app_password.replace(" ", ""))}

    with in_front_of(blog.url) as one, in_front_of(instance.url) as two, in_front_of(network.service) as three:
        proxies = {"wordpress": one, "mastodon": two, "bluesky": three}
        signed_in = [
            program.add_account("wordpress", app_password, server=one.url, username="ed"),
            program.add_account("mastodon", instance.token, server=two.url),
            program.add_account("bluesky", password, service=three.url, identifier=handle),
        ]
        secrets |= tokens(program)
        assert sum("eyJ" in secret for secret in secrets.values()) == 2, "the two tokens of a Bluesky session"
        for name, kind in (("wordpress", "drafts"), ("mastodon", "home"), ("bluesky", "home")):
            program.run("column", "add", name, kind, "--account", name)
        path = tmp_path / "article.md"
        accounts = ",".join(str(account["id"]) for account in signed_in)
        for number in range(3):
            path.write_text(f"# Article {number}\n\nWhat buyers keep.\n")
            image = ("--image", picture_file(f"{number}.png"), "--alt", "A chart")
            program.try_("post", f"Post {number}", "--to", accounts, "--article", path, *image, "--json")
            program.try_("refresh")
            lose_something(proxies)
        program.try_("outbox", "--deliver", "--json")
        for words in (("doctor",), ("doctor", "--json"), ("account", "list", "--json"), ("search", "buyers")):
            program.try_(*words)
        for proxy in proxies.values():
            proxy.answer_all(401)
        program.try_("refresh")
        program.try_("post", "Nobody", "--to", accounts, "--article", path, "--json")
        program.try_("doctor")
    program.try_("refresh")
    program.run("export", "--opml", program.profile / "feeds.opml")
    program.try_("account", "remove", signed_in[0]["id"])
    secrets |= tokens(program)

    there = found_in_folder(program.profile, {"handle": handle, "log": "DEBUG socialdesk"})
    assert any(place.startswith("handle, plain: desk.sqlite3") for place in there), "the search finds what is there"
    assert any(place.startswith("log, plain: logs") for place in there)
    assert found_in_folder(program.profile, secrets) == []
    assert found_in_text([text for said in program.said for text in (said.out, said.err)], secrets) == []


def tokens(program: RecordedProgram) -> dict[str, str]:
    """The secrets that the keyring holds, as another program of the same person reads them."""
    return {
        f"{name} of account {account} {value[-4:]}": value
        for account, document in kept(program, values=True).items()
        for name, value in document.items()
        if len(value) > 16 or name in ("password", "access_token")
    }
