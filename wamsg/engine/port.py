"""The port to whatever runs jobs: four methods, so that another engine is one file.

A job says "work on this broadcast" and nothing more: the ledger hands out the chunk. So a job that comes twice, gets
lost or is run by a zombie can cost time, and never hurts a recipient.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

#: Does one job of a broadcast: takes a chunk from the ledger and runs it.
Handler = Callable[[int], Awaitable[None]]


class Engine(Protocol):
    """Gives liveness; safety is the ledger's."""

    async def submit(self, broadcast: int, jobs: int = 1) -> None:
        """Add so many jobs for a broadcast, to be run as soon as a worker is free."""
        ...

    async def retry_later(self, broadcast: int, delay: float) -> None:
        """Add one job that is run after ``delay`` seconds at the earliest."""
        ...

    async def run_worker(self, handler: Handler, *, places: int, until: asyncio.Event) -> None:
        """Run jobs, ``places`` at a time, until none is left here, or ``until`` is set and the running ones have ended.

        Raises what a job raises; the others are cancelled then, as they are if the caller is.
        """
        ...

    async def reap(self) -> int:
        """Hand out again the jobs of workers that died; how many."""
        ...
