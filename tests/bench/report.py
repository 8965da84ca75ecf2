"""docs/performance.md, from the numbers of one run."""

import os
import platform
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import PySide6

PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"


@dataclass(frozen=True, slots=True)
class Line:
    """One number: a ratio, or milliseconds where `unit` says so. Lower is better."""

    name: str
    value: float
    goal: float
    said: str
    unit: str = ""

    @property
    def reached(self) -> bool:
        return self.value <= self.goal

    def told(self) -> str:
        mark = "" if self.reached else "  (above the goal)"
        return f"{self.name}: {self.shown(self.value)}, goal {self.shown(self.goal)}{mark}. {self.said}"

    def shown(self, number: float) -> str:
        return f"{number:g} ms" if self.unit and number == self.goal else f"{number:.3g}{' ms' if self.unit else ''}"


def write(lines: list[Line], taken_s: float, *, preferred: bool) -> None:
    """Replaces the page."""
    rows = "\n".join(
        f"| {line.name} | {line.shown(line.goal)} | {line.shown(line.value)} | {'yes' if line.reached else 'no'} "
        f"| {line.said} |"
        for line in lines
    )
    above = [line.name for line in lines if not line.reached]
    verdict = (
        "Every goal is reached in this run."
        if not above
        else "Above its goal in this run: " + "; ".join(name[0].lower() + name[1:] for name in above) + "."
    )
    PAGE.write_text(
        TEXT.format(
            rows=rows,
            verdict=verdict,
            machine=_machine(),
            when=f"{datetime.now(UTC):%Y-%m-%d}",
            load=f"{os.getloadavg()[0]:.1f}",
            taken=f"{taken_s / 60:.0f}",
            preferred="ran before others (raised priority)" if preferred else "had no raised priority",
        ),
        encoding="utf-8",
    )


def _machine() -> str:
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), ""
    )
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores ({model or platform.machine()}), {pages:.0f} GiB, {platform.system()} "
        f"{platform.release().split('-')[0]}, Python {platform.python_version()}, PySide6 {PySide6.__version__}, "
        f"SQLite {sqlite3.sqlite_version}"
    )


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


TEXT = """# Performance

Written by `make bench`; do not edit. Ratios compare two measurements of one run, each in fresh processes, so that
they hold on a slower or faster machine too. Lower is better.

| what | goal | here | reached | in absolute numbers |
|---|---|---|---|---|
{rows}

{verdict}

Run of {when}: {machine}. The benchmark {preferred}; load of the machine at its end: {load}. It took {taken}
minutes.

## What is measured

- **Start**: from just before the process is made until all eight columns in view have painted rows, over 100,000
  stored entries of 500 feeds. Beside it a process that shows an empty PySide6 window of the same size. Medians, run
  in turn. Modules are compiled already, as for whoever opens the desk a second time.
- **Stall**: the window with its eight columns open over 100,000 entries; 500 feeds of 40 KB on a server on loopback
  get three new entries each and are refreshed, shown and indexed. A timer of the window's loop ticks every 5 ms;
  lateness is what a tick comes after that. First the same window at rest. Medians of the rounds.
- **Refresh**: the services' whole road without a window: request, parsing and sanitising in the worker process, one
  transaction per feed. Beside it `httpx.AsyncClient` as it comes, which downloads the same feeds, 16 at a time, and
  reads the bodies. Both have asked one feed before, so nothing is imported meanwhile. All three rounds are divided
  by the download of the whole feeds. Feeding the full-text index happens after a refresh; it is told apart.
- **Frame**: a page down through all of a 10,000-row column; a frame is scrolling, layout and painting in one go.
  Opening a column is from asking the store until its first rows are painted, for each of eight columns several
  times.
- **Memory**: resident size of the desk at rest, window, engine and worker together (PSS counts shared pages by their
  share), beside a window in one process that has imported the window's modules.
- **Publish**: one update (words, a link, a picture with its description) to X, LinkedIn, Facebook, Threads, Mastodon,
  Bluesky, Tumblr and Micropub, from submitting it until the last receipt is in the store, over the real services and
  adapters. The networks are the practice servers in a process of their own; each takes a time of its own for every
  answer, 150 to 300 ms. Beside it the same to each of them alone; the slowest is the one that asks for the most
  answers in a row. Every update has a new picture, which is encoded on the way. Medians, all in turn, after one update
  that opens the connections.

All windows are painted in memory (Qt's offscreen platform), 2500 by 1000 pixels.

## Again

`make bench`, or a part: `make bench ARGS="start frame"`. A part only prints; the whole run writes this page. The
code is in `tests/bench`. Numbers of single runs vary with what else the machine does; compare runs of one machine
only.
"""
