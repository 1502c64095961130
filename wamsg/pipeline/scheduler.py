"""Who may go when: all lanes of a request at once or none, interactive first, pauses shared by everyone."""

from __future__ import annotations

import logging
import random
import re
from collections.abc import Callable, Iterable, Mapping

from attrs import field, frozen

from wamsg.clock import Clock, SystemClock
from wamsg.errors import Throttled
from wamsg.pipeline.lane import NEVER, Lane
from wamsg.pipeline.lanes import Lanes, kind_of
from wamsg.pipeline.rate import Rate
from wamsg.pipeline.store import LaneStore
from wamsg.pipeline.waiting import Queue, Waiter
from wamsg.wire import Meaning, Priority, Verdict

_log = logging.getLogger("wamsg")
#: After being sent on so often, a waiter claims its lanes: nobody younger passes it any more.
_CLAIM_AFTER = 8
_NUMBER = re.compile(r"(\+\d\d)\d{3,}(\d\d)")


@frozen(kw_only=True)
class LaneState:
    """What can be seen of a lane; rates are per second, times are seconds."""

    #: Holds phone numbers, so its repr is masked.
    key: str = field(repr=lambda key: repr(_NUMBER.sub(lambda found: f"{found[1]}****{found[2]}", key)))
    rate: float | None
    ceiling: float | None
    paused_for: float
    waiting: int
    in_flight: int


