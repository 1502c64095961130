"""Counts as programs read them, and the exit code that they come to."""

from __future__ import annotations

import json
from collections.abc import Mapping

from wamsg.broadcast import Ended
from wamsg.cli.output import ALL_ACCEPTED, NONE_ACCEPTED, SOME_REJECTED, SOME_UNKNOWN, STOPPED, say
from wamsg.ledger import Counts, Phase, State


def exit_code(ended: Ended) -> int:
    """Of the deliveries: 0 all accepted, 1 none, 4 some not, 5 some unknown; 130 if a person stopped it."""
    if ended.phase in {Phase.PAUSED, Phase.CANCELLED}:
        return STOPPED
    counts = ended.counts
    if counts.states[State.UNKNOWN]:
        return SOME_UNKNOWN
    accepted = counts.states[State.ACCEPTED]
    if not accepted:
        return NONE_ACCEPTED
    return ALL_ACCEPTED if accepted == counts.deliveries else SOME_REJECTED


def counts_to_dict(counts: Counts) -> dict[str, object]:
    """Where every line stands; fates and states add up to ``rows``."""
    return {
        "rows": counts.rows,
        "invalid": counts.invalid,
        "duplicate": counts.duplicate,
        "suppressed": counts.suppressed,
        "deliveries": counts.deliveries,
        "states": states_to_dict(counts.states),
        "statuses": dict(counts.statuses),
    }


def states_to_dict(states: Mapping[State, int]) -> dict[str, int]:
    """State -> number, by the state's name."""
    return {state.name.lower(): number for state, number in states.items()}


def emit(event: str, fields: dict[str, object]) -> None:
    """One event as one JSON object on standard output."""
    say(json.dumps({"event": event, **fields}))
