"""A report of the ledger that broadcasts are kept in."""

from __future__ import annotations

import csv
from pathlib import Path

from tests.broadcast.report.double import NINE
from tests.support.told import told
from wamsg.broadcast.report import Wanted, unguarded, write_report
from wamsg.ledger import Fate, Ledger, Moment, Phase, Plan, Recipient, Refused, Settled, State, Suppression
from wamsg.ledger.sqlite import open_sqlite


async def test_every_line_of_a_real_ledger_is_told(tmp_path: Path) -> None:
    """The report's own count is the ledger's, and each fate stands in its line."""
    ledger = await open_sqlite(tmp_path / "sale.db", create=True)
    try:
        number = await _broadcast(ledger)
        await ledger.add([told("failed", message_id="wamid.0"), told("failed", message_id="wamid.1")], now=NINE + 50)
        wanted = Wanted(page=tmp_path / "report.html", table=tmp_path / "fates.csv")

        summary = await write_report(ledger, number, wanted, ledger="sale.db", now=NINE + 60)

        assert await ledger.counts(number) == summary.counts
        assert {"failed": 1} == summary.counts.statuses
    finally:
        await ledger.aclose()
    assert summary.complete
    with (tmp_path / "fates.csv").open(newline="") as file:
        rows = [{name: unguarded(cell) for name, cell in row.items()} for row in csv.DictReader(file)]
    assert ["accepted", "rejected", "unknown", "suppressed", "deferred", "pending", "duplicate", "invalid"] == [
        row["fate"] for row in rows
    ]
    assert [("2", "+919812340000", "Asha", "2026-10-01T09:00:00.000Z")] == [
        (row["line"], row["phone"], row["first_name"], row["sent_at"]) for row in rows[:1]
    ]
    assert ("+919812340001", "3") == (rows[6]["phone"], rows[6]["first_line"])
    assert "8 lines = 1 invalid + 1 duplicate + 1 suppressed + 5 deliveries" in (tmp_path / "report.html").read_text()


async def _broadcast(ledger: Ledger) -> int:
    await ledger.lock()
    await ledger.suppress([Suppression(address=919812340003, reason="asked", source="person", at=NINE)])
    plan = Plan(
        name="Sale", provider="kaleyra", message={"type": "text"}, columns=("first_name",), source="x", created_at=NINE
    )
    number = await ledger.begin(plan)
    rows = [Recipient(seq, seq + 2, 919812340000 + seq, ("Asha",)) for seq in range(6)]
    rows.append(Recipient(6, 8, 919812340001, ("Asha",)))
    await ledger.load(number, rows, [Refused(7, 9, Fate.INVALID, "the country code is missing", "98123 40001")])
    await ledger.freeze(number, fingerprint="f" * 16, digest="d" * 16, chunk=100)
    await ledger.enter(number, Phase.RUNNING, at=NINE)
    await ledger.note(number, Moment(at=NINE, kind="started"))
    await _send(ledger, number)
    await ledger.enter(number, Phase.PAUSED, at=NINE + 40, reason="by a person")
    return number


async def _send(ledger: Ledger, number: int) -> None:
    lease = await ledger.take(number, now=NINE, owner="me")
    assert lease is not None
    for outcome in (
        Settled(0, State.ACCEPTED, NINE + 0.2, "wamid.0"),
        Settled(1, State.REJECTED, NINE + 0.2, "wamid.1", "OptedOut", "E601", 400, "the recipient has opted out"),
        Settled(2, State.UNKNOWN, NINE + 30, None, "Unanswered", None, None, "no answer within 30 s"),
        Settled(4, State.DEFERRED, NINE + 0.2, None, "Unavailable", "WA500", 500, "try later", NINE + 300),
    ):
        assert await ledger.claim(lease, outcome.seq, now=NINE)
        ledger.settle(lease, outcome)
    await ledger.flush()