class Scheduler:
    """Grants requests their lanes; safe to share between clients of one event loop.

    ``limits`` gives the rate per kind of lane (what stands before the colon of its key); kinds without one are not
    limited but can be paused. A request waits in the queue of one lane, the one that is ready last; while it waits it
    has taken nothing from any other lane, so it delays nobody who does not need that lane.

    ``max_wait`` (seconds) is the longest pause of the provider that is sat out; ``patience`` the longest wait for one's
    turn (None: any; 0: fail at once). Beyond them `acquire` raises `Throttled` with how long it would have been.
    ``reserve`` is the share of each window that bulk leaves free while there is interactive traffic. ``on_wait`` is
    told the lanes and the seconds of every wait.
    """

    def __init__(
        self,
        limits: Mapping[str, Rate | None],
        *,
        clock: Clock | None = None,
        max_wait: float = 60.0,
        patience: float | None = None,
        reserve: float = 0.1,
        store: LaneStore | None = None,
        on_wait: Callable[[tuple[str, ...], float], None] | None = None,
        chance: random.Random | None = None,
    ) -> None:
        self._clock = clock or SystemClock()
        self._lanes = Lanes(limits, clock=self._clock, reserve=reserve, store=store)
        self._max_wait = max_wait
        self._patience = patience
        self._on_wait = on_wait
        self._chance = chance or random.Random()  # noqa: S311 -- jitter, not a secret
        self._queues: dict[str, Queue] = {}
        #: Lane -> the order of the waiter whom nobody younger passes there.
        self._claims: dict[str, int] = {}
        self._arrivals = 0

    def try_acquire(self, lanes: tuple[str, ...], priority: Priority = Priority.INTERACTIVE) -> bool:
        """Take all lanes now if nobody goes before and all are ready; else take nothing."""
        now = self._clock.monotonic()
        bulk = priority is Priority.BULK
        known = self._lanes.known(lanes)
        if self._queues and any(self._goes_before(lane.key, bulk=bulk) for lane in known):
            return False
        for lane in known:
            if lane.ready_at(now, bulk=bulk) > now:
                return False
        for lane in known:
            lane.take(now, bulk=bulk)
        return True

    async def acquire(self, lanes: tuple[str, ...], priority: Priority = Priority.INTERACTIVE) -> None:
        """Return once all lanes are taken; raises `Throttled` if that would take too long."""
        if self.try_acquire(lanes, priority):
            return
        self._refuse_long_wait(lanes, bulk=priority is Priority.BULK)
        self._arrivals += 1
        waiter = Waiter(self._arrivals, lanes, priority)
        arrived = self._clock.monotonic()
        self._enqueue(waiter, arrived)
        try:
            granted = await waiter.granted
            if self._on_wait is not None:
                self._on_wait(lanes, granted - arrived)
        except BaseException:
            self._give_up(waiter)
            raise

    def report(self, lanes: tuple[str, ...], verdict: Verdict | None, seconds: float) -> None:
        """A request over these lanes ended after so many seconds."""
        now = self._clock.monotonic()
        meaning = None if verdict is None else verdict.meaning
        for key in lanes:
            lane = self._lanes.find(key)
            if lane is None:
                continue
            probed = lane.ended(meaning, seconds, now)
            queue = self._queues.get(key) if self._queues else None
            if queue is not None and (probed or queue.wake_at == NEVER):
                self._wake(key, now)
        if verdict is not None and meaning is Meaning.THROTTLED:
            named = tuple(key for key in lanes if kind_of(key) in verdict.lane_kinds)
            # A refusal that names nothing is the account's or the sender's, not this recipient's.
            self.pause(named or lanes[:1], verdict.retry_after)

    def pause(self, lanes: Iterable[str], retry_after: float | None) -> None:
        """Stop everyone on these lanes for ``retry_after`` seconds, or for a growing time where it is None.

        A pause in force is only ever made longer.
        """
        now = self._clock.monotonic()
        jitter = self._chance.random()
        for key in lanes:
            lane = self._lanes.get(key)
            slowed = lane.throttle(now, retry_after, jitter)
            wait = lane.blocked_until - now
            if slowed:
                self._lanes.save(lane)
                _log.info("lane throttled", extra={"action": "throttled", "lane": kind_of(key), "seconds": wait})
            self._fail_long_waiters(key, wait)
            if key in self._queues:
                self._wake(key, now)

    def limit(self, kind: str, rate: Rate | None) -> None:
        """Change the limit of a kind of lane, as when the provider tells its real one."""
        now = self._clock.monotonic()
        for lane in self._lanes.change(kind, rate):
            if lane.key in self._queues:
                self._wake(lane.key, now)

    def paused_for(self, lanes: tuple[str, ...]) -> float:
        """Seconds until the longest pause among these lanes ends; 0 if none is paused."""
        now = self._clock.monotonic()
        found = (self._lanes.find(key) for key in lanes)
        return max((lane.blocked_until - now for lane in found if lane is not None), default=0.0)

    def snapshot(self, keys: Iterable[str] | None = None) -> tuple[LaneState, ...]:
        """Every lane that has something to tell, as it is now; or those of ``keys`` alone, however many others."""
        now = self._clock.monotonic()
        chosen = self._lanes if keys is None else map(self._lanes.find, keys)
        return tuple(self._state(lane, now) for lane in chosen if lane is not None)

    def _state(self, lane: Lane, now: float) -> LaneState:
        queue = self._queues.get(lane.key)
        return LaneState(
            key=lane.key,
            rate=lane.pace.rate if lane.pace else None,
            ceiling=lane.pace.ceiling if lane.pace else None,
            paused_for=max(0.0, lane.blocked_until - now),
            waiting=len(queue.everyone()) if queue else 0,
            in_flight=lane.flight.under_way if lane.flight else 0,
        )

    def _goes_before(self, key: str, *, bulk: bool) -> bool:
        """Whether someone who waits for this lane goes before a newcomer."""
        queue = self._queues.get(key)
        return key in self._claims or (queue is not None and (bulk or queue.first(bulk=False) is not None))

    def _enqueue(self, waiter: Waiter, now: float) -> None:
        """Queue at the lane that will be ready last; at one with a queue if all of them are ready."""
        lanes = self._lanes.known(waiter.lanes)
        last = max(lanes, key=lambda lane: (lane.ready_at(now, bulk=waiter.bulk), lane.key in self._queues))
        self._queue_at(last.key, waiter, now)

    def _queue_at(self, key: str, waiter: Waiter, now: float) -> None:
        queue = self._queues.get(key)
        if queue is None:
            queue = self._queues[key] = Queue()
        queue.push(waiter)
        self._wake(key, now)

    def _wake(self, key: str, now: float) -> None:
        """Set the lane's timer to when the first of either class can go; a timer that is early enough is left alone."""
        queue, lane = self._queues[key], self._lanes.get(key)
        allowed = (waiter for waiter in queue.in_turn() if not self._claimed_before(key, waiter))
        when = min((self._ready_at(lane, queue, waiter, now) for waiter in allowed), default=NEVER)
        if queue.timer is not None:
            if queue.wake_at <= when:
                return
            queue.timer.cancel()
            queue.timer = None
        queue.wake_at = when
        if when < NEVER:
            queue.timer = self._clock.call_at(when, lambda: self._drain(key))

    def _drain(self, key: str) -> None:
        """Grant as many as may go now; those held up by another lane move to its queue."""
        queue, lane = self._queues[key], self._lanes.get(key)
        queue.timer, queue.wake_at = None, NEVER
        now = self._clock.monotonic()
        while (waiter := self._next(queue, lane, now)) is not None:
            queue.pop(waiter)
            blocking = self._blocking(waiter, key, now)
            if blocking:
                self._send_on(waiter, blocking, now)
            else:
                self._grant(waiter, queue, now)
        if queue.in_turn():
            self._wake(key, now)
        else:
            if queue.timer is not None:
                queue.timer.cancel()
            del self._queues[key]

    def _next(self, queue: Queue, lane: Lane, now: float) -> Waiter | None:
        for waiter in queue.in_turn():
            if self._ready_at(lane, queue, waiter, now) <= now and not self._claimed_before(lane.key, waiter):
                return waiter
        return None

    def _ready_at(self, lane: Lane, queue: Queue, waiter: Waiter, now: float) -> float:
        # When it is bulk's turn it takes its place from the reserve too, or it would never come to it.
        return lane.ready_at(now, bulk=waiter.bulk and not queue.is_bulks_turn)

    def _claimed_before(self, key: str, waiter: Waiter) -> bool:
        return self._claims.get(key, waiter.order) < waiter.order

    def _blocking(self, waiter: Waiter, key: str, now: float) -> list[Lane]:
        """The other lanes that keep ``waiter`` from going now."""
        lanes = self._lanes.known(waiter.lanes)
        return [lane for lane in lanes if lane.key != key and self._blocks(lane, waiter, now)]

    def _blocks(self, lane: Lane, waiter: Waiter, now: float) -> bool:
        if lane.ready_at(now, bulk=waiter.bulk) > now or self._claimed_before(lane.key, waiter):
            return True
        queue = self._queues.get(lane.key)
        return queue is not None and queue.comes_before(waiter)

    def _send_on(self, waiter: Waiter, blocking: list[Lane], now: float) -> None:
        paused = self.paused_for(waiter.lanes)
        if paused > self._max_wait:
            # The pause began while it waited for another lane.
            waiter.granted.set_exception(_too_long(paused, waiter.lanes))
            return
        waiter.hops += 1
        if waiter.hops >= _CLAIM_AFTER:
            for key in waiter.lanes:
                self._claims[key] = min(self._claims.get(key, waiter.order), waiter.order)
        target = max(blocking, key=lambda lane: lane.ready_at(now, bulk=waiter.bulk))
        self._queue_at(target.key, waiter, now)

    def _grant(self, waiter: Waiter, queue: Queue, now: float) -> None:
        for lane in self._lanes.known(waiter.lanes):
            lane.take(now, bulk=waiter.bulk)
        queue.served(waiter)
        waiter.granted.set_result(now)
        self._drop_claims(waiter, now)

    def _drop_claims(self, waiter: Waiter, now: float) -> None:
        for key in waiter.lanes:
            if self._claims.get(key) == waiter.order:
                del self._claims[key]
                if key in self._queues:
                    self._wake(key, now)

    def _give_up(self, waiter: Waiter) -> None:
        """One who waits no longer, cancelled or failed: what it claimed, or was granted in vain, goes to the next."""
        now = self._clock.monotonic()
        self._drop_claims(waiter, now)
        if waiter.granted.cancelled() or waiter.granted.exception() is not None:
            return
        for lane in self._lanes.known(waiter.lanes):
            lane.give_back(waiter.granted.result())
            if lane.key in self._queues:
                self._wake(lane.key, now)

    def _refuse_long_wait(self, lanes: tuple[str, ...], *, bulk: bool) -> None:
        paused = self.paused_for(lanes)
        if paused > self._max_wait:
            raise _too_long(paused, lanes)
        if self._patience is None:
            return
        now = self._clock.monotonic()
        turn = max(self._turn(lane, now, bulk=bulk) for lane in self._lanes.known(lanes))
        if turn > self._patience:
            raise _too_long(turn, lanes)

    def _turn(self, lane: Lane, now: float, *, bulk: bool) -> float:
        """About how long a newcomer would wait for this lane: until it is ready, and for those before."""
        queue = self._queues.get(lane.key)
        before = len(queue.everyone()) if queue else 0
        ready = lane.ready_at(now, bulk=bulk)
        spacing = 1 / lane.pace.rate if lane.pace else 0.0
        return max(0.001, (0.0 if ready == NEVER else ready - now) + before * spacing)

    def _fail_long_waiters(self, key: str, wait: float) -> None:
        if wait <= self._max_wait or key not in self._queues:
            return
        for waiter in self._queues[key].everyone():
            waiter.granted.set_exception(_too_long(wait, waiter.lanes))


def _too_long(wait: float, lanes: tuple[str, ...]) -> Throttled:
    return Throttled(f"the lane is free in {wait:.1f} s at the earliest", retry_after=wait, lanes=lanes)
