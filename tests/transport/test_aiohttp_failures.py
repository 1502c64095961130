"""What becomes of every way in which a request can fail."""

from __future__ import annotations

import asyncio
import socket
import ssl
import traceback
from collections.abc import Iterator

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from tests.transport.conftest import Open, Serve
from tests.transport.raw_server import Dialogue, ok, silent
from wamsg.errors import NotSent, SendError, Unanswered
from wamsg.transport.aiohttp_failures import EXPECTED, TABLE, failure
from wamsg.wire import Request

SECRET_PATH = "/v1/HXIN123/messages?to=%2B12025550100"


def post(url: str, **more: object) -> Request:
    return Request(method="POST", url=url + SECRET_PATH, body=b'{"a":1}', lanes=("account:1",), **more)  # type: ignore[arg-type]  # test data


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.parametrize(("method", "body"), [("POST", b"x"), ("POST", None), ("GET", None), ("DELETE", None)])
async def test_a_refused_connection_is_not_sent(connect: Open, method: str, body: bytes | None) -> None:
    """Nobody listens: surely nothing left, and the original error is chained."""
    request = Request(method=method, url=f"http://127.0.0.1:{unused_port()}/v1", body=body, lanes=("account:1",))

    with pytest.raises(NotSent, match=r"127\.0\.0\.1 could not be reached") as caught:
        await connect().send(request)

    assert isinstance(caught.value.__cause__, aiohttp.ClientConnectorError)
    assert caught.value.lanes == ("account:1",)


async def test_a_name_that_does_not_exist_is_not_sent(connect: Open) -> None:
    """A host name without an address fails before anything leaves."""
    with pytest.raises(NotSent, match=r"wamsg\.invalid could not be looked up"):
        await connect().send(post("http://wamsg.invalid"))


async def test_an_untrusted_certificate_is_not_sent(
    serve: Serve, connect: Open, server_context: ssl.SSLContext
) -> None:
    """A server that cannot prove who it is gets no byte of the request."""
    server = await serve(silent, server_context)

    with pytest.raises(NotSent, match="certificate of 127"):
        await connect().send(post(server.url))

    assert not server.heads


async def test_a_context_of_ones_own_decides_whom_to_trust(
    serve: Serve, connect: Open, server_context: ssl.SSLContext, trusting_context: ssl.SSLContext
) -> None:
    """With a context that knows the authority, the same server is good."""

    async def script(dialogue: Dialogue) -> None:
        await dialogue.request()
        await dialogue.say(ok())

    server = await serve(script, server_context)

    response = await connect(ssl=trusting_context).send(post(server.url))

    assert response.status == 200


