"""The rim for ASGI 3 (https://asgi.readthedocs.io/en/stable/specs/www.html): FastAPI, Starlette, Litestar, Quart .."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any
from urllib.parse import parse_qsl

from wamsg.errors import BadPayload
from wamsg.webhooks.call import Call, first_of
from wamsg.webhooks.receiver import Receiver
from wamsg.wire import Headers, Response

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class AsgiApplication:
    """An ASGI application around a receiver.

    Run alone it opens and closes the receiver with the server's lifespan; ``resources`` are entered before that and
    left after it, such as the messenger that handlers answer through. Frameworks hand their lifespan to nothing that is
    mounted, so there enter all of them in the lifespan of the application around it.
    """

    def __init__(self, receiver: Receiver, *resources: AbstractAsyncContextManager[Any]) -> None:
        self._receiver = receiver
        self._resources = resources
        self._stack = AsyncExitStack()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's scope."""
        match scope["type"]:
            case "http":
                await self._http(scope, receive, send)
            case "lifespan":
                await self._lifespan(receive, send)
            case "websocket":
                # Before it was accepted this is a 403.
                await receive()
                await send({"type": "websocket.close"})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = Call(method=scope["method"], path=_path(scope), query=_query(scope), headers=_headers(scope))
        answer = await self._receiver.take(call, _pieces(receive))
        await send({"type": "http.response.start", "status": answer.status, "headers": _answer_headers(scope, answer)})
        await send({"type": "http.response.body", "body": answer.body})

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            kind = (await receive())["type"]
            try:
                await (self._open() if kind == "lifespan.startup" else self._stack.aclose())
            except Exception as error:  # noqa: BLE001 -- the server decides what that means
                await send({"type": f"{kind}.failed", "message": str(error)})
            else:
                await send({"type": f"{kind}.complete"})
            if kind == "lifespan.shutdown":
                return

    async def _open(self) -> None:
        async with AsyncExitStack() as stack:
            for resource in (*self._resources, self._receiver):
                await stack.enter_async_context(resource)
            self._stack = stack.pop_all()


def _path(scope: Scope) -> str:
    """Below the mount; some frameworks leave its prefix in the path, others take it off."""
    path, root = str(scope["path"]), str(scope.get("root_path", "")).rstrip("/")
    return path.removeprefix(root) if f"{path}/".startswith(f"{root}/") else path


def _query(scope: Scope) -> dict[str, str]:
    text = bytes(scope.get("query_string", b"")).decode("latin-1")
    return first_of(parse_qsl(text, keep_blank_values=True))


def _headers(scope: Scope) -> Headers:
    return Headers((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])


def _answer_headers(scope: Scope, answer: Response) -> list[tuple[bytes, bytes]]:
    # HTTP/2 has no such header: RFC 9113, 8.2.2.
    named = {**answer.headers, "content-length": str(len(answer.body))}
    dropped = {"connection"} if not str(scope.get("http_version", "1.1")).startswith("1") else set()
    return [(name.lower().encode(), value.encode()) for name, value in named.items() if name.lower() not in dropped]


async def _pieces(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadPayload("the body ended before its end")
        yield message.get("body", b"")
        if not message.get("more_body", False):
            return
