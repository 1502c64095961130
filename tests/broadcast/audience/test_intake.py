"""Rows become recipients or refusals; the digest reads in one way only."""

from __future__ import annotations

from wamsg.broadcast.audience import Intake, Row

NUMBER, OTHER = "+919812340001", "+447700900102"


def test_a_refused_row_without_values_cannot_pass_for_another_with_some() -> None:
    """Its absent values count as empty ones, so that what follows is never read as theirs."""
    one, two = Intake(("a",), check=lambda _: None), Intake(("a",), check=lambda _: "no")

    one.take([Row(1, "g", (), "wrong shape"), Row(2, NUMBER, ("!",)), Row(3, OTHER, ("w",))])
    two.take([Row(1, "g", (NUMBER,)), Row(2, OTHER, ("w",))])

    assert one.digest != two.digest


def test_places_go_on_from_batch_to_batch() -> None:
    """Refused rows have theirs too; the digest does not depend on where batches end."""
    rows = [Row(1, NUMBER, ()), Row(2, "x", ()), Row(4, OTHER, ())]
    whole, parts = Intake(()), Intake(())

    together = whole.take(rows)
    apart = [parts.take([row]) for row in rows]

    assert together.recipients == [one for batch in apart for one in batch.recipients]
    assert together.refused == [one for batch in apart for one in batch.refused]
    assert [0, 2] == [one.seq for one in together.recipients]
    assert (3, whole.digest) == (parts.rows, parts.digest)
