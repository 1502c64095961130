"""``wamsg demo``: a fan-out through every provider against the sandbox, and proof that it adds up."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from cyclopts import Parameter

import wamsg
from wamsg.cli.demo.audience import faults, picture, recipients
from wamsg.cli.demo.reckoning import Reckoning, reckon
from wamsg.cli.demo.show import bars, table
from wamsg.cli.interrupt import on_interrupt
from wamsg.cli.output import say, tell
from wamsg.model import Content, Image
from wamsg.pipeline import RetryPolicy
from wamsg.sandbox import Sandbox, load_faults

#: Requests a second that the sandbox takes from each account: less than the senders offer, so that it throttles.
_SERVER_LIMIT = "80/s"
_SENDER_LIMIT = "120/s"
#: In seconds; for some recipients the sandbox never answers, for one it is always busy.
_TIMEOUT = 2.0
_RETRY = RetryPolicy(attempts=3, first_wait=0.2, longest_wait=1.0)


async def demo(
    *,
    plain: Annotated[bool, Parameter(negative=(), help="lines instead of bars; what a pipe gets anyway")] = False,
    keep: Annotated[bool, Parameter(negative=(), help="leave the sandbox running afterwards, to look at")] = False,
) -> int:
    """Send a picture and a link to 200 made-up recipients through every provider, on this machine only.

    The sandbox throttles, refuses, drops and cuts some of it on purpose. At the end every row of the input is
    accounted for and held against what the sandbox accepted. Exit codes: 0 all of it adds up, 1 it does not.
    """
    plain = plain or not sys.stdout.isatty()
    people = recipients()
    messages: dict[str, Content] = {
        "picture": Image(file=picture(), caption="hello"),
        "link": Image(link="https://files.example/picture.png", caption="hello"),
    }
    async with Sandbox(limit=_SERVER_LIMIT, faults=load_faults(faults())) as sandbox:
        say(f"sandbox at {sandbox.url}: takes {_SERVER_LIMIT} of each account, and breaks some answers on purpose")
        found = {
            name: await _fan_out_all(sandbox, name, content, people, plain=plain) for name, content in messages.items()
        }
        for provider, mount in sandbox.mounts.items():
            table(mount.provider.title, {name: each[provider] for name, each in found.items()}, plain=plain)
        code = _verdict(found, sandbox)
        if keep:
            await _until_stopped(sandbox)
    return code


async def _fan_out_all(
    sandbox: Sandbox, name: str, content: Content, people: list[str], *, plain: bool
) -> dict[str, Reckoning]:
    """``content`` to everyone through all providers at once; provider -> how it ended."""
    sandbox.outbox.clear()
    titles = {provider: f"{name} through {provider}" for provider in sandbox.mounts}
    with bars(list(titles.values()), len(people), plain=plain) as advance:
        async with asyncio.TaskGroup() as group:
            tasks = {
                provider: group.create_task(_fan_out(sandbox, provider, content, people, partial(advance, title)))
                for provider, title in titles.items()
            }
    return {provider: task.result() for provider, task in tasks.items()}


async def _fan_out(
    sandbox: Sandbox, provider: str, content: Content, people: list[str], advance: Callable[[], None]
) -> Reckoning:
    outcomes = []
    # The user's own settings must not lead the demo anywhere else.
    settings: dict[str, Any] = dict(sandbox.settings(provider))
    # One limit to watch: that of the account or the sender, not those of single recipients.
    main, *others = sandbox.mounts[provider].provider.limits
    limits: dict[str, str | None] = {main: _SENDER_LIMIT, **dict.fromkeys(others)}
    client = wamsg.connect(provider, limits=limits, retry=_RETRY, timeout=_TIMEOUT, environ={}, **settings)
    async with client:
        async for outcome in wamsg.fan_out(client, content, to=people):
            outcomes.append(outcome)
            advance()
    accepted = Counter(record.recipient for record in sandbox.outbox.find(provider=provider))
    return reckon(len(people), outcomes, accepted)


def _verdict(found: dict[str, dict[str, Reckoning]], sandbox: Sandbox) -> int:
    complaints = [
        f"{name} through {provider}: {complaint}"
        for name, each in found.items()
        for provider, reckoning in each.items()
        for complaint in reckoning.complaints
    ]
    for complaint in complaints:
        tell(complaint)
    throttled = sum(counts["throttled"] for counts in sandbox.counts.values())
    rows = sum(reckoning.rows for each in found.values() for reckoning in each.values())
    if complaints:
        say(f"{rows} rows do not add up: {len(complaints)} complaints")
        return 1
    say(f"{rows} rows add up; throttled {throttled} times; nobody got a message twice, nobody is unaccounted for")
    return 0


async def _until_stopped(sandbox: Sandbox) -> None:
    stop = asyncio.Event()

    def stopping() -> str:
        stop.set()
        return "stopping the sandbox"

    with on_interrupt(stopping, stop.set):
        say(f"the sandbox stays at {sandbox.url}/_sandbox until Ctrl-C")
        await stop.wait()
