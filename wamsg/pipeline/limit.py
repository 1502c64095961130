"""The stage that pays for capacity before each attempt, and the protocol of whoever grants it."""

from __future__ import annotations

from typing import Protocol

from wamsg.clock import Clock
from wamsg.errors import Unanswered
from wamsg.pipeline.stage import Stage
from wamsg.wire import UNDECIDED, Priority, Request, Response, Verdict


class Limiter(Protocol):
    """Grants lanes; `Scheduler` is ours, and `wamsg.connect(limiter=..)` takes anyone's."""

    def try_acquire(self, lanes: tuple[str, ...], priority: Priority) -> bool:
        """Take all lanes if that is possible without waiting; else take nothing."""
        ...

    async def acquire(self, lanes: tuple[str, ...], priority: Priority) -> None:
        """Return once all lanes are taken, or raise `wamsg.errors.Throttled` if that would take too long."""
        ...

    def report(self, lanes: tuple[str, ...], verdict: Verdict | None, seconds: float) -> None:
        """What was taken is no longer under way. ``verdict`` is None if the request never left or was cancelled."""
        ...


def limit(inner: Stage, limiter: Limiter, clock: Clock) -> Stage:
    """Wrap ``inner`` so that each request waits for its lanes and reports how it ended."""

    async def limited(request: Request) -> Response:
        lanes = request.lanes
        if not limiter.try_acquire(lanes, request.priority):
            await limiter.acquire(lanes, request.priority)
        started = clock.monotonic()
        verdict: Verdict | None = None
        try:
            response = await inner(request)
            verdict = response.verdict
        except Unanswered:
            verdict = UNDECIDED
            raise
        finally:
            limiter.report(lanes, verdict, clock.monotonic() - started)
        return response

    return limited