async def test_a_server_that_does_not_speak_tls_is_not_sent(serve: Serve, connect: Open) -> None:
    """A failed handshake leaves nothing on the wire."""

    async def script(dialogue: Dialogue) -> None:
        await dialogue.reader.read(1)
        await dialogue.say(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    server = await serve(script)

    with pytest.raises(NotSent):
        await connect().send(post(server.url.replace("http:", "https:")))


@pytest.mark.parametrize("settings", [{"connect_timeout": 0.05}, {"timeout": 0.05}], ids=["connect", "whole"])
async def test_a_handshake_that_never_ends_is_not_sent(serve: Serve, connect: Open, settings: dict[str, float]) -> None:
    """Whichever deadline strikes while TLS is being agreed on, nothing has left."""

    async def script(dialogue: Dialogue) -> None:
        await dialogue.hang()

    server = await serve(script)

    with pytest.raises(NotSent):
        await connect(**settings).send(post(server.url.replace("http:", "https:")))


@pytest.mark.parametrize("settings", [{"connect_timeout": 0.05}, {"timeout": 0.05}], ids=["connect", "whole"])
async def test_waiting_in_vain_for_a_free_connection_is_not_sent(
    serve: Serve, connect: Open, settings: dict[str, float]
) -> None:
    """With all connections taken, the one who waits has sent nothing."""
    server = await serve(silent)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as pool:
        first = asyncio.ensure_future(connect(session=pool).send(post(server.url)))
        await server.arrived.wait()

        with pytest.raises(NotSent):
            await connect(session=pool, **settings).send(post(server.url))

        first.cancel()
        await asyncio.wait({first})
    assert len(server.heads) == 1


async def test_the_limit_of_connections_holds(serve: Serve, connect: Open) -> None:
    """Above ``max_connections`` requests wait, and give up as not sent."""
    server = await serve(silent)
    transport = connect(max_connections=1, connect_timeout=0.05)
    first = asyncio.ensure_future(transport.send(post(server.url)))
    await server.arrived.wait()

    with pytest.raises(NotSent, match="free"):
        await transport.send(post(server.url))

    first.cancel()
    await asyncio.wait({first})
    assert server.connections == 1


async def before_reading(dialogue: Dialogue) -> None:
    await dialogue.reader.readexactly(1)


async def after_the_request(dialogue: Dialogue) -> None:
    await dialogue.request()


async def after_the_status_line(dialogue: Dialogue) -> None:
    await dialogue.request()
    await dialogue.say(b"HTTP/1.1 200 OK\r\n")


async def within_the_headers(dialogue: Dialogue) -> None:
    await dialogue.request()
    await dialogue.say(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConte")


async def not_http(dialogue: Dialogue) -> None:
    await dialogue.request()
    await dialogue.say(b"220 mail.example ESMTP\r\n\r\n")


@pytest.mark.parametrize(
    "script", [before_reading, after_the_request, after_the_status_line, within_the_headers, not_http]
)
async def test_a_connection_cut_before_the_answer_is_unanswered(serve: Serve, connect: Open, script: object) -> None:
    """Once a byte has left, a missing answer never reads as "not sent"."""
    server = await serve(script)

    with pytest.raises(Unanswered) as caught:
        await connect().send(post(server.url))

    assert caught.value.http_status is None
    assert server.connections == 1


async def within_the_body(dialogue: Dialogue) -> None:
    await dialogue.request()
    await dialogue.say(b"HTTP/1.1 503 No\r\nContent-Length: 100\r\n\r\n{")


async def within_a_chunk(dialogue: Dialogue) -> None:
    await dialogue.request()
    await dialogue.say(b"HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nhalf")


async def between_chunks(dialogue: Dialogue) -> None:
    await dialogue.request()
    await dialogue.say(b"HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")


async def garbled_chunk(dialogue: Dialogue) -> None:
    await dialogue.request()
    await dialogue.say(b"HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n")
    await dialogue.say(b"not-a-length\r\n")
    await dialogue.hang()


async def garbled_gzip(dialogue: Dialogue) -> None:
    await dialogue.request()
    await dialogue.say(b"HTTP/1.1 503 No\r\nContent-Encoding: gzip\r\nContent-Length: 8\r\n\r\n")
    await dialogue.say(b"notgzip!")
    await dialogue.hang()


@pytest.mark.parametrize("script", [within_the_body, within_a_chunk, between_chunks, garbled_gzip])
async def test_an_answer_cut_off_is_unanswered_and_keeps_its_status(
    serve: Serve, connect: Open, script: object
) -> None:
    """A broken body leaves the outcome open; the status that had arrived is told."""
    server = await serve(script)

    with pytest.raises(Unanswered, match="answer of 127") as caught:
        await connect().send(post(server.url))

    assert caught.value.http_status == 503


async def test_a_garbled_answer_is_unanswered(serve: Serve, connect: Open) -> None:
    """Chunks that cannot be taken apart leave the outcome open."""
    server = await serve(garbled_chunk)

    with pytest.raises(Unanswered, match="answer of 127"):
        await connect().send(post(server.url))


async def test_a_late_answer_is_unanswered(serve: Serve, connect: Open) -> None:
    """A server that has the request and says nothing in time may still act on it."""
    server = await serve(silent)

    with pytest.raises(Unanswered, match="in time") as caught:
        await connect(timeout=0.05).send(post(server.url))

    assert server.bodies == [b'{"a":1}']
    assert isinstance(caught.value.__cause__, TimeoutError)


async def test_a_late_body_is_unanswered_and_keeps_its_status(serve: Serve, connect: Open) -> None:
    """The deadline covers the body of the answer as well."""

    async def script(dialogue: Dialogue) -> None:
        await dialogue.request()
        await dialogue.say(b"HTTP/1.1 201 Made\r\nContent-Length: 100\r\n\r\n{")
        await dialogue.hang()

    server = await serve(script)

    with pytest.raises(Unanswered) as caught:
        await connect(timeout=0.1).send(post(server.url))

    assert caught.value.http_status == 201
    await server.gone.wait()


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "put"])
async def test_no_method_is_repeated_on_a_dead_connection(serve: Serve, connect: Open, method: str) -> None:
    """aiohttp by itself repeats what HTTP calls idempotent; here a second request is the caller's business."""

    async def script(dialogue: Dialogue) -> None:
        await dialogue.request()
        await dialogue.say(b"HTTP/1.1 204 No\r\n\r\n")
        await dialogue.request()

    server = await serve(script)
    transport = connect()
    request = Request(method=method, url=server.url, body=b"x" if method.upper() == "PUT" else None)
    await transport.send(request)

    with pytest.raises(Unanswered):
        await transport.send(request)

    assert len(server.heads) == 2


