"""The states of a delivery and their legal moves, as data; every store keeps to them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType


class State(IntEnum):
    """Where one delivery stands. The numbers are stored and never change their meaning."""

    #: Nothing was tried; stores keep no row for it.
    PENDING = 0
    #: Committed before the request leaves. After a crash it is `UNKNOWN`, never `PENDING`.
    SENDING = 1
    #: The provider took it.
    ACCEPTED = 2
    #: Refused, or wrong before it left; sent again only by a person's choice.
    REJECTED = 3
    #: It may or may not have gone out. What happens to it is the broadcast's policy.
    UNKNOWN = 4
    #: Surely not accepted; due again at its not-before time.
    DEFERRED = 5
    #: The message's time had passed before it was sent.
    EXPIRED = 6
    #: Never sent: cancelled, or suppressed after the plan was made.
    SKIPPED = 7


class Fate(IntEnum):
    """Why a line of the input is no delivery."""

    INVALID = 1
    DUPLICATE = 2
    SUPPRESSED = 3


#: From each state, where a delivery may go. From everywhere to `ACCEPTED`: a callback may prove that the message is out
#: after all, against a refusal, a deferral by someone who asked for a retry, or an intent that a power cut took.
MOVES: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.PENDING: frozenset({State.SENDING, State.EXPIRED, State.SKIPPED, State.ACCEPTED}),
        State.SENDING: frozenset({State.ACCEPTED, State.REJECTED, State.UNKNOWN, State.DEFERRED}),
        State.DEFERRED: frozenset({State.SENDING, State.EXPIRED, State.SKIPPED, State.ACCEPTED}),
        # By a late answer, a callback or a look-up; DEFERRED only where a look-up or a person's consent allows it.
        State.UNKNOWN: frozenset({State.ACCEPTED, State.REJECTED, State.DEFERRED}),
        # DEFERRED by a person who asks for a retry.
        State.REJECTED: frozenset({State.DEFERRED, State.ACCEPTED}),
        State.ACCEPTED: frozenset(),
        State.EXPIRED: frozenset({State.ACCEPTED}),
        State.SKIPPED: frozenset({State.ACCEPTED}),
    }
)

#: What may be sent to now or later.
OPEN = frozenset({State.PENDING, State.DEFERRED})
#: What an answer, a callback or a look-up may still settle.
UNSETTLED = frozenset({State.SENDING, State.UNKNOWN})


class Phase(IntEnum):
    """Where a broadcast stands. The numbers are stored and never change their meaning."""

    #: Recipients are being read; a plan that never got further is discarded, nothing of it was sent.
    PLANNING = 0
    #: Frozen; nothing was sent.
    PLANNED = 1
    RUNNING = 2
    #: Stopped by a person or a signal; resumes where it was.
    PAUSED = 3
    #: Stopped by the breaker or the canary; the reason is stored. Resumes once the cause is mended.
    STOPPED = 4
    #: Everything is sent that can be; unknown deliveries are held until a callback, a look-up or a person settles them.
    HELD = 5
    FINISHED = 6
    #: Given up by a person; what was not sent is `State.SKIPPED`.
    CANCELLED = 7


class Wanted(IntEnum):
    """What a person at another terminal asks of the process that runs a broadcast."""

    RUN = 0
    PAUSE = 1
    CANCEL = 2
