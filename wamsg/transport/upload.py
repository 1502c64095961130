"""A file on its way out: opened once, compared with what was promised, read in blocks off the event loop."""

from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path
from typing import BinaryIO

from wamsg.errors import InvalidMessage
from wamsg.wire import Upload

#: In bytes; large enough that handing blocks between threads costs little, small enough to keep memory flat.
BLOCK = 256 * 1024


class UploadStream:
    """The content of an upload, exactly ``size`` bytes of it. Close it, whatever happens.

    Raises `InvalidMessage` when made if the file cannot be read, is no regular file, or has another size by now.
    """

    def __init__(self, upload: Upload) -> None:
        self.size = upload.size
        self._left = upload.size
        self._data = upload.data or b""
        self._reading: asyncio.Future[bytes] | None = None
        self._stream = None if upload.path is None else _opened(upload, upload.path)
        if self._stream is None and len(self._data) != upload.size:
            raise _resized(upload, len(self._data))

    async def read(self) -> bytes | memoryview:
        """The next block; empty once ``size`` bytes were given. EOFError if the file became shorter meanwhile."""
        wanted = min(BLOCK, self._left)
        block = self._slice(wanted) if self._stream is None else await self._from_file(self._stream, wanted)
        if len(block) < wanted:
            raise EOFError("a file became shorter while it was being sent")
        self._left -= wanted
        return block

    def close(self) -> None:
        """Give the file back; where a thread is still reading it, as soon as that is done."""
        if self._stream is None:
            return
        if self._reading is None or self._reading.done():
            self._stream.close()
        else:
            stream = self._stream
            self._reading.add_done_callback(lambda _: stream.close())

    def _slice(self, wanted: int) -> memoryview:
        start = self.size - self._left
        return memoryview(self._data)[start : start + wanted]

    async def _from_file(self, stream: BinaryIO, wanted: int) -> bytes:
        # Shielded: a cancelled read goes on in its thread, and the file must not be closed under it.
        self._reading = asyncio.get_running_loop().run_in_executor(None, stream.read, wanted)
        return await asyncio.shield(self._reading)


def _opened(upload: Upload, path: Path) -> BinaryIO:
    try:
        stream = open(path, "rb", opener=_without_waiting)  # noqa: SIM115 -- Path.open has no opener; close() closes
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise InvalidMessage(f"cannot read {upload.name}: {why}", field="file") from error
    facts = os.fstat(stream.fileno())
    if stat.S_ISREG(facts.st_mode) and facts.st_size == upload.size:
        return stream
    stream.close()
    if not stat.S_ISREG(facts.st_mode):
        raise InvalidMessage(f"{upload.name} is not a file", field="file")
    raise _resized(upload, facts.st_size)


def _without_waiting(path: str, flags: int) -> int:
    # A pipe put in the file's place would otherwise hold up the whole process until someone writes to it.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _resized(upload: Upload, actual: int) -> InvalidMessage:
    text = f"{upload.name} has changed: {upload.size} bytes were announced, it has {actual}"
    return InvalidMessage(text, field="file", actual=actual)
