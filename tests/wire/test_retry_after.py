"""How long a provider asks to wait."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg.wire import Headers, retry_after

#: Sun, 06 Nov 1994 08:49:37 GMT, the moment of RFC 9110's own examples.
NOW = 784111777.0
DAY = 86_400.0


def wait(**headers: str) -> float | None:
    """``Retry_After="5"`` stands for the header ``Retry-After: 5``."""
    return retry_after(Headers({name.replace("_", "-"): value for name, value in headers.items()}), received_at=NOW)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        ("007", 7.0),
        (" 7\t", 7.0),
        ("1.5", 1.5),
        ("86400", DAY),
        ("Sun, 06 Nov 1994 08:50:37 GMT", 60.0),
        ("Sunday, 06-Nov-94 08:50:37 GMT", 60.0),
        ("Sun Nov  6 08:50:37 1994", 60.0),
        ("Sun, 06 Nov 1994 08:50:37 -0000", 60.0),
        ("Sun, 06 Nov 1994 14:20:37 +0530", 60.0),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0.0),
        ("Sun, 06 Nov 1994 08:00:00 GMT", 0.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("Mon, 07 Nov 1994 08:49:37 GMT", DAY),
    ],
)
def test_seconds_and_dates_in_every_form_are_read(text: str, seconds: float) -> None:
    """A number of seconds, or one of the three date forms of RFC 9110; a moment gone by means now."""
    assert seconds == wait(Retry_After=text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "-1",
            "-0.5",
            "+5",
            "nan",
            "NaN",
            "inf",
            "-inf",
            "Infinity",
            "1e3",
            "1E400",
            "0x10",
            "1_0",
            "5s",
            "5, 10",
        ),
        *(
            "\u0665",
            "\uff15",
            "\u00b2",
            "five",
            "soon",
            "\0",
            "5\n6",
            ".",
            ".5",
            "9" * 10_000,
            "9" * 19,
            "86401",
            "86400.1",
        ),
        *("Tue, 08 Nov 1994 08:49:37 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "Sun, 99 Nov 1994 99:99:99 GMT"),
        *(
            "Sun, 06 Nov 1994 08:50:37 +9999",
            "Sun, 06 Nov 1994 08:50:37 +99999999999999",
            "Mon, 01 Jan 0001 00:00:00 +1400",
        ),
        *("Sun, 06 Nov 99999999999 08:50:37 GMT", "Sun, 06 Nov", "x" * 10_000, ", ,", "Sun,"),
    ],
)
def test_what_makes_no_sense_is_none(text: str) -> None:
    """Negative, endless, over a day, or unreadable: the caller's own back-off rules, and nothing raises."""
    assert wait(Retry_After=text) is None


def test_absent_headers_are_none() -> None:
    """Other headers say nothing about waiting."""
    assert wait() is None
    assert wait(Date="Sun, 06 Nov 1994 08:49:37 GMT", X_Wait="5") is None


@pytest.mark.parametrize(("text", "seconds"), [("1500", 1.5), ("0", 0.0), ("86400000", DAY), ("250.5", 0.2505)])
def test_milliseconds_come_first(text: str, seconds: float) -> None:
    """They are the more exact of the two."""
    assert seconds == wait(retry_after_ms=text, Retry_After="60")


@pytest.mark.parametrize("text", ["", "-5", "nan", "soon", "86400001", "1_0"])
def test_senseless_milliseconds_leave_the_other_header_to_speak(text: str) -> None:
    """One broken header does not make the provider's wish unheard."""
    assert 60.0 == wait(retry_after_ms=text, Retry_After="60")
    assert wait(retry_after_ms=text) is None


def test_a_date_counts_from_the_answers_own_date() -> None:
    """Our clock may be wrong by hours; the difference of the provider's two moments is not."""
    later = "Sun, 06 Nov 1994 20:00:30 GMT"

    assert 30.0 == wait(Retry_After=later, Date="Sun, 06 Nov 1994 20:00:00 GMT")
    assert 0.0 == wait(Retry_After=later, Date="Sun, 06 Nov 1994 20:01:00 GMT")


@pytest.mark.parametrize("date", ["", "yesterday", "0", "x" * 1000])
def test_an_unreadable_date_leaves_the_moment_of_arrival(date: str) -> None:
    """A broken Date header is as good as none."""
    assert 60.0 == wait(Retry_After="Sun, 06 Nov 1994 08:50:37 GMT", Date=date)


def test_header_names_are_read_in_any_case() -> None:
    """HTTP/2 sends them in lower case."""
    assert 7.0 == retry_after(Headers({"RETRY-AFTER": "7"}), received_at=NOW)
    assert 0.5 == retry_after(Headers({"Retry-After-Ms": "500"}), received_at=NOW)


_WORDS = st.sampled_from(
    [
        "Sun,",
        "Sunday,",
        "06",
        "Nov",
        "1994",
        "94",
        "08:49:37",
        "GMT",
        "+0530",
        "-9999",
        "-",
        ":",
        ",",
        "06-Nov-94",
        "0",
        "-1",
        "e",
        "_",
    ]
)
_VALUES = (
    st.text(max_size=40) | st.lists(_WORDS, max_size=7).map(" ".join) | st.floats().map(str) | st.integers().map(str)
)


@given(st.dictionaries(st.sampled_from(["Retry-After", "retry-after-ms", "Date"]), _VALUES), st.floats())
def test_anything_is_none_or_at_most_a_day(headers: dict[str, str], received_at: float) -> None:
    """Whatever stands in the three headers, and whenever it came."""
    seconds = retry_after(Headers(headers), received_at=received_at)

    assert seconds is None or (math.isfinite(seconds) and 0 <= seconds <= DAY)


@given(st.integers(0, 2**31), st.integers(0, 86_400))
def test_a_date_is_as_far_away_as_it_says(now: int, ahead: int) -> None:
    """Written by the standard library in HTTP's form and read back."""
    later = format_datetime(datetime.fromtimestamp(now + ahead, UTC), usegmt=True)

    assert float(ahead) == retry_after(Headers({"Retry-After": later}), received_at=float(now))
