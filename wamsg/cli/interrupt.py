"""Ctrl-C without lies: what has not left is called back, what is on the wire is waited for."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from wamsg.cli.output import tell
from wamsg.errors import NotSent, Unanswered
from wamsg.messenger import Messenger
from wamsg.model import Content, Recipients, SendResult
from wamsg.transport.base import Transport
from wamsg.wire import Priority, Request, Response


class Stopped(NotSent):
    """Called back before it left."""


class Wire:
    """A transport that knows whose request it is carrying at the moment."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._stopped = False
        self.carrying: set[asyncio.Task[object]] = set()

    async def send(self, request: Request) -> Response:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 -- a coroutine runs in a task
        self.carrying.add(task)
        try:
            return await self._transport.send(request)
        finally:
            self.carrying.discard(task)
            if self._stopped:
                # A good answer ends the task before this runs; one that would wait and try again is called back.
                asyncio.get_running_loop().call_soon(task.cancel)

    async def aclose(self) -> None:
        await self._transport.aclose()

    def stop(self) -> None:
        """From now on a request that comes back is not sent again."""
        self._stopped = True


class Recall:
    """A messenger whose sends can be called back as long as they are not on the wire."""

    def __init__(self, messenger: Messenger, wire: Wire) -> None:
        self._messenger = messenger
        self._wire = wire
        self._stopped = False
        self._cut_off: set[asyncio.Task[object]] = set()
        self._tasks: set[asyncio.Task[SendResult]] = set()

    async def send(
        self,
        content: Content,
        *,
        to: Recipients = None,
        reply_to: str | None = None,
        provider_options: Mapping[str, object] | None = None,
        priority: Priority = Priority.INTERACTIVE,
    ) -> SendResult:
        """As every messenger. Raises `Stopped` for a send that was called back."""
        if self._stopped:
            raise Stopped("stopped before it was sent")
        sending = self._messenger.send(
            content, to=to, reply_to=reply_to, provider_options=provider_options, priority=priority
        )
        task = asyncio.create_task(sending, name="wamsg send")
        self._tasks.add(task)
        try:
            return await task
        except asyncio.CancelledError:
            if not self._stopped:
                raise
            if task in self._cut_off:
                raise Unanswered("cut off while it was being sent") from None
            raise Stopped("stopped before it was sent") from None
        finally:
            self._tasks.discard(task)

    async def aclose(self) -> None:
        await self._messenger.aclose()

    def stop(self) -> int:
        """Call back what has not left; the number of those on the wire, which still get their outcome."""
        self._stopped = True
        self._wire.stop()
        for task in self._tasks:
            if task not in self._wire.carrying:
                task.cancel()
        return sum(task in self._wire.carrying for task in self._tasks)

    def cut(self) -> None:
        """Wait for nothing any more: what is on the wire becomes `Unanswered`."""
        self._cut_off = set(self._wire.carrying)
        for task in self._tasks:
            task.cancel()


@contextmanager
def on_interrupt(first: Callable[[], str], second: Callable[[], None]) -> Iterator[None]:
    """Inside, Ctrl-C (or SIGTERM) calls ``first`` and shows the sentence it gives; another one calls ``second``."""
    loop = asyncio.get_running_loop()
    calls = 0

    def handle() -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            tell(first())
        else:
            second()

    handled = [number for number in (signal.SIGINT, signal.SIGTERM) if _add(loop, number, handle)]
    try:
        yield
    finally:
        for number in handled:
            loop.remove_signal_handler(number)


def _add(loop: asyncio.AbstractEventLoop, number: signal.Signals, handle: Callable[[], None]) -> bool:
    try:
        loop.add_signal_handler(number, handle)
    except (NotImplementedError, ValueError, RuntimeError):
        # Windows, or a thread that is not the main one: Ctrl-C then ends the command as Python does.
        return False
    return True
