"""The base of the practice networks: clean life, request log, and every fault as a client sees it."""

import asyncio
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp
import pytest
from aiohttp import web

from socialdesk.practice.server import Fault, PracticeServer, ServerThread

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


class Counter(PracticeServer):
    """Counts what really happened, so that `before` and `after` can be told apart."""

    def __init__(self) -> None:
        super().__init__(now=lambda: NOW)
        self.done = 0
        self.app.router.add_post("/things", self._do)
        self.app.router.add_get("/refused", self._refuse)

    async def _do(self, _request: web.Request) -> web.Response:
        self.done += 1
        return web.json_response({"number": self.done, "words": "x" * 200})

    async def _refuse(self, _request: web.Request) -> web.Response:
        raise web.HTTPGone(text="gone")


@pytest.fixture
async def server() -> AsyncIterator[Counter]:
    async with Counter() as running:
        yield running


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.3)) as session:
        yield session


async def test_answers_and_logs_header_names_but_no_values(server: Counter, client: aiohttp.ClientSession) -> None:
    async with client.post(server.url + "/things?a=b", data=b"hello", headers={"Authorization": "Bearer hush"}) as r:
        assert (await r.json())["number"] == 1
    (logged,) = server.requests("things", "POST")
    assert (logged.path, logged.query, logged.body) == ("/things", {"a": "b"}, b"hello")
    assert "authorization" in logged.headers
    assert "hush" not in repr(server.log)


async def test_a_distant_server_takes_its_time_for_every_answer(server: Counter, client: aiohttp.ClientSession) -> None:
    server.latency_s = 0.05
    began = asyncio.get_running_loop().time()
    for _ in range(2):
        async with client.post(server.url + "/things") as answer:
            assert answer.status == 200
    assert asyncio.get_running_loop().time() - began >= 2 * server.latency_s


async def test_stopping_closes_the_door_and_may_be_repeated(client: aiohttp.ClientSession) -> None:
    server = Counter()
    url = await server.start()
    await server.stop()
    await server.stop()
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.get(url + "/things")


@pytest.mark.parametrize(("when", "done"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize("kind", ["hang", "close", "reset"])
async def test_a_broken_connection_leaves_the_work_done_or_not(
    server: Counter, client: aiohttp.ClientSession, kind: str, when: str, done: int
) -> None:
    server.faults.add(Fault(kind, match="things", when=when))
    with pytest.raises((aiohttp.ClientError, TimeoutError)):
        async with client.post(server.url + "/things") as r:
            await r.read()
    assert server.done == done
    async with client.post(server.url + "/things") as r:
        assert r.status == 200


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 502, 503])
async def test_a_status_on_command(server: Counter, client: aiohttp.ClientSession, status: int) -> None:
    server.faults.add(Fault(f"status{status}", when="after"))
    async with client.post(server.url + "/things") as r:
        assert r.status == status
    assert server.done == 1


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("seconds", {"Retry-After": "90"}),
        ("date", {"Retry-After": "Wed, 04 Mar 2026 05:07:37 GMT"}),
        ("zero", {"Retry-After": "0"}),
        ("none", {}),
        ("x_ratelimit", {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "2026-03-04T05:07:37.000000Z"}),
        ("ratelimit", {"RateLimit-Remaining": "0", "RateLimit-Reset": "1772600857"}),
    ],
)
async def test_every_form_of_please_wait(
    server: Counter, client: aiohttp.ClientSession, form: str, expected: dict[str, str]
) -> None:
    server.faults.add(Fault("429", seconds=90, retry_after=form))
    async with client.post(server.url + "/things") as r:
        waits = {name: r.headers[name] for name in expected}
        assert (r.status, waits) == (429, expected)
        assert ("Retry-After" in r.headers) == ("Retry-After" in expected)
        if form == "date":
            assert parsedate_to_datetime(r.headers["Retry-After"]) == NOW + timedelta(seconds=90)


