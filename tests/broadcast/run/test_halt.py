"""Bringing a run to a stop."""

from __future__ import annotations

import asyncio

import pytest

from wamsg.broadcast.run.halt import Halt, Halted
from wamsg.ledger import Phase


@pytest.mark.parametrize(
    ("orders", "phase"),
    [
        ([Phase.PAUSED, Phase.STOPPED], Phase.PAUSED),
        ([Phase.STOPPED, Phase.PAUSED], Phase.STOPPED),
        ([Phase.PAUSED, Phase.CANCELLED], Phase.CANCELLED),
        ([Phase.CANCELLED, Phase.PAUSED], Phase.CANCELLED),
        ([Phase.STOPPED, Phase.CANCELLED, Phase.STOPPED], Phase.CANCELLED),
    ],
)
def test_the_first_order_stands_unless_a_cancellation_comes(orders: list[Phase], phase: Phase) -> None:
    """The reason is that of the order that stands."""
    halt = Halt()
    assert not halt
    for place, each in enumerate(orders):
        halt.now(each, f"{each.name} {place}")

    assert halt
    assert halt.order is not None
    assert halt.order.phase is phase
    assert halt.order.reason == f"{phase.name} {orders.index(phase)}"
    assert halt.ordered.is_set()


async def test_who_waits_is_called_back_and_who_departed_is_not() -> None:
    """Only a delivery that has not departed can be stopped without harm."""
    halt, tasks = Halt(), dict[str, asyncio.Task[None]]()

    async def wait() -> None:
        await asyncio.Event().wait()

    for name in ("waits", "departed"):
        tasks[name] = asyncio.create_task(wait())
        halt.waits(tasks[name])
    halt.departs(tasks["departed"])
    await asyncio.sleep(0)
    halt.now(Phase.PAUSED, "")
    for _ in range(5):
        await asyncio.sleep(0)

    assert tasks["waits"].cancelled()
    assert not tasks["departed"].done()
    tasks["departed"].cancel()
    with pytest.raises(Halted):
        halt.departs(tasks["waits"])
