"""From a transport to a pipeline: retry( limit( judge( transport ) ) ). No stage knows a message or a provider."""

from __future__ import annotations

from collections.abc import Callable

from wamsg.clock import Clock
from wamsg.pipeline.quota import RetryQuota
from wamsg.pipeline.rate import Rate
from wamsg.pipeline.retry import RetryPolicy, retry
from wamsg.pipeline.scheduler import Scheduler, limit
from wamsg.pipeline.stage import Stage, judge
from wamsg.wire import Response, Verdict

__all__ = ["Rate", "RetryPolicy", "RetryQuota", "Scheduler", "Stage", "build", "judge", "limit", "retry"]


def build(
    transport: Stage,
    *,
    classify: Callable[[Response], Verdict],
    scheduler: Scheduler,
    policy: RetryPolicy,
    clock: Clock,
) -> Stage:
    """The pipeline of one client. Retry stands outside limit: every attempt pays for capacity."""
    limited = limit(judge(transport, classify), scheduler)
    return retry(limited, policy, clock=clock, quota=RetryQuota())
