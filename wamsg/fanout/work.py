"""What the workers of a fan-out share: one source, one set of untold outcomes, one way to stop."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import cast

from wamsg.errors import (
    BadCredentials,
    ConfigError,
    InvalidMessage,
    LowBalance,
    NotSent,
    PermissionDenied,
    PlanLimit,
    SenderRefused,
)
from wamsg.fanout.delivery import Addressed, Delivery
from wamsg.messenger import Messenger
from wamsg.model import Content, Outcome, PhoneNumber
from wamsg.recipients import Reader
from wamsg.wire import Priority

#: One content for all, or what makes each recipient's own.
Contents = Content | Callable[[PhoneNumber], Content]
Source = Iterator[object] | AsyncIterator[object]

#: What says that a messenger, rather than a recipient, is at fault; after so many in a row it is let go.
_ITS_OWN_FAULT = (BadCredentials, PermissionDenied, SenderRefused, LowBalance, PlanLimit)
_TOO_MANY = 5
_END = object()


class Work:
    """Does not know the `FanOut` that made it, so that an abandoned one is noticed and stops the workers."""

    def __init__(
        self,
        *,
        messengers: Sequence[Messenger],
        contents: Contents | None,
        source: Source,
        reader: Reader,
        concurrency: int,
        batch: int,
        reply_to: str | None,
        provider_options: Mapping[str, object] | None,
        priority: Priority,
    ) -> None:
        self.outcomes: deque[Outcome] = deque()
        self.failure: BaseException | None = None
        self.running = 0
        self._stopped = False
        self._contents = contents
        self._source = source
        self._reader = reader
        self._batch = batch
        self._room = concurrency * batch
        self._delivery = Delivery(
            reply_to=reply_to, provider_options=provider_options, priority=priority, tell=self._tell
        )
        self._faults = [0] * len(messengers)
        self._messengers = messengers
        self._reading = asyncio.Lock()
        self._asking: asyncio.Task[object] | None = None
        self._arrived = asyncio.Event()
        self._taken = asyncio.Event()

    async def worker(self, which: int) -> None:
        """Read, send through one messenger, tell; until the input ends or someone stops it."""
        try:
            while not self._is_let_go(which) and (batch := await self._next()):
                error = await self._delivery.deliver(self._messengers[which], batch)
                self._faults[which] = self._faults[which] + 1 if isinstance(error, _ITS_OWN_FAULT) else 0
        except BaseException as error:  # noqa: BLE001 -- kept for the consumer, to whom it is raised
            self.failure = self.failure or error
            self.stop()
        finally:
            self.running -= 1
            self._arrived.set()

    def stop(self) -> None:
        """Start nothing new; what was started goes on."""
        self._stopped = True
        self._taken.set()
        if self._asking is not None:
            # It may wait for ever on a source that has nothing to give; reading messages nobody.
            self._asking.cancel()

    def _is_stopped(self) -> bool:
        return self._stopped

    async def take(self) -> Outcome | None:
        """The next outcome as they come; None when all are told."""
        while not self.outcomes:
            if not self.running:
                return None
            self._arrived.clear()
            await self._arrived.wait()
        outcome = self.outcomes.popleft()
        self._taken.set()
        return outcome

    async def settle(self) -> None:
        """Wait until every started send has its outcome."""
        while self.running:
            self._arrived.clear()
            await self._arrived.wait()

    def _tell(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self._arrived.set()

    def _is_let_go(self, which: int) -> bool:
        # With wrong credentials everything is refused at once, and one broken messenger would eat the whole audience.
        others = (count for number, count in enumerate(self._faults) if number != which)
        return self._faults[which] >= _TOO_MANY and any(count < _TOO_MANY for count in others)

    async def _next(self) -> list[Addressed]:
        """The next ones to send to, up to a batch; entries that cannot be sent to are told at once."""
        found: list[Addressed] = []
        try:
            while len(found) < self._batch and (given := await self._pull()) is not _END:
                item = self._read(given)
                if isinstance(item, Addressed):
                    found.append(item)
                else:
                    self._tell(item)
        except BaseException as error:
            self._tell_unsent(found, f"not sent: the input ended with {type(error).__name__}")
            raise
        if self._stopped and len(found) < self._batch:
            self._tell_unsent(found, "not sent: stopped before its batch was full")
            return []
        return found

    async def _pull(self) -> object:
        # A slow consumer slows the sending: about one untold outcome per place under way is kept.
        while len(self.outcomes) > self._room and not self._stopped:
            self._taken.clear()
            await self._taken.wait()
        if self._stopped:
            return _END
        return next(self._source, _END) if isinstance(self._source, Iterator) else await self._ask(self._source)

    def _tell_unsent(self, read: list[Addressed], why: str) -> None:
        for item in read:
            self._tell(item.outcome(error=NotSent(why)))

    async def _ask(self, source: AsyncIterator[object]) -> object:
        # An async generator refuses to be asked by two workers at once.
        async with self._reading:
            if self._stopped:
                return _END
            task = self._asking = asyncio.current_task()
            try:
                given = await anext(source, _END)
            except asyncio.CancelledError:
                if not self._stopped or task is None or task.uncancel():
                    raise
                return _END
            finally:
                self._asking = None
            # Read once more: it may have been stopped while the source was asked.
            return _END if self._is_stopped() else given

    def _read(self, given: object) -> Addressed | Outcome:
        own: Content | None = None
        if self._contents is None:
            given, own = _pair(given)
        entry = self._reader.read(given)
        error = entry.error
        if error is None and entry.recipient is not None:
            try:
                return Addressed(entry.position, entry.recipient, own or self._content_for(entry.recipient))
            except InvalidMessage as wrong:
                error = wrong
            except Exception as bug:
                # A bug in the caller's function is raised to the caller, and still nobody goes untold.
                untold = NotSent(f"not sent: its message could not be made ({type(bug).__name__})")
                self._tell(Outcome(position=entry.position, recipient=entry.recipient, error=untold))
                raise
        return Outcome(position=entry.position, recipient=entry.recipient, error=error)

    def _content_for(self, recipient: PhoneNumber) -> Content:
        return self._contents(recipient) if callable(self._contents) else cast("Content", self._contents)


def _pair(given: object) -> tuple[object, Content]:
    if isinstance(given, tuple) and len(given) == 2:
        return given
    raise ConfigError("without a content, the recipients must be pairs of a number and a content", setting="to")
