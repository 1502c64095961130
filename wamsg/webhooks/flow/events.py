"""What is done with events wherever they come from: they are stored, then handled."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from functools import partial
from types import TracebackType
from typing import Any, Self

from wamsg.clock import Clock, SystemClock
from wamsg.errors import ConfigError, WamsgError
from wamsg.ledger.events import EventStore, StoredEvent
from wamsg.model.event import Event, IncomingMessage, UnknownEvent
from wamsg.webhooks.flow.dispatch import Dispatcher
from wamsg.webhooks.flow.handler import Deaf, Handler
from wamsg.webhooks.flow.intake import Intake
from wamsg.webhooks.flow.marks import Marks

_log = logging.getLogger("wamsg.webhooks")
#: Reasons why events are not understood; a provider has a dozen.
_MOST_TOLD = 100


class EventFlow:
    """Stores events and runs handlers after, at least once; a `Receiver` has one, and a `Poller` feeds one.

    ``store`` keeps events; it is not closed here. ``handler``, if there is one, is given them after, ``concurrency``
    incoming messages at a time and as many of all else, the messages of one person one after another. A handler that
    raises is run again after each of ``retries`` (seconds); then the event stays stored as not handled, and the next
    start tries again. ``grace`` (seconds) is how long `aclose` waits for handlers that run. One flow with a handler at
    a time for one store.
    """

    def __init__(
        self,
        store: EventStore,
        *,
        handler: Handler | None = None,
        concurrency: int = 32,
        retries: Sequence[float] = (1.0, 5.0, 25.0),
        grace: float = 10.0,
        clock: Clock | None = None,
    ) -> None:
        if concurrency < 1:
            raise ConfigError("concurrency must be 1 or more", setting="concurrency")
        clock = clock or SystemClock()
        self._grace = grace
        #: Without a handler what others left is theirs, and nothing is taken for handled.
        self._handles = handler is not None
        wants = partial(_wanted, handler) if handler is not None else _nobody
        handler = handler or Deaf()
        self._marks = Marks(store, clock=clock)
        self._messages, self._others = (
            Dispatcher(
                store, handler, self._marks, messages=messages, concurrency=concurrency, retries=retries, clock=clock
            )
            for messages in (True, False)
        )
        self._intake = Intake(store, wants=wants, stored=self._stored, clock=clock)
        self._told: set[tuple[str, str]] = set()
        self._open = self._closed = False

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def open(self) -> Self:
        """Handle what an earlier process left, and what is added from now on; opening twice is harmless."""
        if self._closed:
            raise WamsgError("this flow of events is closed; make a new one")
        if not self._open:
            self._open = True
            if self._handles:
                self._messages.open()
                self._others.open()
        return self

    async def add(self, events: Sequence[Event]) -> list[StoredEvent]:
        """Return once ``events`` are stored: those that were new, and what was stored together with them.

        Raises what the store raises. Whoever stops waiting takes nothing back.
        """
        for event in events:
            if isinstance(event, UnknownEvent):
                self._tell_unknown(event)
        return await self._intake.add(events)

    def stop(self) -> None:
        """Begin no handler any more."""
        self._closed = True
        self._messages.stop()
        self._others.stop()

    async def aclose(self) -> None:
        """Finish what is being stored and the handlers that run; nothing may be added any more.

        Handlers that do not end within the grace are cancelled. What is not handled stays stored for the next start.
        """
        self.stop()
        await self._within_grace(self._intake.aclose())
        await asyncio.gather(self._messages.aclose(self._grace), self._others.aclose(self._grace))
        await self._within_grace(self._marks.aclose())

    async def idle(self) -> None:
        """Return once all that was stored so far is handled or given up, and the store knows: for tests."""
        if self._handles:
            await self._messages.idle()
            await self._others.idle()
        await self._marks.idle()

    def _tell_unknown(self, event: UnknownEvent) -> None:
        """Once for each reason: a callback profile of another shape sends nothing else, and all of it is a 200."""
        told = (event.provider, event.reason)
        if told not in self._told and len(self._told) < _MOST_TOLD:
            self._told.add(told)
            facts = {"action": "event_unknown", "provider": event.provider, "kind": event.kind}
            sentence = "%s: an event is stored but not understood: %s (kind: %s; others like it are not told)"
            _log.warning(sentence, event.provider, event.reason, ascii(event.kind), extra=facts)

    def _stored(self, item: StoredEvent) -> None:
        (self._messages if isinstance(item.event, IncomingMessage) else self._others).put(item)

    async def _within_grace(self, closing: Coroutine[Any, Any, None]) -> None:
        try:
            await asyncio.wait_for(closing, self._grace)
        except TimeoutError:
            _log.warning("the store did not answer in time", extra={"action": "store_late"})


def _nobody(_event: Event) -> bool:
    return False


def _wanted(handler: Handler, event: Event) -> bool:
    try:
        return handler.wants(event)
    except Exception:  # noqa: BLE001 -- to refuse the event would refuse all that came with it, again and again
        facts = {"action": "wants_failed", "key": event.key, "provider": event.provider}
        _log.exception("a handler failed to say whether it wants a %s", type(event).__name__, extra=facts)
        return True
