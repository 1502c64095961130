"""``wamsg broadcast pause`` and ``cancel``: whoever runs it is asked; where nobody does, it is done here."""

from __future__ import annotations

import asyncio

from wamsg.cli.broadcast.ask import agreed, check_somebody_answers
from wamsg.cli.broadcast.book import UNFINISHED, opened, pick, title
from wamsg.cli.broadcast.options import AsJson, LedgerName, Number, Yes
from wamsg.cli.broadcast.running import How, standing, tell_end
from wamsg.cli.output import ALL_ACCEPTED, NONE_ACCEPTED, tell
from wamsg.clock import SystemClock
from wamsg.errors import LedgerError
from wamsg.ledger import Broadcast, Ledger, Moment, Phase, Wanted
from wamsg.ledger.open import holder_of

#: Seconds between two looks, and until it is left to settle alone: a request under way has its timeout first.
_EVERY, _PATIENCE = 0.2, 60.0
_WANTED = {Phase.PAUSED: Wanted.PAUSE, Phase.CANCELLED: Wanted.CANCEL}


def pause(*, ledger: LedgerName, broadcast: Number = None, json: AsJson = False) -> int:
    """Stop a broadcast that runs in another terminal: what is under way gets its answer, the rest waits for `resume`.

    Returns once it has stopped. Exit codes: 0 it is paused, 2 there is nothing to pause.
    """
    return asyncio.run(_pause(How(address=ledger, as_json=json), broadcast))


def cancel(*, ledger: LedgerName, broadcast: Number = None, yes: Yes = False, json: AsJson = False) -> int:
    """Give a broadcast up for good, whether it runs or not: whoever was not sent to is skipped.

    Exit codes: 0 it is cancelled, 1 the answer was no, 2 there is nothing to cancel.
    """
    if not yes:
        check_somebody_answers()
    return asyncio.run(_cancel(How(address=ledger, as_json=json, yes=yes), broadcast))


async def _pause(how: How, number: int | None) -> int:
    async with opened(how.address) as ledger:
        found = await pick(ledger, number)
        if found.phase is not Phase.RUNNING:
            raise LedgerError(f"{title(found)} is {found.phase.name.lower()}, so there is nothing to pause")
        return await _bring_to(Phase.PAUSED, ledger, found, how)


async def _cancel(how: How, number: int | None) -> int:
    async with opened(how.address) as ledger:
        found = await pick(ledger, number)
        if found.phase not in UNFINISHED:
            raise LedgerError(f"{title(found)} is {found.phase.name.lower()}, so there is nothing to cancel")
        left = (await ledger.counts(found.id)).open
        if not how.yes and not await agreed(f"give up {left:,} who were not sent to, for good?"):
            tell("nothing was cancelled")
            return NONE_ACCEPTED
        return await _bring_to(Phase.CANCELLED, ledger, found, how)


async def _bring_to(phase: Phase, ledger: Ledger, found: Broadcast, how: How) -> int:
    holder = holder_of(how.address)
    if found.phase is Phase.RUNNING and holder is not None:
        await ledger.order(found.id, _WANTED[phase])
        tell(f"asked {holder}; what is under way gets its answer")
        found = await _until_it_stops(ledger, found, how.address)
    if found.phase in UNFINISHED and (found.phase is not Phase.PAUSED or phase is Phase.CANCELLED):
        await ledger.lock()
        now, reason = SystemClock().time(), f"{phase.name.lower()} by a person while nobody ran it"
        await ledger.enter(found.id, phase, at=now, reason=reason)
        await ledger.note(found.id, Moment(at=now, kind=phase.name.lower(), detail=reason))
    return tell_end(found, await standing(ledger, found.id), how, code=ALL_ACCEPTED)


async def _until_it_stops(ledger: Ledger, found: Broadcast, address: str) -> Broadcast:
    """Raises `LedgerError` if it takes too long."""
    clock = SystemClock()
    deadline = clock.monotonic() + _PATIENCE
    # It has stopped once it lets go of the ledger, by its own will or not.
    while holder_of(address) is not None:
        found = await ledger.broadcast(found.id)
        if found.phase is not Phase.RUNNING:
            return found
        if clock.monotonic() > deadline:
            raise LedgerError(f"{title(found)} was asked and has not stopped yet; see wamsg broadcast status")
        await clock.sleep(_EVERY)
    return await ledger.broadcast(found.id)
