"""wamsg, through the whole pipeline, one content for all recipients."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import wamsg
from benchmarks.load import Send
from benchmarks.workload import CAPTION, KEY, LINK, SENDER, SID, TOKEN, Workload, recipient

_SETTINGS: dict[str, dict[str, str]] = {
    "kaleyra": {"sid": SID, "api_key": KEY, "sender": SENDER},
    "wacr": {"token": TOKEN},
}


def connected(base: str, workload: Workload, **options: Any) -> wamsg.Client:
    """The client, without a limit unless one is given."""
    provider = workload.provider
    settings = {"limits": None, **_SETTINGS[provider], **options}
    return wamsg.connect(provider, base_url=f"{base}/{provider}", environ={}, **settings)


def content(workload: Workload) -> wamsg.Image | wamsg.Text:
    """The workload's message."""
    return wamsg.Image(link=LINK, caption=CAPTION) if workload.name == "image" else wamsg.Text(body=CAPTION)


@asynccontextmanager
async def opened(base: str, workload: Workload, _workers: int) -> AsyncIterator[Send]:
    """``messenger.send(content, to=..)``."""
    message = content(workload)
    async with connected(base, workload) as messenger:

        async def send(number: int) -> object:
            return await messenger.send(message, to=recipient(number))

        yield send
