"""First act: a fan-out through every provider, while the sandbox throttles, refuses, drops and cuts on purpose."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import wamsg
from wamsg.cli.demo.audience import picture, recipients
from wamsg.cli.demo.reckoning import Reckoning, Row, outcome_row, reckon
from wamsg.cli.demo.show import bars, table
from wamsg.cli.output import say
from wamsg.model import Content, Image
from wamsg.pipeline import RetryPolicy
from wamsg.sandbox import Sandbox

#: Requests a second that the sandbox takes from each account: less than the senders offer, so that it throttles.
SERVER_LIMIT = "80/s"
_SENDER_LIMIT = "120/s"
#: In seconds; for some recipients the sandbox never answers, for one it is always busy.
_TIMEOUT = 2.0
_RETRY = RetryPolicy(attempts=3, first_wait=0.2, longest_wait=1.0)


async def show_fan_out(sandbox: Sandbox, *, plain: bool) -> list[str]:
    """A picture and a link to 200 made-up recipients through every provider; what does not add up, in words."""
    people = recipients()
    messages: dict[str, Content] = {
        "picture": Image(file=picture(), caption="hello"),
        "link": Image(link="https://files.example/picture.png", caption="hello"),
    }
    found = {
        name: await _fan_out_all(sandbox, name, content, people, plain=plain) for name, content in messages.items()
    }
    for provider, mount in sandbox.mounts.items():
        table(mount.provider.title, {name: each[provider] for name, each in found.items()}, plain=plain)
    return _verdict(found, sandbox)


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
    found: list[Row] = []
    # The user's own settings must not lead the demo anywhere else.
    settings: dict[str, Any] = dict(sandbox.settings(provider))
    # One limit to watch: that of the account or the sender, not those of single recipients.
    main, *others = sandbox.mounts[provider].provider.limits
    limits: dict[str, str | None] = {main: _SENDER_LIMIT, **dict.fromkeys(others)}
    client = wamsg.connect(provider, limits=limits, retry=_RETRY, timeout=_TIMEOUT, environ={}, **settings)
    async with client:
        async for outcome in wamsg.fan_out(client, content, to=people):
            found.append(outcome_row(outcome))
            advance()
    accepted = Counter(record.recipient for record in sandbox.outbox.find(provider=provider))
    return reckon(len(people), found, accepted)


def _verdict(found: dict[str, dict[str, Reckoning]], sandbox: Sandbox) -> list[str]:
    complaints = [
        f"{name} through {provider}: {complaint}"
        for name, each in found.items()
        for provider, reckoning in each.items()
        for complaint in reckoning.complaints
    ]
    throttled = sum(counts["throttled"] for counts in sandbox.counts.values())
    rows = sum(reckoning.rows for each in found.values() for reckoning in each.values())
    if not complaints:
        say(f"{rows} rows add up; throttled {throttled} times; nobody got a message twice, nobody is unaccounted for")
    return complaints
