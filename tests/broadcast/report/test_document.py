"""The summary for programs."""

from __future__ import annotations

import json

from tests.broadcast.report.double import NINE, Shelf, accepted, broadcast, refused, rejected, unknown
from wamsg.broadcast.report import summarize, summary_to_dict
from wamsg.ledger import Fate, Phase, State


async def test_the_summary_is_json_and_its_counts_add_up() -> None:
    """What a program needs to decide what to do next."""
    lines = [accepted(0), rejected(1), unknown(2), refused(3, Fate.INVALID, detail="no number")]
    summary = await summarize(Shelf(what=broadcast(rows=4, phase=Phase.HELD), lines=lines), 7, now=NINE)

    told = json.loads(json.dumps(summary_to_dict(summary, ledger="sale.db"), allow_nan=False))

    assert (4, "held", True, "2026-10-01T09:00:00.000Z") == (
        told["lines"],
        told["phase"],
        told["complete"],
        told["taken_at"],
    )
    refused_lines = told["invalid"] + told["duplicate"] + told["suppressed"]
    assert told["lines"] == refused_lines + sum(told[state.name.lower()] for state in State)
    assert [("rejected", "OptedOut", "E601", 1), ("unknown", "Unanswered", None, 1)] == [
        (cause["state"], cause["kind"], cause["code"], cause["lines"]) for cause in told["causes"]
    ]
    assert "wamsg broadcast retry --ledger sale.db --only unknown" == told["advice"][0]["command"]


async def test_numbers_in_its_texts_are_masked_unless_asked_for() -> None:
    """A log that swallows it holds none."""
    lines = [rejected(0, detail="+919812349999 has opted out")]
    found = broadcast(rows=1, phase=Phase.STOPPED, reason="for +919812348888")
    summary = await summarize(Shelf(what=found, lines=lines), 7, now=NINE)

    hidden = json.dumps(summary_to_dict(summary, ledger="x"))
    shown = json.dumps(summary_to_dict(summary, ledger="x", show_numbers=True))

    for number in ("919812349999", "919812348888"):
        assert number not in hidden
        assert number in shown