@pytest.mark.parametrize(
    "url",
    [
        "https://",
        "ftp://127.0.0.1/x",
        "ws://127.0.0.1/x",
        "/only/a/path",
        "http://[::1/x",
        "http://127.0.0.1:99999/x",
        "http://127.0.0.1:1/a b",
        "http://127.0.0.1:1/a\r\nEvil: 1",
        "http://127.0.0.1:1/café",
        "",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_malformed_address_is_not_sent(connect: Open, url: str, method: str) -> None:
    """An address that is none is refused before any connection."""
    with pytest.raises(NotSent, match="address"):
        await connect().send(Request(method=method, url=url, body=b"x" if method == "POST" else None))


@pytest.mark.parametrize(
    "request_",
    [
        {"headers": {"X-Name": "a\r\nEvil: 1"}},
        {"headers": {"X-Name": "a\nEvil: 1"}},
        {"headers": {"X-Name": "a\x00"}},
        {"headers": {"X\r\nEvil": "1"}},
        {"method": "POST /\r\nEvil: 1\r\n"},
    ],
)
async def test_nothing_can_be_injected_into_the_head(serve: Serve, connect: Open, request_: dict[str, object]) -> None:
    """Line breaks in a header or method stop the request; the server sees no byte of it."""
    server = await serve(silent)
    fields: dict[str, object] = {"method": "POST", "url": server.url, "body": b"x", **request_}

    with pytest.raises(NotSent):
        await connect().send(Request(**fields))  # type: ignore[arg-type]  # test data

    assert not server.heads


async def fails_to_connect(serve: Serve) -> tuple[str, dict[str, float]]:
    async def hang(dialogue: Dialogue) -> None:
        await dialogue.hang()

    server = await serve(hang)
    return server.url.replace("http:", "https:"), {"connect_timeout": 0.05}


async def answers_nonsense(serve: Serve) -> tuple[str, dict[str, float]]:
    return (await serve(not_http)).url, {}


async def cuts(serve: Serve) -> tuple[str, dict[str, float]]:
    return (await serve(within_the_body)).url, {}


@pytest.mark.parametrize("arrange", [fails_to_connect, answers_nonsense, cuts])
async def test_a_traceback_shows_neither_path_nor_query_nor_headers_nor_body(
    serve: Serve, connect: Open, arrange: object
) -> None:
    """aiohttp quotes whole addresses in some errors; neither our text nor the chained one repeats them."""
    url, settings = await arrange(serve)  # type: ignore[operator]  # one of the three above
    request = Request(
        method="POST", url=url + SECRET_PATH, headers={"api-key": "fake-key-1"}, body=b"body-of-the-message"
    )

    with pytest.raises(SendError) as caught:
        await connect(**settings).send(request)

    shown = "".join(traceback.format_exception(caught.value))
    for secret in ("HXIN123", "2025550100", "fake-key-1", "body-of-the-message"):
        assert secret not in shown


def every_client_error(kind: type[Exception] = aiohttp.ClientError) -> Iterator[type[Exception]]:
    yield kind
    for below in kind.__subclasses__():
        yield from every_client_error(below)


OTHERS = [asyncio.TimeoutError, TimeoutError, OSError, ConnectionResetError, ssl.SSLError, socket.gaierror, ValueError]
KEY = ConnectionKey("127.0.0.1", 1, True, True, None, None, None)


def made(kind: type[BaseException]) -> BaseException:
    """An instance, whatever its constructor wants; what it says plays no part."""
    error = kind.__new__(kind)
    if isinstance(error, aiohttp.ClientConnectorError):
        aiohttp.ClientConnectorError.__init__(error, KEY, OSError(111, "refused"))
    return error


@pytest.mark.parametrize("kind", [*dict.fromkeys(every_client_error()), *OTHERS], ids=lambda kind: kind.__name__)
def test_the_table_has_a_row_for_every_error(kind: type[BaseException]) -> None:
    """Whatever aiohttp raises is caught and has a sentence; only where the kind leaves it open, the body decides."""
    request = Request(method="POST", url="https://api.example/v1/x")
    certain = next(never for row, never, _ in TABLE if issubclass(kind, row))

    handed = failure(made(kind), request, handed=True)
    kept = failure(made(kind), request, handed=False)

    assert issubclass(kind, EXPECTED)
    assert type(kept) is NotSent
    assert type(handed) is (NotSent if certain else Unanswered)
    assert "/v1" not in str(handed)


def test_the_most_specific_row_comes_first() -> None:
    """No row is hidden behind an earlier, wider one."""
    kinds = [kind for kind, _, _ in TABLE]

    hidden = [
        (later.__name__, earlier.__name__)
        for place, later in enumerate(kinds)
        for earlier in kinds[:place]
        if issubclass(later, earlier)
    ]

    assert hidden == []


def test_an_unreadable_address_does_not_hide_the_failure() -> None:
    """The host is a courtesy: an address without one still gets its sentence."""
    error = failure(TimeoutError(), Request(method="GET", url="http://[::1"), handed=True)

    assert str(error).startswith("the server did not answer in time")
