"""Opening, lending, cancelling and closing."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable

import aiohttp
import pytest

from tests.transport.conftest import Open, Serve
from tests.transport.raw_server import Dialogue, ok, polite, silent
from wamsg.errors import ConfigError, NotSent, Unanswered, WamsgError
from wamsg.transport.aiohttp import AiohttpTransport
from wamsg.wire import Request, Response


def post(url: str) -> Request:
    return Request(method="POST", url=url, body=b"x")


async def answer(transport: AiohttpTransport, url: str) -> int:
    return (await transport.send(post(url))).status


def test_a_transport_is_made_without_a_loop() -> None:
    """The constructor does no I/O and needs no event loop; nothing is left to close."""
    AiohttpTransport()
    gc.collect()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("timeout", 0),
        ("timeout", -1.0),
        ("timeout", float("nan")),
        ("connect_timeout", 0),
        ("max_connections", 0),
        ("keepalive", -1),
        ("max_body", 0),
        ("proxy", ""),
        ("proxy", "proxy.example:3128"),
        ("proxy", "socks5://fake-user:fake-password@proxy.example"),
        ("proxy", "http://fake-user:fake-password@proxy.example:99999"),
    ],
)
def test_a_wrong_setting_is_named(setting: str, value: object) -> None:
    """A number that cannot be meant, or a proxy that is no address, is refused at once and never quoted."""
    with pytest.raises(ConfigError, match=setting) as caught:
        AiohttpTransport(**{setting: value})  # type: ignore[arg-type]  # test data

    assert caught.value.setting == setting
    assert "fake-password" not in str(caught.value)


async def test_closing_twice_or_before_use_is_harmless(serve: Serve) -> None:
    """`aclose` can be called at any time, any number of times."""
    server = await serve(polite)
    transport = AiohttpTransport()
    await transport.send(post(server.url))
    unused = AiohttpTransport()

    for _ in range(2):
        await transport.aclose()
        await unused.aclose()

    await server.gone.wait()


async def test_a_closed_transport_says_so(serve: Serve) -> None:
    """After `aclose` nothing is sent, whether it was used before or not."""
    server = await serve(polite)
    transport = AiohttpTransport()
    await transport.aclose()

    with pytest.raises(WamsgError, match="transport is closed"):
        await transport.send(post(server.url))

    assert server.connections == 0


def test_another_loop_is_refused() -> None:
    """Connections belong to one loop; a second one gets a sentence instead of strange errors."""

    async def use(transport: AiohttpTransport) -> None:
        server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        try:
            with pytest.raises(Unanswered):
                await transport.send(post(f"http://127.0.0.1:{port}"))
        finally:
            server.close()

    transport = AiohttpTransport()
    first, second = asyncio.new_event_loop(), asyncio.new_event_loop()
    try:
        first.run_until_complete(use(transport))

        with pytest.raises(WamsgError, match="another event loop"):
            second.run_until_complete(use(transport))
        with pytest.raises(WamsgError, match="another event loop"):
            second.run_until_complete(transport.aclose())

        first.run_until_complete(transport.aclose())
        second.run_until_complete(transport.aclose())
    finally:
        for loop in (first, second):
            loop.run_until_complete(settled())
        first.close()
        second.close()


async def test_a_cancelled_close_still_closes(serve: Serve) -> None:
    """Whoever cancels the closing gets the cancellation, after the connections are gone."""
    server = await serve(polite)
    tasks_before = asyncio.all_tasks()
    transport = AiohttpTransport()
    await transport.send(post(server.url))
    closing = asyncio.ensure_future(transport.aclose())
    await asyncio.sleep(0)

    closing.cancel()

    with pytest.raises(asyncio.CancelledError):
        await closing
    assert [left for left in asyncio.all_tasks() - tasks_before if is_ours(left)] == []
    await server.gone.wait()
    await transport.aclose()


async def test_two_who_close_at_once_both_wait(serve: Serve) -> None:
    """Neither returns before the connections are gone."""
    server = await serve(polite)
    tasks_before = asyncio.all_tasks()
    transport = AiohttpTransport()
    await transport.send(post(server.url))
    first = asyncio.ensure_future(transport.aclose())
    await asyncio.sleep(0)

    await transport.aclose()

    await first
    assert [left for left in asyncio.all_tasks() - tasks_before if is_ours(left)] == []


async def test_closing_under_a_request_in_flight_leaves_it_unanswered(serve: Serve) -> None:
    """Its bytes have left; nobody can say more."""
    server = await serve(silent)
    transport = AiohttpTransport()
    flying = asyncio.ensure_future(transport.send(post(server.url)))
    await server.arrived.wait()

    await transport.aclose()

    with pytest.raises(Unanswered):
        await flying


async def test_closing_under_a_waiting_request_leaves_it_not_sent(serve: Serve) -> None:
    """aiohttp cancels whoever waits for a connection; here that becomes an error, not a cancellation out of nowhere."""
    server = await serve(silent)
    transport = AiohttpTransport(max_connections=1)
    flying = asyncio.ensure_future(transport.send(post(server.url)))
    await server.arrived.wait()
    waiting = asyncio.ensure_future(transport.send(post(server.url)))
    await asyncio.sleep(0)

    await transport.aclose()

    with pytest.raises(NotSent, match="closed meanwhile"):
        await waiting
    with pytest.raises(Unanswered):
        await flying


async def test_a_borrowed_session_is_left_as_it_was(serve: Serve) -> None:
    """Neither its headers nor its cookies nor its trace configs change, and its owner goes on using it."""

    async def script(dialogue: Dialogue) -> None:
        while True:
            await dialogue.request()
            await dialogue.say(b"HTTP/1.1 404 No\r\nSet-Cookie: track=1\r\nContent-Length: 0\r\n\r\n")

    server = await serve(script)
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(
        headers={"Authorization": "Bearer of-another-service"}, cookie_jar=jar, raise_for_status=True
    ) as session:
        before = (dict(session.headers), list(session.trace_configs), session.timeout, session.raise_for_status)
        transport = AiohttpTransport(session=session)

        assert await answer(transport, server.url) == 404
        await transport.aclose()

        after = (dict(session.headers), list(session.trace_configs), session.timeout, session.raise_for_status)
        assert after == before
        assert len(jar) == 0
        assert not session.closed
        async with session.get(server.url, raise_for_status=False) as response:
            assert response.status == 404
    assert server.connections == 1
    assert b"another-service" not in server.heads[0]


async def test_a_borrowed_session_keeps_its_tracing(serve: Serve) -> None:
    """Whoever watches a session sees the requests made through its connections."""
    server = await serve(polite)
    seen: list[str] = []

    async def note(_: object, __: object, params: aiohttp.TraceRequestStartParams) -> None:
        seen.append(params.method)

    watch = aiohttp.TraceConfig()
    watch.on_request_start.append(note)
    async with aiohttp.ClientSession(trace_configs=[watch]) as session:
        transport = AiohttpTransport(session=session)
        await transport.send(post(server.url))
        await transport.aclose()

    assert seen == ["POST"]


async def test_a_session_closed_by_its_owner_is_reported(serve: Serve) -> None:
    """Whether it closes before or after the first request, the sentence says whose session it was."""
    server = await serve(polite)
    session = aiohttp.ClientSession()
    used, unused = AiohttpTransport(session=session), AiohttpTransport(session=session)
    await used.send(post(server.url))
    await session.close()

    for transport in (used, unused):
        with pytest.raises(WamsgError, match="session that this transport was given is closed"):
            await transport.send(post(server.url))
        await transport.aclose()


async def waiting_for_a_connection(serve: Serve, transport: AiohttpTransport) -> asyncio.Task[Response]:
    server = await serve(silent)
    first = await started(server.url, transport, server.arrived)
    second = asyncio.ensure_future(transport.send(post(server.url)))
    await asyncio.sleep(0)
    second.add_done_callback(lambda _: first.cancel())
    return second


async def connecting(serve: Serve, transport: AiohttpTransport) -> asyncio.Task[Response]:
    begun = asyncio.Event()

    async def script(dialogue: Dialogue) -> None:
        await dialogue.reader.readexactly(1)
        begun.set()
        await dialogue.hang()

    server = await serve(script)
    return await started(server.url.replace("http:", "https:"), transport, begun)


async def without_an_answer(serve: Serve, transport: AiohttpTransport) -> asyncio.Task[Response]:
    server = await serve(silent)
    return await started(server.url, transport, server.arrived)


async def within_the_answer(serve: Serve, transport: AiohttpTransport) -> asyncio.Task[Response]:
    begun = asyncio.Event()

    async def script(dialogue: Dialogue) -> None:
        await dialogue.request()
        await dialogue.say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        begun.set()
        await dialogue.hang()

    server = await serve(script)
    return await started(server.url, transport, begun)


async def started(url: str, transport: AiohttpTransport, begun: asyncio.Event) -> asyncio.Task[Response]:
    task = asyncio.ensure_future(transport.send(post(url)))
    await begun.wait()
    return task


async def settled() -> None:
    """Let cancelled tasks and closed sockets run their last steps."""
    for _ in range(10):
        await asyncio.sleep(0)


def is_ours(task: asyncio.Task[object]) -> bool:
    return "RawServer" not in repr(task.get_coro())


@pytest.mark.parametrize("arrange", [waiting_for_a_connection, connecting, without_an_answer, within_the_answer])
async def test_a_cancelled_request_leaves_nothing_behind(
    serve: Serve, arrange: Callable[[Serve, AiohttpTransport], Awaitable[asyncio.Task[Response]]]
) -> None:
    """Wherever it strikes, the cancellation comes through, and no connection or task of ours outlives it."""
    tasks_before = asyncio.all_tasks()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as session:
        transport = AiohttpTransport(session=session)
        task = await arrange(serve, transport)

        task.cancel()

        with pytest.raises(asyncio.CancelledError):
            await task
        await settled()
        assert [left for left in asyncio.all_tasks() - tasks_before if is_ours(left)] == []
        pool = session.connector
        assert pool is not None
        assert not pool._acquired
        assert not pool._conns
        assert not pool._waiters
        await transport.aclose()


async def test_a_deadline_of_the_caller_comes_through(serve: Serve, connect: Open) -> None:
    """An outer timeout is the caller's; it is not mistaken for one of ours."""
    server = await serve(silent)

    with pytest.raises(TimeoutError) as caught:
        async with asyncio.timeout(0.05):
            await connect().send(post(server.url))

    assert type(caught.value) is TimeoutError


