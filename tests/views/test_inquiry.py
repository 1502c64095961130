"""An inquiry is carried out step by step, and ends with whatever it returns or whatever goes wrong."""

from __future__ import annotations

from typing import TypeVar

import pytest

from wamsg.errors import NotFound
from wamsg.views import Inquiry, inquire
from wamsg.wire import Operation, Request, Response

T = TypeVar("T")


def operation(name: str) -> Operation[str]:
    request = Request(method="GET", url=f"https://api.plain.example/{name}", lanes=("account:1",))
    return Operation(name=name, request=request, decode=lambda response: response.body.decode())


class Line:
    """Answers each operation with its own name, until it breaks."""

    def __init__(self, *, broken: str = "") -> None:
        self.broken = broken
        self.asked: list[str] = []

    async def call(self, operation: Operation[T]) -> T:
        self.asked.append(operation.name)
        if operation.name == self.broken:
            raise NotFound("broken", provider="plain")
        return operation.decode(Response(status=200, body=operation.name.upper().encode()))


async def test_answers_decide_what_is_asked_next() -> None:
    """Each operation's value comes back to where it was asked."""

    def inquiry() -> Inquiry[list[str]]:
        first = yield operation("a")
        second = yield operation(f"{first}-b".lower())
        return [first, second]

    line = Line()

    assert ["A", "A-B"] == await inquire(line.call, inquiry())
    assert ["a", "a-b"] == line.asked


async def test_an_inquiry_may_ask_nothing() -> None:
    """Then there is just its result."""

    def inquiry(*, ask: bool) -> Inquiry[int]:
        if ask:
            yield operation("a")
        return 5

    line = Line()

    assert 5 == await inquire(line.call, inquiry(ask=False))
    assert not line.asked


async def test_an_error_ends_the_inquiry_and_reaches_the_caller() -> None:
    """What it had open is closed at once, not whenever it is collected."""
    closed: list[str] = []

    def inquiry() -> Inquiry[None]:
        try:
            yield operation("a")
            yield operation("b")
            yield operation("c")
        finally:
            closed.append("closed")

    line = Line(broken="b")
    with pytest.raises(NotFound):
        await inquire(line.call, inquiry())

    assert ["a", "b"] == line.asked
    assert ["closed"] == closed
