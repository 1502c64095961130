"""Servers and transports that end with their test."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
import trustme

from tests.transport.raw_server import RawServer, Script
from wamsg.transport.aiohttp import AiohttpTransport

Serve = Callable[..., Awaitable[RawServer]]
Open = Callable[..., AiohttpTransport]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts a raw server that runs a script for every connection."""
    async with AsyncExitStack() as stack:

        async def start(script: Script, context: ssl.SSLContext | None = None) -> RawServer:
            server = RawServer(script)
            await server.start(context)
            stack.push_async_callback(server.stop)
            return server

        yield start


@pytest.fixture
async def connect() -> AsyncIterator[Open]:
    """Makes a transport with these settings."""
    async with AsyncExitStack() as stack:

        def make(**settings: Any) -> AiohttpTransport:
            transport = AiohttpTransport(**settings)
            stack.push_async_callback(transport.aclose)
            return transport

        yield make


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """A certificate authority that nobody trusts unless told to."""
    return trustme.CA()


@pytest.fixture
def server_context(authority: trustme.CA) -> ssl.SSLContext:
    """For a server that calls itself 127.0.0.1."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def trusting_context(authority: trustme.CA) -> ssl.SSLContext:
    """For a client that trusts the authority."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context
