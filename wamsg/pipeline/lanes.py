"""All lanes of a scheduler: made on first use, forgotten when idle, their lessons kept in a store."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping

from wamsg.clock import Clock
from wamsg.pipeline.flight import Flight
from wamsg.pipeline.lane import Lane
from wamsg.pipeline.pace import Learnt
from wamsg.pipeline.rate import Rate
from wamsg.pipeline.store import LaneStore

_SWEEP_FROM = 1024
_log = logging.getLogger("wamsg")


def kind_of(key: str) -> str:
    """``pair:+91../+91..`` -> ``pair``."""
    return key.partition(":")[0]


class Lanes:
    """Lanes by key. A million recipients with a pair limit leave no more behind than those seen in the last window."""

    def __init__(
        self, limits: Mapping[str, Rate | None], *, clock: Clock, reserve: float, store: LaneStore | None
    ) -> None:
        self._limits = dict(limits)
        self._clock = clock
        self._reserve = reserve
        self._store = store
        self._lanes: dict[str, Lane] = {}
        self._sweep_at = _SWEEP_FROM
        self._limited = any(limits.values())

    def __iter__(self) -> Iterator[Lane]:
        return iter(tuple(self._lanes.values()))

    def __len__(self) -> int:
        return len(self._lanes)

    def find(self, key: str) -> Lane | None:
        """The lane if there is any memory of it."""
        return self._lanes.get(key)

    def get(self, key: str) -> Lane:
        """The lane, made if need be."""
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = Lane(key, self._limits.get(kind_of(key)), reserve=self._reserve)
            self._resume(lane)
        return lane

    def known(self, keys: tuple[str, ...]) -> list[Lane]:
        """Those that can hold anyone up: unlimited ones that were never paused need no memory.

        The first of a request's lanes is the account or the sender; it also counts what is under way.
        """
        if len(self._lanes) >= self._sweep_at:
            self._forget_idle()
        found = []
        for index, key in enumerate(keys):
            lane = self._lanes.get(key)
            if lane is None:
                if index and (not self._limited or self._limits.get(kind_of(key)) is None):
                    continue
                lane = self.get(key)
            if not index and lane.flight is None:
                lane.flight = Flight()
            found.append(lane)
        return found

    def change(self, kind: str, rate: Rate | None) -> list[Lane]:
        """Give a kind another limit; the lanes concerned, which keep their past."""
        self._limits[kind] = rate
        self._limited = any(self._limits.values())
        changed = [lane for lane in self if kind_of(lane.key) == kind]
        for old in changed:
            lane = self._lanes[old.key] = Lane(old.key, rate, reserve=self._reserve)
            lane.succeed(old)
        return [self._lanes[old.key] for old in changed]

    def save(self, lane: Lane) -> None:
        """Keep what a lane has learnt, if there is a store."""
        if self._store is None or lane.pace is None:
            return
        until = self._clock.time() + max(0.0, lane.blocked_until - self._clock.monotonic())
        learnt = Learnt(rate=lane.pace.rate, ceiling=lane.pace.ceiling, paused_until=until)
        try:
            self._store.save(lane.key, learnt)
        except OSError as error:
            # A full disk costs the next run its lesson; it must not cost this one a message.
            _log.warning("what a lane has learnt was not saved: %s", error, extra={"action": "lane_not_saved"})

    def _resume(self, lane: Lane) -> None:
        learnt = self._store.load(lane.key) if self._store is not None else None
        if learnt is None or lane.pace is None:
            return
        lane.pace.resume(learnt.rate, learnt.ceiling)
        left = learnt.paused_until - self._clock.time()
        if left > 0:
            lane.blocked_until = self._clock.monotonic() + left

    def _forget_idle(self) -> None:
        # A lane that someone waits for is blocked or has let something through lately, so it is not idle.
        now = self._clock.monotonic()
        for key in [lane.key for lane in self if lane.is_idle(now)]:
            del self._lanes[key]
        self._sweep_at = max(_SWEEP_FROM, 2 * len(self._lanes))
