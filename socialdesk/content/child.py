"""The worker process: runs one job after the other until its standard input ends. Standard library only until then.

A thread of its own reads the jobs, so that the process ends at once when the parent is gone, in the middle of a job
too. A job that never returns to Python is ended by the kernel: each one gets a limit of processor time.
"""

import contextlib
import os
import queue
import signal
import sys
import threading
from typing import BinaryIO

from socialdesk.content.wire import PREFIX, frame, unpack
from socialdesk.core.errors import ContentError

ADDRESS_SPACE = 2 << 30
SPARE_SECONDS = 2
NICE = 5


def main() -> None:
    """Serves jobs from standard input; answers go to what was standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 1)  # what a library prints must not reach the pipe
    _give_way()
    _limit_memory()
    jobs: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin.buffer, jobs), name="jobs", daemon=True).start()
    while True:
        answers.write(_answer(jobs.get()))
        answers.flush()


def preload(names: tuple[str, ...]) -> None:
    """Imports modules before the first job needs them."""
    import importlib

    for name in names:
        importlib.import_module(name)


def _read(stream: BinaryIO, jobs: "queue.SimpleQueue[bytes]") -> None:
    with contextlib.suppress(OSError):
        while len(head := stream.read(PREFIX.size)) == PREFIX.size:
            size: int = PREFIX.unpack(head)[0]
            body = stream.read(size)
            if len(body) < size:
                break
            jobs.put(body)
    os._exit(0)  # the parent is gone: nobody wants the answer


def _answer(body: bytes) -> bytes:
    try:
        function, arguments, seconds = unpack(body)
        _limit_time(seconds)
        return frame((True, function(*arguments)))
    except ContentError as error:
        return frame((False, ("content", str(error), error.reason)))
    except ValueError as error:
        return frame((False, ("value", str(error), "")))
    except Exception as error:  # any failure of a job is its answer
        return frame((False, ("content", f"{type(error).__name__}: {error}", "worker")))


def _give_way() -> None:
    """Lets the window go first where both want the processor."""
    with contextlib.suppress(AttributeError, OSError):
        os.nice(NICE)


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        soft = ADDRESS_SPACE if hard == resource.RLIM_INFINITY else min(ADDRESS_SPACE, hard)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_time(seconds: float) -> None:
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        usage = resource.getrusage(resource.RUSAGE_SELF)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        soft = int(usage.ru_utime + usage.ru_stime + seconds + SPARE_SECONDS)
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
