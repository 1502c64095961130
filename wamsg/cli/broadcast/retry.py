"""``wamsg broadcast retry``: once more to those whom a person picks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated

from cyclopts import Parameter

from wamsg.cli.broadcast.ask import agreed, check_somebody_answers
from wamsg.cli.broadcast.book import command, opened, pick, title
from wamsg.cli.broadcast.counting import emit
from wamsg.cli.broadcast.options import SENDING, AsJson, LedgerName, Number, Plain, SendingOptions, Yes
from wamsg.cli.broadcast.running import How, carry_out
from wamsg.cli.broadcast.senders import find
from wamsg.cli.kinds.pairs import Repeated
from wamsg.cli.output import ALL_ACCEPTED, NONE_ACCEPTED, say, tell
from wamsg.cli.settings import NO_PROVIDER_OPTIONS, ProviderOptions
from wamsg.clock import SystemClock
from wamsg.errors import ConfigError
from wamsg.ledger import Broadcast, Ledger, Moment, Phase, State

_WORDS = {"rejected": State.REJECTED, "deferred": State.DEFERRED, "unknown": State.UNKNOWN}


def retry(
    *,
    ledger: LedgerName,
    only: Annotated[tuple[str, ...], Repeated, Parameter(help="rejected, deferred or unknown; repeat it for several")],
    code: Annotated[tuple[str, ...], Repeated, Parameter(help="of them, those with this code of the provider")] = (),
    consent_to_duplicates: Annotated[
        bool, Parameter(negative=(), show_default=False, help="unknown ones may have got the message already")
    ] = False,
    no_run: Annotated[bool, Parameter(negative=(), show_default=False, help="leave the sending to `resume`")] = False,
    broadcast: Number = None,
    sending: SendingOptions = SENDING,
    about: ProviderOptions = NO_PROVIDER_OPTIONS,
    yes: Yes = False,
    plain: Plain = False,
    json: AsJson = False,
) -> int:
    """Send again to those who were rejected, deferred or unknown, then go on as `resume` does, with its exit codes.

    Nobody else is sent to again. Unknown ones may be messaged twice by it, so they need --consent-to-duplicates.
    """
    states = _states(only)
    if State.UNKNOWN in states and not consent_to_duplicates:
        message = (
            "unknown recipients may have got the message already; add --consent-to-duplicates to risk a second one"
        )
        raise ConfigError(message, setting="consent_to_duplicates")
    if not yes:
        check_somebody_answers()
    how = How(address=ledger, as_json=json, plain=plain, yes=yes)
    return asyncio.run(_retry(how, broadcast, states, code, None if no_run else (sending, about)))


def _states(words: Sequence[str]) -> set[State]:
    found = {word.strip().lower() for words_ in words for word in words_.split(",")}
    if wrong := found - _WORDS.keys():
        raise ConfigError(f"--only takes {', '.join(_WORDS)}, not {min(wrong)[:40]!r}", setting="only")
    return {_WORDS[word] for word in found}


async def _retry(
    how: How,
    number: int | None,
    states: set[State],
    codes: Sequence[str],
    run: tuple[SendingOptions, ProviderOptions] | None,
) -> int:
    async with opened(how.address) as ledger:
        # First of all: it turns what a dead process left in flight into unknown.
        await ledger.lock()
        found = await pick(ledger, number)
        senders = find(run[1], run[0], provider=found.plan.provider) if run is not None else None
        count = await _count(ledger, found, states, codes)
        if not count:
            tell(f"{title(found)} has nobody to send to again")
            return ALL_ACCEPTED
        if not how.yes and not await agreed(f"send again to {count:,} {_named(states)}?"):
            tell("nobody is sent to again")
            return NONE_ACCEPTED
        await _arm(ledger, found, states, codes, how)
        if senders is not None:
            return await carry_out(ledger, found, senders, how)
        if not how.as_json:
            say(f"send it with: {command('resume', how.address)}")
        return ALL_ACCEPTED


async def _count(ledger: Ledger, found: Broadcast, states: set[State], codes: Sequence[str]) -> int:
    if not codes:
        counts = await ledger.counts(found.id)
        return sum(counts.states[state] for state in states)
    return sum([one.code in codes async for one in ledger.deliveries(found.id, states)])


async def _arm(ledger: Ledger, found: Broadcast, states: set[State], codes: Sequence[str], how: How) -> None:
    now = SystemClock().time()
    count = await ledger.rearm(found.id, states, now=now, codes=codes or None)
    said = f"{count:,} {_named(states)} are due again"
    await ledger.note(found.id, Moment(at=now, kind="retry", detail=said))
    # So that it counts as unfinished, whatever becomes of the run.
    await ledger.enter(found.id, Phase.PAUSED, at=now, reason=said)
    if how.as_json:
        emit("retry", {"broadcast": found.id, "count": count})
    else:
        say(said)


def _named(states: set[State]) -> str:
    return " or ".join(state.name.lower() for state in sorted(states))
