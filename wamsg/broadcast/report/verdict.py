"""Did it work, and is there anything to do: the answers of a report in words, for the page and for a terminal."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from enum import Enum
from urllib.parse import urlsplit

from attrs import frozen

from wamsg.broadcast.report.causes import Cause, Group, clip
from wamsg.broadcast.report.figures import count, counted, date_time, share
from wamsg.broadcast.report.later import came_back, failed_later, too_many_failed_later
from wamsg.broadcast.report.summary import Summary
from wamsg.ledger import Counts, Phase, State


class Tone(Enum):
    """How good the news is."""

    GOOD = "good"
    CALM = "calm"
    WARN = "warn"
    BAD = "bad"


@frozen(kw_only=True)
class Advice:
    """Something that a person must or may do."""

    #: What stands, and what it means.
    what: str
    #: The command that goes on from there; empty where there is none.
    command: str = ""
    #: Whether it cannot be left as it is: somebody would stay without an answer, or far too many without the message.
    must: bool


@frozen(kw_only=True)
class Verdict:
    """The first thing to read."""

    tone: Tone
    #: One word or two.
    phase: str
    #: A sentence or two with the counts that matter most.
    sentence: str
    #: What to do, the most pressing first; empty if nothing is left to do.
    advice: tuple[Advice, ...]


_PHASES = {
    Phase.PLANNING: (Tone.CALM, "Being planned"),
    Phase.PLANNED: (Tone.CALM, "Planned"),
    Phase.RUNNING: (Tone.CALM, "Running"),
    Phase.PAUSED: (Tone.WARN, "Paused"),
    Phase.STOPPED: (Tone.BAD, "Stopped"),
    Phase.HELD: (Tone.WARN, "Sent, some held"),
    Phase.FINISHED: (Tone.GOOD, "Finished"),
    Phase.CANCELLED: (Tone.WARN, "Cancelled"),
}
_OVER = frozenset({Phase.FINISHED, Phase.CANCELLED})
#: Causes of late failures that are named, and characters of the provider's words for each.
_MOST_CAUSES, _LONGEST_WORDS = 3, 80


def verdict(summary: Summary, *, ledger: str) -> Verdict:
    """What ``summary`` comes down to; ``ledger`` is what ``--ledger`` was given, for the commands."""
    return Verdict(
        tone=_tone(summary),
        phase=_PHASES[summary.broadcast.phase][1],
        sentence=_sentence(summary),
        advice=tuple(sorted(_advice(summary, shown_ledger(ledger)), key=lambda advice: not advice.must)),
    )


def shown_ledger(ledger: str) -> str:
    """``ledger`` as it may stand in a report: quoted for a shell, and without the password of an address."""
    if "://" not in ledger:
        return shlex.quote(ledger)
    try:
        parts = urlsplit(ledger)
    except ValueError:
        return "LEDGER"
    # The query may hold a password as well.
    where = parts.netloc.rpartition("@")
    user = where[0].partition(":")[0]
    return shlex.quote(f"{parts.scheme}://{user}{where[1]}{where[2]}{parts.path}")


def adds_up(counts: Counts) -> str:
    """Such as ``10 lines = 1 invalid + 0 duplicate + 0 suppressed + 9 deliveries (8 accepted + 1 rejected)``."""
    states = " + ".join(f"{count(number)} {state.name.lower()}" for state, number in counts.states.items() if number)
    total = (
        f"{counted(counts.rows, 'line')} = {count(counts.invalid)} invalid + {count(counts.duplicate)} duplicate"
        f" + {count(counts.suppressed)} suppressed + {counted(counts.deliveries, 'delivery', 'deliveries')}"
    )
    return f"{total} ({states})" if states else total


def in_words(counts: Counts) -> Iterator[str]:
    """A line that adds up, and one of what came back if anything did."""
    yield adds_up(counts)
    if told := came_back(counts.statuses, accepted=counts.states[State.ACCEPTED]):
        yield told


def _tone(summary: Summary) -> Tone:
    tone, counts = _PHASES[summary.broadcast.phase][0], summary.counts
    # The states of these broadcasts look like those of a success, so nothing but the tone stands out.
    if too_many_failed_later(counts):
        return Tone.BAD
    short = tone is Tone.GOOD and counts.states[State.ACCEPTED] < max(1, counts.deliveries)
    late = tone is not Tone.BAD and failed_later(counts)
    return Tone.WARN if short or late else tone


def _sentence(summary: Summary) -> str:
    counts = summary.counts
    states, total = counts.states, counts.deliveries
    provider = summary.broadcast.plan.provider
    if not total:
        return "Not one line of the input can be sent to."
    if summary.broadcast.phase in {Phase.PLANNING, Phase.PLANNED}:
        return f"Nothing was sent yet. {counted(total, 'recipient waits', 'recipients wait')}."
    accepted = states[State.ACCEPTED]
    if accepted == total:
        who = "The one recipient was" if total == 1 else f"All {count(total)} recipients were"
        return f"{who} accepted by {provider}{_but_failed(counts)}."
    was = "was" if accepted == 1 else "were"
    of = f"{count(accepted)} of {counted(total, 'recipient')} ({share(accepted, total)})"
    begin = f"{of} {was} accepted by {provider}{_but_failed(counts)}"
    others = [
        f"{count(number)} {words}"
        for number, words in (
            (states[State.REJECTED], "rejected"),
            (states[State.UNKNOWN], "unknown"),
            (states[State.SENDING], "in flight"),
            (counts.open, "still to be sent"),
            (states[State.EXPIRED], "expired"),
            (states[State.SKIPPED], "skipped"),
        )
        if number
    ]
    return f"{begin}; {', '.join(others)}."


def _but_failed(counts: Counts) -> str:
    late, accepted = failed_later(counts), counts.states[State.ACCEPTED]
    if not late:
        return ""
    if late == accepted:
        return f", but {'the message' if late == 1 else 'all of the messages'} failed later"
    return f", but {counted(late, 'message')} ({share(late, accepted)}) failed later"


def _advice(summary: Summary, ledger: str) -> Iterator[Advice]:
    yield from _for_phase(summary, f"wamsg broadcast resume --ledger {ledger}")
    yield from _for_states(summary, f"wamsg broadcast retry --ledger {ledger} --only")
    if failed_later(summary.counts):
        yield _for_late_failures(summary, f"wamsg broadcast report --ledger {ledger} --csv fates.csv")
    if not summary.complete and summary.broadcast.phase is not Phase.PLANNING:
        yield Advice(
            must=True,
            what=f"The ledger says that the input has {counted(summary.broadcast.rows, 'line')}, but "
            f"{count(summary.counts.rows)} were found. Do not send with it; keep the file and ask for help.",
        )


def _for_phase(summary: Summary, resume: str) -> Iterator[Advice]:
    broadcast, states = summary.broadcast, summary.counts.states
    reason = clip(broadcast.reason).strip().rstrip(".")
    because = f": {reason}." if reason else "; no reason was stored."
    left = summary.counts.open
    waiting = counted(left, "recipient waits", "recipients wait") if left else "Nobody waits"
    if broadcast.phase is Phase.STOPPED:
        what = f"It was stopped{because} {waiting}. Mend the cause, then go on; nobody is sent to twice by that."
        yield Advice(must=True, what=what, command=resume)
    elif broadcast.phase is Phase.PAUSED:
        yield Advice(must=True, what=f"It is paused{because} {waiting}.", command=resume)
    elif broadcast.phase is Phase.PLANNED:
        yield Advice(must=True, what="It is planned, and not started.", command=resume)
    elif broadcast.phase is Phase.PLANNING:
        yield Advice(must=True, what="Its plan is not complete, so nothing of it can be sent; plan it again.")
    elif broadcast.phase is Phase.RUNNING:
        what = "It was running when this was written, so the counts have moved since. If its process is gone, go on."
        yield Advice(must=False, what=what, command=resume)
    elif left and broadcast.phase not in _OVER:
        at = f", the first at {date_time(summary.next_try)} UTC" if summary.next_try is not None else ""
        yield Advice(must=True, what=f"{waiting} for a later try{at}.", command=resume)
    if states[State.SENDING] and broadcast.phase is not Phase.RUNNING:
        what = f"{counted(states[State.SENDING], 'request was', 'requests were')} cut off without an answer on record;"
        yield Advice(must=True, what=f"{what} going on turns them into unknown ones.", command=resume)


def _for_states(summary: Summary, retry: str) -> Iterator[Advice]:
    states, counts = summary.counts.states, summary.counts
    if states[State.UNKNOWN]:
        who = counted(states[State.UNKNOWN], "recipient", "recipients")
        what = (
            f"{who} may or may not have been messaged: the request left and no answer can be trusted. They are listed "
            "below and are not sent to again unless you say so. To risk a second message rather than none:"
        )
        yield Advice(must=True, what=what, command=f"{retry} unknown")
    if states[State.REJECTED]:
        what = (
            f"{counted(states[State.REJECTED], 'recipient was', 'recipients were')} refused and got nothing; "
            "what went wrong stands below. Where the cause can be mended, they can be sent to again:"
        )
        yield Advice(must=False, what=what, command=f"{retry} rejected")
    if counts.invalid:
        what = (
            f"{counted(counts.invalid, 'line of the input holds', 'lines of the input hold')} no usable number and got "
            "nothing. Correct them at their source and plan them as a broadcast of their own."
        )
        yield Advice(must=False, what=what)


def _for_late_failures(summary: Summary, export: str) -> Advice:
    late = failed_later(summary.counts)
    groups = [group for group in summary.causes.groups if group.key.state is State.ACCEPTED]
    named = groups[:_MOST_CAUSES]
    rest = late - sum(group.lines for group in named)
    causes = "; ".join([*map(_cause, named), *([f"{count(rest)} for other reasons"] if rest > 0 else [])])
    what = (
        f"{counted(late, 'accepted message')} failed later and did not arrive: {causes}. Neither resume nor retry "
        "sends them again. Where the cause can be mended, plan a broadcast of their own for those recipients; they "
        "have the status failed in this file:"
    )
    return Advice(must=too_many_failed_later(summary.counts), what=what, command=export)


def _cause(group: Group[Cause]) -> str:
    words = clip(group.example.strip(), _LONGEST_WORDS).rstrip(".")
    told = ": ".join(dict.fromkeys(text for text in (group.key.code, words) if text))
    return f"{count(group.lines)} {group.key.kind or 'without a cause'}" + (f" ({told})" if told else "")
