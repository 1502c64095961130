"""Transports without sockets."""

from __future__ import annotations

import pytest

from wamsg.driver import Accepted, Answer
from wamsg.errors import Unanswered, WamsgError
from wamsg.transport.memory import MemoryTransport, SandboxTransport
from wamsg.wire import Request, Response

REQUEST = Request(method="POST", url="https://api.example/v1/messages", body=b"{}")


async def test_the_handler_answers_and_the_requests_are_kept() -> None:
    """What was asked can be looked at afterwards, in order."""
    transport = MemoryTransport(lambda request: Response(status=200, body=request.method.encode()))
    other = Request(method="GET", url="https://api.example/v1/x")

    bodies = [(await transport.send(request)).body for request in (REQUEST, other)]

    assert bodies == [b"POST", b"GET"]
    assert transport.requests == [REQUEST, other]


async def test_a_handler_can_fail_as_a_network_does() -> None:
    """An error of the handler comes through; the request still counts as made."""

    def handler(_: Request) -> Response:
        raise Unanswered("cut")

    transport = MemoryTransport(handler)

    with pytest.raises(Unanswered, match="cut"):
        await transport.send(REQUEST)

    assert transport.requests == [REQUEST]


async def test_a_closed_transport_says_so() -> None:
    """After `aclose`, any number of times, nothing reaches the handler."""
    transport = MemoryTransport(lambda _: Response(status=200))
    await transport.aclose()
    await transport.aclose()

    with pytest.raises(WamsgError, match="closed"):
        await transport.send(REQUEST)

    assert transport.requests == []


class Dialect:
    """Accepts every second request."""

    base_path = ""

    def respond(self, request: Request, serial: int) -> Answer:
        taken = Accepted(recipient="12025550100", kind=request.method, message_id=f"id-{serial}")
        return Answer(response=Response(status=200, body=b"%d" % serial), accepted=(taken,) if serial % 2 else ())

    def account(self, request: Request) -> str:
        return request.url

    def failure(self, status: int) -> Response:
        return Response(status=status)


async def test_a_dialect_answers_with_a_serial_of_its_own_for_each_request() -> None:
    """A provider's fake server can be used without a server, and what it took is kept."""
    transport = SandboxTransport(Dialect())

    bodies = [(await transport.send(REQUEST)).body for _ in range(3)]

    assert bodies == [b"1", b"2", b"3"]
    assert [taken.message_id for taken in transport.accepted] == ["id-1", "id-3"]
    assert len(transport.requests) == 3
