"""How much memory a process has."""

from pathlib import Path


def with_children() -> dict[str, float]:
    """The same for this process and all that it started: the window, the engine and its worker."""
    found = [resident(pid) for pid in _family("self")]
    return {name: sum(each[name] for each in found) for name in ("rss", "pss")}


def _family(pid: str) -> list[str]:
    pids = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            pids += _family(child)
    return pids


def resident(pid: int | str = "self") -> dict[str, float]:
    """MiB: `rss` all pages in memory, `pss` with each shared page counted by its share (Linux, smaps_rollup)."""
    found = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, value = line.split()[:2]
        found[name.rstrip(":")] = int(value) / 1024
    return {"rss": found["Rss"], "pss": found["Pss"]}
