"""``wamsg demo``: two acts against the sandbox, each with proof that it adds up."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

from cyclopts import Parameter

from wamsg.cli.demo.audience import faults
from wamsg.cli.demo.broadcast import show_broadcast
from wamsg.cli.demo.fan_out import SERVER_LIMIT, show_fan_out
from wamsg.cli.interrupt import on_interrupt
from wamsg.cli.output import say, tell
from wamsg.sandbox import Sandbox, load_faults


async def demo(
    *,
    plain: Annotated[bool, Parameter(negative=(), help="lines instead of bars; what a pipe gets anyway")] = False,
    keep: Annotated[bool, Parameter(negative=(), help="leave the sandbox running afterwards, to look at")] = False,
) -> int:
    """Watch a fan-out through every provider, then a broadcast whose process is killed and that goes on all the same.

    All of it stays on this machine: the sandbox throttles, refuses, drops and cuts some of it on purpose. At the end of
    each act every row of the input is held against what the sandbox accepted. Exit codes: 0 all of it adds up, 1 it
    does not.
    """
    plain = plain or not sys.stdout.isatty()
    async with Sandbox(limit=SERVER_LIMIT, faults=load_faults(faults())) as sandbox:
        say(f"sandbox at {sandbox.url}: takes {SERVER_LIMIT} of each account, and breaks some answers on purpose")
        complaints = await show_fan_out(sandbox, plain=plain)
        complaints += await show_broadcast(sandbox, plain=plain)
        for complaint in complaints:
            tell(complaint)
        if keep:
            await _until_stopped(sandbox)
    return 1 if complaints else 0


async def _until_stopped(sandbox: Sandbox) -> None:
    stop = asyncio.Event()

    def stopping() -> str:
        stop.set()
        return "stopping the sandbox"

    with on_interrupt(stopping, stop.set):
        say(f"the sandbox stays at {sandbox.url}/_sandbox until Ctrl-C")
        await stop.wait()
