"""A server on this machine that says what a test tells it to, one answer a request, and remembers what was asked."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterable
from types import TracebackType
from typing import Any, Self, TypeVar

from aiohttp import web
from attrs import field, frozen

T = TypeVar("T")


@frozen(kw_only=True)
class Asked:
    """One request as it came over the wire."""

    method: str
    #: Path and query, still encoded.
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    def json(self) -> Any:
        return json.loads(self.body)


@frozen(kw_only=True)
class Said:
    """One answer; ``document`` is written as JSON unless there is a ``body``."""

    document: object = None
    status: int = 200
    body: bytes | None = None
    headers: dict[str, str] = field(factory=dict)


Script = Iterable[Said] | Callable[[Asked], Said]


class ScriptedServer:
    """``async with ScriptedServer([Said(..), ..]) as server:``; a function in place of the list decides by itself."""

    def __init__(self, script: Script) -> None:
        self._decide = script if callable(script) else None
        self._answers = None if callable(script) else iter(script)
        self.asked: list[Asked] = []
        self.url = ""

    async def __aenter__(self) -> Self:
        # Here rather than where it is made: it belongs to the loop that it runs in.
        self._runner = web.ServerRunner(web.Server(self._serve), shutdown_timeout=0.05)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    async def _serve(self, request: web.BaseRequest) -> web.Response:
        asked = Asked(
            method=request.method, target=request.raw_path, headers=dict(request.headers), body=await request.read()
        )
        self.asked.append(asked)
        said = self._decide(asked) if self._decide else next(self._answers or iter(()), Said(status=418, body=b""))
        body = json.dumps(said.document).encode() if said.body is None else said.body
        return web.Response(status=said.status, body=body, headers=said.headers)


async def drain(items: AsyncIterator[T], into: list[T]) -> None:
    """Take everything; what came before an error is in ``into`` then."""
    async for item in items:
        into.append(item)  # noqa: PERF401 -- a comprehension would lose it
