"""The small protocols that applications, fan-out and broadcasts depend on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from wamsg.model import Content, Recipients, SendResult
from wamsg.wire import Departure, Priority


class Messenger(Protocol):
    """Something that sends messages; `wamsg.connect` gives one, `wamsg.testing` another."""

    async def send(
        self,
        content: Content,
        *,
        to: Recipients = None,
        reply_to: str | None = None,
        provider_options: Mapping[str, object] | None = None,
        priority: Priority = Priority.INTERACTIVE,
    ) -> SendResult:
        """Send one message; return once the provider accepted it.

        ``priority`` says who goes first where several wait for the same limit.

        Raises `wamsg.errors.InvalidMessage` or `wamsg.errors.Unsupported` before anything is sent, and a
        `wamsg.errors.SendError` otherwise; only `wamsg.errors.Unanswered` leaves open whether it went out.
        """
        ...

    async def aclose(self) -> None:
        """Give back connections; closing twice is harmless."""
        ...


class RecordedMessenger(Messenger, Protocol):
    """A messenger for those who keep a record of every send, as broadcasts do."""

    async def send(
        self,
        content: Content,
        *,
        to: Recipients = None,
        reply_to: str | None = None,
        provider_options: Mapping[str, object] | None = None,
        reference: str | None = None,
        priority: Priority = Priority.INTERACTIVE,
        departure: Departure | None = None,
    ) -> SendResult:
        """Send one message; return once the provider accepted it.

        ``reference`` is your own and comes back in callbacks where the provider carries one. ``departure`` is awaited
        when the message has its turn and before anything of it leaves; if it raises, nothing does. A send with a
        departure is attempted once: what would be tried again is raised, because whoever keeps the record decides.

        Raises as `Messenger.send` does, and whatever ``departure`` raises.
        """
        ...
