"""One thing a provider can be asked to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from attrs import field, frozen

from wamsg.wire.request import Request
from wamsg.wire.response import Response

T_co = TypeVar("T_co", covariant=True)


@frozen(kw_only=True)
class Operation(Generic[T_co]):
    """A request and the function that turns its answer into a value or raises a `wamsg.errors.SendError`."""

    #: As documents and logs call it, such as ``messages.media``.
    name: str
    request: Request
    decode: Callable[[Response], T_co] = field(repr=False)
