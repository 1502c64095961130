"""What the first deliveries say about the others."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg.broadcast.policy import Canary, Course
from wamsg.ledger import Counts, State


def counts(statuses: Mapping[str, int] | None = None, **states: int) -> Counts:
    """A broadcast of 10,000 of which only the canary was sent."""
    found = {state: states.get(state.name.lower(), 0) for state in State}
    found[State.PENDING] = 10_000 - sum(found.values())
    return Counts(rows=10_000, states=found, statuses=statuses or {})


def canary(*, failures: float = 0.2, callbacks: bool = False) -> Canary:
    return Canary(size=50, failures=failures, wait=600, callbacks=callbacks)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(counts(), Course.WAIT, id="nothing yet"),
        pytest.param(counts(accepted=49), Course.WAIT, id="one is open"),
        pytest.param(counts(accepted=49, deferred=1), Course.WAIT, id="one is put off"),
        pytest.param(counts(accepted=49, sending=1), Course.WAIT, id="one is under way"),
        pytest.param(counts(accepted=50), Course.GO, id="all went well"),
        pytest.param(counts(accepted=40, rejected=10), Course.GO, id="as many as may fail"),
        pytest.param(counts(accepted=39, rejected=11), Course.STOP, id="one more"),
        pytest.param(counts(accepted=39, rejected=6, unknown=5), Course.STOP, id="unknown ones fail"),
        pytest.param(counts(rejected=11), Course.STOP, id="too many already"),
        pytest.param(counts(skipped=20, expired=30), Course.GO, id="nobody was tried"),
        pytest.param(counts({"failed": 40}, accepted=50), Course.GO, id="nobody looks at callbacks"),
    ],
)
def test_outcomes_are_judged(found: Counts, expected: Course) -> None:
    """Without callbacks the provider's answers are all there is."""
    assert expected is canary().judge(found, since=1000, now=1001).course


@pytest.mark.parametrize(
    ("found", "waited", "expected"),
    [
        pytest.param(counts(accepted=50), 599, Course.WAIT, id="no status yet"),
        pytest.param(counts(accepted=50), 600, Course.STOP, id="no status at all"),
        pytest.param(counts({"sent": 50}, accepted=50), 600, Course.STOP, id="nothing but sent"),
        pytest.param(counts({"delivered": 30, "read": 20}, accepted=50), 0, Course.GO, id="all arrived"),
        pytest.param(counts({"delivered": 30}, accepted=50), 599, Course.WAIT, id="some have arrived"),
        pytest.param(counts({"delivered": 30}, accepted=50), 600, Course.GO, id="some phones are off"),
        pytest.param(counts({"delivered": 9, "failed": 3}, accepted=50), 600, Course.STOP, id="a quarter of the told"),
        pytest.param(counts({"failed": 11}, accepted=20), 0, Course.STOP, id="too many already"),
        pytest.param(counts({"failed": 10}, accepted=40, rejected=10), 0, Course.STOP, id="both add up"),
        pytest.param(counts({"failed": 10}, rejected=10, accepted=0, skipped=40), 0, Course.GO, id="counted once"),
        pytest.param(counts({"read": 40}, accepted=40, unknown=10), 0, Course.GO, id="as many as may fail"),
    ],
)
def test_statuses_are_waited_for_and_judged(found: Counts, waited: float, expected: Course) -> None:
    """With callbacks an acceptance is not yet a delivery."""
    assert expected is canary(callbacks=True).judge(found, since=1000, now=1000 + waited).course


@given(st.integers(0, 100), st.integers(1, 1000))
def test_exactly_the_allowed_share_may_fail(percent: int, hundreds: int) -> None:
    """Not one fewer by an accident of arithmetic."""
    size, allowed = 100 * hundreds, percent * hundreds
    judge = Canary(size=size, failures=percent / 100, wait=1, callbacks=False).judge

    def course(rejected: int) -> Course:
        states = {**dict.fromkeys(State, 0), State.REJECTED: rejected, State.ACCEPTED: size - rejected}
        return judge(Counts(rows=size, states=states), since=0, now=0).course

    assert course(allowed) is Course.GO
    assert allowed == size or course(allowed + 1) is Course.STOP


def test_the_reason_says_what_failed_and_what_to_do() -> None:
    """It is stored with the stopped broadcast."""
    said = canary(callbacks=True).judge(counts({"failed": 5}, accepted=40, rejected=10), since=0, now=0)

    assert said.reason == (
        "15 of the first 50 failed (10 refused or unknown, 5 not delivered); at most 20% may. "
        "Look at `wamsg broadcast report`, mend the cause, then `wamsg broadcast resume`."
    )
