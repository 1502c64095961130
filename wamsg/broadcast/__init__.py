"""Durable broadcasts: plan, run, resume, report; for every recipient one fate that can be trusted.

::

    ledger = await open_ledger("sale.ledger", create=True)
    await ledger.lock()
    message = read_message(Path("sale.toml"))
    planned = await plan(ledger, message, open_audience(Path("customers.csv")), provider="kaleyra", options=Options())
    async with wamsg.connect("kaleyra") as messenger:
        runner = await prepare(ledger, planned.broadcast.id, messenger)
        ended = await runner.run()
    await ledger.aclose()
"""

from __future__ import annotations

from wamsg.broadcast.audience import Audience, Layout, open_audience
from wamsg.broadcast.message import MessageTemplate, read_message
from wamsg.broadcast.plan import Planned, check_unchanged, plan
from wamsg.broadcast.policy import OnUnknown, Options
from wamsg.broadcast.run import Ended, Progress, Runner
from wamsg.broadcast.start import prepare

__all__ = [
    "Audience",
    "Ended",
    "Layout",
    "MessageTemplate",
    "OnUnknown",
    "Options",
    "Planned",
    "Progress",
    "Runner",
    "check_unchanged",
    "open_audience",
    "plan",
    "prepare",
    "read_message",
]
