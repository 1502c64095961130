"""The rim for aiohttp: a sub-application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from functools import partial
from typing import Any

from aiohttp import web

from wamsg.errors import BadPayload, ConfigError
from wamsg.webhooks.call import Call, first_of
from wamsg.webhooks.receiver import Receiver
from wamsg.wire import Headers


def application(receiver: Receiver, *resources: AbstractAsyncContextManager[Any]) -> web.Application:
    """A sub-application for ``app.add_subapp("/callbacks", ..)``, which may be run alone as well.

    It opens the receiver when the server starts and closes it when that ends. ``resources`` are entered before that
    and left after it, such as the messenger that handlers answer through.
    """
    app = web.Application()
    take = partial(_take, receiver)
    # The mount itself, and everything below it.
    app.router.add_route("*", "", take)
    app.router.add_route("*", "/{path:.*}", take)
    app.cleanup_ctx.append(partial(_open, (*resources, receiver)))
    return app


@asynccontextmanager
async def serving(app: web.Application, *, host: str, port: int) -> AsyncIterator[str]:
    """Serve ``app`` while entered; the address at which it listens. Port 0 takes a free one.

    Raises `wamsg.errors.ConfigError` if the port cannot be had.
    """
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        with _told(host, port):
            await web.TCPSite(runner, host, port).start()
        yield f"http://{f'[{host}]' if ':' in host else host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def check_port(host: str, port: int) -> None:
    """Raise `wamsg.errors.ConfigError` if `serving` could not have it. Nobody can connect meanwhile."""
    with _told(host, port):
        server = await asyncio.get_running_loop().create_server(asyncio.Protocol, host, port, start_serving=False)
    server.close()


@contextmanager
def _told(host: str, port: int) -> Iterator[None]:
    try:
        yield
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise ConfigError(f"cannot listen on {host}:{port}: {why}", setting="port") from error


async def _open(resources: Iterable[AbstractAsyncContextManager[Any]], _app: web.Application) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        for resource in resources:
            await stack.enter_async_context(resource)
        yield


async def _take(receiver: Receiver, request: web.Request) -> web.StreamResponse:
    call = Call(
        method=request.method,
        path=request.match_info.get("path", ""),
        query=first_of(request.query.items()),
        headers=Headers(request.headers.items()),
    )
    answer = await receiver.take(call, _pieces(request))
    return web.Response(status=answer.status, headers=answer.headers, body=answer.body)


async def _pieces(request: web.Request) -> AsyncIterator[bytes]:
    try:
        while piece := await request.content.readany():
            yield piece
    except (web.RequestPayloadError, ConnectionError):
        # Broken chunks, or the line was cut.
        raise BadPayload("the body ended before its end") from None
