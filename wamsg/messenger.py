"""The small protocol that applications, fan-out and broadcasts depend on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from wamsg.model import Content, Recipients, SendResult
from wamsg.wire import Priority


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
