"""The 24 hours after a person's last message, in which anything may be sent; outside of them only templates may.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages (service windows)
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping

from wamsg.clock import Clock, SystemClock
from wamsg.errors import WindowClosed
from wamsg.ledger.events import History
from wamsg.messenger import Messenger
from wamsg.model import Content, Message, PhoneNumber, ReadReceipt, Recipients, SendResult, Template
from wamsg.model.event import IncomingMessage
from wamsg.wire import Priority

_log = logging.getLogger("wamsg.webhooks")
LENGTH = 24 * 3600.0
#: Such a window closed at 0.0.
_NEVER = -LENGTH
#: What is sent in the place of a free-form message; a function makes it of that message.
Fallback = Template | Callable[[Content], Template]


class ServiceWindow:
    """When people last wrote to one number of yours; the ``most`` who wrote last are remembered.

    ``history`` is asked about the others, and again before anyone's window is said to be closed. So it survives a
    restart, and knows what other processes took; a store of events may be one.
    """

    def __init__(self, *, history: History | None = None, most: int = 100_000, clock: Clock | None = None) -> None:
        self._history = history
        self._most = most
        self._clock = clock or SystemClock()
        self._written: OrderedDict[str, float] = OrderedDict()

    def note(self, event: IncomingMessage) -> None:
        """Someone wrote."""
        if event.sender is None:
            return
        now = self._clock.time()
        # A provider's clock that goes ahead must not hold the window open for longer.
        self._remember(event.sender, now if event.at is None else min(event.at, now))

    async def closes_at(self, number: PhoneNumber) -> float | None:
        """When the window of ``number`` closes or closed, in seconds since 1970.

        0.0 for someone who never wrote; None where that is not known, because there is no history to ask.
        """
        written = self._written.get(number.e164)
        if self._history is not None and (written is None or written + LENGTH <= self._clock.time()):
            # Also of someone known: a message since then may have come in by another process.
            found = await self._history.last_written(number)
            if found is not None:
                self._remember(number, found)
            written = max(_NEVER if time is None else time for time in (written, found))
        return None if written is None else written + LENGTH

    async def is_open(self, number: PhoneNumber) -> bool | None:
        """Whether anything may be sent to ``number`` now; None where it is not known."""
        closes = await self.closes_at(number)
        return None if closes is None else self._clock.time() < closes

    def _remember(self, number: PhoneNumber, written: float) -> None:
        known = self._written.pop(number.e164, written)
        self._written[number.e164] = max(known, written)
        if len(self._written) > self._most:
            self._written.popitem(last=False)


class WindowMessenger:
    """A messenger that minds the service window.

    A free-form message outside of it becomes the ``fallback``; without one it is sent with a warning in the log, for
    the provider to judge. Where the provider says that the window is closed, the fallback is sent too.
    """

    def __init__(self, messenger: Messenger, window: ServiceWindow, *, fallback: Fallback | None = None) -> None:
        self._messenger = messenger
        self._window = window
        self._fallback = fallback

    async def send(
        self,
        content: Content,
        *,
        to: Recipients = None,
        reply_to: str | None = None,
        provider_options: Mapping[str, object] | None = None,
        priority: Priority = Priority.INTERACTIVE,
    ) -> SendResult:
        """See `wamsg.messenger.Messenger.send`."""

        async def send(content: Content, reply_to: str | None) -> SendResult:
            return await self._messenger.send(
                content, to=to, reply_to=reply_to, provider_options=provider_options, priority=priority
            )

        if isinstance(content, Template | ReadReceipt):
            return await send(content, reply_to)
        if not await self._is_closed(content, to):
            try:
                return await send(content, reply_to)
            except WindowClosed:
                if self._fallback is None:
                    raise
        elif self._fallback is None:
            _log.warning("sent outside the service window", extra={"action": "outside_window"})
            return await send(content, reply_to)
        _log.info("outside the service window: a template goes instead", extra={"action": "fallback"})
        return await send(self._template(content), None)

    async def aclose(self) -> None:
        """Close the messenger around which it is."""
        await self._messenger.aclose()

    async def _is_closed(self, content: Content, to: Recipients) -> bool:
        numbers = Message(content=content, to=to).to
        return any([await self._window.is_open(number) is False for number in numbers])

    def _template(self, content: Content) -> Template:
        return self._fallback if isinstance(self._fallback, Template) else self._fallback(content)  # type: ignore[misc]  # asked for only if there is one
