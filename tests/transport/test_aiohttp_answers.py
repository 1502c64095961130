"""What comes back, and what goes out, when all is well - or merely odd."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc

import aiohttp
import pytest

from tests.transport.conftest import Open, Serve
from tests.transport.raw_server import Dialogue, Script, ok, polite
from wamsg.wire import Request


def answering(answer: bytes) -> Script:
    """Says this to every request."""

    async def script(dialogue: Dialogue) -> None:
        while True:
            await dialogue.request()
            await dialogue.say(answer)

    return script


class FixedClock:
    """Always the same moment."""

    def monotonic(self) -> float:
        return 5.0

    def time(self) -> float:
        return 1_700_000_000.5

    def call_at(self, when: float, callback: object) -> asyncio.TimerHandle:
        raise NotImplementedError

    async def sleep(self, seconds: float) -> None:
        raise NotImplementedError


async def test_an_answer_arrives_as_it_was_sent(serve: Serve, connect: Open) -> None:
    """Status, headers in any case, bytes and the moment of arrival are all there."""
    server = await serve(answering(b"HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\n\x00\xff{}"))

    response = await connect(clock=FixedClock()).send(Request(method="POST", url=server.url, body=b"{}"))

    assert (response.status, response.body, response.truncated) == (429, b"\x00\xff{}", False)
    assert response.headers["retry-AFTER"] == "7"
    assert response.received_at == 1_700_000_000.5


@pytest.mark.parametrize("status", [400, 401, 404, 500, 502, 503, 599])
async def test_an_error_status_is_an_answer(serve: Serve, connect: Open, status: int) -> None:
    """What a status means is the driver's business."""
    server = await serve(answering(b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % status))

    assert (await connect().send(Request(method="GET", url=server.url))).status == status


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(serve: Serve, connect: Open, status: int) -> None:
    """A message is never sent a second time because a server says "elsewhere"."""
    server = await serve(answering(b"HTTP/1.1 %d Go\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n" % status))

    response = await connect().send(Request(method="POST", url=server.url, body=b"x"))

    assert (response.status, response.headers["location"]) == (status, "/other")
    assert len(server.heads) == 1


