"""A server of bytes, for what no well-behaved server does."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable

from attrs import define, field

Script = Callable[["Dialogue"], Awaitable[None]]


@define
class Dialogue:
    """One connection, as a script sees it."""

    server: RawServer
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def head(self) -> bytes:
        """Read one request's head and record it."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        self.server.heads.append(head)
        self.server.arrived.set()
        return head

    async def request(self) -> bytes:
        """Read one request with its body (of known length) and record both."""
        head = await self.head()
        length = next(
            (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        body = await self.reader.readexactly(length)
        self.server.bodies.append(body)
        return body

    async def say(self, answer: bytes) -> None:
        """Send these bytes."""
        self.writer.write(answer)
        await self.writer.drain()

    async def hang(self) -> None:
        """Say nothing more until the client goes."""
        await self.reader.read()


@define
class RawServer:
    """Runs a script for every connection on loopback and remembers what came."""

    script: Script
    scheme: str = "http"
    port: int = 0
    connections: int = 0
    heads: list[bytes] = field(factory=list)
    bodies: list[bytes] = field(factory=list)
    #: Set once the head of a request is here.
    arrived: asyncio.Event = field(factory=asyncio.Event)
    #: Set whenever a client has gone.
    gone: asyncio.Event = field(factory=asyncio.Event)
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(factory=set)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    async def start(self, context: ssl.SSLContext | None = None) -> None:
        self.scheme = "https" if context else "http"
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            await self.script(Dialogue(self, reader, writer))
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort() if writer.transport.get_extra_info("sslcontext") else writer.close()
            self.gone.set()
            self._tasks.discard(task)


def ok(body: bytes = b'{"id":"1"}') -> bytes:
    """A whole answer that keeps the connection."""
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


async def polite(dialogue: Dialogue) -> None:
    """Answer every request on the connection with `ok`."""
    while True:
        await dialogue.request()
        await dialogue.say(ok())


async def silent(dialogue: Dialogue) -> None:
    """Read one request and never answer."""
    await dialogue.request()
    await dialogue.hang()
