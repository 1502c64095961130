"""The stage that tries again, and only where nothing can have gone out; the only file that knows tenacity."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from attrs import field, frozen

from wamsg.clock import Clock
from wamsg.errors import ConfigError, NotSent, SendError, Unanswered
from wamsg.pipeline.quota import RetryQuota
from wamsg.pipeline.stage import Stage
from wamsg.wire import Meaning, Request, Response

if TYPE_CHECKING:
    from tenacity import RetryCallState

D = TypeVar("D", bool, float)
_log = logging.getLogger("wamsg")


@frozen(kw_only=True)
class RetryPolicy:
    """How often and how long a request is tried again.

    What is tried again: what surely did not go out (`NotSent`, "not accepted, try later") and, for reads only, what
    got no answer. A throttled request waits for its lanes and costs no attempt. Waits are full jitter: a random time
    up to ``first_wait``, 2 x, 4 x .. ``longest_wait``. All times are in seconds.
    """

    #: Tries in all, the first included; 1 switches retries off.
    attempts: int = field(default=4)
    #: Counted from the first failure; after it nothing is tried again. Waiting for a lane is not cut short by it.
    deadline: float = field(default=120.0)
    first_wait: float = field(default=0.5)
    longest_wait: float = field(default=8.0)
    #: A provider's stated wait above this is raised to the caller instead of slept.
    max_wait: float = field(default=60.0)

    def __attrs_post_init__(self) -> None:
        if self.attempts < 1 or min(self.deadline, self.first_wait, self.longest_wait, self.max_wait) < 0:
            raise ConfigError("retry: attempts must be at least 1 and no time may be negative", setting="retry")


def retry(
    inner: Stage,
    policy: RetryPolicy,
    *,
    clock: Clock,
    quota: RetryQuota,
    paced: bool = True,
    chance: random.Random | None = None,
) -> Stage:
    """Wrap ``inner`` so that harmless failures are tried again; tenacity is entered only after a first failure.

    ``paced`` says that ``inner`` makes a throttled request wait for its lanes; without it the wait is here.
    """
    dice = chance or random.Random()  # noqa: S311 -- jitter, not a secret

    async def retried(request: Request) -> Response:
        first: Response | SendError
        try:
            first = await inner(request)
        except (NotSent, Unanswered) as error:
            first = error
        else:
            if first.verdict.meaning is Meaning.OK:
                quota.earn()
                return first
        course = _Course(request, policy, clock, quota, dice, paced=paced)
        if not course.worthwhile(first):
            return _deliver(first)
        return await course.run(inner, first)

    return retried


def _deliver(end: Response | SendError) -> Response:
    if isinstance(end, SendError):
        raise end
    return end


class _Course:
    """The tries of one request after its first failure."""

    def __init__(
        self,
        request: Request,
        policy: RetryPolicy,
        clock: Clock,
        quota: RetryQuota,
        dice: random.Random,
        *,
        paced: bool,
    ) -> None:
        self._request = request
        self._policy = policy
        self._clock = clock
        self._quota = quota
        self._dice = dice
        self._paced = paced
        self._failures = 0
        self._stop_at = clock.monotonic() + policy.deadline

    def worthwhile(self, end: Response | SendError) -> bool:
        """Whether this kind of end may be tried again at all."""
        if isinstance(end, NotSent):
            return True
        if isinstance(end, SendError):
            return self._request.repeatable
        meaning, wait = end.verdict.meaning, end.verdict.retry_after or 0.0
        if meaning is Meaning.THROTTLED or meaning is Meaning.UNAVAILABLE:
            return wait <= self._policy.max_wait
        return meaning is Meaning.UNDECIDED and self._request.repeatable

    async def run(self, inner: Stage, first: Response | SendError) -> Response:
        from tenacity import AsyncRetrying

        known = [first]

        async def attempt() -> Response | SendError:
            if known:
                return known.pop()
            try:
                return await inner(self._request)
            except (NotSent, Unanswered) as error:
                return error

        retrying = AsyncRetrying(
            sleep=self._clock.sleep,
            retry=_on_result(self._again),
            wait=_on_result(self._wait),
            stop=_never,
        )
        end: Response | SendError = await retrying(attempt)
        if isinstance(end, Response) and end.verdict.meaning is Meaning.OK:
            self._quota.earn()
        return _deliver(end)

    def _again(self, end: Response | SendError) -> bool:
        if not self.worthwhile(end) or self._clock.monotonic() + self._stated_wait(end) > self._stop_at:
            return False
        if _is_throttled(end) and self._paced:
            return True
        self._failures += 1
        if self._failures >= self._policy.attempts or not self._quota.spend():
            return False
        _log.info("trying again", extra={"action": "retry", "attempt": self._failures + 1})
        return True

    def _wait(self, end: Response | SendError) -> float:
        # A throttled request waits in the limiter with everyone else on its lanes.
        if _is_throttled(end) and self._paced:
            return 0.0
        ceiling = min(self._policy.longest_wait, self._policy.first_wait * 2 ** (self._failures - 1))
        return max(self._stated_wait(end), self._dice.uniform(0, ceiling))

    def _stated_wait(self, end: Response | SendError) -> float:
        return (end.verdict.retry_after or 0.0) if isinstance(end, Response) else 0.0


def _is_throttled(end: Response | SendError) -> bool:
    return isinstance(end, Response) and end.verdict.meaning is Meaning.THROTTLED


def _never(_state: RetryCallState) -> bool:
    return False


def _on_result(decide: Callable[[Response | SendError], D]) -> Callable[[RetryCallState], D]:
    """Tenacity hands over its state; what matters here is only how the last try ended."""

    def with_state(state: RetryCallState) -> D:
        assert state.outcome is not None  # noqa: S101 -- tenacity calls this after an attempt
        return decide(state.outcome.result())

    return with_state
