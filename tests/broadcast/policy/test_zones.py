"""The time zones of phone numbers, against the library that the tables come from."""

from __future__ import annotations

import builtins
import zoneinfo
from typing import Any

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_geographical_number, time_zones_for_number
from phonenumbers.tzdata import TIMEZONE_DATA

from wamsg.broadcast.policy import zones as zones_module
from wamsg.broadcast.policy.zones import Zones, zone_named
from wamsg.errors import ConfigError

ZONES = Zones()
PREFIXES = st.sampled_from(sorted(TIMEZONE_DATA))


def theirs(digits: str) -> set[str]:
    """What the library's own function says of a number that people have; nothing for what it does not know."""
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return set()
    people = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
    if phonenumbers.number_type(number) not in people:
        return set()
    # It takes the mobiles of the islands in +1 to be anywhere from Guam to Bermuda, though each has its area code.
    ask = time_zones_for_geographical_number if number.country_code == 1 else time_zones_for_number
    return set(ask(number)) - {UNKNOWN_TIMEZONE}


@given(PREFIXES, st.integers(0, 10**9))
def test_no_zone_that_the_library_names_is_missed(prefix: str, rest: int) -> None:
    """A valid number's zones are all among ours: at worst the window is narrower than it could be."""
    digits = f"{prefix}{rest:09}"[:12]

    assert theirs(digits) <= set(ZONES.of(int(digits)))


@pytest.mark.parametrize("kind", [PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE], ids=["mobile", "land line"])
def test_every_country_has_the_zones_of_the_library(kind: int) -> None:
    """Tried with the library's own example of each."""
    examples = [phonenumbers.example_number_for_type(region, kind) for region in phonenumbers.SUPPORTED_REGIONS]
    digits = [
        f"{number.country_code}{phonenumbers.national_significant_number(number)}" for number in examples if number
    ]

    assert len(digits) > 230
    assert [] == [number for number in digits if not theirs(number) <= set(ZONES.of(int(number)))]
    assert [] == [number for number in digits if theirs(number) and not ZONES.of(int(number))]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param(919812340000, ("Asia/Calcutta",), id="India has one"),
        pytest.param(12025550100, ("America/New_York",), id="an area code"),
        pytest.param(13105550100, ("America/Los_Angeles",), id="another"),
        pytest.param(9779841234567, ("Asia/Katmandu",), id="three digits"),
        pytest.param(800123456789, (), id="a free phone number is nowhere"),
        pytest.param(999123456789, (), id="no such country code"),
    ],
)
def test_a_number_has_the_zones_of_its_prefix(address: int, expected: tuple[str, ...]) -> None:
    """Known examples."""
    assert expected == ZONES.of(address)


@pytest.mark.parametrize(("address", "least"), [(61412345678, 5), (79161234567, 10), (18005550100, 20)])
def test_a_number_that_may_be_anywhere_in_its_country_has_all_its_zones(address: int, least: int) -> None:
    """Mobiles of Australia and Russia and free phone numbers of America, not only the most populous zone."""
    assert least <= len(ZONES.of(address))


def test_a_number_that_the_library_does_not_know_to_be_valid_has_its_country() -> None:
    """The range for fiction stands for any that is newer than the library."""
    assert "Europe/London" in ZONES.of(447700900123)


def test_every_zone_of_the_tables_exists() -> None:
    """A name without rules would fail in the middle of a run."""
    names = {name for zones in TIMEZONE_DATA.values() for name in zones}

    assert names <= zoneinfo.available_timezones()


def test_without_the_library_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra."""
    original = builtins.__import__

    def refuse(name: str, *args: Any, **kwargs: Any) -> object:
        if name.startswith("phonenumbers"):
            raise ImportError(name)
        return original(name, *args, **kwargs)

    zones_module._tables.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(builtins, "__import__", refuse)
        with pytest.raises(ConfigError, match=r"pip install 'wamsg\[phone\]'"):
            Zones()
    assert Zones().of(919812340000)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Asia/Kolkatta", "did you mean Asia/Kolkata"),
        ("../../etc/passwd", "no time zone is called"),
        ("", "no time zone is called"),
        ("Asia/\x00", "no time zone is called"),
        ("Asia", "no time zone is called"),
        ("x" * 10_000, "no time zone is called"),
    ],
)
def test_an_unknown_zone_is_a_sentence(name: str, says: str) -> None:
    """With the nearest name where there is one."""
    with pytest.raises(ConfigError, match=says) as caught:
        zone_named(name)

    assert caught.value.setting == "window_zone"
    assert len(str(caught.value)) < 250


def test_a_machine_without_zone_data_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some containers and Windows have none."""
    monkeypatch.setattr(zones_module, "available_timezones", set)

    with pytest.raises(ConfigError, match="pip install tzdata"):
        zone_named("Not/Here")
