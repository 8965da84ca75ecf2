"""Fresh child processes, and numbers out of many measurements."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SCREEN = {
    "name": "bench",
    "x": 0,
    "y": 0,
    "width": 2600,
    "height": 1100,
    "logicalDpi": 96,
    "logicalBaseDpi": 96,
    "dpr": 1,
}
PATIENCE_S = 300


def run(module: str, *words: object, folder: Path) -> dict[str, Any]:
    """Runs `python -m tests.bench.MODULE WORDS` and returns the JSON on its last line.

    `started` is added to it: the moment just before the process was made, on the clock of `time.monotonic`, which
    processes share. `folder` is for what the run needs beside the words.
    """
    command = [sys.executable, "-m", f"tests.bench.{module}", *map(str, words)]
    started = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, env=environment(folder), stdout=subprocess.PIPE, timeout=PATIENCE_S, check=True, text=True
    )
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result | {"started": started}


def environment(folder: Path) -> dict[str, str]:
    """No screen is needed: Qt paints into memory, on one screen wide enough for eight columns.

    Modules are compiled once, by the run that warms up, as they are for whoever opens the desk a second time.
    """
    screens = folder / "screens.json"
    if not screens.exists():
        screens.write_text(json.dumps({"screens": [SCREEN]}))
    wanted = {
        "QT_QPA_PLATFORM": f"offscreen:configfile={screens}",
        "PYTHONPATH": str(ROOT),
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
    }
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, **wanted}


@dataclass(frozen=True, slots=True)
class FeedServer:
    port: int
    size: int  # bytes of one feed

    def next_round(self) -> None:
        """Three new entries in every feed."""
        import urllib.request

        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/round", method="POST")
        urllib.request.urlopen(request).read()


@contextmanager
def feed_server(count: int) -> Iterator[FeedServer]:
    with _serving("feed_server", count) as line:
        port, size = line.split()
        yield FeedServer(int(port), int(size))


@contextmanager
def practice_servers() -> Iterator[str]:
    """Practice networks that take their time; what `tests.bench.publishing` needs to know of them."""
    with _serving("practice_servers") as line:
        yield line.strip()


@contextmanager
def _serving(module: str, *words: object) -> Iterator[str]:
    """The first line of a server in a process of its own, which ends when its standard input does."""
    command = [sys.executable, "-m", f"tests.bench.{module}", *map(str, words)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process.stdout.readline()
    finally:
        process.stdin.close()
        process.wait()


def median(values: Sequence[float]) -> float:
    import statistics  # not in a child that is measured

    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of the others do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def say(result: dict[str, Any]) -> None:
    """A child's answer, for `run`."""
    sys.stdout.write("\n" + json.dumps(result) + "\n")
    sys.stdout.flush()
