"""How long a provider asks to wait, whatever way it says so."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

#: Above this (a day, in seconds) a wait is a mistake of the server rather than an instruction.
ABSURD = 86_400.0


def retry_after(headers: Mapping[str, str], *, received_at: float) -> float | None:
    """Seconds to wait from now, or None where the headers do not say or make no sense.

    Reads ``retry-after-ms`` (milliseconds), then ``Retry-After`` as seconds or as an HTTP date (RFC 9110, 10.2.3).
    A date counts from the answer's own ``Date``, else from ``received_at`` (seconds since 1970), and is never negative.
    Negative, non-finite, unreadable and absurd (over a day) values are None, so that the caller's own back-off rules.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return _sane(milliseconds / 1000)
    text = headers.get("Retry-After")
    if text is None:
        return None
    seconds = _number(text)
    if seconds is not None:
        return _sane(seconds)
    moment = _timestamp(text)
    if moment is None:
        return None
    start = _timestamp(headers.get("Date"))
    return _sane(max(0.0, moment - (received_at if start is None else start)))


def _number(text: str | None) -> float | None:
    # float() would also take "1_0" and "infinity"; a header is digits.
    if text is None or len(text) > 32 or "_" in text:
        return None
    try:
        return float(text)
    except ValueError:
        return None


def _sane(seconds: float) -> float | None:
    return seconds if math.isfinite(seconds) and 0 <= seconds <= ABSURD else None


def _timestamp(text: str | None) -> float | None:
    if text is None or len(text) > 64:
        return None
    try:
        moment = parsedate_to_datetime(text)
        # "-0000" parses as naive; HTTP dates are UTC by definition.
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
