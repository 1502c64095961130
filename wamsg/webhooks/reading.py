"""Reading a body within bounds: its own, and that of all bodies together."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from wamsg.webhooks.call import Body
from wamsg.wire.payload import LARGEST


class TooLarge(Exception):
    """The body is larger than any callback is."""


class Crowded(Exception):
    """The bodies under way fill the room that all of them have together."""


class Room:
    """How many bytes may be held at once: a body has to be read before anyone knows whether it is the provider's."""

    def __init__(self, size: int) -> None:
        self.free = size

    def share(self) -> Share:
        """A part of it, for one call, given back at the end of its block."""
        return Share(self)


class Share:
    """What one call holds of a room."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._held = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._room.free += self._held

    async def read(self, body: Body) -> bytes:
        """All of ``body``. Raises `TooLarge` and `Crowded` as soon as that is clear."""
        if isinstance(body, bytes):
            self._take(len(body))
            return body
        pieces = []
        async for piece in body:
            self._take(len(piece))
            pieces.append(piece)
        return b"".join(pieces)

    def _take(self, size: int) -> None:
        if self._held + size > LARGEST:
            raise TooLarge
        if size > self._room.free:
            raise Crowded
        self._held += size
        self._room.free -= size
