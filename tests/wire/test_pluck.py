"""Values of unknown type: what is not as expected is None, and nothing raises."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg.wire import pluck


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1722834665, 1722834665.0),
        ("1722834665", 1722834665.0),
        (" 1722834665 ", 1722834665.0),
        (1722834665.25, 1722834665.25),
        (1722834665250, 1722834665.25),
        ("1722834665250", 1722834665.25),
        ("2024-08-05T05:11:05Z", 1722834665.0),
        ("2024-08-05T10:41:05+05:30", 1722834665.0),
        ("2024-08-05 05:11:05", 1722834665.0),
        ("2024-08-05T05:11:05.250Z", 1722834665.25),
        (0, 0.0),
        (-1, None),
        ("", None),
        ("yesterday", None),
        ("9" * 400, None),
        (1e300, None),
        ("nan", None),
        ("0001-01-01T00:00:00+23:59", None),
        ("1969-12-31T23:59:59Z", None),
        (True, None),
        (None, None),
        ([1], None),
    ],
)
def test_moments_are_seconds_since_1970(value: object, expected: float | None) -> None:
    """From seconds, milliseconds and ISO 8601; without a zone it is UTC."""
    assert expected == pluck.moment(value)


@given(st.datetimes(datetime(1973, 6, 1), datetime(5000, 1, 1)))  # noqa: DTZ001 -- zones are the point
def test_all_ways_to_write_a_moment_agree(naive: datetime) -> None:
    """Within the millisecond that one of them is written with."""
    written = naive.replace(tzinfo=UTC)
    seconds = written.timestamp()

    for value in (seconds, str(seconds), int(seconds * 1000), written.isoformat(), naive.isoformat()):
        assert pluck.moment(value) == pytest.approx(seconds, abs=0.0011)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("wamid.A=", "wamid.A="),
        (12, "12"),
        ("", None),
        (" ", None),
        ("a\nb", None),
        ("x" * 512, "x" * 512),
        ("x" * 513, None),
        (True, None),
        (1.5, None),
        (None, None),
        ({}, None),
    ],
)
def test_ids_are_one_bounded_line(value: object, expected: str | None) -> None:
    """Whole numbers too."""
    assert expected == pluck.identifier(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a", "a"), (" ", None), ("", None), (7, None), ("x" * 65_536, "x" * 65_536), ("x" * 65_537, None)],
)
def test_text_is_not_blank_and_bounded(value: object, expected: str | None) -> None:
    """Line breaks may stand in it."""
    assert expected == pluck.text(value)


@given(st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.none()) | st.binary())
def test_nothing_raises(value: object) -> None:
    """Whatever came."""
    pluck.moment(value)
    pluck.identifier(value)
    pluck.number(value)
    pluck.text(value)
    assert isinstance(pluck.table(value), type(pluck.EMPTY))
