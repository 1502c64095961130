"""twilio's async client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from benchmarks.load import Send
from benchmarks.workload import CAPTION, LINK, SENDER, TOKEN, Workload, recipient


@asynccontextmanager
async def opened(base: str, workload: Workload, _workers: int) -> AsyncIterator[Send]:
    """``messages.create_async`` over its own pooled session; only the address is ours."""
    media = [LINK] if workload.name == "image" else None
    async with AsyncTwilioHttpClient() as http:
        client = Client("AC00000000000000000000000000000000", TOKEN, http_client=http)
        client.api.base_url = f"{base}/twilio"

        async def send(number: int) -> object:
            extra = {"media_url": media} if media else {}
            return await client.messages.create_async(
                to=f"whatsapp:{recipient(number)}", from_=f"whatsapp:{SENDER}", body=CAPTION, **extra
            )

        yield send
