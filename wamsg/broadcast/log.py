"""What a run tells the standard library's logging: logger ``wamsg.broadcast``, one ``action`` per line, numbers masked.

Every line carries ``action`` and ``broadcast`` as fields; whoever writes JSON logs needs no text. An acceptance
is a DEBUG line, so that a million of them cost next to nothing where nobody wants them.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from types import MappingProxyType

from wamsg.broadcast.policy import Conviction, Course, Judgement, without_numbers
from wamsg.ledger import Counts, Lease, Phase, Settled, State
from wamsg.model import PhoneNumber

_log = logging.getLogger("wamsg.broadcast")
# Without a handler of its own Python would print warnings to standard error, into the middle of a progress bar.
_log.addHandler(logging.NullHandler())

_LEVELS: Mapping[State, int] = MappingProxyType(
    {
        State.ACCEPTED: logging.DEBUG,
        State.DEFERRED: logging.INFO,
        State.REJECTED: logging.INFO,
        State.EXPIRED: logging.INFO,
        State.SKIPPED: logging.INFO,
        State.UNKNOWN: logging.WARNING,
    }
)
#: What somebody should look at.
_ALARMING = frozenset({Phase.STOPPED, Phase.HELD})


def phase_entered(broadcast: int, phase: Phase, *, reason: str = "", counts: Counts | None = None) -> None:
    """The broadcast is in ``phase`` from now on; with ``counts``, a field for each state that any delivery is in."""
    found = {state.name.lower(): number for state, number in counts.states.items() if number} if counts else {}
    name, why = phase.name.lower(), _said(reason)
    _write(
        logging.WARNING if phase in _ALARMING else logging.INFO,
        f"broadcast {broadcast} is {name}" + (f": {why}" if why else ""),
        {**found, "action": "phase", "broadcast": broadcast, "phase": name, "reason": why},
    )


def settled(broadcast: int, outcome: Settled, *, address: int, attempt: int, sender: int = 0) -> None:
    """One delivery to ``address`` (E.164 without plus; written masked) has ended as ``outcome`` says, for now."""
    level = _LEVELS.get(outcome.state, logging.INFO)
    if not _log.isEnabledFor(level):
        return
    state, to, code = outcome.state.name.lower(), PhoneNumber(f"+{address}").masked, _one_line(outcome.code)
    why = " ".join(piece for piece in (outcome.kind, code) if piece)
    fields = {
        "action": "settled",
        "broadcast": broadcast,
        "delivery": outcome.seq,
        "to": to,
        "state": state,
        "attempt": attempt,
        "sender": sender,
        "kind": outcome.kind,
        "code": code,
        "http_status": outcome.http_status,
        "message_id": _one_line(outcome.message_id),
        "not_before": outcome.not_before,
        "detail": _said(outcome.detail),
    }
    _write(level, f"delivery {outcome.seq} to {to} is {state}" + (f" ({why})" if why else ""), fields)


def sender_dropped(broadcast: int, conviction: Conviction) -> None:
    """One sender sends no more; the others go on."""
    why = _said(conviction.reason)
    fields = {
        "action": "sender_dropped",
        "broadcast": broadcast,
        "sender": conviction.sender,
        "kind": conviction.kind,
        "code": _one_line(conviction.code),
        "reason": why,
    }
    _write(logging.WARNING, f"sender {conviction.sender} is dropped: {why}", fields)


def canary_judged(broadcast: int, judgement: Judgement) -> None:
    """The canary has shown how the broadcast fares; one that is still waited for is not worth a line."""
    if judgement.course is Course.WAIT:
        return
    course, why = judgement.course.value, _said(judgement.reason)
    fields = {"action": "canary", "broadcast": broadcast, "course": course, "reason": why}
    level = logging.WARNING if judgement.course is Course.STOP else logging.INFO
    _write(level, f"canary says {course}" + (f": {why}" if why else ""), fields)


def lease_lost(lease: Lease) -> None:
    """Another process has taken the chunk over; this one sends nothing of it any more."""
    fields = {"action": "lease_lost", "broadcast": lease.broadcast, "chunk": lease.chunk, "epoch": lease.epoch}
    _write(logging.WARNING, f"chunk {lease.chunk} was taken over by another process", fields)


def _write(level: int, message: str, fields: Mapping[str, object]) -> None:
    """One line; what is not known is no field of it."""
    known = {name: value for name, value in fields.items() if value is not None}
    # Not as a format: a provider's sentence may hold a per cent sign.
    _log.log(level, "%s", message, extra=known)


def _said(text: str | None) -> str | None:
    """What a provider, an error or a person said: on one line, numbers masked; None for nothing."""
    return _one_line(without_numbers(text)) if text else None


def _one_line(text: str | None) -> str | None:
    """Without the control characters with which an answer could forge a line of the log."""
    return text and "".join(character if character.isprintable() else " " for character in text)
