"""What is done with an event once it is stored."""

from __future__ import annotations

from typing import Protocol

from wamsg.model.event import Event


class Handler(Protocol):
    """Someone who waits for events; `wamsg.webhooks.Bot` is one."""

    def wants(self, event: Event) -> bool:
        """Whether `handle` is for it; what nobody wants is only stored. Must be quick; one that raises wants it."""
        ...

    async def handle(self, event: Event) -> None:
        """Do what is to be done; nothing for an event that is not wanted, which an earlier process may have left.

        Whatever it raises, the event is not lost. May be called again for the same event.
        """
        ...


class Deaf:
    """Wants nothing: for receivers that only store."""

    def wants(self, _event: Event) -> bool:
        """No."""
        return False

    async def handle(self, _event: Event) -> None:
        """Nothing to do."""
