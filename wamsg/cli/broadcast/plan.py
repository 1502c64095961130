"""``wamsg broadcast plan``: everything but the sending."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from wamsg.broadcast import Planned
from wamsg.cli.broadcast import book, inputs, preview
from wamsg.cli.broadcast.ask import agreed, check_somebody_answers
from wamsg.cli.broadcast.counting import emit
from wamsg.cli.broadcast.drafting import draft
from wamsg.cli.broadcast.inputs import Input
from wamsg.cli.broadcast.options import (
    PLANNING,
    READING,
    SENDING,
    AsJson,
    LedgerName,
    PlanningOptions,
    ReadingOptions,
    SendingOptions,
    Yes,
)
from wamsg.cli.broadcast.senders import find
from wamsg.cli.kinds.pairs import Input as Where
from wamsg.cli.output import ALL_ACCEPTED, NONE_ACCEPTED, say, tell
from wamsg.cli.settings import NO_PROVIDER_OPTIONS, ProviderOptions
from wamsg.ledger import Ledger
from wamsg.ledger.open import open_ledger


def plan(
    message: Annotated[Path, Parameter(help="a TOML file; {first_name} in a text is the column first_name")],
    recipients: Annotated[Where, Parameter(help="a CSV or JSON Lines file; - for standard input")],
    *,
    ledger: LedgerName,
    reading: ReadingOptions = READING,
    planning: PlanningOptions = PLANNING,
    sending: SendingOptions = SENDING,
    about: ProviderOptions = NO_PROVIDER_OPTIONS,
    dry_run: Annotated[bool, Parameter(negative=(), help="show it, and leave nothing behind")] = False,
    yes: Yes = False,
    json: AsJson = False,
) -> int:
    """Read message and recipients, show what would be sent to whom, ask, and freeze it in the ledger. Sends nothing.

    Every line of the recipients is a delivery, invalid, a duplicate or suppressed; `wamsg broadcast run --ledger FILE`
    sends to the deliveries.
    """
    if not (yes or dry_run):
        check_somebody_answers(reading_stdin=inputs.is_stdin(recipients))
    senders = find(about, sending)
    with inputs.opened(message, recipients, reading=reading, planning=planning, senders=senders) as given:
        if dry_run:
            return asyncio.run(_try_out(given, ledger, exists=Path(ledger).exists(), as_json=json))
        return asyncio.run(_plan(given, ledger, yes=yes, as_json=json))


async def _plan(given: Input, address: str, *, yes: bool, as_json: bool) -> int:
    async with book.opened(address, create=True) as ledger:
        await ledger.lock()
        planned = await new(ledger, given, question=None if yes else "freeze this plan?", as_json=as_json)
        if planned is None:
            return NONE_ACCEPTED
        if not as_json:
            say(f"{book.title(planned.broadcast)} is planned; send it with: {book.command('run', address)}")
    return ALL_ACCEPTED


async def new(ledger: Ledger, given: Input, *, question: str | None, as_json: bool) -> Planned | None:
    """A new plan, shown and agreed to; None if it was refused. Whatever happens before that, it is forgotten again.

    Raises `Again` if the ledger holds a broadcast of exactly these inputs already.
    """

    async def agree(planned: Planned) -> None:
        show(planned, given, as_json=as_json)
        if question is not None and not await agreed(question):
            raise _Declined

    try:
        return await draft(ledger, given, agree)
    except _Declined:
        tell("nothing was planned")
        return None


class _Declined(Exception):
    """Somebody said no."""


def show(planned: Planned, given: Input, *, as_json: bool) -> None:
    """What would be sent to whom."""
    if as_json:
        emit("planned", preview.to_dict(planned, given.template, given.options, given.senders))
        return
    for line in preview.lines(planned, given.template, given.options, given.senders):
        say(line)


async def _try_out(given: Input, address: str, *, exists: bool, as_json: bool) -> int:
    """Plan in a ledger that is thrown away, with the suppressions of the real one if there is any."""
    with tempfile.TemporaryDirectory(prefix="wamsg-") as folder:
        ledger = await open_ledger(Path(folder) / "dry-run.ledger", create=True, durability="process")
        try:
            await ledger.lock()
            if exists:
                async with book.opened(address) as real:
                    await ledger.suppress([entry async for entry in real.suppressions()])
            show(await draft(ledger, given), given, as_json=as_json)
        finally:
            await ledger.aclose()
    if not as_json:
        say("nothing was kept: this was a dry run")
    return ALL_ACCEPTED
