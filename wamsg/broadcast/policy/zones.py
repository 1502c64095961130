"""Which time zones a number may be in; the only file that knows the phonenumbers library."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from attrs import frozen

from wamsg.errors import ConfigError


@frozen
class _Country:
    """A calling code: all its zones, and how long the prefixes are that say more, longest first."""

    zones: tuple[str, ...]
    lengths: tuple[int, ...]


class Zones:
    """Looks up by prefix in the tables of phonenumbers.

    Its own function wants a parsed number and its type, 30 to 700 us each; whole broadcasts are looked up here.
    It also answers nothing for a number that it does not know to be valid, which new ranges are not for some months;
    here such a number is somewhere in its country. Service numbers (premium rate and the like) count as people's.
    """

    def __init__(self) -> None:
        self._prefixes, self._countries = _tables()

    def of(self, address: int) -> tuple[str, ...]:
        """Names of all zones in which the owner of ``address`` (E.164 without plus) may be; empty if none is known."""
        digits = str(address)
        country = self._countries.get(digits[:2]) or self._countries.get(digits[:1]) or self._countries.get(digits[:3])
        if country is None:
            return ()
        for length in country.lengths:
            found = self._prefixes.get(digits[:length])
            if found is not None:
                return found
        return country.zones


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, tuple[str, ...]], dict[str, _Country]]:
    try:
        from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneNumberType
        from phonenumbers.phonenumberutil import is_number_type_geographical
        from phonenumbers.tzdata import TIMEZONE_DATA
    except ImportError:
        message = "send windows need the phonenumbers library: pip install 'wamsg[phone]'"
        raise ConfigError(message, setting="window") from None
    codes = {str(code) for code in COUNTRY_CODE_TO_REGION_CODE}
    # In +1 mobiles have area codes as land lines have, on the islands of the Caribbean too.
    local = {code for code in codes if code == "1" or is_number_type_geographical(PhoneNumberType.MOBILE, int(code))}
    lengths: defaultdict[str, set[int]] = defaultdict(set)
    prefixes: dict[str, tuple[str, ...]] = {}
    for prefix, zones in TIMEZONE_DATA.items():
        code = next((prefix[:size] for size in (1, 2, 3) if prefix[:size] in codes), None)
        if code is None or code == prefix:
            continue
        # Elsewhere the table still gives mobiles the most populous zone, though their owners live in any of them.
        whole = () if code in local else TIMEZONE_DATA.get(code, ())
        prefixes[prefix] = tuple(sorted({*whole, *zones}))
        lengths[code].add(len(prefix))
    return prefixes, {
        code: _Country(tuple(sorted(TIMEZONE_DATA.get(code, ()))), tuple(sorted(lengths[code], reverse=True)))
        for code in codes
    }


def zone_named(name: str, *, setting: str = "window_zone") -> ZoneInfo:
    """The zone with this IANA name. Raises `ConfigError` with a suggestion."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ConfigError(_unknown(name), setting=setting) from None


def _unknown(name: str) -> str:
    from difflib import get_close_matches

    known = available_timezones()
    near = get_close_matches(name[:64], known, n=1)
    if not known or name in known:
        return "this machine has no time zone data: pip install tzdata"
    hint = f"did you mean {near[0]}?" if near else "write one such as Asia/Kolkata, or pip install tzdata"
    return f"no time zone is called {name[:64]!r}; {hint}"
