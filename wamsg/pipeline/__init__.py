"""From a transport to a pipeline: retry( limit( depart( judge( transport ) ) ) ); no stage knows a message."""

from __future__ import annotations

from collections.abc import Callable

from wamsg.clock import Clock
from wamsg.pipeline.limit import Limiter, limit
from wamsg.pipeline.quota import RetryQuota
from wamsg.pipeline.rate import Rate
from wamsg.pipeline.retry import RetryPolicy, retry
from wamsg.pipeline.scheduler import LaneState, Scheduler
from wamsg.pipeline.stage import Stage, depart, judge
from wamsg.pipeline.store import FileLaneStore, LaneStore
from wamsg.wire import Response, Verdict

__all__ = [
    "FileLaneStore",
    "LaneState",
    "LaneStore",
    "Limiter",
    "Rate",
    "RetryPolicy",
    "RetryQuota",
    "Scheduler",
    "Stage",
    "attempt",
    "build",
    "depart",
    "judge",
    "limit",
    "retry",
]


def attempt(
    transport: Stage, *, classify: Callable[[Response], Verdict], limiter: Limiter | None, clock: Clock
) -> Stage:
    """One try of a request: it waits for its lanes, departs, and its answer is judged."""
    stage = depart(judge(transport, classify))
    return stage if limiter is None else limit(stage, limiter, clock)


def build(attempt: Stage, *, policy: RetryPolicy, clock: Clock, paced: bool) -> Stage:
    """The pipeline of one client. Retry stands outside limit: every attempt pays for capacity.

    ``paced`` says that ``attempt`` makes a throttled request wait for its lanes.
    """
    return retry(attempt, policy, clock=clock, quota=RetryQuota(), paced=paced)
