"""How long a plan takes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg.broadcast.policy import Hours, duration_text, estimate, remaining, total_rate
from wamsg.errors import ConfigError
from wamsg.ledger import Counts, State
from wamsg.pipeline import Rate


@pytest.mark.parametrize(
    ("deliveries", "rates", "quota", "window", "expected"),
    [
        (1_000_000, ["80/s"], None, None, "3 h 29 min"),
        (1_000_000, ["80/s", Rate.parse("80/s burst 8")], None, None, "1 h 45 min"),
        (400_000, ["80/s"], 100_000, None, "4 days at 100,000 a day"),
        (400_001, ["80/s"], 100_000, None, "5 days at 100,000 a day"),
        (100_000, ["80/s"], 100_000, None, "21 min"),
        (1_000_000, ["60/min"], None, None, "11 days 14 h"),
        (1_000_000, ["60/min"], 100_000_000, None, "11 days 14 h"),
        (144_000, ["60/min"], None, "09:00-20:00", "4 days of 09:00-20:00"),
        (39_600, ["60/min"], None, "09:00-20:00", "11 h"),
        (5 * 39_600, ["60/min"], None, "09:00-20:00 mon-fri", "7 days of 09:00-20:00 mon,tue,wed,thu,fri"),
        (400_000, ["80/s"], 100_000, "09:00-20:00", "4 days at 100,000 a day"),
        (1_000_000, [None], None, None, "as fast as the provider takes them"),
        (300_000, [None], 100_000, None, "3 days at 100,000 a day"),
        (0, ["80/s"], 100, None, "0 s"),
    ],
)
def test_an_estimate_is_what_people_ask_for(
    deliveries: int, rates: list[Rate | str | None], quota: int | None, window: str | None, expected: str
) -> None:
    """Time at the rate, or days where a quota or a window makes them."""
    hours = None if window is None else Hours.parse(window)

    assert expected == str(estimate(deliveries, rates, daily_quota=quota, window=hours))


def test_rates_add_up_unless_one_is_not_known() -> None:
    """Each sender has its own; a pod's limit is its sender's."""
    assert total_rate(["80/s", "60/min"]) == 81.0
    assert total_rate(["80/s", None]) is None
    assert total_rate([]) is None
    with pytest.raises(ConfigError, match="80/s"):
        total_rate(["fast"])


@given(st.floats(0.001, 1e9))
def test_a_duration_is_never_said_shorter_than_it_is(seconds: float) -> None:
    """And at most one of its smaller unit longer."""
    units = {"s": 1, "min": 60, "h": 3600, "day": 86400, "days": 86400}
    text = duration_text(seconds)
    pieces = re.findall(r"([0-9,]+) (s|min|h|days?)\b", text)
    said = sum(int(count.replace(",", "")) * units[unit] for count, unit in pieces)

    assert text == " ".join(f"{count} {unit}" for count, unit in pieces)
    assert seconds <= said <= seconds + (1 if seconds <= 59 else 60 if seconds < 86_400 - 60 else 3600)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0 s"),
        (0.2, "1 s"),
        (59.5, "1 min"),
        (60, "1 min"),
        (3599, "1 h"),
        (12_480, "3 h 28 min"),
        (86_400, "1 day"),
    ],
)
def test_a_duration_reads_well(seconds: float, expected: str) -> None:
    """The two largest units."""
    assert expected == duration_text(seconds)


@pytest.mark.parametrize(
    ("states", "rate", "expected"),
    [
        ({State.PENDING: 700, State.SENDING: 60, State.DEFERRED: 40, State.ACCEPTED: 9}, 80.0, 10.0),
        ({State.ACCEPTED: 9, State.UNKNOWN: 3}, 0.0, 0.0),
        ({State.PENDING: 1}, 0.0, None),
        ({State.PENDING: 1}, float("nan"), None),
        ({State.PENDING: 1}, float("inf"), None),
    ],
)
def test_what_remains_is_what_is_open_at_the_recent_rate(
    states: dict[State, int], rate: float, expected: float | None
) -> None:
    """Unknown while nothing moves; over when nothing is open."""
    counts = Counts(rows=sum(states.values()), states={**dict.fromkeys(State, 0), **states})

    assert expected == remaining(counts, rate)
