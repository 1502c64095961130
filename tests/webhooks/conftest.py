"""A store, a clock moved by hand, handlers that remember, and receivers that are closed at the end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.support.event_stores import FileEventStore
from tests.support.inbound_events import payload, signed, webhook
from wamsg.driver import Webhook
from wamsg.model.event import Event
from wamsg.testing import ManualClock
from wamsg.webhooks import Call, Receiver


class Listener:
    """Remembers what it is given; ``act`` is awaited before that."""

    def __init__(self, act: Callable[[Event], Any] | None = None) -> None:
        self._act = act
        self.tries: list[str] = []
        self.heard: list[Event] = []

    def wants(self, _event: Event) -> bool:
        return True

    async def handle(self, event: Event) -> None:
        self.tries.append(event.key)
        if self._act is not None:
            await self._act(event)
        self.heard.append(event)


class OpenReceiver(Protocol):
    """Makes a receiver and opens it."""

    async def __call__(self, **more: Any) -> Receiver: ...


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FileEventStore]:
    opened = FileEventStore(tmp_path / "events.jsonl")
    yield opened
    opened.close()


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def listening() -> type[Listener]:
    return Listener


@pytest.fixture
async def opened(store: FileEventStore, listener: Listener) -> AsyncIterator[OpenReceiver]:
    """Receivers of this test's store, handler and provider, unless it says otherwise."""
    async with AsyncExitStack() as stack:

        async def open_one(**more: Any) -> Receiver:
            hooks: Webhook = more.pop("webhooks", None) or webhook()
            receiver = Receiver(hooks, **{"store": store, "handler": listener, **more})
            return await stack.enter_async_context(receiver)

        yield open_one


@pytest.fixture
def deliver() -> Callable[..., Any]:
    """Hands events to a receiver as the provider does; the status of the answer."""

    async def post(receiver: Receiver, *events: Event, path: str = "/") -> int:
        body = payload(*events)
        return (await receiver.take(Call(method="POST", path=path, headers=signed(body)), body)).status

    return post