async def test_interim_answers_are_passed_over(serve: Serve, connect: Open) -> None:
    """100 and 103 announce the answer; they are not it."""
    server = await serve(answering(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n" + ok(b"end")))

    assert (await connect().send(Request(method="POST", url=server.url, body=b"x"))).body == b"end"


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("POST", b"HTTP/1.1 204 No\r\n\r\n"),
        ("POST", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        ("GET", b"HTTP/1.1 304 Same\r\n\r\n"),
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"),
    ],
)
async def test_an_answer_may_be_empty(serve: Serve, connect: Open, method: str, answer: bytes) -> None:
    """Nothing to read is neither waited for nor a failure, and the connection serves on."""
    server = await serve(answering(answer))
    transport = connect()

    for _ in range(2):
        assert (await transport.send(Request(method=method, url=server.url))).body == b""

    assert server.connections == 1


async def test_a_connection_is_used_again(serve: Serve, connect: Open) -> None:
    """Requests one after the other share one connection."""
    server = await serve(polite)
    transport = connect()

    for _ in range(5):
        await transport.send(Request(method="POST", url=server.url, body=b"x"))

    assert (server.connections, len(server.heads)) == (1, 5)


async def test_a_connection_idle_for_too_long_is_not_used_again(serve: Serve, connect: Open) -> None:
    """``keepalive`` bounds how old a connection may be that a request is trusted to."""
    server = await serve(polite)
    transport = connect(keepalive=1e-9)

    for _ in range(2):
        await transport.send(Request(method="POST", url=server.url, body=b"x"))

    assert server.connections == 2


async def test_an_upgrade_nobody_asked_for_ends_the_connection(serve: Serve, connect: Open) -> None:
    """After a 101 the connection speaks something else and must not carry the next request."""
    server = await serve(answering(b"HTTP/1.1 101 Up\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"))
    transport = connect(timeout=1.0)

    for _ in range(2):
        assert (await transport.send(Request(method="GET", url=server.url))).status == 101

    assert server.connections == 2


async def endless(dialogue: Dialogue) -> None:
    await dialogue.request()
    await dialogue.say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        await dialogue.say(b"10000\r\n" + b"x" * 65536 + b"\r\n")


async def test_an_answer_without_end_is_cut(serve: Serve, connect: Open) -> None:
    """At most ``max_body`` bytes are kept, the answer says so, and the connection goes."""
    server = await serve(endless)

    response = await connect(max_body=100_000).send(Request(method="POST", url=server.url, body=b"x"))

    assert (len(response.body), response.truncated, response.json()) == (100_000, True, None)
    await server.gone.wait()


@pytest.mark.parametrize(("size", "truncated"), [(999, False), (1000, False), (1001, True)])
async def test_the_bound_is_exact(serve: Serve, connect: Open, size: int, truncated: bool) -> None:  # noqa: FBT001 -- a column of the table
    """A body of exactly the bound is whole; one byte more is not."""
    server = await serve(answering(ok(b"y" * size)))

    response = await connect(max_body=1000).send(Request(method="POST", url=server.url, body=b"x"))

    assert (len(response.body), response.truncated) == (min(size, 1000), truncated)


async def test_a_byte_beyond_the_bound_is_noticed_when_it_comes_later(serve: Serve, connect: Open) -> None:
    """A piece that ends exactly at the bound is not taken for the end of the answer."""

    async def script(dialogue: Dialogue) -> None:
        await dialogue.request()
        whole = ok(b"y" * 1001)
        await dialogue.say(whole[:-1])
        for _ in range(20):
            await asyncio.sleep(0)
        await dialogue.say(whole[-1:])

    server = await serve(script)

    response = await connect(max_body=1000).send(Request(method="POST", url=server.url, body=b"x"))

    assert (len(response.body), response.truncated) == (1000, True)


async def test_a_compressed_answer_is_unpacked(serve: Serve, connect: Open) -> None:
    """gzip is asked for by default, so it is undone."""
    packed = gzip.compress(b'{"id": 1}')
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    server = await serve(answering(head + packed))

    assert (await connect().send(Request(method="GET", url=server.url))).json() == {"id": 1}


async def test_a_gzip_bomb_stays_small(serve: Serve, connect: Open) -> None:
    """200 MB packed into 200 KB are not unpacked beyond the bound."""
    packed = gzip.compress(bytes(200_000_000), 9)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    server = await serve(answering(head + packed))
    transport = connect(max_body=100_000)
    tracemalloc.start()

    response = await transport.send(Request(method="POST", url=server.url, body=b"x"))

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (len(response.body), response.truncated) == (100_000, True)
    assert peak < 20_000_000


@pytest.mark.parametrize(
    "path",
    ["/a%2Bb", "/a+b", "/a%20b?to=%2B1202&x=a+b", "/%e2%82%ac", "/%E2%82%AC", "/a%2Fb/../c", "//twice", "/a;b,c"],
)
async def test_the_address_is_taken_as_it_is(serve: Serve, connect: Open, path: str) -> None:
    """No character is quoted, unquoted or tidied on its way into the request line."""
    server = await serve(polite)

    await connect().send(Request(method="GET", url=server.url + path))

    assert server.heads[0].split(b" ")[1].decode() == path


async def test_headers_and_body_arrive_as_they_are(serve: Serve, connect: Open) -> None:
    """The driver's bytes are the server's bytes, of known length, with the driver's content type only."""
    server = await serve(polite)
    headers = {"Content-Type": "application/json", "api-key": "fake-key"}

    await connect().send(Request(method="POST", url=server.url, headers=headers, body=b'{"to": "\xc3\xa9"}'))

    lines = server.heads[0].split(b"\r\n")
    assert [line for line in lines if line.lower().startswith(b"content-")] == [
        b"Content-Type: application/json",
        b"Content-Length: 12",
    ]
    assert b"api-key: fake-key" in lines
    assert server.bodies == [b'{"to": "\xc3\xa9"}']


@pytest.mark.parametrize(("method", "length"), [("POST", b"0"), ("DELETE", b"0"), ("GET", None)])
async def test_a_request_may_have_no_body(serve: Serve, connect: Open, method: str, length: bytes | None) -> None:
    """Without a body the length is said where HTTP wants it said."""
    server = await serve(polite)

    await connect().send(Request(method=method, url=server.url))

    assert (b"Content-Length: " + length in server.heads[0]) if length else (b"Content-Length" not in server.heads[0])


async def test_cookies_of_the_server_are_not_kept(serve: Serve, connect: Open) -> None:
    """No request carries what an earlier answer set."""
    server = await serve(answering(b"HTTP/1.1 200 OK\r\nSet-Cookie: track=1\r\nContent-Length: 0\r\n\r\n"))
    transport = connect()

    for _ in range(2):
        await transport.send(Request(method="POST", url=server.url, body=b"x"))

    assert b"cookie" not in server.heads[1].lower()


async def test_an_answer_that_overtakes_the_request_is_taken(serve: Serve, connect: Open) -> None:
    """A server may refuse after the head; its answer counts, though the body was not read."""

    async def script(dialogue: Dialogue) -> None:
        await dialogue.head()
        await dialogue.say(b"HTTP/1.1 413 Too large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno")
        await dialogue.hang()

    server = await serve(script)

    response = await connect().send(Request(method="POST", url=server.url, body=b"x" * 50_000_000))

    assert (response.status, response.body) == (413, b"no")
    await server.gone.wait()


async def test_many_requests_at_once_get_their_own_answers(serve: Serve, connect: Open) -> None:
    """Answers are not mixed up between concurrent requests."""

    async def echo(dialogue: Dialogue) -> None:
        while True:
            await dialogue.say(ok(await dialogue.request()))

    server = await serve(echo)
    transport = connect(max_connections=7)
    requests = [Request(method="POST", url=server.url, body=b"message %d" % number) for number in range(50)]

    responses = await asyncio.gather(*(transport.send(request) for request in requests))

    assert [response.body for response in responses] == [request.body for request in requests]
    assert server.connections <= 7


async def test_the_version_of_aiohttp_writes_head_and_body_together(serve: Serve, connect: Open) -> None:
    """What `NotSent` rests on: no byte of a request is written before its body is asked for."""
    server = await serve(polite)
    started = asyncio.Event()
    released = asyncio.Event()

    class Late(aiohttp.BytesPayload):
        async def write(self, writer: aiohttp.abc.AbstractStreamWriter) -> None:
            started.set()
            await released.wait()
            await super().write(writer)

        async def write_with_length(self, writer: aiohttp.abc.AbstractStreamWriter, content_length: int | None) -> None:
            assert content_length == 1
            await self.write(writer)

    async with aiohttp.ClientSession() as session:
        task = asyncio.ensure_future(session.request("POST", server.url, data=Late(b"x")))
        await started.wait()
        # Another exchange on the same loop gives the server every chance to have seen the first.
        await connect().send(Request(method="POST", url=server.url, body=b"y"))
        assert server.bodies == [b"y"]
        assert len(server.heads) == 1
        released.set()
        (await task).release()