async def test_html_and_half_json_come_with_status_200(server: Counter, client: aiohttp.ClientSession) -> None:
    server.faults.add(Fault("html"))
    server.faults.add(Fault("truncated", when="after"))
    async with client.post(server.url + "/things") as r:
        assert (r.status, r.content_type) == (200, "text/html")
    async with client.post(server.url + "/things") as r:
        assert r.status == 200
        with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
            await r.json()


async def test_a_drip_arrives_whole_for_the_patient_only(server: Counter, client: aiohttp.ClientSession) -> None:
    server.faults.add(Fault("drip", seconds=0.05))
    server.faults.add(Fault("drip", seconds=30))
    async with client.post(server.url + "/things") as r:
        assert (await r.json())["number"] == 1
    with pytest.raises((aiohttp.ClientError, TimeoutError)):
        async with client.post(server.url + "/things") as r:
            await r.read()


async def test_a_refusing_handler_keeps_its_status_without_a_fault(
    server: Counter, client: aiohttp.ClientSession
) -> None:
    async with client.get(server.url + "/refused") as r:
        assert (r.status, await r.text()) == (410, "gone")


async def test_faults_are_chosen_by_method_path_and_number(server: Counter, client: aiohttp.ClientSession) -> None:
    server.faults.add(Fault("500", match="^/other"))
    server.faults.add(Fault("502", method="GET"))
    server.faults.add(Fault("503", match="^/th", times=2))
    server.faults.add(Fault("401", times=0))
    seen = []
    for _ in range(5):
        async with client.post(server.url + "/things") as r:
            seen.append(r.status)
    assert seen == [503, 503, 401, 401, 401]
    assert [f.kind for f in server.faults.fired] == ["503", "503", "401", "401", "401"]
    server.faults.clear()
    async with client.post(server.url + "/things") as r:
        assert r.status == 200


def test_an_unknown_fault_is_refused() -> None:
    with pytest.raises(ValueError, match="no such fault"):
        Fault("earthquake")
    assert Fault("hang_after") == Fault("hang", when="after")


async def test_another_process_arms_faults_and_reads_the_log(server: Counter, client: aiohttp.ClientSession) -> None:
    control = server.url + "/_practice/faults"
    async with client.post(control, json={"kind": "hang_after", "match": "things", "seconds": 30}) as r:
        assert await r.json() == {"armed": 1}
    async with client.post(control, json={"kind": "earthquake"}) as r:
        assert r.status == 400
    with pytest.raises(TimeoutError):
        await client.post(server.url + "/things")
    async with client.post(control, json={"kind": "500"}), client.delete(control):
        pass
    async with client.post(server.url + "/things", data="body") as r:
        assert (await r.json())["number"] == 2
    async with client.get(server.url + "/_practice/log") as r:
        assert [(entry["method"], entry["body"]) for entry in await r.json()] == [("POST", ""), ("POST", "body")]


async def test_stopping_ends_a_hanging_request(client: aiohttp.ClientSession) -> None:
    server = Counter()
    await server.start()
    server.faults.add(Fault("hang", seconds=3600))
    pending = asyncio.create_task(client.post(server.url + "/things"))
    await server.until_asked("things")
    await asyncio.wait_for(server.stop(), timeout=5)
    with pytest.raises((aiohttp.ClientError, TimeoutError)):
        await pending


def test_serves_callers_without_a_loop_from_a_thread() -> None:
    server = Counter()
    with ServerThread(server):
        request = urllib.request.Request(server.url + "/things", data=b"")
        with urllib.request.urlopen(request, timeout=5) as answer:
            assert answer.status == 200
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(server.url + "/things", timeout=5)


async def test_a_fault_that_lets_requests_through_first(server: Counter, client: aiohttp.ClientSession) -> None:
    fault = Fault("500", match="^/th", method="POST", skip=2)
    server.faults.add(fault)
    for expected in (None, None, fault):
        assert server.faults.next("POST", "/things") is expected
        assert server.faults.next("GET", "/things") is None
        async with client.post(server.url + "/things") as answer:
            assert answer.status == (500 if expected else 200)
    assert (server.done, server.faults.armed) == (2, ())
