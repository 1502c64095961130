"""Bodies that know whether a byte of them was handed to a socket.

That is what decides between `wamsg.errors.NotSent` and `wamsg.errors.Unanswered` where the error alone cannot: no
server can act on a message of which it has not one byte. aiohttp's trace hooks would tell the same for 13 us a request.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager

from aiohttp import Payload
from aiohttp.abc import AbstractStreamWriter

from wamsg.transport.multipart import render
from wamsg.transport.upload import UploadStream
from wamsg.wire import Form


class Body(Payload):
    """Pieces to be sent one after the other; ``handed`` says whether the first may have left this machine."""

    def __init__(self, pieces: Sequence[bytes | UploadStream], content_type: str) -> None:
        super().__init__(pieces, content_type=content_type)
        self._pieces = pieces
        self._length = sum(len(piece) if isinstance(piece, bytes) else piece.size for piece in pieces)
        self.handed = False

    @property
    def size(self) -> int:
        """In bytes, always known: PHP refuses uploads of unknown length."""
        return self._length

    async def write(self, writer: AbstractStreamWriter) -> None:
        """Called by aiohttp once it has a connection."""
        transport = writer.transport
        # aiohttp refuses to write to a connection that closed while it lay in the pool, and then nothing has left.
        self.handed = transport is not None and not transport.is_closing()
        for piece in self._pieces:
            if isinstance(piece, bytes):
                await writer.write(piece)
                continue
            while block := await piece.read():
                await writer.write(block)

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Not offered: bodies are streamed."""
        raise TypeError(f"a body is not text ({encoding}, {errors})")


def bytes_body(content: bytes) -> Body:
    """A body of bytes; the request's own Content-Type wins over this one."""
    return Body((content,), "application/octet-stream")


@contextmanager
def form_body(form: Form) -> Iterator[Body]:
    """The form as a body, with its files open as long as the context lasts.

    Raises `wamsg.errors.InvalidMessage` for a file that cannot be read or has changed, before anything is sent.
    """
    boundary = secrets.token_hex(16)
    with ExitStack() as files:
        pieces = [
            piece if isinstance(piece, bytes) else files.enter_context(closing(UploadStream(piece)))
            for piece in render(form, boundary)
        ]
        yield Body(pieces, f"multipart/form-data; boundary={boundary}")
