"""The rate limit is exact."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg.errors import ConfigError
from wamsg.sandbox.gate import GRAIN, Gate, Rate

rates = st.builds(Rate, st.integers(1, 12), st.sampled_from([1.0, 5.0, 60.0]))
starts = st.floats(0.0, 1e7)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("80/s", Rate(80, 1.0)),
        ("60/min", Rate(60, 60.0)),
        ("60/m", Rate(60, 60.0)),
        ("1000/h", Rate(1000, 3600.0)),
        (" 10 / 5s ", Rate(10, 5.0)),
        ("1/6s", Rate(1, 6.0)),
    ],
)
def test_limits_read_as_people_write_them(text: str, rate: Rate) -> None:
    """A number, a slash, perhaps a width, and a unit."""
    assert rate == Rate.parse(text)


@pytest.mark.parametrize("text", ["", "80", "80/", "/s", "0/s", "10/0s", "-1/s", "80/d", "1e3/s", "80/s/s", 80, None])
def test_what_is_no_limit_is_refused_in_a_sentence(text: object) -> None:
    """The sentence shows what was given and what would be right."""
    with pytest.raises(ConfigError, match=r"is not a limit; write one such as 80/s") as caught:
        Rate.parse(text)

    assert "limit" == caught.value.setting


@given(rates, starts, st.lists(st.floats(0.0, 2.0), max_size=120))
def test_no_window_ever_carries_more_than_the_rate(rate: Rate, start: float, gaps: list[float]) -> None:
    """Whatever the arrivals, any stretch shorter than the window holds at most the count."""
    gate, now, passed = Gate(rate), start, list[float]()
    for gap in gaps:
        now += gap * rate.seconds / rate.count
        if gate.wait("a", now) == 0.0:
            passed.append(now)

    for first, last in zip(passed, passed[rate.count :], strict=False):
        assert last - first >= rate.seconds - 2 * GRAIN


@given(rates, starts, st.integers(1, 60))
def test_an_evenly_paced_client_is_never_turned_away(rate: Rate, start: float, requests: int) -> None:
    """Spacing by window / count is enough, float rounding included."""
    gate = Gate(rate)

    waits = [gate.wait("a", start + place * rate.seconds / rate.count) for place in range(requests)]

    assert [0.0] * requests == waits


@given(rates, starts, st.lists(st.floats(0.0, 1.5), max_size=80))
def test_waiting_as_told_is_enough_and_not_too_much(rate: Rate, start: float, gaps: list[float]) -> None:
    """The wait that is told ends exactly when the next request would pass."""
    gate, now = Gate(rate), start
    for gap in gaps:
        now += gap * rate.seconds / rate.count
        wait = gate.wait("a", now)
        if wait:
            assert wait <= 2 * GRAIN or gate.wait("a", now + wait / 2) > 0
            now += wait

            assert 0.0 == gate.wait("a", now)


def test_what_is_turned_away_uses_up_nothing() -> None:
    """Hammering does not push the next slot further away."""
    gate = Gate(Rate(1, 10.0))
    gate.wait("a", 100.0)

    waits = [gate.wait("a", 101.0) for _ in range(50)]

    assert [9.0] * 50 == waits


def test_accounts_do_not_share_a_limit() -> None:
    """Each account has all of the rate."""
    gate = Gate(Rate(1, 1.0))

    assert [0.0, 0.0, 1.0] == [gate.wait("a", 5.0), gate.wait("b", 5.0), gate.wait("a", 5.0)]


def test_idle_accounts_are_forgotten_and_busy_ones_are_not() -> None:
    """Invented account names cannot fill the memory, nor wash away somebody's limit."""
    gate = Gate(Rate(1, 10.0))
    for place in range(25_000):
        gate.wait(f"invented-{place}", place * 0.01)
    gate.wait("mine", 250.0)
    for place in range(12_000):
        gate.wait(f"more-{place}", 250.0 + place * 0.0001)

    assert gate.wait("mine", 252.0) == pytest.approx(8.0)
    assert len(gate._passed) < 30_000
