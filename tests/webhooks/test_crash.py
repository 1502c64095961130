"""A receiver that is killed, as a real process: nothing that was answered is lost, and little is done twice."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.support.inbound_events import message, payload, signed, status
from wamsg.model.event import Event

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).parent / "crashing.py"


@asynccontextmanager
async def _running(folder: Path, place: str) -> AsyncIterator[tuple[Process, int]]:
    """A process, and its port once it has handled what was left."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(PROGRAM), str(folder), place, stdout=PIPE, env=environ
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(20):
            yield process, int(await process.stdout.readline())
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _post(port: int, *events: Event) -> int | None:
    """The status, or None where the line was cut instead."""
    body = payload(*events)
    try:
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"http://127.0.0.1:{port}/", data=body, headers=signed(body)) as answer,
        ):
            return answer.status
    except aiohttp.ClientError:
        return None


def _handled(folder: Path) -> Counter[str]:
    return Counter((folder / "handled.txt").read_text().split())


@pytest.mark.parametrize(
    ("place", "answered", "most"), [("stored", None, 1), ("handled", 200, 2), ("handling", 200, 1)]
)
async def test_an_event_outlives_its_receiver(tmp_path: Path, place: str, answered: int | None, most: int) -> None:
    """It is handled after a restart without being delivered again, and delivered again it is known.

    Only what was handled, but not noted as that, is handled twice.
    """
    async with _running(tmp_path, place) as (process, port):
        assert 200 == await _post(port, message("before"), status("s"))
        found = await _post(port, message("fatal"))
        # Where it dies after the answer, the answer may or may not still leave.
        assert found in {answered, None}
        await process.wait()

    async with _running(tmp_path, "never") as (_, port):
        after = _handled(tmp_path)
        again = [await _post(port, message("fatal")), await _post(port, message("before"), message("after"))]
    async with _running(tmp_path, "never"):
        pass

    assert [200, 200] == again
    handled = _handled(tmp_path)
    assert (most, most) == (after["fatal"], handled["fatal"])
    # The last of them before each kill may not have been noted in time.
    assert {"before", "s", "fatal", "after"} == set(handled)
    assert max(handled.values()) <= 2


async def test_of_many_calls_under_way_none_is_lost(tmp_path: Path) -> None:
    """The provider delivers again what was not answered; each is handled, and none more than twice."""
    events: list[Event] = [message(f"m{n}", sender=None) for n in range(60)]
    events.insert(30, message("fatal", sender=None))

    async with _running(tmp_path, "handled") as (process, port):
        answers = await asyncio.gather(*(_post(port, event) for event in events))
        await process.wait()
    unanswered = [event for event, answer in zip(events, answers, strict=True) if answer is None]
    async with _running(tmp_path, "never") as (_, port):
        assert {200} >= set(await asyncio.gather(*(_post(port, event) for event in unanswered)))
    async with _running(tmp_path, "never"):
        pass

    handled = _handled(tmp_path)
    assert {event.message_id for event in events} == set(handled)  # type: ignore[attr-defined]  # all are messages
    assert max(handled.values()) <= 2
