"""The summary as plain JSON values, for programs that ask how it went."""

from __future__ import annotations

from typing import Any

from attrs import asdict

from wamsg.broadcast.report.figures import iso
from wamsg.broadcast.report.privacy import kept, masked
from wamsg.broadcast.report.summary import Summary
from wamsg.broadcast.report.verdict import verdict
from wamsg.ledger import State


def summary_to_dict(summary: Summary, *, ledger: str, show_numbers: bool = False) -> dict[str, Any]:
    """Counts, causes, rates and advice; times are ISO 8601, spans in seconds, rates in messages a second.

    Numbers inside of texts are masked unless ``show_numbers``; the lines themselves are in the exports.
    """
    shown = kept if show_numbers else masked
    broadcast, counts, said = summary.broadcast, summary.counts, verdict(summary, ledger=ledger)
    return {
        "broadcast": broadcast.id,
        "name": broadcast.plan.name,
        "provider": broadcast.plan.provider,
        "phase": broadcast.phase.name.lower(),
        "reason": shown(broadcast.reason),
        "taken_at": iso(summary.taken_at),
        "complete": summary.complete,
        "lines": counts.rows,
        "invalid": counts.invalid,
        "duplicate": counts.duplicate,
        "suppressed": counts.suppressed,
        **{state.name.lower(): counts.states[state] for state in State},
        "statuses": dict(counts.statuses),
        "requests": summary.attempts,
        "rate": summary.course.average,
        "latency": asdict(summary.course.latency),
        "causes": [
            {
                "state": group.key.state.name.lower(),
                "kind": group.key.kind,
                "code": group.key.code,
                "http_status": group.key.http_status,
                "lines": group.lines,
                "example": shown(group.example),
                "first_line": group.first_line,
            }
            for group in summary.causes.groups
        ],
        "sentence": said.sentence,
        "advice": [{**asdict(advice), "what": shown(advice.what)} for advice in said.advice],
    }
