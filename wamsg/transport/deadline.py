"""The time limits of all requests of a transport, kept by one timer: a timer for each would cost 10 us of 100."""

from __future__ import annotations

import asyncio
from typing import Protocol

#: How late a limit may be kept, as a share of it, and the bounds of that in seconds.
_SHARE, _FINEST, _COARSEST = 20, 0.005, 0.5


class Witness(Protocol):
    """Something that knows whether a request has begun to leave."""

    handed: bool


class Watch:
    """One request under way; ``expired`` once its time was up, ``connecting`` if it had not begun to leave by then."""

    __slots__ = ("_cancelling", "connecting", "expired", "started", "task", "witness")

    def __init__(self, task: asyncio.Task[object], started: float, witness: Witness | None) -> None:
        self.task = task
        self.started = started
        self.witness = witness
        self.expired = self.connecting = False
        self._cancelling = task.cancelling()

    def expire(self, *, connecting: bool) -> None:
        """Cancel the task, as `asyncio.timeout` does."""
        self.expired, self.connecting = True, connecting
        self.task.cancel()

    @property
    def is_cancelled_by_others(self) -> bool:
        """Whether someone has cancelled the task since the request began."""
        return self.task.cancelling() > self._cancelling

    def settle(self) -> bool:
        """Take our own cancellation back; whether it was the only one."""
        return self.task.uncancel() <= self._cancelling


class Deadlines:
    """Cancels requests that take longer than ``whole`` seconds, or ``connect`` without a byte handed to a connection.

    All have the same limits, so the order in which they began is the order in which they expire.
    """

    def __init__(self, *, whole: float | None, connect: float) -> None:
        self._whole = whole
        self._connect = connect
        self._grain = min(_COARSEST, max(_FINEST, min(connect, whole or connect) / _SHARE))
        self._under_way: dict[Watch, None] = {}
        self._connecting: dict[Watch, None] = {}
        self._timer: asyncio.TimerHandle | None = None

    def enter(self, witness: Witness | None) -> Watch:
        """Watch the current task until `leave`; without a witness only the whole limit is kept."""
        loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a request needs a task")
        watch = Watch(task, loop.time(), witness)
        self._under_way[watch] = None
        if witness is not None:
            self._connecting[watch] = None
        if self._timer is None:
            self._timer = loop.call_later(self._grain, self._sweep, loop)
        return watch

    def leave(self, watch: Watch) -> None:
        """The request has ended, one way or another."""
        self._under_way.pop(watch, None)
        self._connecting.pop(watch, None)

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for watch in _overdue(self._connecting, now - self._connect):
            if watch.witness is not None and not watch.witness.handed:
                self._under_way.pop(watch, None)
                watch.expire(connecting=True)
        if self._whole is not None:
            for watch in _overdue(self._under_way, now - self._whole):
                self._connecting.pop(watch, None)
                watch.expire(connecting=False)
        self._timer = loop.call_later(self._grain, self._sweep, loop) if self._under_way else None


def _overdue(watches: dict[Watch, None], latest: float) -> list[Watch]:
    """Take out those that began at ``latest`` or before."""
    found = []
    for watch in watches:
        if watch.started > latest:
            break
        found.append(watch)
    for watch in found:
        del watches[watch]
    return found
