"""``wamsg poll``: reads statuses from a provider that calls nobody back, into a ledger, until Ctrl-C."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any, Final

from cyclopts import Parameter

import wamsg
from wamsg.cli.broadcast.book import opened
from wamsg.cli.broadcast.options import LedgerName
from wamsg.cli.interrupt import on_interrupt
from wamsg.cli.output import ALL_ACCEPTED, STOPPED, say, tell
from wamsg.cli.settings import NO_PROVIDER_OPTIONS, ProviderOptions, choose, connect
from wamsg.cli.webhooks import summary
from wamsg.errors import WamsgError
from wamsg.ledger import EventLedger
from wamsg.transport.aiohttp import AiohttpTransport
from wamsg.webhooks import EventFlow, Poller, Round
from wamsg.webhooks.poll.poller import check_can_poll

#: Seconds for one request.
_TIMEOUT: Final = 30.0


async def poll(
    *,
    ledger: LedgerName,
    every: Annotated[float, Parameter(help="seconds from one round to the next")] = 60.0,
    calls: Annotated[int, Parameter(help="calls to the provider in one round, at most")] = 6,
    once: Annotated[bool, Parameter(negative=(), help="read all that has changed, then end")] = False,
    about: ProviderOptions = NO_PROVIDER_OPTIONS,
) -> int:
    """Read statuses from a provider that calls nobody back, into a ledger, until Ctrl-C."""
    chosen = choose(about)
    check_can_poll(chosen.provider)
    client = connect(chosen, transport=AiohttpTransport(timeout=_TIMEOUT), timeout=_TIMEOUT)
    async with client, opened(ledger) as book, EventFlow(book) as flow:
        poller = Poller(client, flow, bookmarks=book, every=every, calls=calls)
        tell(f"statuses are read from {chosen.provider.title}; Ctrl-C stops it, to go on from there the next time")
        stopped = await _until_stopped(_to_the_end(poller) if once else poller.run(show=_show))
        say(summary(await book.arrivals()))
    return STOPPED if stopped and once else ALL_ACCEPTED


@asynccontextmanager
async def polling(clients: Sequence[wamsg.Client], ledger: EventLedger, *, every: float | None) -> AsyncIterator[None]:
    """Read statuses while something else goes on, if there is an ``every``; an error ends the reading alone."""
    async with EventFlow(ledger) as flow:
        pollers = [Poller(client, flow, bookmarks=ledger, every=every) for client in clients if every is not None]
        tasks = [asyncio.create_task(_told(poller.run()), name="wamsg poll") for poller in pollers]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _told(reading: Coroutine[Any, Any, None]) -> None:
    try:
        await reading
    except WamsgError as error:
        tell(f"statuses are not read any more: {error}")


async def _to_the_end(poller: Poller) -> None:
    while not (done := await poller.round()).caught_up:
        _show(done)
    _show(done)


def _show(done: Round) -> None:
    if done.fresh:
        say(f"{done.fresh:,} new, by {done.calls} calls" + ("" if done.caught_up else "; more to read"))


async def _until_stopped(reading: Coroutine[Any, Any, None]) -> bool:
    """Whether Ctrl-C ended it; what was read is stored in any case."""
    task = asyncio.create_task(reading, name="wamsg poll")

    def stop() -> str:
        task.cancel()
        return "stopping; what was read is stored"

    def cut() -> None:
        task.cancel()

    with on_interrupt(stop, cut):
        try:
            await task
        except asyncio.CancelledError:
            return True
    return False
