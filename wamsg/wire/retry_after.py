"""How long a provider asks to wait, whatever way it says so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC

#: Above this (a day, in seconds) a wait is a mistake of the server rather than an instruction.
ABSURD = 86_400.0

# float() would also take "1_0", "infinity" and the digits of every script; a header has these.
_DIGITS = re.compile(r"[ \t]*([0-9]{1,20}(?:\.[0-9]{0,20})?)[ \t]*")


def retry_after(headers: Mapping[str, str], *, received_at: float) -> float | None:
    """Seconds to wait from now, or None where the headers do not say or make no sense.

    Reads ``retry-after-ms`` (milliseconds), then ``Retry-After`` as seconds or as an HTTP date (RFC 9110, 10.2.3).
    A date counts from the answer's own ``Date``, else from ``received_at`` (seconds since 1970), and is never negative.
    Negative, non-finite, unreadable and absurd (over a day) values are None, so that the caller's own back-off rules.
    """
    wait = _sane(_number(headers.get("retry-after-ms"), unit=1000))
    text = headers.get("Retry-After")
    if wait is None and text is not None:
        wait = _sane(_number(text))
    if wait is not None or text is None:
        return wait
    moment, start = _timestamp(text), _timestamp(headers.get("Date"))
    return None if moment is None else _sane(max(0.0, moment - (received_at if start is None else start)))


def _number(text: str | None, unit: int = 1) -> float | None:
    found = None if text is None else _DIGITS.fullmatch(text)
    return None if found is None else float(found[1]) / unit


def _sane(seconds: float | None) -> float | None:
    return seconds if seconds is not None and 0 <= seconds <= ABSURD else None


def _timestamp(text: str | None) -> float | None:
    if text is None or len(text) > 64:
        return None
    # Imported on use: dates are rare, and the e-mail package is large.
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(text)
        # "-0000" parses as naive; HTTP dates are UTC by definition.
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
