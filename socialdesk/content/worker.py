"""The one worker process: processor work on bytes, away from the window's and the engine's interpreter.

A page that crashes a parser, eats memory or never ends takes the child with it and nothing else: its job fails, the
child is started again, the jobs behind it are run.

A thread hands the child its jobs and blocks on the answers, which come in the same order. That works alike on every
system (asyncio's pipes and child watchers do not), leaves no doubt which job was running when the child ended, and a
full pipe holds up nobody. One job is sent ahead of its turn, so that the child need not wait for this process, which
may be busy; a child that ends in the job before has not begun it, and its successor gets it again.
"""

import asyncio
import contextlib
import logging
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any, TypeVar

from socialdesk.content import child
from socialdesk.content.wire import MAX_FRAME, PREFIX, frame, unpack
from socialdesk.core.errors import ContentError

T = TypeVar("T")
Process = subprocess.Popen[bytes]
IDLE_S = 300.0
PIPE_BYTES = 1 << 20  # an answer that fits is written at once, however busy this process is; 64 KiB hold it up
FROZEN_FLAG = "--content-worker"  # how a bundled program is asked to be the child
log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Job:
    body: bytes
    name: str
    timeout_s: float
    loop: asyncio.AbstractEventLoop
    done: "asyncio.Future[Any]"
    child: Process | None = None  # the one it was sent to
    began: float | None = None  # on the clock of time.monotonic
    timer: asyncio.TimerHandle | None = None
    overrun: bool = False


class Worker:
    """Runs module-level functions in one child process, in the order they were asked for.

    The child starts with the first job (or `warm`), stops after `idle_s` seconds without one, and ends with this
    process however that ends. May be used from several event loops.
    """

    def __init__(self, *, idle_s: float = IDLE_S) -> None:
        self._idle_s = idle_s
        self._change = threading.Condition()  # guards everything below
        self._waiting: deque[_Job] = deque()
        self._running: _Job | None = None
        self._thread: threading.Thread | None = None
        self._process: Process | None = None
        self._closed = False

    @property
    def pid(self) -> int:
        """Process id of the running child, 0 when there is none."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else 0

    async def run(self, fn: Callable[..., T], *args: object, timeout_s: float = 60) -> T:
        """`fn(*args)` in the child; `timeout_s` counts from its start there, not from its place in the queue.

        Raises the function's own ContentError, a ValueError for any ValueError it raised, and ContentError with reason
        timed_out or worker (it crashed, ran out of memory, raised something else, or the worker is closed).
        """
        loop = asyncio.get_running_loop()
        job = _Job(frame((fn, args, timeout_s)), fn.__name__, timeout_s, loop, loop.create_future())
        job.timer = loop.call_later(timeout_s, self._watch, job)
        self._add(job)
        try:
            value: T = await job.done
        except asyncio.CancelledError:
            with self._change, contextlib.suppress(ValueError):
                self._waiting.remove(job)
                job.timer.cancel()
            raise
        return value

    async def warm(self, modules: tuple[str, ...] = ()) -> None:
        """Starts the child and imports `modules` there, so that the first job does not pay for it."""
        await self.run(child.preload, modules)

    async def aclose(self) -> None:
        """Ends the child; jobs that are not done fail with ContentError (worker)."""
        with self._change:
            self._closed = True
            while self._waiting:
                _post(self._waiting.popleft(), ContentError("the worker was closed", reason="worker"))
            if self._process is not None:
                self._process.kill()
            self._change.notify()
            thread = self._thread
        if thread is not None:
            await asyncio.to_thread(thread.join)

    def _add(self, job: _Job) -> None:
        with self._change:
            if self._closed:
                _settle(job, ContentError("the worker is closed", reason="worker"))
                return
            self._waiting.append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="content-worker", daemon=True)
                self._thread.start()
            self._change.notify()

    def _serve(self) -> None:
        job = self._next()
        while job is not None:
            outcome, ahead = self._outcome(job)
            _post(job, outcome)
            job = ahead or self._next()
        with self._change:
            process, self._process = self._process, None
        if process is not None:
            _end(process)

    def _next(self) -> _Job | None:
        """The next job, or None when this thread shall end: closed, or nothing to do for a while."""
        with self._change:
            self._change.wait_for(lambda: self._waiting or self._closed, self._idle_s)
            if not self._waiting:
                self._thread = None
                return None
            return self._waiting.popleft()

    def _outcome(self, job: _Job) -> tuple[object, _Job | None]:
        """What the job gave, its value or an exception to raise; and the job that was sent ahead, if any."""
        ahead = None
        if self._closed:
            return ContentError("the worker was closed", reason="worker"), None
        try:
            process = self._child_for(job)
        except OSError as error:
            return ContentError(f"no worker process: {error}", reason="worker"), None
        try:
            self._begin(job)
            if job.child is not process:
                _send(process, job)
            ahead = self._take()
            if ahead is not None:
                _send(process, ahead)
            value = _read(_answer(process))
        except (OSError, EOFError):
            _end(process)
            value = self._ended(job)
        except Exception as error:  # whatever reading an answer raises is that job's failure, never this thread's
            value = ContentError(f"unreadable answer: {error}", reason="worker")
        with self._change:
            self._running = None
        if isinstance(value, ContentError) and value.reason in {"worker", "timed_out"}:
            log.info("%s: %s", job.name, value)
        return value, ahead

    def _begin(self, job: _Job) -> None:
        with self._change:
            job.began = time.monotonic()
            self._running = job

    def _take(self) -> _Job | None:
        """A job that waits, without waiting for one."""
        with self._change:
            return self._waiting.popleft() if self._waiting else None

    def _child_for(self, job: _Job) -> Process:
        """The child that has the job already, unless that was ended; else one that lives."""
        if job.child is not None and job.child.returncode is None:
            return job.child
        return self._live_process()

    def _live_process(self) -> Process:
        process = self._process
        if process is not None and process.poll() is not None:
            _end(process)
            process = None
        if process is None:
            process = _start()
            with self._change:
                self._process = process
                if self._closed:
                    process.kill()
        return process

    def _watch(self, job: _Job) -> None:
        """Ends the child where the job takes too long; called on the asker's loop, first when it could be so."""
        with self._change:
            left_s = job.timeout_s if job.began is None else job.began + job.timeout_s - time.monotonic()
            if left_s > 0:
                job.timer = job.loop.call_later(left_s, self._watch, job)
            elif self._running is job and self._process is not None:
                job.overrun = True
                self._process.kill()

    def _ended(self, job: _Job) -> ContentError:
        if job.overrun:
            return ContentError(f"{job.name} took over {job.timeout_s:g} s", reason="timed_out")
        return ContentError(f"the worker process ended during {job.name}", reason="worker")


