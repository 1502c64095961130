"""The aiohttp rim over real sockets: mounted and alone, in pieces, too large, too slow, cut off, flooded."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.support.event_stores import FileEventStore
from tests.support.inbound_events import NOW, message, payload, signed, status, webhook
from wamsg.model.event import Event, StatusUpdate
from wamsg.webhooks import Receiver
from wamsg.webhooks.aiohttp import application
from wamsg.wire.payload import LARGEST


@asynccontextmanager
async def _served(app: web.Application) -> AsyncIterator[int]:
    """The port of a server on loopback."""
    # So long does aiohttp listen to the rest of what was refused, lest the caller miss the answer.
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1, lingering_time=0.05)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session:
        yield session


@pytest.fixture
def receiver(store: FileEventStore, listener: Any) -> Receiver:
    return Receiver(webhook(), store=store, handler=listener, patience=5)


async def _raw(port: int, *pieces: bytes, hang_up: bool = False) -> bytes:
    """What is said to these bytes, until the line is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
    if hang_up:
        writer.write_eof()
    async with asyncio.timeout(15):
        heard = await reader.read()
    writer.close()
    return heard


def _head(body: bytes, *lines: str) -> bytes:
    headers = [f"{name}: {value}" for name, value in signed(body).items()]
    return "\r\n".join(["POST / HTTP/1.1", "Host: x", *headers, *lines, "", ""]).encode()


async def test_a_sub_application_opens_with_the_server_and_closes_with_it(
    receiver: Receiver, store: FileEventStore, listener: Any, http: aiohttp.ClientSession
) -> None:
    """What was left is handled without a call; the mount itself answers, with and without a slash, and nothing else."""
    await store.add([message("old")], now=NOW)
    app = web.Application()
    app.add_subapp("/callbacks", application(receiver))
    body = payload(message("a"), status("s"))

    async with _served(app) as port:
        found = {}
        for path in ("/callbacks", "/callbacks/", "/callbacks/other", "/", "/callbacksx"):
            async with http.post(f"http://127.0.0.1:{port}{path}", data=body, headers=signed(body)) as answer:
                found[path] = answer.status
        await receiver.idle()

    assert {"/callbacks": 200, "/callbacks/": 200, "/callbacks/other": 404, "/": 404, "/callbacksx": 404} == found
    assert {message("old").key, message("a").key, status("s").key} == set(listener.tries)
    assert "closed" in repr(receiver)


async def test_resources_last_longer_than_the_receiver(store: FileEventStore) -> None:
    """Handlers that end while it closes still have them."""
    steps: list[str] = []
    receiver = Receiver(webhook(), store=store)

    @asynccontextmanager
    async def resource() -> AsyncIterator[None]:
        steps.append(repr(receiver))
        yield
        steps.append(repr(receiver))

    async with _served(application(receiver, resource())):
        steps.append(repr(receiver))

    assert [f"<Receiver /, {life}>" for life in ("unopened", "open", "closed")] == steps


async def test_several_webhooks_below_a_mount(store: FileEventStore, http: aiohttp.ClientSession) -> None:
    """Each at its own path."""
    app = web.Application()
    app.add_subapp("/in", application(Receiver({"/one": webhook(), "/two": webhook()}, store=store)))
    body = payload(message("a"))

    async with _served(app) as port:
        found = [
            (await http.post(f"http://127.0.0.1:{port}/in{path}", data=body, headers=signed(body))).status
            for path in ("/one", "/two/", "/three", "")
        ]

    assert [200, 200, 404, 404] == found


async def test_a_query_and_its_answer_cross_the_line(store: FileEventStore, http: aiohttp.ClientSession) -> None:
    """Of a name given twice the first counts."""
    receiver = Receiver(webhook(), store=store, verify_token="fake-token")
    query = "hub.mode=subscribe&hub.challenge=11%2e58&hub.challenge=2&hub.verify_token=fake-token"

    async with _served(application(receiver)) as port, http.get(f"http://127.0.0.1:{port}/?{query}") as answer:
        assert (200, "text/plain", "11.58") == (answer.status, answer.content_type, await answer.text())


