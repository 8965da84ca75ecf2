"""How much memory a process has."""

from pathlib import Path


def resident(pid: int | str = "self") -> dict[str, float]:
    """MiB: `rss` all pages in memory, `pss` with each shared page counted by its share (Linux, smaps_rollup)."""
    found = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, value = line.split()[:2]
        found[name.rstrip(":")] = int(value) / 1024
    return {"rss": found["Rss"], "pss": found["Pss"]}
