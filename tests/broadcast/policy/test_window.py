"""When recipients may be sent to, against clocks that are read minute by minute."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.hours import HOURS
from wamsg.broadcast.policy import Hours, SendWindow
from wamsg.broadcast.policy.window import common
from wamsg.broadcast.policy.zones import Zones
from wamsg.errors import ConfigError, InvalidRecipient

#: Zones with quarter hours, half-hour summer time, summer time in either half of the year, and around Ramadan.
NAMES = [
    "UTC",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Eucla",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Europe/London",
    "America/New_York",
    "America/Sao_Paulo",
    "Africa/Casablanca",
    "Asia/Beirut",
    "Africa/Cairo",
    "America/St_Johns",
]
MOMENTS = st.datetimes(datetime(2015, 1, 1), datetime(2036, 12, 1)).map(  # noqa: DTZ001 -- drawn as UTC
    lambda moment: moment.replace(tzinfo=UTC).timestamp()
)
#: Shortly before clocks change.
EDGES = st.builds(
    lambda moment, before: moment - before,
    st.sampled_from(
        [
            datetime(year, month, day, hour, tzinfo=UTC).timestamp()
            for year, month, day, hour in [
                (2026, 3, 8, 7),  # New York forward
                (2026, 11, 1, 6),  # New York back
                (2026, 3, 29, 1),  # London forward
                (2026, 10, 25, 1),  # London back
                (2026, 4, 4, 15),  # Lord Howe back, half an hour
                (2026, 10, 3, 15),  # Lord Howe forward, half an hour
                (2026, 3, 28, 22),  # Beirut forward at midnight
            ]
        ]
    ),
    st.integers(-5_000, 100_000),
)
INDIA, LONDON, NEW_YORK = 919812340000, 447700900123, 12025550100


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@settings(max_examples=60)
@given(HOURS, st.lists(st.sampled_from(NAMES), min_size=1, max_size=3), MOMENTS | EDGES)
@example(Hours.parse("02:10-02:50 sun"), ["America/New_York"], at("2026-03-07T12:00+00:00"))
@example(Hours.parse("00:30-01:30"), ["America/New_York"], at("2026-11-01T05:35+00:00"))
@example(Hours.parse("00:00-00:30"), ["Asia/Beirut"], at("2026-03-28T20:00+00:00"))
def test_the_time_is_allowed_and_no_minute_before_it_is(hours: Hours, names: list[str], now: float) -> None:
    """In all zones of a number, through every change of the clocks."""
    zones = [ZoneInfo(name) for name in names]
    found = common(hours, zones, now)
    opens, until = found[0] if found else (now + 8 * 86400, now + 8 * 86400)

    def allowed(moment: float) -> bool:
        return all(hours.hold(datetime.fromtimestamp(moment, zone)) for zone in zones)

    minutes = [minute * 60.0 for minute in range(math.ceil(now / 60), math.ceil(until / 60))]

    assert now <= opens <= until
    assert not found or allowed(opens)
    assert [minute for minute in minutes if allowed(minute)] == [minute for minute in minutes if minute >= opens]
    assert not allowed(until) or until >= now + 15 * 86400 or not found


@pytest.mark.parametrize(
    ("address", "now", "expected"),
    [
        pytest.param(INDIA, "2026-03-02T04:00+00:00", "2026-03-02T04:00+00:00", id="inside: now"),
        pytest.param(INDIA, "2026-03-02T03:00:30+00:00", "2026-03-02T09:00+05:30", id="too early"),
        pytest.param(INDIA, "2026-03-02T20:00+05:30", "2026-03-03T09:00+05:30", id="the end is too late"),
        pytest.param(LONDON, "2026-03-28T21:00+00:00", "2026-03-29T09:00+01:00", id="the clock goes forward"),
        pytest.param(NEW_YORK, "2026-10-31T21:00-04:00", "2026-11-01T09:00-05:00", id="the clock goes back"),
        pytest.param(9779841234567, "2026-03-02T00:00+00:00", "2026-03-02T09:00+05:45", id="three quarters"),
    ],
)
def test_a_recipient_is_sent_to_by_the_clock_on_their_wall(address: int, now: str, expected: str) -> None:
    """Known examples, from the number to the time."""
    window = SendWindow(Hours.parse("09:00-20:00"))

    assert at(expected) == window.next_time(address, at(now))


def test_a_number_in_several_zones_waits_for_all_of_them() -> None:
    """An Australian mobile is on the islands in the west and in the east at once."""
    window = SendWindow(Hours.parse("09:00-20:00"))
    opens = window.next_time(61412345678, at("2026-07-01T00:00+00:00"))

    hours = [datetime.fromtimestamp(opens, ZoneInfo(name)).hour for name in Zones().of(61412345678)]

    assert min(hours) == 9
    assert max(hours) < 20


@given(st.lists(st.tuples(st.sampled_from([INDIA, LONDON, NEW_YORK, 61412345678]), MOMENTS | EDGES), max_size=20))
@settings(max_examples=25)
def test_what_is_remembered_changes_no_answer(asked: list[tuple[int, float]]) -> None:
    """Whatever was asked before, in whatever order of times, the answer is that of a fresh window."""
    window = SendWindow(Hours.parse("09:00-20:00 mon-fri"))

    for address, now in asked:
        assert SendWindow(Hours.parse("09:00-20:00 mon-fri")).next_time(address, now) == window.next_time(address, now)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        pytest.param(800123456789, "not known", id="a free phone number"),
        pytest.param(79161234567, "never all inside 12:00-13:00", id="eleven zones and one hour"),
    ],
)
def test_a_number_that_may_never_be_sent_to_is_refused_or_falls_back(address: int, says: str) -> None:
    """Without a fallback nobody is sent to at night by a guess."""
    hours, now = Hours.parse("12:00-13:00"), at("2026-03-02T00:00+00:00")

    with pytest.raises(InvalidRecipient, match=says) as caught:
        SendWindow(hours).next_time(address, now)

    assert str(address) not in str(caught.value)
    assert at("2026-03-02T12:00+03:00") == SendWindow(hours, fallback="Europe/Moscow").next_time(address, now)


def test_the_fallback_is_not_used_where_the_zone_is_known() -> None:
    """It is for numbers without an answer of their own."""
    window = SendWindow(Hours.parse("09:00-20:00"), fallback="America/New_York")

    assert at("2026-03-02T09:00+05:30") == window.next_time(INDIA, at("2026-03-02T00:00+00:00"))


def test_an_unknown_fallback_is_refused_at_once() -> None:
    """Not at the first recipient who needs it."""
    with pytest.raises(ConfigError, match="Asia/Kolkata"):
        SendWindow(Hours.parse("09:00-20:00"), fallback="Asia/Kolkta")
