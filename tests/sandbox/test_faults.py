"""When a fault strikes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg.errors import ConfigError
from wamsg.sandbox import MAGIC, Fault, FaultKind, Script

ANNA, BORIS = "919812340001", "919812340002"


def strikes(fault: Fault, *requests: tuple[str, ...]) -> list[bool]:
    script = Script([fault], providers=["parrot"])
    return [script.strike("parrot", "/v1/send", recipients) is not None for recipients in requests]


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, True),
        ({"provider": "parrot"}, True),
        ({"provider": "other"}, False),
        ({"path": "send"}, True),
        ({"path": r"send$"}, True),
        ({"path": r"^/send"}, False),
        ({"recipient": "40001"}, True),
        ({"recipient": "9198"}, False),
        ({"provider": "parrot", "path": "v1", "recipient": "1"}, True),
        ({"provider": "parrot", "path": "v2", "recipient": "1"}, False),
        ({"chance": 0.0}, False),
        ({"chance": 1.0}, True),
    ],
)
def test_all_given_conditions_must_hold(conditions: dict[str, Any], expected: bool) -> None:  # noqa: FBT001 -- a row
    """Those that are not given do not count."""
    script = Script([Fault(kind=FaultKind.THROTTLE, **conditions)], providers=["parrot", "other"])

    assert expected == (script.strike("parrot", "/v1/send", [ANNA]) is not None)


def test_skip_spares_the_first_and_times_bounds_the_rest() -> None:
    """Two spared, then two struck, then peace."""
    fault = Fault(kind=FaultKind.THROTTLE, skip=2, times=2)

    assert [False, False, True, True, False] == strikes(fault, *[(ANNA,)] * 5)


def test_first_counts_for_each_recipient_alone() -> None:
    """Everyone's first message is struck, nobody's second."""
    fault = Fault(kind=FaultKind.THROTTLE, first=1)

    assert [True, False, True, False] == strikes(fault, (ANNA,), (ANNA,), (ANNA, BORIS), (BORIS,))


@pytest.mark.parametrize("conditions", [{"first": 1}, {"recipient": "1"}])
def test_a_condition_on_recipients_needs_one(conditions: dict[str, Any]) -> None:
    """Reads and refused messages are left alone."""
    assert [False] == strikes(Fault(kind=FaultKind.THROTTLE, **conditions), ())


def test_one_recipient_of_many_is_enough() -> None:
    """A request is struck as a whole."""
    assert [True] == strikes(Fault(kind=FaultKind.THROTTLE, recipient="2"), (ANNA, BORIS))


@given(st.integers(0, 2**32), st.floats(0.2, 0.8))
def test_chance_strikes_the_same_requests_for_the_same_seed(seed: int, chance: float) -> None:
    """A run can be repeated; and chance is neither never nor always."""
    fault = Fault(kind=FaultKind.THROTTLE, chance=chance, seed=seed)

    once, again = (strikes(fault, *[(ANNA,)] * 200) for _ in range(2))

    assert once == again
    assert 0 < sum(once) < 200


def test_the_first_that_strikes_wins_and_later_ones_do_not_see_the_request() -> None:
    """So a script reads like a list of what happens one after the other."""
    first, second = Fault(kind=FaultKind.THROTTLE, times=1), Fault(kind=FaultKind.CUT_BEFORE, times=1)
    script = Script([first, second])

    assert [first, second, None] == [script.strike("parrot", "/", []) for _ in range(3)]
    assert [(first, 1), (second, 1)] == script.hits()


def test_clearing_forgets_whom_faults_met() -> None:
    """The same fault strikes anew."""
    fault = Fault(kind=FaultKind.THROTTLE, first=1)
    script = Script([fault])
    script.strike("parrot", "/", [ANNA])
    script.clear()
    assert script.strike("parrot", "/", [ANNA]) is None

    script.add(fault)
    assert fault == script.strike("parrot", "/", [ANNA])


def test_a_fault_for_a_provider_that_is_not_there_is_refused() -> None:
    """It would never strike, and the test that relies on it would pass for the wrong reason."""
    with pytest.raises(ConfigError, match="there is no provider 'parot' here; mounted: parrot"):
        Script([Fault(kind=FaultKind.THROTTLE, provider="parot")], providers=["parrot"])


def test_a_fault_that_is_none_is_refused() -> None:
    """A dictionary is for load_faults."""
    with pytest.raises(ConfigError, match=r"made with Fault\(\.\.\), not dict"):
        Script([{"kind": "throttle"}])  # type: ignore[list-item]  # as a careless caller would


def test_magic_numbers_collide_with_no_number_of_a_provider() -> None:
    """A number must not mean two things."""
    theirs = {"40101", "40102", "40110", "40301", "40302", "42201", "42901", "50000", "50001", "50002"}

    assert not theirs & set(MAGIC)
    assert all(suffix == fault.recipient and len(suffix) == 5 for suffix, fault in MAGIC.items())
