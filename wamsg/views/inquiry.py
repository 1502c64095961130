"""Several operations whose answers decide what is asked next, still without awaiting anything."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Protocol, TypeAlias, TypeVar

from wamsg.wire import Operation

T = TypeVar("T")

#: Yields operations, is sent what each of them decodes to, and returns what came out of it.
Inquiry: TypeAlias = Generator[Operation[Any], Any, T]


class Call(Protocol):
    """What carries out one operation; ``client.call`` is one."""

    async def __call__(self, operation: Operation[T], /) -> T:
        """What the operation yields; raises a `wamsg.errors.SendError`."""
        ...


async def inquire(call: Call, inquiry: Inquiry[T]) -> T:
    """What comes out of an inquiry whose operations are carried out by ``call``, whose errors end it."""
    try:
        operation = next(inquiry)
        while True:
            operation = inquiry.send(await call(operation))
    except StopIteration as done:
        result: T = done.value
        return result
    finally:
        inquiry.close()
