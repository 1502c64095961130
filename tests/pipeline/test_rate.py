"""Limits as text."""

from __future__ import annotations

import pytest

from wamsg.errors import ConfigError
from wamsg.pipeline import Rate


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("80/s", Rate(80, 1, 80)),
        ("60/min", Rate(60, 60, 60)),
        (" 60 / min ", Rate(60, 60, 60)),
        ("20/hour", Rate(20, 3600, 20)),
        ("1000/d", Rate(1000, 86400, 1000)),
        ("10/5s", Rate(10, 5, 10)),
        ("10/5 seconds", Rate(10, 5, 10)),
        ("3/0.5s", Rate(3, 0.5, 3)),
        ("80/s burst 8", Rate(80, 1, 8)),
        ("80/S BURST 8", Rate(80, 1, 8)),
        ("8/s burst 100", Rate(8, 1, 8)),
    ],
)
def test_limits_read_as_people_write_them(text: str, rate: Rate) -> None:
    """Count, window and burst come out of the text; a burst over the count is the count."""
    assert rate == Rate.parse(text)


@pytest.mark.parametrize(
    "text",
    ["", "80", "80/", "/s", "-1/s", "0/s", "5/0s", "80/week", "1e3/s", "80/s burst", "٣/s", "80/s\n60/s", 80, None],
)
def test_what_is_no_limit_is_told(text: object) -> None:
    """The error names the setting and shows how one is written."""
    with pytest.raises(ConfigError, match=r"limit|allows nothing") as caught:
        Rate.parse(text)

    assert "limits" == caught.value.setting


def test_a_rate_reads_back_what_it_shows() -> None:
    """str() and parse() are each other's inverse."""
    rate = Rate.parse("90/1.5s burst 7")

    assert rate == Rate.parse(str(rate))
