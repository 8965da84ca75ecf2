"""Receives the browser's answer to an OAuth sign-in (RFC 8252 section 7.3: loopback interface redirection)."""

import asyncio
import hmac
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from socialdesk.core.errors import InputError

WAIT_S = 120.0
PATH = "/callback"
_READ_S = 10.0
_MAX_HEAD = 16_384
_STATE_S = 10.0
_CODE = re.compile(r"[\x21-\x7e]{4,2048}")

# In the colours of the desk (ui/tokens.py), without anything that would have to be fetched.
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title} - SocialDesk</title>
<meta name="viewport" content="width=device-width">
<style>
:root{{color-scheme:light dark;--ground:#eef1f5;--card:#fff;--line:#e3e8ee;
--text:#131a24;--second:#46566b;--mark:#2563eb}}
@media (prefers-color-scheme:dark){{
:root{{--ground:#0e1116;--card:#151a21;--line:#232b36;--text:#e8edf3;--second:#aab5c3;--mark:#3b82f6}}}}
body{{font:15px/1.5 Inter,system-ui,sans-serif;background:var(--ground);color:var(--text);margin:0;min-height:100vh;
display:grid;place-items:center}}
main{{background:var(--card);border:1px solid var(--line);border-radius:16px;padding:36px 40px;
max-width:26em;margin:20px;text-align:center}}
.mark{{display:inline-grid;place-items:center;width:44px;height:44px;border-radius:12px;background:var(--mark);color:#fff;
font-size:22px;font-weight:600}}
h1{{font-size:19px;font-weight:600;margin:18px 0 6px}}p{{margin:0;color:var(--second)}}
</style></head>
<body><main><div class="mark" aria-hidden="true">{sign}</div><h1>{title}</h1><p>{text}</p></main></body></html>
"""
_DONE = (200, "You are signed in", "You can close this page and go back to SocialDesk.")
_DECLINED = (200, "Nothing was changed", "The sign-in was not allowed. You can close this page.")
_WRONG = (
    400,
    "This is not the expected answer",
    "SocialDesk is still waiting for its sign-in. You can close this page.",
)


class LoopbackListener:
    """A server on 127.0.0.1 that accepts exactly one answer, the one that carries the right state.

    `port` 0 = the system chooses. It listens for `life_s` at most. Anything else that knocks, with a wrong state too,
    gets a calm page and changes nothing: else any page in the browser could end a sign-in (RFC 9700 section 4.7 wants
    such an answer refused, not the question given up).
    """

    def __init__(self, port: int = 0, path: str = PATH, life_s: float = WAIT_S) -> None:
        self._port = port
        self._path = path
        self._life_s = life_s
        self._ends = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._server: asyncio.Server | None = None
        self._hosts: frozenset[str] = frozenset()
        self._state: asyncio.Future[str] | None = None
        self._answer: asyncio.Future[Mapping[str, str]] | None = None

    async def start(self) -> str:
        """Listens, and returns the redirect URI. Raises `InputError` when the port is taken."""
        loop = asyncio.get_running_loop()
        self._state, self._answer = loop.create_future(), loop.create_future()
        try:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port, limit=_MAX_HEAD)
        except OSError as error:
            raise InputError(
                "The browser's answer cannot be received here.", "Paste the address that the browser ends on."
            ) from error
        self._ends = loop.time() + self._life_s
        self._timer = loop.call_later(self._life_s, self._stop)
        port = self._server.sockets[0].getsockname()[1]
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        return f"http://127.0.0.1:{port}{self._path}"

    async def wait(self, state: str, timeout_s: float = WAIT_S) -> Mapping[str, str]:
        """The query of the answer whose state is `state`; then listens no longer.

        Raises `TimeoutError`, and `InputError` when the sign-in was declined.
        """
        if self._state is None or self._answer is None:
            raise RuntimeError("start comes before wait")
        if not self._state.done():
            self._state.set_result(state)
        try:
            async with asyncio.timeout_at(min(asyncio.get_running_loop().time() + timeout_s, self._ends)):
                answer = await asyncio.shield(self._answer)
        finally:
            await self.close()
        if "error" in answer or not answer.get("code"):
            raise _refusal(answer.get("error", ""))
        return answer

    async def close(self) -> None:
        """Stops listening; open pages are still delivered. Closing twice is fine."""
        self._stop()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        server, self._server = self._server, None
        if server is not None:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_READ_S):
                head = await reader.readuntil(b"\r\n\r\n")
            status, title, text = await self._judge(head.decode("latin-1"))
            writer.write(_page(status, title, text))
            async with asyncio.timeout(_READ_S):
                await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # whoever this was has gone or speaks no HTTP
        finally:
            writer.close()

    async def _judge(self, head: str) -> tuple[int, str, str]:
        query = self._query(head)
        if query is None or self._state is None or self._answer is None:
            return _WRONG
        try:
            async with asyncio.timeout(_STATE_S):  # a browser that was signed in already may be quicker than `wait`
                state = await asyncio.shield(self._state)
        except TimeoutError:
            return _WRONG
        if not _same(query.get("state", ""), state) or self._answer.done():
            return _WRONG
        self._answer.set_result(query)
        return _DONE if query.get("code") and "error" not in query else _DECLINED

    def _query(self, head: str) -> dict[str, str] | None:
        """The query of a GET for our path that was meant for this host; None = not ours."""
        request, *lines = head.split("\r\n")
        words = request.split(" ")
        hosts = [line.partition(":")[2].strip() for line in lines if line.casefold().startswith("host:")]
        if len(words) != 3 or words[0] != "GET" or len(hosts) != 1 or hosts[0] not in self._hosts:
            return None
        try:
            target = urlsplit(words[1])
        except ValueError:
            return None
        return dict(parse_qsl(target.query)) if target.path == self._path else None


def parse_pasted(text: str, state: str, issuer: str = "", *, code_alone: bool = True) -> str:
    """The code in what a person pasted: the address the browser ended on, or the code itself.

    `issuer` as in `check_issuer`; a code alone does not say whose it is. `code_alone` False: nothing but the whole
    address will do, because no proof key ties the code to this sign-in and its state has to. Raises `InputError` for
    an address of another sign-in, one that says the sign-in was declined, or no code at all.
    """
    pasted = text.strip().strip("<>\"'")
    if "://" not in pasted and "code=" not in pasted:
        if issuer or not code_alone or not _CODE.fullmatch(pasted):
            raise InputError("This is neither an address nor a code.", "Paste the whole address the browser ended on.")
        return pasted
    try:
        query = dict(parse_qsl(urlsplit(pasted).query or pasted.partition("?")[2] or pasted))
    except ValueError as error:
        raise InputError("This address cannot be read.", "Paste the whole address the browser ended on.") from error
    if not _same(query.get("state", ""), state):
        raise InputError("This address belongs to another sign-in.", "Start again, and paste the newest address.")
    if "error" in query or not query.get("code"):
        raise _refusal(query.get("error", ""))
    check_issuer(query, issuer)
    return query["code"]


def check_issuer(answer: Mapping[str, str], issuer: str) -> None:
    """Raises `InputError` for an answer that another server than `issuer` sent (RFC 9207); '' = it need not say."""
    if issuer and answer.get("iss") != issuer:
        raise InputError("Another server than yours answered this sign-in.", "Start again, and allow nothing else.")


def _same(given: str, expected: str) -> bool:
    """Compares in constant time; an empty state never matches."""
    return expected != "" and hmac.compare_digest(given.encode(), expected.encode())


def _refusal(error: str) -> InputError:
    if error == "access_denied":
        return InputError("The sign-in was declined in the browser.", "Start again and allow SocialDesk there.")
    return InputError("The server did not complete the sign-in.", "Start again.")


def _page(status: int, title: str, text: str) -> bytes:
    body = _PAGE.format(title=title, text=text, sign="S" if status == 200 else "!").encode()
    reason = "OK" if status == 200 else "Bad Request"
    head = (
        f"HTTP/1.1 {status} {reason}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n"
        "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body
