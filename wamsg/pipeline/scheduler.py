"""Who may go when: all lanes of a request at once or none, first come first served, pauses shared by everyone."""

from __future__ import annotations

import asyncio
import heapq
import logging
import random
from collections.abc import Iterable, Mapping

from attrs import field, frozen

from wamsg.clock import Clock, Timer
from wamsg.errors import Throttled
from wamsg.pipeline.lane import Lane
from wamsg.pipeline.rate import Rate
from wamsg.pipeline.stage import Stage
from wamsg.wire import Meaning, Request, Response

_log = logging.getLogger("wamsg")
_SWEEP_FROM = 1024


@frozen(order=True)
class _Waiter:
    order: int
    lanes: tuple[str, ...] = field(order=False)
    granted: asyncio.Future[float] = field(order=False)


class _Queue:
    """Those who wait for one lane, oldest first, and the timer that wakes them."""

    __slots__ = ("heap", "timer")

    def __init__(self) -> None:
        self.heap: list[_Waiter] = []
        self.timer: Timer | None = None

    def first(self) -> _Waiter | None:
        """The oldest who still waits; the cancelled ones before it are dropped."""
        while self.heap and self.heap[0].granted.done():
            heapq.heappop(self.heap)
        return self.heap[0] if self.heap else None


class Scheduler:
    """Grants requests their lanes.

    ``limits`` gives the rate per kind of lane (what stands before the colon of its key); kinds without one are not
    limited but can be paused. A request waits in the queue of one lane, the one that is ready last; while it waits it
    has taken nothing from any other lane, so it delays nobody who does not need that lane.

    ``max_wait`` (seconds) is the longest pause of the provider that is sat out; a longer one raises `Throttled`.
    """

    def __init__(
        self,
        limits: Mapping[str, Rate | None],
        *,
        clock: Clock,
        max_wait: float = 60.0,
        chance: random.Random | None = None,
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._max_wait = max_wait
        self._chance = chance or random.Random()  # noqa: S311 -- jitter, not a secret
        self._lanes: dict[str, Lane] = {}
        self._queues: dict[str, _Queue] = {}
        self._arrivals = 0
        self._sweep_at = _SWEEP_FROM

    def try_acquire(self, keys: tuple[str, ...]) -> bool:
        """Take all lanes now if nobody waits for one of them and all are ready; else take nothing."""
        now = self._clock.monotonic()
        lanes = self._known(keys)
        if any(lane.key in self._queues or lane.ready_at(now) > now for lane in lanes):
            return False
        for lane in lanes:
            lane.take(now)
        return True

    async def acquire(self, keys: tuple[str, ...]) -> None:
        """Return once all lanes are taken. Raises `Throttled` if one is paused for longer than ``max_wait``."""
        if self.try_acquire(keys):
            return
        self._refuse_long_pause(keys)
        self._arrivals += 1
        waiter = _Waiter(self._arrivals, keys, asyncio.get_running_loop().create_future())
        self._enqueue(waiter)
        try:
            await waiter.granted
        except asyncio.CancelledError:
            self._give_up(waiter)
            raise

    def pause(self, keys: Iterable[str], retry_after: float | None) -> None:
        """Stop everyone on these lanes for ``retry_after`` seconds, or for a growing time where it is None.

        A pause in force is only ever made longer.
        """
        now = self._clock.monotonic()
        jitter = self._chance.random()
        for key in keys:
            deadline = self._lane(key).block(now, retry_after, jitter)
            _log.info("lane paused", extra={"action": "lane_paused", "lane": _kind(key), "seconds": deadline - now})
            self._fail_long_waiters(key, deadline - now)
            if key in self._queues:
                self._wake_later(key, now)

    def answered(self, keys: tuple[str, ...]) -> None:
        """An answer that was no refusal came over these lanes."""
        for key in keys:
            lane = self._lanes.get(key)
            if lane is not None:
                lane.clear_strikes()

    def paused_for(self, keys: tuple[str, ...]) -> float:
        """Seconds until the longest pause among these lanes ends; 0 if none is paused."""
        now = self._clock.monotonic()
        return max((self._lanes[key].blocked_until - now for key in keys if key in self._lanes), default=0.0)

    def _known(self, keys: tuple[str, ...]) -> list[Lane]:
        """Those lanes that can hold anyone up; unlimited ones that are not paused need no memory."""
        found = []
        for key in keys:
            lane = self._lanes.get(key)
            if lane is None:
                if self._limits.get(_kind(key)) is None:
                    continue
                lane = self._lane(key)
            found.append(lane)
        return found

    def _lane(self, key: str) -> Lane:
        lane = self._lanes.get(key)
        if lane is None:
            if len(self._lanes) >= self._sweep_at:
                self._forget_idle()
            lane = self._lanes[key] = Lane(key, self._limits.get(_kind(key)))
        return lane

    def _forget_idle(self) -> None:
        now = self._clock.monotonic()
        idle = [key for key, lane in self._lanes.items() if key not in self._queues and lane.is_idle(now)]
        for key in idle:
            del self._lanes[key]
        self._sweep_at = max(_SWEEP_FROM, 2 * len(self._lanes))

    def _enqueue(self, waiter: _Waiter) -> None:
        """Queue at the lane that will be ready last; at a lane with a queue if all of them are ready."""
        now = self._clock.monotonic()
        lanes = self._known(waiter.lanes)
        last = max(lanes, key=lambda lane: (lane.ready_at(now), lane.key in self._queues))
        queue = self._queues.setdefault(last.key, _Queue())
        heapq.heappush(queue.heap, waiter)
        self._wake_later(last.key, now)

    def _wake_later(self, key: str, now: float) -> None:
        queue = self._queues[key]
        if queue.timer is not None:
            queue.timer.cancel()
        queue.timer = self._clock.call_at(self._lanes[key].ready_at(now), lambda: self._drain(key))

    def _drain(self, key: str) -> None:
        """Grant, oldest first, as many as may go now; those held up by another lane move to its queue."""
        queue, lane = self._queues[key], self._lanes[key]
        queue.timer = None
        now = self._clock.monotonic()
        while (waiter := queue.first()) is not None and lane.ready_at(now) <= now:
            heapq.heappop(queue.heap)
            if self._held_up(waiter, key, now):
                self._enqueue_elsewhere(waiter, key, now)
            else:
                for taken in self._known(waiter.lanes):
                    taken.take(now)
                waiter.granted.set_result(now)
        if queue.first() is None:
            if queue.timer is not None:
                queue.timer.cancel()
            del self._queues[key]
        else:
            self._wake_later(key, now)

    def _held_up(self, waiter: _Waiter, key: str, now: float) -> bool:
        return any(self._blocks(lane, waiter, now) for lane in self._known(waiter.lanes) if lane.key != key)

    def _blocks(self, lane: Lane, waiter: _Waiter, now: float) -> bool:
        if lane.ready_at(now) > now:
            return True
        queue = self._queues.get(lane.key)
        first = queue.first() if queue else None
        return first is not None and first < waiter

    def _enqueue_elsewhere(self, waiter: _Waiter, key: str, now: float) -> None:
        others = [lane for lane in self._known(waiter.lanes) if lane.key != key and self._blocks(lane, waiter, now)]
        target = max(others, key=lambda lane: lane.ready_at(now))
        queue = self._queues.setdefault(target.key, _Queue())
        heapq.heappush(queue.heap, waiter)
        if queue.first() is waiter or queue.timer is None:
            self._wake_later(target.key, now)

    def _give_up(self, waiter: _Waiter) -> None:
        """A cancelled waiter: what it was granted but never used goes back to the next."""
        if waiter.granted.cancelled():
            return
        taken_at = waiter.granted.result()
        now = self._clock.monotonic()
        for lane in self._known(waiter.lanes):
            lane.give_back(taken_at)
            if lane.key in self._queues:
                self._wake_later(lane.key, now)

    def _refuse_long_pause(self, keys: tuple[str, ...]) -> None:
        wait = self.paused_for(keys)
        if wait > self._max_wait:
            raise _paused(wait, keys)

    def _fail_long_waiters(self, key: str, wait: float) -> None:
        if wait <= self._max_wait or key not in self._queues:
            return
        for waiter in self._queues[key].heap:
            if not waiter.granted.done():
                waiter.granted.set_exception(_paused(wait, waiter.lanes))


def limit(inner: Stage, scheduler: Scheduler) -> Stage:
    """The stage that pays for capacity before each attempt and turns a throttled answer into a shared pause."""

    async def limited(request: Request) -> Response:
        if not scheduler.try_acquire(request.lanes):
            await scheduler.acquire(request.lanes)
        response = await inner(request)
        verdict = response.verdict
        if verdict.meaning is Meaning.THROTTLED:
            kinds = verdict.lane_kinds
            named = tuple(key for key in request.lanes if _kind(key) in kinds)
            scheduler.pause(named or request.lanes, verdict.retry_after)
        else:
            scheduler.answered(request.lanes)
        return response

    return limited


def _kind(key: str) -> str:
    return key.partition(":")[0]


def _paused(wait: float, keys: tuple[str, ...]) -> Throttled:
    return Throttled(f"the provider asked to wait {wait:.0f} s more", retry_after=wait, lanes=keys)
