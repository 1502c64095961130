"""The floor: HTTP/1.1 by hand over an asyncio protocol, one kept connection per worker, no errors, no timeouts."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast
from urllib.parse import urlsplit

import orjson

from benchmarks.load import Send
from benchmarks.workload import Workload, recipient

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class Connection(asyncio.Protocol):
    """One request at a time."""

    def __init__(self) -> None:
        self._buffer = b""
        self._answer: asyncio.Future[bytes] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's is none by inheritance.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if end and length and len(rest) >= int(length[1]) and self._answer:
            self._buffer = b""
            self._answer.set_result(rest)

    def ask(self, request: bytes) -> asyncio.Future[bytes]:
        """The body of the answer."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answer

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


@asynccontextmanager
async def opened(base: str, workload: Workload, workers: int) -> AsyncIterator[Send]:
    """As many connections as workers."""
    place = urlsplit(base)
    lines = (f"{name}: {value}" for name, value in {**workload.headers, "Content-Type": "application/json"}.items())
    head = "\r\n".join((f"POST {workload.path} HTTP/1.1", f"Host: {place.netloc}", *lines)).encode()
    loop = asyncio.get_running_loop()
    idle = [(await loop.create_connection(Connection, place.hostname, place.port))[1] for _ in range(workers)]

    async def send(number: int) -> object:
        body = orjson.dumps(workload.payload(recipient(number)))
        connection = idle.pop()
        answer = await connection.ask(b"%b\r\nContent-Length: %d\r\n\r\n%b" % (head, len(body), body))
        idle.append(connection)
        return orjson.loads(answer)

    yield send
    for connection in idle:
        connection.close()
