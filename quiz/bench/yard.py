"""The yard: CPU time of a fixed loop on this machine at this moment, so that figures compare across machines."""

from __future__ import annotations

import time
from statistics import median

ROUNDS = 500_000
TRIES = 5


def yard() -> float:
    """CPU seconds of the loop, the median of five. About .04 on a machine of 2025."""
    return median(_once() for _ in range(TRIES))


def _once() -> float:
    began = time.process_time()
    x = 0
    for i in range(ROUNDS):
        x += i * i
    return time.process_time() - began
