"""The options of a run, as people write them and as a ledger keeps them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.hours import HOURS
from wamsg.broadcast.policy import Hours, OnUnknown, Options, Portion
from wamsg.errors import ConfigError

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp()
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2029, 12, 1)).map(  # noqa: DTZ001 -- drawn as UTC
    lambda moment: moment.replace(tzinfo=UTC).timestamp()
)
LENGTHS = st.integers(1, 366 * 86400).map(float) | st.floats(0.001, 366 * 86400)
OPTIONS = st.builds(
    Options,
    on_unknown=st.sampled_from(OnUnknown),
    canary=st.none()
    | st.builds(Portion, count=st.integers(1, 10**9))
    | st.integers(1, 100_000_000).map(lambda millionths: Portion(share=float(f"{millionths / 1e6:.6f}") / 100)),
    canary_failures=st.floats(0, 1),
    canary_wait=LENGTHS,
    breaker=st.integers(1, 1000),
    window=st.none() | HOURS,
    window_zone=st.none() | st.sampled_from(["Asia/Kolkata", "UTC"]),
    expires_after=st.none() | LENGTHS,
    start_at=st.none() | MOMENTS,
    daily_quota=st.none() | st.integers(1, 10**9),
    concurrency=st.integers(1, 1000),
    attempts=st.integers(1, 100),
)


@given(OPTIONS)
def test_what_a_ledger_keeps_reads_as_it_was(options: Options) -> None:
    """Through JSON, exactly."""
    assert options == Options.from_dict(json.loads(json.dumps(options.to_dict(), allow_nan=False)))


@given(MOMENTS)
def test_an_expiry_at_a_moment_reads_as_it_was(moment: float) -> None:
    """Also when it has passed since: reading a ledger is no reason to refuse it."""
    options = Options(expires_at=moment)

    assert options == Options.from_dict(options.to_dict())


def test_defaults_are_not_written() -> None:
    """A ledger shows what a person chose."""
    assert {} == Options().to_dict()
    assert Options() == Options.from_dict({})


def test_what_people_write_is_understood() -> None:
    """Every option once, as on a command line."""
    given = {
        "on_unknown": "Ask",
        "canary": "1%",
        "canary_failures": "12.5%",
        "canary_wait": "1h 30m",
        "breaker": "7",
        "window": "09:00-20:00 mon-fri",
        "window_zone": "Asia/Kolkata",
        "expires": "6h",
        "start_at": "2026-03-01T09:00+05:30",
        "daily_quota": "100000",
        "concurrency": 32,
        "attempts": "2",
    }

    read = Options.read(given, now=NOW)

    assert read == Options(
        on_unknown=OnUnknown.ASK,
        canary=Portion(share=0.01),
        canary_failures=0.125,
        canary_wait=5400.0,
        breaker=7,
        window=Hours(540, 1200, frozenset(range(5))),
        window_zone="Asia/Kolkata",
        expires_after=6 * 3600.0,
        start_at=datetime(2026, 3, 1, 3, 30, tzinfo=UTC).timestamp(),
        daily_quota=100_000,
        concurrency=32,
        attempts=2,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("17:30 Asia/Kolkata", datetime(2026, 3, 2, 12, tzinfo=UTC)),
        ("17:29 Asia/Kolkata", datetime(2026, 3, 3, 11, 59, tzinfo=UTC)),
        ("18:00 Asia/Kolkata", datetime(2026, 3, 2, 12, 30, tzinfo=UTC)),
        ("2026-03-05T10:00Z", datetime(2026, 3, 5, 10, tzinfo=UTC)),
        (datetime(2026, 3, 5, 10, tzinfo=UTC), datetime(2026, 3, 5, 10, tzinfo=UTC)),
    ],
)
def test_a_time_of_day_is_the_next_one_there(text: object, expected: datetime) -> None:
    """Now counts as next; a full date is itself."""
    assert expected.timestamp() == Options.read({"start_at": text}, now=NOW).start_at


@pytest.mark.parametrize("name", ["canary", "window", "window_zone", "expires", "start_at", "daily_quota"])
@pytest.mark.parametrize("nothing", [None, "none", " None "])
def test_none_is_nothing(name: str, nothing: object) -> None:
    """What a file sets, a command line can take back."""
    assert Options() == Options.read({name: nothing}, now=NOW)


ODD: list[object] = ["", "x", "-1", "0", 0, -1, True, 1e400, float("nan"), [], {}, b"5", "9" * 5000, "1\n2", "\x00"]
NAMES = [
    "on_unknown",
    "canary",
    "canary_failures",
    "canary_wait",
    "breaker",
    "window",
    "window_zone",
    "expires",
    "start_at",
    "daily_quota",
    "concurrency",
    "attempts",
]


@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_value_is_a_short_sentence_that_names_the_option(name: str, value: object) -> None:
    """Whatever stands there; zero failures are the one allowed zero."""
    if (name, value) == ("canary_failures", 0) and value is not False:
        assert Options.read({name: value}, now=NOW).canary_failures == 0
        return

    with pytest.raises(ConfigError) as caught:
        Options.read({name: value}, now=NOW)

    assert caught.value.setting == name
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param({"canry": 5}, "did you mean canary", id="misspelt"),
        pytest.param({"zzz": 5}, "there are on_unknown, canary", id="nothing like it"),
        pytest.param({"expires_at": 5}, "did you mean expires", id="an inner name"),
        pytest.param({"canary": "0%"}, "such as 1%", id="nobody"),
        pytest.param({"canary": "150%"}, "canary", id="more than all"),
        pytest.param({"canary_failures": 20}, "such as 20%", id="a share without its sign"),
        pytest.param({"canary_wait": "600"}, "such as 90 min", id="a length without a unit"),
        pytest.param({"start_at": "2026-03-05T10:00"}, "with its zone", id="no zone"),
        pytest.param({"start_at": "09:00"}, "Asia/Kolkata", id="a time without its zone"),
        pytest.param({"start_at": "09:00 Asia/Kolkta"}, "did you mean Asia/Kolkata", id="a zone misspelt"),
        pytest.param({"start_at": "24:00 UTC"}, "with its zone", id="no such time"),
        pytest.param({"start_at": "9999-12-31T23:59-12:00"}, "with its zone", id="beyond all calendars"),
        pytest.param({"expires": "2026-03-02T11:59Z"}, "already past", id="past"),
        pytest.param({"expires": "500d"}, "90 min", id="longer than a year"),
        pytest.param(
            {"start_at": "2026-03-05T10:00Z", "expires": "2026-03-05T10:00Z"}, "later than start_at", id="no time left"
        ),
    ],
)
def test_the_sentence_says_what_to_write(given: dict[str, object], says: str) -> None:
    """So that nobody has to look it up."""
    with pytest.raises(ConfigError, match=says):
        Options.read(given, now=NOW)


def test_a_stored_time_of_day_is_refused() -> None:
    """It would be another moment at every reading."""
    with pytest.raises(ConfigError, match="with its zone"):
        Options.from_dict({"start_at": "09:00 Asia/Kolkata"})


@pytest.mark.parametrize(
    ("portion", "deliveries", "expected"),
    [
        (Portion(count=50), 1000, 50),
        (Portion(count=50), 20, 20),
        (Portion(share=0.01), 1001, 11),
        (Portion(share=0.000001), 1000, 1),
        (Portion(count=5), 0, 0),
    ],
)
def test_a_canary_is_at_least_one_and_at_most_all(portion: Portion, deliveries: int, expected: int) -> None:
    """A share is rounded up."""
    assert expected == portion.of(deliveries)


def test_an_expiry_counts_from_the_start_or_is_a_moment() -> None:
    """Either or, never both."""
    assert Options(expires_after=60.0).deadline(1000.0) == 1060.0
    assert Options(expires_at=5000.0).deadline(1000.0) == 5000.0
    assert Options().deadline(1000.0) is None
    with pytest.raises(ConfigError, match="either"):
        Options(expires_after=60.0, expires_at=5000.0)
