"""Sends that are put on record: the departure comes last of all, once per attempt, and can keep the request here."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

import wamsg
from wamsg.errors import NotSent, Throttled, Unavailable
from wamsg.model import Image, Text
from wamsg.testing import ManualClock
from wamsg.transport.memory import MemoryTransport
from wamsg.wire import Request, Response

ASHA = "+919812340001"
TAKEN = Response(status=200, body=b'{"code":"WA200","data":{"message_id":"m1"}}')
BUSY = Response(status=429, headers={"Retry-After": "7"}, body=b"{}")


def connected(transport: MemoryTransport, clock: ManualClock, limits: str | None = "10/s") -> wamsg.Client:
    return wamsg.connect(
        "kaleyra",
        sid="HXsid0000000000000",
        api_key="A0000000000000000000000000000000",
        sender="+919812340000",
        transport=transport,
        limits=limits,
        clock=clock,
    )


class Refused(Exception):
    """The departure said no."""


async def test_a_departure_that_raises_keeps_the_request_here() -> None:
    """Nothing leaves, and the caller gets the departure's own error."""
    seen: list[Request] = []

    def answer(request: Request) -> Response:
        seen.append(request)
        return TAKEN

    async def departure() -> None:
        raise Refused

    async with connected(MemoryTransport(answer), ManualClock()) as client:
        with pytest.raises(Refused):
            await client.send(Text(body="hello"), to=ASHA, departure=departure)

        assert seen == []
        assert (await client.send(Text(body="hello"), to=ASHA)).message_id == "m1"


async def test_the_departure_comes_after_the_wait_for_capacity() -> None:
    """Who waits for a lane has not departed: after a crash it is known that nothing of it went out."""
    clock = ManualClock()
    order: list[float] = []

    async def departure() -> None:
        order.append(clock.monotonic())

    async with connected(MemoryTransport(lambda _: TAKEN), clock, limits="1/s") as client:
        await client.send(Text(body="hello"), to=ASHA)
        start = clock.monotonic()
        sending = asyncio.create_task(client.send(Text(body="hello"), to="+919812340002", departure=departure))
        await clock.advance(0.5)
        assert order == []
        await clock.advance(1)
        await sending

    assert len(order) == 1
    assert order[0] >= start + 1


@pytest.mark.parametrize(
    ("answer", "error"), [(BUSY, Throttled), (Response(status=503, body=b"{}"), Unavailable)], ids=["429", "503"]
)
async def test_a_recorded_send_is_attempted_once(answer: Response, error: type[Exception]) -> None:
    """What a plain send would wait for and repeat is raised: the record decides about another try."""
    seen: list[Request] = []

    def respond(request: Request) -> Response:
        seen.append(request)
        return answer

    async def departure() -> None:
        return

    async with connected(MemoryTransport(respond), ManualClock()) as client:
        with pytest.raises(error):
            await client.send(Text(body="hello"), to=ASHA, departure=departure)

    assert len(seen) == 1


async def test_what_never_left_is_raised_too() -> None:
    """A refused connection is the record's business as well."""
    tries: list[int] = []

    def respond(_request: Request) -> Response:
        tries.append(1)
        raise NotSent("refused")

    async def departure() -> None:
        return

    async with connected(MemoryTransport(respond), ManualClock()) as client:
        with pytest.raises(NotSent):
            await client.send(Text(body="hello"), to=ASHA, departure=departure)

    assert len(tries) == 1


async def test_a_reference_travels_with_each_of_many_messages() -> None:
    """The body that is prepared once per content still carries every recipient's own reference, or none."""
    bodies: list[dict[str, Any]] = []

    def respond(request: Request) -> Response:
        assert isinstance(request.body, bytes)
        bodies.append(json.loads(request.body))
        return TAKEN

    content = Image(link="https://files.example/a", caption='"ref":"x"}}')
    async with connected(MemoryTransport(respond), ManualClock(), limits=None) as client:
        for number, reference in enumerate(("w1.1.0.1.abc", None, 'odd "}}é', "w1.1.3.1.def")):
            await client.send(content, to=f"+9198123400{number:02}", reference=reference)

    assert [body["extra_info"].get("ref") for body in bodies] == ["w1.1.0.1.abc", None, 'odd "}}é', "w1.1.3.1.def"]
    assert [body["messaging_object"]["to"] for body in bodies] == [f"+9198123400{number:02}" for number in range(4)]
    assert all(body["messaging_object"]["image"]["caption"] == '"ref":"x"}}' for body in bodies)
