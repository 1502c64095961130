"""Who is compared at a limit: each keeps 64 requests under way at most and never gives a message up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from itertools import count, takewhile
from typing import Any

import aiohttp
from aiolimiter import AsyncLimiter
from attrs import frozen
from pyrate_limiter import Limiter, Rate

import wamsg
from benchmarks.contenders.ours import connected, content
from benchmarks.load import run
from benchmarks.workload import WORKLOADS, recipient

WORKERS = 64
_IMAGE = WORKLOADS["image"]


@frozen(kw_only=True)
class Pace:
    """The limit that the client believes in, and for how long it sends."""

    count: int
    window: float
    until: float

    def recipients(self) -> Iterator[str]:
        """New ones until the time is up."""
        return takewhile(lambda _: time.monotonic() < self.until, map(recipient, count()))


def send_for(*, base: str, how: str, count: int, window: float, seconds: float) -> int:
    """Send at most ``count`` per ``window`` for so long; how many had another end than acceptance."""

    async def main() -> int:
        return await HOW[how](base, Pace(count=count, window=window, until=time.monotonic() + seconds))

    return run(main)


async def _fan_out(base: str, pace: Pace) -> int:
    lost = 0
    async with _messenger(base, pace) as messenger:
        outcomes = wamsg.fan_out(messenger, content(_IMAGE), to=pace.recipients(), concurrency=WORKERS)
        async for outcome in outcomes:
            lost += outcome.status is not wamsg.Status.ACCEPTED
    return lost


async def _sends(base: str, pace: Pace) -> int:
    lost, image = 0, content(_IMAGE)

    async with _messenger(base, pace) as messenger:

        async def send(number: str) -> None:
            nonlocal lost
            try:
                await messenger.send(image, to=number)
            except wamsg.errors.SendError:
                lost += 1

        await _work(send, pace)
    return lost


async def _aiolimiter(base: str, pace: Pace) -> int:
    limiter = AsyncLimiter(pace.count, pace.window)
    return await _by_hand(base, pace, lambda: limiter)


async def _pyrate(base: str, pace: Pace) -> int:
    limiter = Limiter(Rate(pace.count, round(pace.window * 1000)))

    @asynccontextmanager
    async def acquired() -> AsyncIterator[None]:
        await limiter.try_acquire_async("sender")
        yield

    try:
        return await _by_hand(base, pace, acquired)
    finally:
        limiter.close()


async def _retry_after_only(base: str, pace: Pace) -> int:
    return await _by_hand(base, pace, nullcontext)


async def _by_hand(base: str, pace: Pace, acquire: Callable[[], AbstractAsyncContextManager[Any]]) -> int:
    """The naive loop, with a limiter before each try and each request's own sleep after a 429."""
    url, headers = f"{base}/kaleyra/messages", _IMAGE.headers
    async with aiohttp.ClientSession() as session:

        async def send(number: str) -> None:
            while True:
                async with acquire(), session.post(url, json=_IMAGE.payload(number), headers=headers) as response:
                    await response.read()
                if response.status != 429:
                    return
                await asyncio.sleep(float(response.headers["Retry-After"]))

        await _work(send, pace)
    return 0


async def _work(send: Callable[[str], Awaitable[None]], pace: Pace) -> None:
    numbers = pace.recipients()

    async def work() -> None:
        for number in numbers:
            await send(number)

    async with asyncio.TaskGroup() as group:
        for _ in range(WORKERS):
            group.create_task(work())


def _messenger(base: str, pace: Pace) -> wamsg.Client:
    return connected(base, _IMAGE, limits={"sender": f"{pace.count}/{pace.window:g}s"})


#: Name in the tables and how it goes.
HOW: dict[str, Callable[[str, Pace], Awaitable[int]]] = {
    "wamsg.fan_out": _fan_out,
    "wamsg, send in 64 tasks": _sends,
    "aiolimiter, Retry-After per request": _aiolimiter,
    "pyrate-limiter, Retry-After per request": _pyrate,
    "Retry-After per request only": _retry_after_only,
}
