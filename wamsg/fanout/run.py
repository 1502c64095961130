"""`fan_out`: one message to many recipients, one outcome each, nothing started left untold."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from types import TracebackType
from typing import Self

from wamsg.errors import ConfigError
from wamsg.fanout.work import Contents, Work
from wamsg.messenger import Messenger
from wamsg.model import Outcome
from wamsg.recipients import Audience, Reader, split
from wamsg.wire import Priority


class FanOut(AsyncIterator[Outcome]):
    """Outcomes as they come, one per recipient of the input.

    `stop`, `aclose`, the end of ``async with fan_out(..) as run``, and being cancelled in the loop start nothing new;
    sends under way are finished rather than cut off, because a send that is cut off may have gone out. Their outcomes
    can be read afterwards by iterating on. A bare ``break`` stops it too if nothing else holds the object; if you gave
    it a name, it cannot know that you have left: call `stop`.
    """

    def __init__(self, work: Work, places: Sequence[int]) -> None:
        # Tasks are kept here and by the loop; the work itself must not refer back, or __del__ would never come.
        self._work = work
        self._places = places
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
            self._work.running = len(self._places)
            self._workers = [
                asyncio.create_task(self._work.worker(which), name="wamsg fan-out") for which in self._places
            ]


def fan_out(
    messenger: Messenger | Sequence[Messenger],
    content: Contents | None = None,
    *,
    to: Audience,
    concurrency: int = 64,
    batch: int = 1,
    reply_to: str | None = None,
    provider_options: Mapping[str, object] | None = None,
    priority: Priority = Priority.BULK,
    dedupe: bool = True,
) -> FanOut:
    """Send to every recipient of ``to`` and yield one `Outcome` per recipient as they come.

    ``to`` is a comma-separated string, an iterable or an async iterable of numbers; it is read as fast as the sending
    goes. Entries that are no numbers, and repeated ones, are outcomes too; ``dedupe=False`` sends to repeated ones
    again and saves the memory of the comparison (about 24 bytes per recipient); it needs ``batch=1``.

    ``content`` is one content for all, or a function from a recipient to its own; without it ``to`` yields pairs of a
    number and a content. Several messengers share the work: whichever has capacity takes the next recipient.
    ``concurrency`` is how many requests may be under way at once; the messengers' limits hold whatever it is.

    ``batch`` puts so many recipients into one request, where the provider takes that. If the provider refuses such a
    request as a whole for what stands in it, it is halved until the guilty recipient is found; an unanswered one makes
    all of its recipients unknown. One recipient per request, the default, is the only way to know each one's fate.

    Raises `wamsg.errors.InvalidRecipient` for an empty ``to``, and whatever the iterable itself raises (after the
    outcomes of everything started).
    """
    _check_count("concurrency", concurrency)
    _check_count("batch", batch)
    if batch > 1 and not dedupe:
        raise ConfigError("repeated recipients cannot share a request; use batch=1 with dedupe=False", setting="batch")
    messengers = messenger if isinstance(messenger, Sequence) else (messenger,)
    if not messengers:
        raise ConfigError("give at least one messenger", setting="messenger")
    if batch > 1 and (content is None or callable(content)):
        raise ConfigError("a batch carries one content for all its recipients", setting="batch")
    work = Work(
        messengers=messengers,
        contents=content,
        source=split(to),
        reader=Reader(dedupe=dedupe),
        concurrency=concurrency,
        batch=batch,
        reply_to=reply_to,
        provider_options=provider_options,
        priority=priority,
    )
    places = max(concurrency, len(messengers))
    return FanOut(work, [place % len(messengers) for place in range(places)])


async def collect(outcomes: FanOut) -> list[Outcome]:
    """All outcomes in the order of the input."""
    return sorted([outcome async for outcome in outcomes], key=lambda outcome: outcome.position)


def _check_count(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ConfigError(f"{name} must be a whole number above zero", setting=name)
