"""``wamsg broadcast resume``: on from where it stands."""

from __future__ import annotations

import asyncio

from wamsg.cli.broadcast.book import opened, pick
from wamsg.cli.broadcast.options import SENDING, AsJson, LedgerName, Number, Plain, SendingOptions
from wamsg.cli.broadcast.running import How, carry_out
from wamsg.cli.broadcast.senders import find
from wamsg.cli.settings import NO_PROVIDER_OPTIONS, ProviderOptions


def resume(
    *,
    ledger: LedgerName,
    broadcast: Number = None,
    sending: SendingOptions = SENDING,
    about: ProviderOptions = NO_PROVIDER_OPTIONS,
    plain: Plain = False,
    json: AsJson = False,
) -> int:
    """Go on exactly where a broadcast was stopped or died; nobody is sent to twice by that.

    What was in flight when a process died is unknown from now on, and is treated as the plan says. Exit codes: 0 all
    accepted, 1 none, 2 wrong input and nothing sent, 4 some not accepted, 5 some unknown, 130 stopped.
    """
    return asyncio.run(_resume(How(address=ledger, as_json=json, plain=plain), broadcast, sending, about))


async def _resume(how: How, number: int | None, sending: SendingOptions, about: ProviderOptions) -> int:
    async with opened(how.address) as ledger:
        await ledger.lock()
        found = await pick(ledger, number)
        return await carry_out(ledger, found, find(about, sending, provider=found.plan.provider), how)
