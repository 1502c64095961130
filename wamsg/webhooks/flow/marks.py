"""Telling the store what is handled, in groups, and again until it takes it."""

from __future__ import annotations

import asyncio
import logging
from asyncio import Event, Task

from wamsg.clock import Clock, Timer
from wamsg.ledger.events import EventStore

_log = logging.getLogger("wamsg.webhooks")
_PAUSE = 2.0


class Marks:
    """Positions on their way into the store. What does not arrive is handled again after a restart."""

    def __init__(self, store: EventStore, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._waiting: list[int] = []
        self._task: Task[None] | None = None
        self._timer: Timer | None = None
        self._clear = Event()
        self._clear.set()

    def add(self, position: int) -> None:
        """Note it soon."""
        self._waiting.append(position)
        self._clear.clear()
        if self._task is None and self._timer is None:
            self._start()

    async def idle(self) -> None:
        """Return once all is noted."""
        await self._clear.wait()

    async def aclose(self) -> None:
        """Try a last time what is not noted yet."""
        if self._task is not None:
            await self._task
        if self._timer is not None:
            self._timer.cancel()
        if self._waiting:
            await self._write()

    def _start(self) -> None:
        self._timer = None
        self._task = asyncio.create_task(self._write_all(), name="wamsg handled")

    async def _write_all(self) -> None:
        try:
            while self._waiting and await self._write():
                pass
        finally:
            self._task = None
        if self._waiting:
            self._timer = self._clock.call_at(self._clock.monotonic() + _PAUSE, self._start)
        else:
            self._clear.set()

    async def _write(self) -> bool:
        group, self._waiting = self._waiting, []
        try:
            await self._store.handled(group)
        except Exception:  # noqa: BLE001 -- logged, and tried until it works
            _log.exception("%d events cannot be noted as handled yet", len(group), extra={"action": "marks_failed"})
            self._waiting = group + self._waiting
            return False
        return True
