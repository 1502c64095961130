"""Numbers, spans and times in words."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg.broadcast.report.figures import clock_time, count, counted, date_time, iso, rate, real, share, span


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        pytest.param(0, 0, "0 %", id="nothing of nothing"),
        pytest.param(0, 9, "0 %", id="none"),
        pytest.param(9, 9, "100 %", id="all"),
        pytest.param(1, 1_000_000, "< 0.1 %", id="never zero for one"),
        pytest.param(999_999, 1_000_000, "> 99.9 %", id="never all for one less"),
        pytest.param(989, 1000, "98.9 %", id="ordinary"),
    ],
)
def test_a_share_is_honest_at_its_ends(part: int, whole: int, words: str) -> None:
    """Only none reads as none, and only all as all."""
    assert words == share(part, whole)


@given(st.integers(1, 10**9), st.data())
def test_no_share_claims_more_than_there_is(whole: int, data: st.DataObject) -> None:
    """Whatever the numbers, 100 % is said of all alone and 0 % of none alone."""
    part = data.draw(st.integers(0, whole))

    words = share(part, whole)

    assert (words in {"100 %", "100.0 %"}) == (part == whole)
    assert (words in {"0 %", "0.0 %"}) == (part == 0)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        pytest.param(0, "0 ms", id="nothing"),
        pytest.param(0.0042, "4.2 ms", id="two digits"),
        pytest.param(0.3449, "340 ms", id="milliseconds"),
        pytest.param(0.9999, "1 s", id="rounds up to the next unit"),
        pytest.param(1.54, "1.5 s", id="tenths"),
        pytest.param(9.96, "10 s", id="whole seconds"),
        pytest.param(59.7, "1 min", id="no sixty seconds"),
        pytest.param(8640, "2 h 24 min", id="two units"),
        pytest.param(86_400, "1 d", id="a day"),
        pytest.param(90_061, "1 d 1 h", id="no third unit"),
    ],
)
def test_a_span_has_at_most_two_units(seconds: float, words: str) -> None:
    """The two largest units say enough."""
    assert words == span(seconds)


@given(st.floats(0, 4e9))
def test_every_span_can_be_said(seconds: float) -> None:
    """No length of time is left without words or reads as sixty of something."""
    words = span(seconds)

    assert words
    assert "60 s" not in words
    assert "60 min" not in words
    assert "1000 ms" not in words


@given(st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31, 23, 59, 58)))  # noqa: DTZ001 -- taken as UTC below
def test_iso_times_read_back_to_the_millisecond(moment: datetime) -> None:
    """What a program reads is the stored time, cut to milliseconds, in UTC."""
    moment = moment.replace(tzinfo=UTC)

    read = datetime.fromisoformat(iso(moment.timestamp()))

    assert abs(read - moment) < timedelta(milliseconds=2)
    assert timedelta(0) == read.utcoffset()


@pytest.mark.parametrize("at", [math.nan, math.inf, -math.inf, -1.0, 1e300, 253_402_300_800.0])
def test_what_is_no_date_is_shown_and_breaks_nothing(at: float) -> None:
    """A clock gone mad costs a cell, not the report."""
    assert not real(at)
    assert str(at) == iso(at)
    assert "\u2013" == date_time(at) == clock_time(at)


def test_numbers_have_their_commas_and_nouns_their_number() -> None:
    """As people write them."""
    assert ("1,234,567", "1 line", "2 lines", "0 deliveries") == (
        count(1_234_567),
        counted(1, "line"),
        counted(2, "line"),
        counted(0, "delivery", "deliveries"),
    )
    assert ("0/s", "0.25/s", "79.8/s", "1,000/s") == (rate(0), rate(0.25), rate(79.84), rate(1000.2))
    assert ("", "1 Oct 2026, 09:00:05", "09:00:05") == (
        iso(None),
        date_time(1_790_845_205.0),
        clock_time(1_790_845_205.0),
    )
