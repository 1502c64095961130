"""One message to many recipients: a fixed number of workers, one outcome per recipient, nothing started left untold."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping
from types import TracebackType
from typing import Self

from wamsg.errors import ConfigError, InvalidMessage, SendError, Unanswered, Unsupported, WamsgError
from wamsg.messenger import Messenger
from wamsg.model import Content, Outcome, SendResult
from wamsg.recipients import Audience, Entry, Given, Reader, split


class _Work:
    """What the workers share. It does not know the `FanOut`, so that an abandoned one is noticed and stops them."""

    def __init__(
        self,
        *,
        messenger: Messenger,
        content: Content,
        source: Iterator[Given] | AsyncIterator[Given],
        concurrency: int,
        reply_to: str | None,
        provider_options: Mapping[str, object] | None,
    ) -> None:
        self.messenger = messenger
        self.content = content
        self.reply_to = reply_to
        self.provider_options = provider_options
        self.stopped = False
        self.outcomes: deque[Outcome] = deque()
        self.failure: BaseException | None = None
        self.running = 0
        self._source = source
        self._reader = Reader()
        self._reading = asyncio.Lock()
        self._room = concurrency
        self._arrived = asyncio.Event()
        self._taken = asyncio.Event()

    async def worker(self) -> None:
        """Read, send, tell; until the input ends or someone stops it."""
        try:
            while (entry := await self._next()) is not None:
                await self._handle(entry)
                await self._wait_for_room()
        except BaseException as error:  # noqa: BLE001 -- kept for the consumer, to whom it is raised
            self.failure = self.failure or error
            self.stop()
        finally:
            self.running -= 1
            self._arrived.set()

    def stop(self) -> None:
        """Start nothing new; what was started goes on."""
        self.stopped = True
        self._taken.set()

    def _tell(self, entry: Entry, *, result: SendResult | None = None, error: WamsgError | None = None) -> None:
        outcome = Outcome(position=entry.position, recipient=entry.recipient, result=result, error=error)
        self.outcomes.append(outcome)
        self._arrived.set()

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

    async def _next(self) -> Entry | None:
        if self.stopped:
            return None
        source = self._source
        if isinstance(source, AsyncIterator):
            # An async generator refuses to be asked by two workers at once.
            async with self._reading:
                if self.stopped:
                    return None
                async for given in source:
                    return self._reader.read(given)
                return None
        for given in source:
            return self._reader.read(given)
        return None

    async def _handle(self, entry: Entry) -> None:
        """Send to one recipient and tell its outcome, whatever happens."""
        if entry.error is not None or entry.recipient is None:
            self._tell(entry, error=entry.error)
            return
        try:
            result = await self.messenger.send(
                self.content, to=entry.recipient, reply_to=self.reply_to, provider_options=self.provider_options
            )
        except (SendError, InvalidMessage, Unsupported) as error:
            self._tell(entry, error=error)
        except WamsgError as error:
            # Wrong settings or a closed client would fail for everyone: told for this one, then raised.
            self._tell(entry, error=error)
            raise
        except BaseException as error:
            why = "cancelled" if isinstance(error, asyncio.CancelledError) else type(error).__name__
            self._tell(entry, error=Unanswered(f"cut off while it was being sent ({why})"))
            raise
        else:
            self._tell(entry, result=result)

    async def _wait_for_room(self) -> None:
        # A slow consumer slows the sending: at most one untold outcome per worker is kept.
        while len(self.outcomes) > self._room and not self.stopped:
            self._taken.clear()
            await self._taken.wait()


class FanOut(AsyncIterator[Outcome]):
    """Outcomes as they come, one per recipient of the input.

    Leaving the loop early, or being cancelled in it, starts nothing new; sends under way are finished rather than cut
    off, because a send that is cut off may have gone out. Their outcomes can still be read from the same object: by
    iterating on, or after ``await run.aclose()``, which waits for them. ``async with fan_out(..) as run`` does so by
    itself.
    """

    def __init__(self, work: _Work, concurrency: int) -> None:
        # Tasks are kept here and by the loop; the work itself must not refer back, or __del__ would never come.
        self._work = work
        self._concurrency = concurrency
        self._workers: list[asyncio.Task[None]] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Outcome:
        self._start()
        try:
            outcome = await self._work.take()
        except asyncio.CancelledError:
            await self.aclose()
            raise
        if outcome is not None:
            return outcome
        if self._work.failure is not None:
            failure, self._work.failure = self._work.failure, None
            raise failure
        raise StopAsyncIteration

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def stop(self) -> None:
        """Start nothing new. Iterating on gives the outcomes of what was started, then ends."""
        self._work.stop()

    async def aclose(self) -> None:
        """Stop, and wait until every started send has its outcome."""
        self._work.stop()
        await self._work.settle()

    def __del__(self) -> None:
        # An abandoned loop (``break``): nothing new is started, and what was started finishes by itself.
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._work.stop)

    def _start(self) -> None:
        if self._workers is None:
            self._loop = asyncio.get_running_loop()
            self._work.running = self._concurrency
            self._workers = [
                asyncio.create_task(self._work.worker(), name="wamsg fan-out") for _ in range(self._concurrency)
            ]


def fan_out(
    messenger: Messenger,
    content: Content,
    *,
    to: Audience,
    concurrency: int = 64,
    reply_to: str | None = None,
    provider_options: Mapping[str, object] | None = None,
) -> FanOut:
    """Send ``content`` to every recipient of ``to`` and yield one `Outcome` per recipient as they come.

    ``to`` is a comma-separated string, an iterable or an async iterable of numbers; it is read as fast as the sending
    goes. Entries that are no numbers, and repeated ones, are outcomes too. ``concurrency`` is how many sends may be
    under way at once; the messenger's limits hold whatever it is.

    Raises `wamsg.errors.InvalidRecipient` for an empty ``to``, and whatever the iterable itself raises (after the
    outcomes of everything started).
    """
    if isinstance(concurrency, bool) or not isinstance(concurrency, int) or concurrency < 1:
        raise ConfigError("concurrency must be a whole number above zero", setting="concurrency")
    work = _Work(
        messenger=messenger,
        content=content,
        source=split(to),
        concurrency=concurrency,
        reply_to=reply_to,
        provider_options=provider_options,
    )
    return FanOut(work, concurrency)


async def collect(outcomes: FanOut) -> list[Outcome]:
    """All outcomes in the order of the input."""
    return sorted([outcome async for outcome in outcomes], key=lambda outcome: outcome.position)