async def test_a_body_in_chunks_is_taken(receiver: Receiver) -> None:
    """Cut anywhere, with pauses between the pieces."""
    body = payload(message("a"))
    chunks = [f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in (body[:7], body[7:])]

    async with _served(application(receiver)) as port:
        head = _head(body, "Transfer-Encoding: chunked", "Connection: close")
        heard = await _raw(port, head, chunks[0][:3], chunks[0][3:], chunks[1], b"0\r\n\r\n")

    assert heard.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("lines", "pieces", "expected"),
    [
        pytest.param(["Content-Length: 3145729"], [b"x"], b"413", id="announced"),
        pytest.param(
            ["Transfer-Encoding: chunked"], [b"200001\r\n" + b"x" * 0x200001 + b"\r\n"] * 2, b"413", id="chunked"
        ),
        pytest.param(["Content-Length: 20", "Content-Encoding: gzip"], [b"x" * 20], b"415", id="gzip"),
        pytest.param(["Transfer-Encoding: chunked"], [b"nonsense\r\n\r\n"], b"400", id="broken chunks"),
        pytest.param(["Content-Length: 3000000"], [b"{"], b"408", id="too slow"),
    ],
)
async def test_a_body_that_is_not_taken_ends_the_line(
    store: FileEventStore, lines: list[str], pieces: list[bytes], expected: bytes
) -> None:
    """It is answered before it is read to its end."""
    receiver = Receiver(webhook(), store=store, patience=0.2)

    async with _served(application(receiver)) as port:
        heard = await _raw(port, _head(b"", *lines), *pieces)

    assert expected == heard.split()[1]


async def test_a_body_that_is_cut_off_is_not_taken(receiver: Receiver, store: FileEventStore, listener: Any) -> None:
    """Not even the part that came, and the next call is served."""
    body = payload(message("a"))

    async with _served(application(receiver)) as port:
        await _raw(port, _head(body, f"Content-Length: {len(body) + 9}"), body, hang_up=True)
        head = _head(body, f"Content-Length: {len(body)}", "Connection: close")
        heard = await _raw(port, head, body)

    assert heard.startswith(b"HTTP/1.1 200 ")
    assert [message("a").key] == listener.tries
    assert 1 == store._last


async def test_the_largest_body_is_taken(receiver: Receiver, http: aiohttp.ClientSession) -> None:
    """To the byte."""
    body = payload(message("a")).ljust(LARGEST)

    async with _served(application(receiver)) as port:
        answer = await http.post(f"http://127.0.0.1:{port}/", data=io.BytesIO(body), headers=signed(body))

    assert 200 == answer.status


async def test_the_same_from_many_connections_at_once_is_handled_once(
    receiver: Receiver, listener: Any, http: aiohttp.ClientSession
) -> None:
    """Every one of them is told that it is stored."""
    body = payload(message("a"), status("s"))

    async with _served(application(receiver)) as port:

        async def post() -> int:
            async with http.post(f"http://127.0.0.1:{port}/", data=body, headers=signed(body)) as answer:
                return answer.status

        found = await asyncio.gather(*(post() for _ in range(40)))
        await receiver.idle()

    assert {200} == set(found)
    assert sorted([message("a").key, status("s").key]) == sorted(listener.tries)


async def test_slow_handlers_and_a_flood_of_statuses_delay_neither_answers_nor_messages(
    store: FileEventStore, listening: Any, http: aiohttp.ClientSession
) -> None:
    """With every status handler stuck and thousands waiting, a person who writes is still served."""
    stuck, served = asyncio.Event(), asyncio.Event()

    async def act(event: Event) -> None:
        if isinstance(event, StatusUpdate):
            await stuck.wait()
        else:
            served.set()

    receiver = Receiver(webhook(), store=store, handler=listening(act), concurrency=2, grace=0.01)

    async with _served(application(receiver)) as port:
        post = _poster(http, port)
        flood = await asyncio.gather(*(post(*(status(f"s{batch}-{n}") for n in range(500))) for batch in range(12)))
        mine = await post(message("m"))
        async with asyncio.timeout(10):
            await served.wait()

    assert {200} == {*flood, mine}
    left = await store.unhandled(messages=False, after=0, limit=10_000)
    assert 6000 == len(left)


def _poster(http: aiohttp.ClientSession, port: int) -> Callable[..., Awaitable[int]]:
    async def post(*events: Event) -> int:
        body = payload(*events)
        async with http.post(f"http://127.0.0.1:{port}/", data=body, headers=signed(body)) as answer:
            return answer.status

    return post
