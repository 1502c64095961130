"""Acme's codes, each with the error it becomes (https://docs.acme.example/errors), and what a bare status says."""

from __future__ import annotations

from wamsg.errors import (
    BadCredentials,
    InvalidRequest,
    LowBalance,
    MediaRefused,
    OptedOut,
    RecipientRefused,
    Rejected,
    SendError,
    Throttled,
    Unanswered,
    Unavailable,
)
from wamsg.wire import Meaning

CODES: dict[str, type[SendError]] = {
    "A100": BadCredentials,
    "A200": RecipientRefused,
    "A201": OptedOut,
    "A210": MediaRefused,
    "A300": Throttled,
    # Comes with status 500; the page says that nothing was sent and that a later try may work.
    "A301": Unavailable,
    # Comes with status 400, and yet the request was fine.
    "A310": LowBalance,
    "A400": InvalidRequest,
    # "Something broke": the page does not say how far the message had come.
    "A500": Unanswered,
}

STATUSES: dict[int, type[SendError]] = {401: BadCredentials, 429: Throttled, 503: Unavailable}

MEANINGS: dict[type[SendError], Meaning] = {
    Throttled: Meaning.THROTTLED,
    Unavailable: Meaning.UNAVAILABLE,
    Rejected: Meaning.REJECTED,
    Unanswered: Meaning.UNDECIDED,
}


def by_status(status: int) -> type[SendError]:
    """What a status outside 2xx means where no code says more."""
    return STATUSES.get(status) or (Rejected if 400 <= status < 500 else Unanswered)


def meaning(error: type[SendError]) -> Meaning:
    """The same in the pipeline's words."""
    return next(word for kind, word in MEANINGS.items() if issubclass(error, kind))
