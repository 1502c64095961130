"""Python's collector of cycles, in a process that only receives."""

from __future__ import annotations

import gc

#: Objects that are made before the collector looks through the young ones (700 by default), and how many such rounds go
#: before it looks through the older ones and through all.
_THRESHOLDS = (50_000, 20, 100)


def relax_collector() -> None:
    """Let it look at what lives for ever never again, and at the rest a hundredth as often.

    Thousands of events are under way at once, none of them in a cycle; by default a fifth of a receiver's time went
    into looking for some (benchmarks/README.md).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
