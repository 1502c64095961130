"""The ways in which servers say, or fail to say, how long to wait."""

from __future__ import annotations

import math
from email.utils import formatdate
from enum import StrEnum

from wamsg.sandbox.gate import GRAIN


class RetryForm(StrEnum):
    """How an answer words its wait."""

    #: ``Retry-After: 3``
    SECONDS = "seconds"
    #: ``Retry-After: Sun, 06 Nov 1994 08:49:37 GMT``, with the ``Date`` that it counts from.
    DATE = "http-date"
    #: ``retry-after-ms: 2500``
    MILLISECONDS = "milliseconds"
    #: No header at all.
    ABSENT = "absent"
    #: ``Retry-After: -3``
    NEGATIVE = "negative"
    #: ``Retry-After: 315360000``, ten years.
    ABSURD = "absurd"


def retry_headers(form: RetryForm, seconds: float, now: float) -> dict[str, str]:
    """Headers that ask to wait ``seconds``, rounded up so that waiting as told is enough.

    ``now`` is in seconds since 1970.
    """
    whole = max(0, math.ceil(seconds - GRAIN))
    match form:
        case RetryForm.SECONDS:
            return {"Retry-After": str(whole)}
        case RetryForm.DATE:
            start = math.floor(now)
            end = math.ceil(now + seconds - GRAIN)
            return {"Date": formatdate(start, usegmt=True), "Retry-After": formatdate(end, usegmt=True)}
        case RetryForm.MILLISECONDS:
            return {"retry-after-ms": str(max(0, math.ceil((seconds - GRAIN) * 1000)))}
        case RetryForm.ABSENT:
            return {}
        case RetryForm.NEGATIVE:
            return {"Retry-After": str(-max(1, whole))}
        case RetryForm.ABSURD:
            return {"Retry-After": "315360000"}
