"""Carrying a frozen broadcast out: signals, the display, the last words, the exit code."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from attrs import frozen

from wamsg.broadcast import Ended, Options, Runner, prepare
from wamsg.broadcast.report import in_words
from wamsg.cli.broadcast.book import command, title
from wamsg.cli.broadcast.counting import counts_to_dict, emit, exit_code
from wamsg.cli.broadcast.display import watching
from wamsg.cli.broadcast.senders import Senders, opened
from wamsg.cli.interrupt import on_interrupt
from wamsg.cli.output import SOME_UNKNOWN, STOPPED, printable, say, tell
from wamsg.cli.poll import polling
from wamsg.errors import WamsgError
from wamsg.ledger import Broadcast, EventLedger, Ledger, Phase, State

_MEANING = {Phase.HELD: "all is sent that can be; what becomes of the unknown ones is for you to say"}
_STOPPING = "stopping; what is under way gets its answer (Ctrl-C again gives it up as unknown)"


@frozen(kw_only=True)
class How:
    """How a command was called."""

    #: What ``--ledger`` was given.
    address: str
    as_json: bool = False
    plain: bool = False
    #: Nobody is asked.
    yes: bool = False


async def carry_out(ledger: EventLedger, broadcast: Broadcast, senders: Senders, how: How) -> int:
    """Send until it ends or is stopped; the exit code."""
    options = Options.from_dict(broadcast.plan.options)
    async with (
        opened(senders, concurrency=options.concurrency, lanes=ledger.lanes) as line,
        polling(line.clients, ledger, every=senders.poll),
    ):
        with watching(line.lanes, as_json=how.as_json, plain=how.plain) as show:
            runner = await prepare(ledger, broadcast.id, line.clients, show=show, callbacks=senders.callbacks)
            if not how.as_json:
                tell(f"sending {title(broadcast)} through {senders.provider.title}; Ctrl-C stops it, to be resumed")
            try:
                ended, cut = await _until_it_ends(runner, ledger, broadcast.id)
            except WamsgError as error:
                return _tell_failure(broadcast, error, how)
    return tell_end(broadcast, ended, how, code=STOPPED if cut else exit_code(ended))


def tell_end(broadcast: Broadcast, ended: Ended, how: How, *, code: int) -> int:
    """Say how it ended; ``code``."""
    if how.as_json:
        emit("ended", ended_to_dict(broadcast.id, ended, code))
    else:
        for text in last_words(broadcast, ended, how.address):
            say(text)
    return code


def _tell_failure(broadcast: Broadcast, error: WamsgError, how: How) -> int:
    """Such as a full disk: what the ledger could not be told is unknown."""
    if how.as_json:
        emit("failed", {"broadcast": broadcast.id, "reason": str(error), "exit_code": SOME_UNKNOWN})
    tell(str(error))
    tell(f"whoever was under way is unknown; mend it, then go on with: {command('resume', how.address)}")
    return SOME_UNKNOWN


async def _until_it_ends(runner: Runner, ledger: Ledger, broadcast: int) -> tuple[Ended, bool]:
    """How it ended, and whether the answers to what was under way were not waited for."""
    run = asyncio.create_task(runner.run(), name="wamsg broadcast")

    def stop() -> str:
        runner.stop("stopped by Ctrl-C or by a signal")
        return _STOPPING

    def cut() -> None:
        run.cancel()

    try:
        with on_interrupt(stop, cut):
            return await run, False
    except asyncio.CancelledError:
        if not run.cancelled():
            raise
        return await standing(ledger, broadcast), True


async def standing(ledger: Ledger, broadcast: int) -> Ended:
    """How a broadcast stands that nobody runs."""
    found = await ledger.broadcast(broadcast)
    return Ended(phase=found.phase, reason=found.reason, counts=await ledger.counts(broadcast))


def ended_to_dict(broadcast: int, ended: Ended, code: int) -> dict[str, object]:
    """The fields of the event ``ended``."""
    return {
        "broadcast": broadcast,
        "phase": ended.phase.name.lower(),
        "reason": ended.reason,
        **counts_to_dict(ended.counts),
        "exit_code": code,
    }


def last_words(broadcast: Broadcast, ended: Ended, address: str) -> Iterator[str]:
    """What became of it, and what to do now."""
    why = printable(ended.reason) or _MEANING.get(ended.phase, "")
    yield f"{title(broadcast)} is {ended.phase.name.lower()}" + (f": {why}" if why else "")
    yield from in_words(ended.counts)
    if unknown := ended.counts.states[State.UNKNOWN]:
        yield (
            f"{unknown:,} unknown: the message may or may not have gone out, so nothing repeats it by itself\n"
            f"who they are: {command('report', address, '--csv', 'FILE')}"
        )
    if ended.counts.open and ended.phase is not Phase.CANCELLED:
        yield f"go on with: {command('resume', address)}"
