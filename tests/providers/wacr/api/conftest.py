"""WA.cr's typed operations, spoken over sockets to a server that says what the test tells it to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

import wamsg
from tests.support.scripted import Script, ScriptedServer
from wamsg.providers.wacr.api import WacrApi

Speaking = Callable[[Script], AbstractAsyncContextManager[tuple[WacrApi, ScriptedServer]]]
#: One try, no patience: what the first answer means is what the caller sees.
AT_ONCE = wamsg.RetryPolicy(attempts=1, deadline=0)


@pytest.fixture
def speaking() -> Speaking:
    """Makes an API and the server behind it; the limits are those of a real account."""

    @asynccontextmanager
    async def speak(script: Script) -> AsyncIterator[tuple[WacrApi, ScriptedServer]]:
        async with (
            ScriptedServer(script) as server,
            wamsg.connect(
                "wacr", token="fake-token", base_url=f"{server.url}/api/v2", retry=AT_ONCE, environ={}
            ) as client,
        ):
            yield WacrApi(client), server

    return speak
