"""The worker: one bad job takes nothing with it but its own process."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from socialdesk.content import wire
from socialdesk.content.worker import Worker
from socialdesk.core.errors import ContentError
from tests.content import jobs

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and limits")


@pytest_asyncio.fixture
async def worker() -> AsyncIterator[Worker]:
    worker = Worker()
    yield worker
    await worker.aclose()


async def failure(worker: Worker, fn: object, *args: object, timeout_s: float = 20) -> str:
    with pytest.raises(ContentError) as caught:
        await worker.run(fn, *args, timeout_s=timeout_s)  # type: ignore[arg-type]
    return caught.value.reason


async def test_job_runs_in_another_process(worker: Worker) -> None:
    assert await worker.run(jobs.double, 21) == 42
    assert await worker.run(jobs.process_id) == worker.pid != os.getpid()


async def test_answers_go_to_those_who_asked(worker: Worker) -> None:
    assert await asyncio.gather(*(worker.run(jobs.double, n) for n in range(200))) == [2 * n for n in range(200)]


async def test_child_loads_neither_window_nor_wire(worker: Worker) -> None:
    loaded = set(await worker.run(jobs.modules))
    assert not loaded & {"PySide6", "httpx", "aiohttp", "lxml", "trafilatura", "PIL", "asyncio"}


def test_asking_for_content_loads_nothing_heavy() -> None:
    names = "worker feeds html article preview markdown pictures opml entries"
    imports = "; ".join(f"import socialdesk.content.{name}" for name in names.split())
    heavy = (
        "{'lxml', 'nh3', 'PIL', 'trafilatura', 'readability', 'feedparser', 'markdown_it', 'regex', 'PySide6', 'httpx'}"
    )
    check = f"import sys; {imports}; print(sorted({heavy} & set(sys.modules)))"
    asked = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert asked.stdout.strip() == "[]"


async def test_preloading_is_done_in_the_child(worker: Worker) -> None:
    await worker.warm(("colorsys",))
    assert "colorsys" in await worker.run(jobs.modules)


async def test_own_error_comes_back_as_itself(worker: Worker) -> None:
    assert await failure(worker, jobs.refuse) == "not_a_feed"
    with pytest.raises(ValueError, match="not a number"):
        await worker.run(jobs.wrong_value)
    assert await failure(worker, jobs.break_down) == "worker"
    assert await failure(worker, jobs.unsendable) == "worker"
    assert await failure(worker, jobs.recurse) == "worker"


async def test_failed_job_leaves_the_child_running(worker: Worker) -> None:
    before = await worker.run(jobs.process_id)
    await failure(worker, jobs.break_down)
    assert await worker.run(jobs.process_id) == before


@pytest.mark.parametrize("fatal", [jobs.die, jobs.segfault])
async def test_crash_fails_its_own_job_only(worker: Worker, fatal: object, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    first = asyncio.ensure_future(worker.run(jobs.double, 1))
    bad = asyncio.ensure_future(failure(worker, fatal))
    behind = [asyncio.ensure_future(worker.run(jobs.append_line, str(mark))) for _ in range(5)]
    assert await first == 2
    assert await bad == "worker"
    await asyncio.gather(*behind)
    assert await worker.run(Path.read_text, mark) == "ran\n" * 5


async def test_overlong_job_is_ended_and_the_next_one_runs(worker: Worker) -> None:
    bad = asyncio.ensure_future(failure(worker, jobs.hang, timeout_s=0.3))
    good = asyncio.ensure_future(worker.run(jobs.double, 4))
    assert await bad == "timed_out"
    assert await good == 8


async def test_overlong_job_inside_a_library_is_ended_too(worker: Worker) -> None:
    assert await failure(worker, jobs.never_return_from_c, timeout_s=0.3) == "timed_out"


async def test_waiting_in_the_queue_does_not_count_as_time(worker: Worker) -> None:
    await worker.run(jobs.double, 1)
    results = await asyncio.gather(*(worker.run(time.sleep, 0.05, timeout_s=0.3) for _ in range(8)))
    assert results == [None] * 8


async def test_large_job_behind_one_that_never_returns_is_run(worker: Worker) -> None:
    await worker.warm()
    bad = asyncio.ensure_future(failure(worker, jobs.never_return_from_c, timeout_s=0.3))
    good = asyncio.ensure_future(worker.run(len, bytes(5_000_000)))
    assert await bad == "timed_out"
    assert await good == 5_000_000


@pytest.mark.parametrize("fatal", [jobs.die, jobs.hang])
async def test_a_row_of_bad_jobs_fails_each_for_itself(worker: Worker, fatal: object) -> None:
    wanted = [asyncio.ensure_future(failure(worker, fatal, timeout_s=0.2)) for _ in range(3)]
    good = [asyncio.ensure_future(worker.run(jobs.double, n)) for n in range(3)]
    assert len(set(await asyncio.gather(*wanted))) == 1
    assert await asyncio.gather(*good) == [0, 2, 4]


@POSIX
async def test_memory_is_limited(worker: Worker) -> None:
    assert await failure(worker, jobs.eat_memory) == "worker"
    assert await worker.run(jobs.double, 5) == 10


async def test_noise_of_a_library_does_not_disturb(worker: Worker) -> None:
    assert await worker.run(jobs.chatter) == "calm"


async def test_large_answers_and_arguments_pass(worker: Worker) -> None:
    data = await worker.run(jobs.big, 20_000_000)
    assert len(data) == 20_000_000
    assert await worker.run(len, data) == 20_000_000


async def test_cancelled_job_is_not_run(worker: Worker, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    busy = [asyncio.ensure_future(worker.run(time.sleep, 0.1)) for _ in range(2)]
    unwanted = asyncio.ensure_future(worker.run(jobs.append_line, str(mark)))
    await asyncio.sleep(0)
    unwanted.cancel()
    await asyncio.gather(*busy)
    assert await worker.run(jobs.double, 2) == 4
    assert not mark.exists()


async def test_cancelled_running_job_disturbs_nobody(worker: Worker) -> None:
    await worker.warm()
    running = asyncio.ensure_future(worker.run(jobs.hang, timeout_s=0.2))
    await asyncio.sleep(0.05)
    running.cancel()
    assert await worker.run(jobs.double, 2) == 4


@POSIX
async def test_killed_from_outside_it_starts_again(worker: Worker) -> None:
    before = await worker.run(jobs.process_id)
    os.kill(before, signal.SIGKILL)
    answers = await asyncio.gather(*(worker.run(jobs.double, 3) for _ in range(4)), return_exceptions=True)
    assert answers[1:] == [6, 6, 6]  # the first one may have gone to the killed child
    assert worker.pid != before


@POSIX
async def test_ctrl_c_is_left_to_the_parent(worker: Worker) -> None:
    pid = await worker.run(jobs.process_id)
    os.kill(pid, signal.SIGINT)
    assert await worker.run(jobs.process_id) == pid
    assert os.getpgid(pid) != os.getpgid(0)


async def test_idle_child_is_stopped_and_comes_back() -> None:
    worker = Worker(idle_s=0)
    first = await worker.run(jobs.process_id)
    async with asyncio.timeout(10):
        while worker.pid:  # noqa: ASYNC110 - the end of a process is no event of ours
            await asyncio.sleep(0.005)
    assert await worker.run(jobs.process_id) != first
    await worker.aclose()


async def test_closing_fails_what_is_open() -> None:
    worker = Worker()
    await worker.warm()
    pid = worker.pid
    open_jobs = [asyncio.ensure_future(failure(worker, jobs.hang)) for _ in range(4)]
    await asyncio.sleep(0)
    await worker.aclose()
    assert await asyncio.gather(*open_jobs) == ["worker"] * 4
    assert await failure(worker, jobs.double, 1) == "worker"
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_closing_what_never_ran_is_fine() -> None:
    await Worker().aclose()


@POSIX
@pytest.mark.parametrize("job", ["tell_and_hang", "tell_and_hold_interpreter"])
def test_child_ends_with_a_killed_parent(job: str, tmp_path: Path) -> None:
    told = tmp_path / "pid"
    script = f"""
        import asyncio, sys
        sys.path[:] = {sys.path!r}
        from socialdesk.content.worker import Worker
        from tests.content import jobs
        asyncio.run(Worker().run(jobs.{job}, {str(told)!r}, timeout_s=1))
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)]) as parent:
        deadline = time.monotonic() + 20
        while not (told.exists() and told.read_text()) and time.monotonic() < deadline:
            time.sleep(0.01)
        parent.kill()
    child = int(told.read_text())
    deadline = time.monotonic() + 20
    while _runs(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _runs(child)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not (state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] == "Z")


@dataclass(frozen=True, slots=True)
class Sample:
    name: str
    tags: tuple[str, ...] = ()
    facts: dict[str, str] = field(default_factory=dict)
    inner: "Sample | None" = None


def test_values_survive_the_pipe() -> None:
    value = Sample("a", ("b",), {"c": "d"}, Sample("e"))
    body = wire.frame((True, value))
    assert wire.unpack(body[wire.PREFIX.size :]) == (True, value)
    assert wire.PREFIX.unpack(body[: wire.PREFIX.size])[0] == len(body) - wire.PREFIX.size
