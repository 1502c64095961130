"""What came back after the acceptance, in words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg.broadcast.report import came_back
from wamsg.broadcast.report.later import failed_later, too_many_failed_later
from wamsg.ledger import Counts, State


def _counts(accepted: int, failed: int) -> Counts:
    states = {**dict.fromkeys(State, 0), State.ACCEPTED: accepted}
    return Counts(rows=accepted, states=states, statuses={"failed": failed} if failed else {})


def test_good_news_comes_first_and_silence_last() -> None:
    """Whatever the order in which the ledger counts; a failure is told from a refusal."""
    told = came_back({"failed": 1724, "sent": 3, "read": 712, "delivered": 201}, accepted=2704)

    assert "came back: 712 read, 201 delivered, 3 sent, 1,724 failed later, none yet for 64" == told


def test_nothing_is_said_of_nothing() -> None:
    """Who has no receiver is not told that all are silent."""
    assert not came_back({}, accepted=60)


statuses = st.dictionaries(st.sampled_from(["sent", "delivered", "read", "failed"]), st.integers(1, 10**7), min_size=1)


@given(statuses, st.integers(0, 10**8))
def test_the_numbers_add_up_to_the_accepted(found: dict[str, int], accepted: int) -> None:
    """Unless statuses have overtaken the answers to their requests: then nobody is silent, and never less."""
    told = came_back(found, accepted=accepted)

    numbers = [int(number.replace(",", "")) for number in re.findall(r"[\d,]*\d", told)]
    assert max(accepted, sum(found.values())) == sum(numbers)


@pytest.mark.parametrize(
    ("accepted", "failed", "late", "too_many"),
    [
        pytest.param(0, 0, 0, False, id="nobody"),
        pytest.param(100, 20, 20, False, id="what a canary lets pass"),
        pytest.param(100, 21, 21, True, id="one more"),
        pytest.param(1, 1, 1, True, id="the only one"),
        pytest.param(0, 1, 0, False, id="failed before the answer to its request"),
    ],
)
def test_only_accepted_messages_fail_later(accepted: int, failed: int, late: int, too_many: bool) -> None:  # noqa: FBT001 -- a row of the table
    """So many as a canary would have stopped the broadcast for are too many."""
    counts = _counts(accepted, failed)

    assert (late, too_many) == (failed_later(counts), too_many_failed_later(counts))
