"""Each bot of examples/ as its own process, called like a provider does, answering through the sandbox."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import re
import socket
import sys
import time
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.providers.kaleyra.callbacks import BUSINESS, USER, message, message_frame, status, status_frame
from wamsg.sandbox import Record, Sandbox

EXAMPLES = Path(__file__).parents[2] / "examples"
SECRET = "fake-callback-secret"
Deliver = Callable[..., Awaitable[int]]


class Watched:
    """A sandbox whose acceptances can be waited for."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._changed = asyncio.Event()
        add = sandbox.outbox.add

        def tell(record: Record) -> None:
            add(record)
            self._changed.set()

        sandbox.outbox.add = tell  # type: ignore[method-assign]  # it tells no one itself

    async def accepted(self, count: int) -> list[Record]:
        async with asyncio.timeout(20):
            while len(found := self._sandbox.outbox.accepted) < count:
                self._changed.clear()
                await self._changed.wait()
        return found


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as running:
        yield running


@asynccontextmanager
async def _bot(name: str, sandbox: Sandbox, folder: Path) -> AsyncIterator[Deliver]:
    """The example as a process that answers through the sandbox; what calls the address that it says to register."""
    port = _free_port()
    settings = {f"WAMSG_KALEYRA_{key.upper()}": str(value) for key, value in sandbox.settings("kaleyra").items()}
    environ = {
        **{key: value for key, value in os.environ.items() if not key.startswith("WAMSG_")},
        **settings,
        "WAMSG_KALEYRA_CALLBACK_SECRET": SECRET,
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
    }
    program = str(EXAMPLES / name)
    [registered] = re.findall(r"call https://your\.host(/[a-z/]*)", (EXAMPLES / name).read_text())
    process = await asyncio.create_subprocess_exec(
        sys.executable, program, cwd=folder, env=environ, stdout=PIPE, stderr=STDOUT
    )
    assert process.stdout is not None
    try:
        said = ""
        async with asyncio.timeout(20), aiohttp.ClientSession() as http:
            while "unning on" not in said:
                line = (await process.stdout.readline()).decode()
                assert line, f"it ended: {said}"
                said += line

            async def deliver(document: object, path: str = registered, secret: str = SECRET) -> int:
                headers, url = {"x-callback-secret": secret}, f"http://127.0.0.1:{port}{path}"
                # Providers follow no redirect.
                async with http.post(url, json=document, headers=headers, allow_redirects=False) as answer:
                    return answer.status

            yield deliver
    finally:
        # As whoever runs it would end it; it has to go of its own accord.
        process.terminate()
        async with asyncio.timeout(20):
            await process.communicate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _text(body: str, name: str = "wamid.IN1", *, age: float = 0) -> dict[str, Any]:
    at = str(int(time.time() - age))
    return message_frame(message("text", {"body": body}, id=name, timestamp=at))


def _tap(button: str, name: str) -> dict[str, Any]:
    part = {"type": "button_reply", "button_reply": {"id": button, "title": "x"}}
    return message_frame(message("interactive", part, id=name, timestamp=str(int(time.time()))))


needs_fastapi = pytest.mark.skipif(importlib.util.find_spec("fastapi") is None, reason="FastAPI is not installed")


@pytest.mark.parametrize("name", ["echo_aiohttp.py", pytest.param("echo_fastapi.py", marks=needs_fastapi)])
async def test_an_echo_bot_says_back_what_it_hears(name: str, sandbox: Sandbox, tmp_path: Path) -> None:
    """Once, quoting it, to whoever wrote; strangers are turned away; a restart repeats nothing."""
    watched = Watched(sandbox)

    async with _bot(name, sandbox, tmp_path) as deliver:
        assert 401 == await deliver(_text("let me in"), secret="wrong")
        assert 404 == await deliver(_text("where am I"), path="/callbacks/elsewhere")
        assert {200} == set(await asyncio.gather(*(deliver(_text("caf\u00e9 \U0001f44d")) for _ in range(5))))
        [record] = await watched.accepted(1)
    async with _bot(name, sandbox, tmp_path) as deliver:
        assert [200, 200] == [await deliver(_text("caf\u00e9 \U0001f44d")), await deliver(_text("two", "wamid.IN2"))]
        records = await watched.accepted(2)

    assert (USER, "text") == (record.recipient, record.kind)
    assert "caf\u00e9 \U0001f44d" in str(record.body)
    assert "wamid.IN1" in str(record.body)
    assert 2 == len(records)


async def test_a_support_bot_hands_over_to_a_template(sandbox: Sandbox, tmp_path: Path) -> None:
    """Words and taps find their answers; one that comes after a day becomes the template for that."""
    watched = Watched(sandbox)

    async with _bot("support.py", sandbox, tmp_path) as deliver:
        kinds = []
        steps = [
            _text("hello?", "wamid.1", age=2 * 86_400),
            _text("I want a HUMAN", "wamid.2", age=2 * 86_400),
            _text("hello!", "wamid.3"),
            _tap("hours", "wamid.4"),
            _tap("person", "wamid.5"),
        ]
        for count, step in enumerate(steps, 1):
            assert 200 == await deliver(step)
            kinds.append((await watched.accepted(count))[-1])
        assert 200 == await deliver(status_frame(status("failed")))

    assert ["template", "template", "interactive", "text", "template"] == [record.kind for record in kinds]
    named = ["support_answered", "support_hand_over", "Opening hours", "from 9 to 18", "support_hand_over"]
    assert [name for name, record in zip(named, kinds, strict=True) if name not in str(record.body)] == []
    assert {USER} == {record.recipient for record in kinds}
    assert BUSINESS not in {record.recipient for record in kinds}
