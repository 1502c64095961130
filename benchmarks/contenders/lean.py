"""The least that aiohttp's public interface can be made to cost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import orjson
from yarl import URL

from benchmarks.load import Send
from benchmarks.workload import Workload, recipient


@asynccontextmanager
async def opened(base: str, workload: Workload, _workers: int) -> AsyncIterator[Send]:
    """A prepared address, bytes in and bytes out, no cookies, no timeout, no redirects."""
    url = URL(base + workload.path, encoded=True)
    headers = {**workload.headers, "Content-Type": "application/json"}

    async with aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(), timeout=aiohttp.ClientTimeout(total=None)
    ) as session:

        async def send(number: int) -> object:
            body = orjson.dumps(workload.payload(recipient(number)))
            async with session.post(url, data=body, headers=headers, allow_redirects=False) as response:
                return orjson.loads(await response.read())

        yield send