def command() -> list[str]:
    """How the child is started. A bundled program starts itself and must call `child.main` on FROZEN_FLAG."""
    if getattr(sys, "frozen", False):
        return [sys.executable, FROZEN_FLAG]
    start = f"import sys; sys.path[:] = {sys.path!r}; from socialdesk.content.child import main; main()"
    return [sys.executable, "-c", start]


def _start() -> Process:
    own_group: dict[str, Any] = {"process_group": 0}  # Ctrl-C is for the parent
    if sys.platform == "win32":
        own_group = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    pipe, null = subprocess.PIPE, subprocess.DEVNULL
    process = subprocess.Popen(command(), stdin=pipe, stdout=pipe, stderr=null, **own_group)  # noqa: S603 - ourselves
    for stream in (process.stdin, process.stdout):
        _widen(stream)
    return process


def _widen(pipe: IO[bytes] | None) -> None:
    """Gives a pipe more room where the system can do that (Linux)."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl

        if pipe is not None:
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)


def _end(process: Process) -> None:
    process.kill()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
    process.wait()


def _send(process: Process, job: _Job) -> None:
    """Raises OSError when the child ends."""
    assert process.stdin is not None  # noqa: S101 - asked for in _start
    job.child = process
    process.stdin.write(job.body)
    process.stdin.flush()


def _answer(process: Process) -> bytes:
    """Waits for the answer to the oldest job sent. Raises OSError or EOFError when the child ends."""
    assert process.stdout is not None  # noqa: S101 - asked for in _start
    head = process.stdout.read(PREFIX.size)
    size = PREFIX.unpack(head)[0] if len(head) == PREFIX.size else MAX_FRAME + 1
    body = process.stdout.read(size) if size <= MAX_FRAME else b""
    if len(body) != size:
        raise EOFError
    return body


def _read(answer: bytes) -> object:
    ok, value = unpack(answer)
    if ok:
        return value
    kind, message, reason = value
    return ValueError(message) if kind == "value" else ContentError(message, reason=reason)


def _post(job: _Job, outcome: object) -> None:
    with contextlib.suppress(RuntimeError):  # the asker's loop is closed: nobody waits
        job.loop.call_soon_threadsafe(_settle, job, outcome)


def _settle(job: _Job, outcome: object) -> None:
    if job.timer is not None:
        job.timer.cancel()
    if job.done.done():
        return
    if isinstance(outcome, Exception):
        job.done.set_exception(outcome)
    else:
        job.done.set_result(outcome)
