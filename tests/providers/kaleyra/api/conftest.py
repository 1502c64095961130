"""Kaleyra's typed operations, spoken over sockets to the sandbox, or to a server that says what a test tells it to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from attrs import frozen

import wamsg
from tests.support.scripted import Script, ScriptedServer
from wamsg.providers.kaleyra import provider
from wamsg.providers.kaleyra.api import KaleyraApi
from wamsg.sandbox import Sandbox
from wamsg.testing.clock import ManualClock

Speaking = Callable[[Script], AbstractAsyncContextManager[tuple[KaleyraApi, ScriptedServer]]]
#: One try, no patience: what the first answer means is what the caller sees.
AT_ONCE = wamsg.RetryPolicy(attempts=1, deadline=0)


@frozen
class World:
    """An account at the sandbox, the sandbox, and the clock that it goes by."""

    api: KaleyraApi
    client: wamsg.Client
    sandbox: Sandbox
    clock: ManualClock


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """Without limits on the client's side, so that the sandbox's own are met."""
    clock = ManualClock()
    async with (
        Sandbox(clock=clock) as sandbox,
        wamsg.connect("kaleyra", limits=None, retry=AT_ONCE, environ={}, **sandbox.settings("kaleyra")) as client,
    ):
        yield World(KaleyraApi(client), client, sandbox, clock)


@pytest.fixture
def speaking() -> Speaking:
    """Makes an API and the server behind it; the limits are those of a real account."""

    @asynccontextmanager
    async def speak(script: Script) -> AsyncIterator[tuple[KaleyraApi, ScriptedServer]]:
        async with ScriptedServer(script) as server:
            settings: dict[str, Any] = {**provider.example, "base_url": server.url}
            async with wamsg.connect("kaleyra", retry=AT_ONCE, environ={}, **settings) as client:
                yield KaleyraApi(client), server

    return speak
