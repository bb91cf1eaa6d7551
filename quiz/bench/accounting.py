"""What processes used, from the kernel's own books (Linux: /proc, see proc(5))."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
KILOBYTES_A_MEGABYTE = 1024


@dataclass(frozen=True)
class Process:
    """A process as the kernel describes it; `cpu` in seconds, that of its ended children included."""

    pid: int
    parent: int
    cpu: float


def cpu_seconds(root: int) -> float:
    """CPU time of a process and everything it started, ended children included."""
    return sum(process.cpu for process in tree(root))


def proportional_megabytes(root: int) -> list[float]:
    """Memory of each process in the tree, pages that several share counted in equal parts (PSS)."""
    return [size for process in tree(root) if (size := _pss(process.pid)) > 0]


def tree(root: int) -> list[Process]:
    """The process and all that descend from it, as they run now."""
    everyone = {process.pid: process for process in _processes()}
    found, wanted = [], [root]
    while wanted:
        pid = wanted.pop()
        if pid in everyone:
            found.append(everyone[pid])
        wanted += [other.pid for other in everyone.values() if other.parent == pid]
    return found


def _processes() -> Iterator[Process]:
    for folder in PROC.glob("[0-9]*"):
        try:
            text = (folder / "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue  # it ended meanwhile
        fields = text.rpartition(")")[2].split()  # what stands before may hold spaces: the program's name
        ticks = sum(map(int, fields[11:15]))
        yield Process(int(folder.name), int(fields[1]), ticks / TICKS_A_SECOND)


def _pss(pid: int) -> float:
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    sizes = [int(line.split()[1]) for line in lines if line.startswith("Pss:")]
    return sum(sizes) / KILOBYTES_A_MEGABYTE
