"""A receiver as a process of its own that kills itself at the place that its arguments name.

``python crashing.py FOLDER PLACE``; it prints its port. Places: ``stored`` (after the store, before the answer),
``handled`` (after a handler, before that is noted), ``handling`` (within a handler), ``never``. The event called
``fatal`` triggers it. Handlers write the ids of what they handled to ``handled.txt``.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from aiohttp import web

from tests.support.event_stores import FileEventStore
from tests.support.inbound_events import webhook
from wamsg.ledger.events import StoredEvent
from wamsg.model.event import Event
from wamsg.webhooks import Receiver
from wamsg.webhooks.aiohttp import application


def die() -> NoReturn:
    """As if the power was cut."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


class FatalStore(FileEventStore):
    """Dies before it tells anyone what it has done."""

    def __init__(self, path: Path, place: str) -> None:
        super().__init__(path)
        self._place = place
        self._fatal = 0

    async def add(self, events: Sequence[Event], **more: Any) -> list[StoredEvent]:
        stored = await super().add(events, **more)
        for item in stored:
            if getattr(item.event, "message_id", None) == "fatal":
                self._fatal = item.position
                if self._place == "stored":
                    die()
        return stored

    async def handled(self, positions: Sequence[int]) -> None:
        if self._place == "handled" and self._fatal in positions:
            die()
        await super().handled(positions)


class Scribe:
    """Writes down what it handles; the file outlives the process."""

    def __init__(self, path: Path, place: str) -> None:
        self._file = path.open("a")
        self._place = place

    def wants(self, _event: Event) -> bool:
        return True

    async def handle(self, event: Event) -> None:
        name = getattr(event, "message_id", "")
        if name == "fatal" and self._place == "handling":
            die()
        self._file.write(f"{name}\n")
        self._file.flush()


async def main(folder: Path, place: str) -> None:
    store = FatalStore(folder / "events.jsonl", place)
    receiver = Receiver(webhook(), store=store, handler=Scribe(folder / "handled.txt", place))
    runner = web.AppRunner(application(receiver), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await receiver.idle()
    print(runner.addresses[0][1], flush=True)  # noqa: T201 -- how the test learns it
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
