"""From a transport to a pipeline: retry( limit( judge( transport ) ) ). No stage knows a message or a provider."""

from __future__ import annotations

from collections.abc import Callable

from wamsg.clock import Clock
from wamsg.pipeline.limit import Limiter, limit
from wamsg.pipeline.quota import RetryQuota
from wamsg.pipeline.rate import Rate
from wamsg.pipeline.retry import RetryPolicy, retry
from wamsg.pipeline.scheduler import LaneState, Scheduler
from wamsg.pipeline.stage import Stage, judge
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
    "build",
    "judge",
    "limit",
    "retry",
]


def build(
    transport: Stage,
    *,
    classify: Callable[[Response], Verdict],
    limiter: Limiter | None,
    policy: RetryPolicy,
    clock: Clock,
) -> Stage:
    """The pipeline of one client. Retry stands outside limit: every attempt pays for capacity."""
    stage = judge(transport, classify)
    if limiter is not None:
        stage = limit(stage, limiter, clock)
    return retry(stage, policy, clock=clock, quota=RetryQuota(), paced=limiter is not None)
