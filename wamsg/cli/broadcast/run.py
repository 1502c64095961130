"""``wamsg broadcast run``: plan, ask, send; or send what is planned."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import attrs
from cyclopts import Parameter

from wamsg.broadcast.report import in_words
from wamsg.cli.broadcast import book, inputs
from wamsg.cli.broadcast.ask import agreed, check_somebody_answers
from wamsg.cli.broadcast.counting import exit_code
from wamsg.cli.broadcast.drafting import Again, check_same, to_go_on_with
from wamsg.cli.broadcast.inputs import Input
from wamsg.cli.broadcast.options import (
    PLANNING,
    READING,
    SENDING,
    AsJson,
    LedgerName,
    Number,
    Plain,
    PlanningOptions,
    ReadingOptions,
    SendingOptions,
    Yes,
)
from wamsg.cli.broadcast.plan import new
from wamsg.cli.broadcast.running import How, carry_out, standing, tell_end
from wamsg.cli.broadcast.senders import Senders, find
from wamsg.cli.kinds.pairs import Input as Where
from wamsg.cli.output import NONE_ACCEPTED, say, tell
from wamsg.cli.settings import NO_PROVIDER_OPTIONS, ProviderOptions
from wamsg.errors import ConfigError
from wamsg.ledger import Broadcast, EventLedger, Ledger, Phase


def run(
    message: Annotated[Path | None, Parameter(help="a TOML file; without it, what is planned is sent")] = None,
    recipients: Annotated[Where | None, Parameter(help="a CSV or JSON Lines file; - for standard input")] = None,
    *,
    ledger: LedgerName,
    broadcast: Number = None,
    reading: ReadingOptions = READING,
    planning: PlanningOptions = PLANNING,
    sending: SendingOptions = SENDING,
    about: ProviderOptions = NO_PROVIDER_OPTIONS,
    yes: Yes = False,
    plain: Plain = False,
    json: AsJson = False,
) -> int:
    """Plan, show what would be sent to whom, ask, and send.

    The same command line again goes on where it was stopped or died, and sends nothing twice. Exit codes: 0 all
    accepted, 1 none, 2 wrong input and nothing sent, 4 some not accepted, 5 some unknown, 130 stopped.
    """
    how = How(address=ledger, yes=yes, plain=plain, as_json=json)
    if message is None:
        _check_nothing_to_plan(reading, planning)
        return asyncio.run(_run_planned(how, broadcast, sending, about))
    if recipients is None:
        raise ConfigError("name the recipients beside the message, or neither to send what is planned")
    if broadcast is not None:
        raise ConfigError(
            "--broadcast names one that is planned; leave out message and recipients", setting="broadcast"
        )
    if not yes:
        check_somebody_answers(reading_stdin=inputs.is_stdin(recipients))
    senders = find(about, sending)
    with inputs.opened(message, recipients, reading=reading, planning=planning, senders=senders) as given:
        return asyncio.run(_run(how, given))


def _check_nothing_to_plan(reading: ReadingOptions, planning: PlanningOptions) -> None:
    for options, usual in ((reading, READING), (planning, PLANNING)):
        for name, value in attrs.asdict(options).items():
            if value != getattr(usual, name):
                option = f"--{name.replace('_', '-')}"
                raise ConfigError(
                    f"{option} is frozen with the plan; it goes with message and recipients", setting=name
                )


async def _run(how: How, given: Input) -> int:
    async with book.opened(how.address, create=True) as ledger:
        await ledger.lock()
        if (found := await to_go_on_with(ledger, given)) is not None:
            await check_same(found, given)
            return await _send(ledger, found, given.senders, how)
        try:
            planned = await new(ledger, given, question=None if how.yes else "send it?", as_json=how.as_json)
        except Again as again:
            return await _nothing_left(ledger, again.broadcast, how)
        if planned is None:
            return NONE_ACCEPTED
        return await carry_out(ledger, planned.broadcast, given.senders, how)


async def _run_planned(how: How, number: int | None, sending: SendingOptions, about: ProviderOptions) -> int:
    async with book.opened(how.address) as ledger:
        await ledger.lock()
        found = await book.pick(ledger, number)
        if not how.yes and found.phase is Phase.PLANNED:
            check_somebody_answers()
        return await _send(ledger, found, find(about, sending, provider=found.plan.provider), how)


async def _send(ledger: EventLedger, found: Broadcast, senders: Senders, how: How) -> int:
    """Start or go on; who was never sent to is asked about first."""
    if not how.as_json:
        say(f"{book.title(found)} is {found.phase.name.lower()}: {'; '.join(in_words(await ledger.counts(found.id)))}")
    if found.phase is Phase.PLANNED and not how.yes and not await agreed("send it?"):
        tell("nothing was sent")
        return NONE_ACCEPTED
    return await carry_out(ledger, found, senders, how)


async def _nothing_left(ledger: Ledger, broadcast: int, how: How) -> int:
    """The same was sent before; a second time takes another ledger, so that it cannot happen by accident."""
    ended = await standing(ledger, broadcast)
    tell("nothing is sent: the ledger holds a broadcast of the same message, options and recipients, and it has ended")
    return tell_end(await ledger.broadcast(broadcast), ended, how, code=exit_code(ended))