async def test_plain_requests_go_through_the_proxy(serve: Serve, connect: Open) -> None:
    """A proxy gets the whole address and its own credentials; the target is never asked."""
    proxy = await serve(polite)
    address = proxy.url.replace("//", "//fake-user:fake-password@")

    status = await answer(connect(proxy=address), "http://provider.invalid/v1/x")

    assert status == 200
    assert proxy.heads[0].startswith(b"POST http://provider.invalid/v1/x HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic " in proxy.heads[0]


async def test_a_proxy_that_refuses_a_tunnel_is_not_sent(serve: Serve, connect: Open) -> None:
    """Over https only the wish for a tunnel has left, not the request."""

    async def script(dialogue: Dialogue) -> None:
        await dialogue.head()
        await dialogue.say(b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n")

    proxy = await serve(script)

    with pytest.raises(NotSent, match="refused to connect"):
        await answer(connect(proxy=proxy.url), "https://provider.invalid/v1/x")

    assert proxy.heads[0].startswith(b"CONNECT provider.invalid:443 ")


@pytest.mark.parametrize("target", ["http://provider.invalid/v1", "https://provider.invalid/v1"])
async def test_a_proxy_out_of_reach_is_named(connect: Open, target: str) -> None:
    """The sentence names the proxy, and not its password."""
    with pytest.raises(NotSent, match=r"proxy 127\.0\.0\.1 could not be reached") as caught:
        await answer(connect(proxy="http://fake-user:fake-password@127.0.0.1:1"), target)

    assert "fake-password" not in str(caught.value)


async def test_a_proxy_that_cuts_the_tunnel_is_not_sent(serve: Serve, connect: Open) -> None:
    """A proxy that hangs up during CONNECT never saw the request."""

    async def script(dialogue: Dialogue) -> None:
        await dialogue.head()

    proxy = await serve(script)

    with pytest.raises(NotSent):
        await answer(connect(proxy=proxy.url), "https://provider.invalid/v1/x")


async def test_the_environment_does_not_choose_a_proxy(
    serve: Serve, connect: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Messages take the way that the program says, not one that a variable names."""
    server = await serve(polite)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    assert await answer(connect(), server.url) == 200


async def test_an_answer_ends_up_whole_when_it_comes_in_pieces(serve: Serve, connect: Open) -> None:
    """Pieces that arrive one by one are put together."""

    async def script(dialogue: Dialogue) -> None:
        await dialogue.request()
        whole = ok(b"abcdefgh" * 10_000)
        for start in range(0, len(whole), 9_999):
            await dialogue.say(whole[start : start + 9_999])
            await asyncio.sleep(0)

    server = await serve(script)

    assert (await connect().send(post(server.url))).body == b"abcdefgh" * 10_000


async def test_closing_leaves_the_deadline_of_a_send_on_a_borrowed_session_in_force(serve: Serve) -> None:
    """Its connection is not ours to close, so only the deadline can end it."""
    server = await serve(silent)
    async with aiohttp.ClientSession() as session:
        transport = AiohttpTransport(session=session, timeout=0.2)
        sending = asyncio.ensure_future(transport.send(post(server.url)))
        await server.arrived.wait()
        await transport.aclose()

        with pytest.raises(Unanswered, match="in time"):
            await sending
