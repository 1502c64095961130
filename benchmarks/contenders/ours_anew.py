"""wamsg, through the whole pipeline, with a content of each recipient's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.contenders.ours import connected, content
from benchmarks.load import Send
from benchmarks.workload import Workload, recipient


@asynccontextmanager
async def opened(base: str, workload: Workload, _workers: int) -> AsyncIterator[Send]:
    """``messenger.send(Image(link=.., caption=..), to=..)``."""
    async with connected(base, workload) as messenger:

        async def send(number: int) -> object:
            return await messenger.send(content(workload), to=recipient(number))

        yield send
