"""A small provider of our own, a sandbox that mounts it, and a client that sees every byte and how the line ends."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from attrs import frozen

from wamsg.driver import Accepted, Answer, Provider
from wamsg.sandbox import Sandbox
from wamsg.testing.clock import ManualClock
from wamsg.wire import Form, Request, Response, read_json


@frozen
class Heard:
    """All bytes that came until the connection ended, and how it did: ``close`` (FIN) or ``reset`` (RST)."""

    data: bytes
    ending: str

    @property
    def status(self) -> int:
        return int(self.data.split(b" ", 2)[1])

    @property
    def body(self) -> bytes:
        return self.data.partition(b"\r\n\r\n")[2]


class Parrot:
    """A dialect that accepts a message for each of the comma-separated numbers in ``to`` and says back what it got."""

    base_path = "/v1"

    def respond(self, request: Request, serial: int) -> Answer:
        fields = self._fields(request)
        if request.headers.get("X-Key") == "wrong":
            return Answer(response=self.failure(401))
        if "silent" in fields:
            return Answer(response=Response(status=200))
        document = {"serial": serial, "method": request.method, "url": request.url, "fields": self._shown(fields)}
        to = fields.get("to")
        accepted = tuple(
            Accepted(
                recipient=each.removeprefix("+"),
                kind="text",
                message_id=f"{serial}-{each[-2:]}",
                reference="r",
                body=fields,
            )
            for each in (to.split(",") if isinstance(to, str) else ())
        )
        return Answer(response=self._json(200, document), accepted=accepted)

    def account(self, request: Request) -> str:
        return request.headers.get("X-Account", "one")

    def failure(self, status: int) -> Response:
        return self._json(status, {"squawk": status}, **{"Retry-After": "77"} if status == 429 else {})

    def _fields(self, request: Request) -> dict[str, object]:
        if isinstance(request.body, Form):
            return {part.name: part.value for part in request.body.parts}
        document = read_json(request.body or b"")
        return document if isinstance(document, dict) else {}

    def _shown(self, fields: Mapping[str, object]) -> dict[str, object]:
        return {name: value if isinstance(value, str) else repr(value) for name, value in fields.items()}

    def _json(self, status: int, document: object, **headers: str) -> Response:
        body = json.dumps(document).encode()
        # Its idea of the length is wrong, which must not matter.
        own = {"Content-Type": "application/json", "Content-Length": "3", **headers}
        return Response(status=status, headers=own, body=body)


def make_provider(name: str = "parrot") -> Provider:
    def no_driver(settings: object) -> Any:
        raise NotImplementedError(settings)

    return Provider(
        name=name,
        title="Parrot",
        docs="https://parrot.example",
        settings=object,
        driver=no_driver,
        limits={},
        sandbox=Parrot(),
        example={"key": "sandbox-key"},
    )


@pytest.fixture
def provider() -> Provider:
    return make_provider()


@pytest.fixture
def providers() -> Callable[[str], Provider]:
    return make_provider


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def sandbox(provider: Provider) -> AsyncIterator[Sandbox]:
    async with Sandbox(providers=[provider], serial=1) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session:
        yield session


@pytest.fixture
def raw() -> Callable[[Sandbox, bytes], Awaitable[Heard]]:
    """Sends bytes as they are and listens until the connection ends."""

    async def exchange(sandbox: Sandbox, data: bytes) -> Heard:
        address = urlsplit(sandbox.url)
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as line:
            line.setblocking(False)
            await loop.sock_connect(line, (address.hostname, address.port))
            await loop.sock_sendall(line, data)
            heard = bytearray()
            # Plain socket calls: asyncio's streams drop what arrived just before a reset.
            while True:
                try:
                    piece = await asyncio.wait_for(loop.sock_recv(line, 65_536), 10)
                except ConnectionResetError:
                    return Heard(bytes(heard), "reset")
                if not piece:
                    return Heard(bytes(heard), "close")
                heard += piece

    return exchange


@pytest.fixture
def post() -> Callable[..., bytes]:
    """The bytes of a request that sends a message and asks for the connection to be closed."""

    def request(to: str = "+919812340001", path: str = "/parrot/v1/send", **headers: str) -> bytes:
        body = json.dumps({"to": to}).encode()
        given = {
            "Host": "x",
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Connection": "close",
        }
        lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in {**given, **headers}.items())]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body

    return request
