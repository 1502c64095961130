"""What people write by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from benchmarks.load import Send
from benchmarks.workload import Workload, recipient


@asynccontextmanager
async def opened(base: str, workload: Workload, _workers: int) -> AsyncIterator[Send]:
    """``session.post(url, json=..)`` and ``await response.json()``, all else as aiohttp has it."""
    url = base + workload.path

    async with aiohttp.ClientSession() as session:

        async def send(number: int) -> object:
            payload = workload.payload(recipient(number))
            async with session.post(url, json=payload, headers=workload.headers) as response:
                return await response.json()

        yield send
