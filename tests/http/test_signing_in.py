"""Helpers for signing in: proof keys, the loopback listener, pasting back."""

import asyncio
import contextlib
import re

import pytest

from socialdesk.core.errors import InputError
from socialdesk.http.loopback import LoopbackListener, check_issuer, parse_pasted
from socialdesk.http.pkce import challenge, new_state, new_verifier

STATE = "s" * 20


async def browse(url: str, target: str, *, method: str = "GET", host: str = "") -> tuple[int, str, str]:
    """Asks as a browser does; returns status, head and page."""
    port = int(re.findall(r":(\d+)/", url)[0])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{method} {target} HTTP/1.1\r\nHost: {host or f'127.0.0.1:{port}'}\r\nAccept: */*\r\n\r\n".encode())
    data = (await reader.read()).decode()
    writer.close()
    head, _, page = data.partition("\r\n\r\n")
    return int(head.split(" ")[1]), head, page


def test_the_challenge_is_the_one_of_the_rfc() -> None:
    assert challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_verifiers_and_states_are_new_and_well_formed() -> None:
    made = [make() for make in (new_verifier, new_state) for _ in range(50)]
    assert len(set(made)) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43,128}", text) for text in made)


async def test_the_right_answer_ends_the_wait() -> None:
    listener = LoopbackListener()
    uri = await listener.start()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/callback", uri)
    waiting = asyncio.create_task(listener.wait(STATE))
    status, head, page = await browse(uri, f"/callback?code=the-code&state={STATE}&iss=x")
    assert await waiting == {"code": "the-code", "state": STATE, "iss": "x"}
    assert status == 200
    assert "Connection: close" in head
    assert "You can close this page" in page
    assert "the-code" not in head + page
    with pytest.raises(ConnectionRefusedError):
        await browse(uri, f"/callback?code=other&state={STATE}")


async def test_a_browser_that_is_quicker_than_we_are_is_not_lost() -> None:
    listener = LoopbackListener()
    uri = await listener.start()
    page = asyncio.create_task(browse(uri, f"/callback?code=quick&state={STATE}"))
    await asyncio.sleep(0)
    assert (await listener.wait(STATE))["code"] == "quick"
    assert (await page)[0] == 200


@pytest.mark.parametrize(
    ("target", "options"),
    [
        ("/callback?code=x&state=wrong", {}),
        ("/callback?code=x", {}),
        ("/callback?error=access_denied", {}),
        (f"/other?code=x&state={STATE}", {}),
        ("/favicon.ico", {}),
        (f"/callback?code=x&state={STATE}", {"method": "POST"}),
        (f"/callback?code=x&state={STATE}", {"host": "evil.example"}),
        (f"//evil.example/callback?code=x&state={STATE}", {"host": "evil.example"}),
    ],
)
async def test_anything_else_gets_a_calm_page_and_changes_nothing(target: str, options: dict[str, str]) -> None:
    listener = LoopbackListener()
    uri = await listener.start()
    waiting = asyncio.create_task(listener.wait(STATE))
    status, _, page = await browse(uri, target, **options)
    assert status == 400
    assert "SocialDesk is still waiting" in page
    assert not waiting.done()
    await browse(uri, f"/callback?code=right&state={STATE}")
    assert (await waiting)["code"] == "right"


async def test_no_http_at_all_changes_nothing() -> None:
    listener = LoopbackListener()
    uri = await listener.start()
    waiting = asyncio.create_task(listener.wait(STATE))
    port = int(uri.split(":")[2].split("/")[0])
    for noise in (b"\x16\x03\x01\r\n\r\n", b"GET / \r\n\r\n", b"x" * 40_000, b""):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(noise)
        writer.write_eof()
        with contextlib.suppress(ConnectionResetError):
            await reader.read()
        writer.close()
    await browse(uri, f"/callback?code=right&state={STATE}")
    assert (await waiting)["code"] == "right"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("error=access_denied&error_description=<script>", "declined"),
        ("error=server_error", "did not complete"),
        ("", "did not complete"),
    ],
)
async def test_a_refusal_is_said_in_a_sentence(query: str, words: str) -> None:
    listener = LoopbackListener()
    uri = await listener.start()
    waiting = asyncio.create_task(listener.wait(STATE))
    status, _, page = await browse(uri, f"/callback?{query}&state={STATE}")
    with pytest.raises(InputError, match=words):
        await waiting
    assert status == 200
    assert "script" not in page


async def test_nobody_comes() -> None:
    listener = LoopbackListener()
    uri = await listener.start()
    with pytest.raises(TimeoutError):
        await listener.wait(STATE, timeout_s=0.05)
    with pytest.raises(ConnectionRefusedError):
        await browse(uri, "/")


async def test_nobody_waits_and_it_listens_no_longer_than_its_life() -> None:
    listener = LoopbackListener(life_s=0.05)
    uri = await listener.start()
    async with asyncio.timeout(30):
        while True:
            try:
                async with asyncio.timeout(1):
                    await browse(uri, "/")
            except ConnectionRefusedError:
                break
            except (ConnectionResetError, TimeoutError):  # it knocked just when the door was shut
                continue
    with pytest.raises(TimeoutError):
        await listener.wait(STATE)


async def test_the_page_fetches_nothing_and_says_whose_it_is() -> None:
    listener = LoopbackListener()
    uri = await listener.start()
    waiting = asyncio.create_task(listener.wait(STATE))
    _, head, page = await browse(uri, f"/callback?code=the-code&state={STATE}")
    await waiting
    assert "SocialDesk" in page
    assert "prefers-color-scheme" in page
    assert "default-src 'none'" in head
    assert not re.search(r"(src|href|url|@import)\s*[=(]", page)


async def test_an_empty_state_matches_nothing() -> None:
    listener = LoopbackListener()
    uri = await listener.start()
    waiting = asyncio.create_task(listener.wait("", timeout_s=5))
    assert (await browse(uri, "/callback?code=x"))[0] == 400
    waiting.cancel()


async def test_a_given_port_and_one_that_is_taken() -> None:
    first = LoopbackListener()
    port = int((await first.start()).split(":")[2].split("/")[0])
    with pytest.raises(InputError):
        await LoopbackListener(port).start()
    await first.close()
    again = LoopbackListener(port, "/auth")
    assert await again.start() == f"http://127.0.0.1:{port}/auth"
    await again.close()
    await again.close()


@pytest.mark.parametrize(
    "pasted",
    [
        f"http://127.0.0.1:5000/callback?code=the-code&state={STATE}",
        f"  <http://127.0.0.1:5000/callback?state={STATE}&code=the-code#top>\n",
        f"127.0.0.1:5000/callback?code=the-code&state={STATE}",
        f"code=the-code&state={STATE}",
        "the-code",
        ' "the-code" ',
    ],
)
def test_pasting_back(pasted: str) -> None:
    assert parse_pasted(pasted, STATE) == "the-code"


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        ("http://127.0.0.1:5000/callback?code=the-code&state=other", "another sign-in"),
        ("http://127.0.0.1:5000/callback?code=the-code", "another sign-in"),
        (f"http://127.0.0.1:5000/callback?error=access_denied&state={STATE}", "declined"),
        (f"http://127.0.0.1:5000/callback?state={STATE}", "did not complete"),
        ("http://[broken?code=1", "cannot be read"),
        ("", "neither"),
        ("two words", "neither"),
    ],
)
def test_pasting_something_else(pasted: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        parse_pasted(pasted, STATE)
    assert caught.value.fix


def test_an_answer_names_its_sender_where_it_has_to() -> None:
    address = f"http://127.0.0.1:5000/callback?code=the-code&state={STATE}"
    assert parse_pasted(f"{address}&iss=https%3A%2F%2Fgood.example", STATE, "https://good.example") == "the-code"
    for other in ("", "&iss=https%3A%2F%2Fevil.example"):
        with pytest.raises(InputError, match="Another server"):
            parse_pasted(address + other, STATE, "https://good.example")
    with pytest.raises(InputError, match="neither"):
        parse_pasted("the-code", STATE, "https://good.example")
    with pytest.raises(InputError, match="Another server"):
        check_issuer({"code": "the-code", "iss": "https://good.example/"}, "https://good.example")
    check_issuer({"code": "the-code"}, "")


def test_a_code_alone_is_not_enough_where_no_proof_key_ties_it_to_the_sign_in() -> None:
    with pytest.raises(InputError, match="neither") as caught:
        parse_pasted("the-code", STATE, code_alone=False)
    assert "whole address" in caught.value.fix
    assert (
        parse_pasted(f"https://www.example.com/?code=the-code&state={STATE}#_", STATE, code_alone=False) == "the-code"
    )
