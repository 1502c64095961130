"""``wamsg sandbox``: a server on this machine that answers like the providers, until Ctrl-C."""

from __future__ import annotations

import asyncio
import shlex
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from wamsg.cli.interrupt import on_interrupt
from wamsg.cli.output import say, tell
from wamsg.cli.reading import read_text
from wamsg.sandbox import Sandbox, load_callbacks, load_faults
from wamsg.settings import env_name


async def sandbox(
    *,
    port: Annotated[int, Parameter(help="0 takes a free one")] = 8025,
    limit: Annotated[str | None, Parameter(help="such as 80/s, kept exactly for each account; none by default")] = None,
    faults: Annotated[Path | None, Parameter(help="a fault script (TOML or JSON), see docs/sandbox.md")] = None,
    callbacks: Annotated[
        str | None, Parameter(help="address on this machine to call back, such as http://127.0.0.1:8080/")
    ] = None,
) -> int:
    """Run a local server that answers like the providers, until Ctrl-C. Nothing leaves this machine.

    It prints the lines that make other `wamsg` commands talk to it: copy them into another terminal.
    """
    script = read_text(faults, str(faults)) if faults is not None else ""
    calls = load_callbacks(script, callbacks)
    stop = asyncio.Event()
    async with Sandbox(port=port, limit=limit, faults=load_faults(script), callbacks=calls) as running:
        with on_interrupt(lambda: _stop(stop), stop.set):
            say(f"sandbox at {running.url} (what it saw: {running.url}/_sandbox); Ctrl-C stops it")
            for line in (*exports(running), *(callback_exports(running) if calls else ())):
                say(line)
            await stop.wait()
        counts = running.counts
        told = running.callbacks.told
    for name, seen in counts.items():
        tell(f"{name}: {', '.join(f'{count} {word}' for word, count in seen.items())}")
    if calls:
        tell(f"called back: {', '.join(f'{count} {word}' for word, count in told.items()) or 'nothing'}")
    return 0


def _stop(stop: asyncio.Event) -> str:
    stop.set()
    return "stopping the sandbox"


def exports(running: Sandbox) -> list[str]:
    """The shell lines that point every provider's settings at the sandbox."""
    return [
        f"export {env_name(name, setting)}={shlex.quote(value)}"
        for name in running.mounts
        for setting, value in running.settings(name).items()
    ]


def callback_exports(running: Sandbox) -> list[str]:
    """The shell lines that make a receiver take the sandbox's callbacks."""
    return [
        f"export {env_name(name, setting)}={shlex.quote(value)}"
        for name in running.calling
        for setting, value in running.callback_settings(name).items()
    ]
