"""Hours of the day as people write them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings

from tests.support.hours import HOURS
from wamsg.broadcast.policy import Hours
from wamsg.errors import ConfigError

MONDAY = datetime(2026, 3, 2)  # noqa: DTZ001 -- what a clock on the wall shows has no zone


@given(HOURS)
def test_hours_read_as_they_are_written(hours: Hours) -> None:
    """What is frozen with a plan means the same when it is read again."""
    assert hours == Hours.parse(str(hours))


@settings(max_examples=30)
@given(HOURS)
def test_a_week_is_open_for_as_long_as_the_hours_say(hours: Hours) -> None:
    """Over midnight or not, each chosen day opens once for its whole length."""
    week = [MONDAY + timedelta(minutes=minute) for minute in range(7 * 24 * 60)]

    assert hours.length * len(hours.days) == sum(map(hours.hold, week))


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        pytest.param("09:00-20:00", MONDAY.replace(hour=9), MONDAY.replace(hour=20), id="the end is outside"),
        pytest.param("9:00 - 20:00", MONDAY.replace(hour=19, minute=59), MONDAY.replace(hour=8, minute=59), id="lax"),
        pytest.param("22:00-02:00 mon", MONDAY.replace(day=3, hour=1), MONDAY.replace(hour=1), id="monday's night"),
        pytest.param("22:00-02:00 sun", MONDAY.replace(hour=1), MONDAY.replace(hour=23), id="sunday's night"),
        pytest.param("09:00-00:00", MONDAY.replace(hour=23, minute=59), MONDAY, id="up to midnight"),
        pytest.param("09:00-17:00 Sat-Mon", MONDAY.replace(hour=9), MONDAY.replace(day=3, hour=9), id="round the week"),
        pytest.param("09:00-17:00 monday, Fri", MONDAY.replace(hour=9), MONDAY.replace(day=7, hour=9), id="two days"),
        pytest.param("00:00-24:00 mon", MONDAY, MONDAY.replace(day=3), id="a whole day"),
    ],
)
def test_hours_hold_what_a_reader_expects(text: str, inside: datetime, outside: datetime) -> None:
    """Edges, nights and weekdays."""
    hours = Hours.parse(text)

    assert hours.hold(inside)
    assert not hours.hold(outside)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "all day",
        "09:00",
        "9-20",
        "09:00-09:00",
        "25:00-26:00",
        "09:60-10:00",
        "09:00-24:30",
        "24:00-09:00",
        "09:00-20:00 monkey",
        "09:00-20:00 mon-",
        "09:00-20:00 mon,,fri",
        "09:00-20:00\nmon;fri",
        "09:00-20:00 " + "mon," * 1000,
        None,
        b"09:00-20:00",
        9,
    ],
)
def test_what_is_no_window_is_a_sentence(text: object) -> None:
    """The error names the option, whatever was written."""
    with pytest.raises(ConfigError) as caught:
        Hours.parse(text)

    assert caught.value.setting == "window"
    assert len(str(caught.value)) < 200
