"""Receivers and pollers share one flow of events: what is stored once is handled once, by whoever has a handler."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.event_stores import FileEventStore
from tests.support.inbound_events import message, status
from tests.webhooks.conftest import Listener
from wamsg.errors import ConfigError, WamsgError
from wamsg.webhooks import EventFlow


async def test_what_comes_by_several_roads_is_handled_once(store: FileEventStore, listener: Listener) -> None:
    """By its key."""
    async with EventFlow(store, handler=listener) as flow:
        first = await flow.add([message("a"), status("b")])
        second = await flow.add([message("a")])
        await flow.idle()

    assert (2, 0) == (len(first), len(second))
    assert 2 == len(listener.heard)


async def test_one_without_a_handler_takes_nothing_for_handled(tmp_path: Path, listener: Listener) -> None:
    """What another process left is still there for that one."""
    store = FileEventStore(tmp_path / "shared.jsonl")
    await store.add([message("a")], now=0.0)
    async with EventFlow(store) as flow:
        await flow.add([status("b")])
        await flow.idle()

    async with EventFlow(store, handler=listener) as flow:
        await flow.idle()

    assert [message("a")] == listener.heard
    store.close()


async def test_a_closed_flow_is_not_opened_again(store: FileEventStore) -> None:
    """Its handlers have ended."""
    flow = EventFlow(store)
    await flow.aclose()
    await flow.aclose()

    with pytest.raises(WamsgError, match="closed"):
        await flow.open()


def test_nobody_is_handled_by_no_one(store: FileEventStore) -> None:
    """Zero at once would be never."""
    with pytest.raises(ConfigError, match="concurrency"):
        EventFlow(store, concurrency=0)
