"""pywa's async client, which speaks to Meta's Cloud API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pywa_async

from benchmarks.load import Send
from benchmarks.workload import CAPTION, LINK, TOKEN, Workload, recipient


@asynccontextmanager
async def opened(base: str, workload: Workload, _workers: int) -> AsyncIterator[Send]:
    """``send_image`` and ``send_message``, with the session that pywa would make, except for its address."""
    # 30 s as ours has: with httpx's 5 s for a place in the pool, 512 workers would fail.
    async with httpx.AsyncClient(timeout=30) as session:
        client = pywa_async.WhatsApp(phone_id="100000000000001", token=TOKEN, session=session)
        # It overwrites the session's address in its constructor.
        session.base_url = f"{base}/pywa"

        async def send_image(number: int) -> object:
            return await client.send_image(to=recipient(number), image=LINK, caption=CAPTION)

        async def send_text(number: int) -> object:
            return await client.send_message(to=recipient(number), text=CAPTION)

        yield send_image if workload.name == "image" else send_text
