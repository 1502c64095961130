"""What goes into a ledger and comes out of it, as frozen values. Times are seconds since 1970-01-01 UTC."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from attrs import field, frozen

from wamsg.ledger.state import Fate, Phase, State, Wanted


class Recipient(NamedTuple):
    """One line of the input that can be sent to. A plain tuple: a million of them go straight into a store."""

    #: 0-based place in the input; with the broadcast's id it is the delivery's primary key.
    seq: int
    #: 1-based line of the file at which the record starts (the place plus one where there is no file).
    line: int
    #: E.164 without the plus sign, as a number: at most 15 digits.
    address: int
    #: The values of the plan's columns, in their order.
    values: tuple[str, ...]


class Refused(NamedTuple):
    """One line of the input that cannot be sent to, and why."""

    seq: int
    line: int
    fate: Fate
    #: A sentence for people.
    why: str
    #: What stood there, cut to 64 characters; personal data, shown only to the ledger's owner.
    given: str = ""
    #: For a duplicate: the line that came first.
    first_line: int | None = None


@frozen(kw_only=True)
class Plan:
    """The frozen input of a broadcast."""

    name: str
    provider: str
    #: `wamsg.codec` JSON of the content; texts may hold placeholders.
    message: Mapping[str, Any] = field(hash=False)
    #: The options of the run as JSON; their meaning is the runner's business.
    options: Mapping[str, Any] = field(factory=dict, hash=False)
    #: The columns that the message's placeholders name, in the order of `Recipient.values`.
    columns: tuple[str, ...] = ()
    #: Where the recipients came from, for people.
    source: str = ""
    created_at: float


@frozen(kw_only=True)
class Loaded:
    """What became of one batch of input rows."""

    deliveries: int
    duplicates: int
    suppressed: int
    #: The rows that were refused by the store itself: repeated or suppressed addresses.
    refused: tuple[Refused, ...] = ()


@frozen(kw_only=True)
class Broadcast:
    """One broadcast as the ledger knows it."""

    id: int
    plan: Plan = field(repr=False)
    phase: Phase
    #: Why it is paused or stopped, in words; empty otherwise.
    reason: str
    wanted: Wanted
    #: Digest of message, options and recipients; empty while planning.
    fingerprint: str
    #: Digest of the recipients alone, to tell what differs.
    digest: str
    #: Lines of the input.
    rows: int
    started_at: float | None
    ended_at: float | None


@frozen(kw_only=True)
class Counts:
    """Where every line of the input stands; the fates and states add up to ``rows``."""

    rows: int
    invalid: int = 0
    duplicate: int = 0
    suppressed: int = 0
    #: Deliveries by state, every state present.
    states: Mapping[State, int] = field(hash=False)
    #: Deliveries by the furthest status that came back: ``sent``, ``delivered``, ``read``, ``failed``.
    statuses: Mapping[str, int] = field(factory=dict, hash=False)

    @property
    def deliveries(self) -> int:
        """Lines that are deliveries, whatever their state."""
        return sum(self.states.values())

    @property
    def open(self) -> int:
        """Deliveries that are still to be sent."""
        return self.states[State.PENDING] + self.states[State.DEFERRED]


@frozen(kw_only=True)
class Lease:
    """The right to create intents for the deliveries ``low <= seq < high``, until someone takes it over."""

    broadcast: int
    chunk: int
    low: int
    high: int
    #: Grows with every take; a store refuses intents of an older one.
    epoch: int


class Due(NamedTuple):
    """A delivery that may be sent to now."""

    seq: int
    address: int
    values: tuple[str, ...]
    #: Which try this would be, from 1.
    attempt: int
    #: Whether the recipient was suppressed since the plan was made.
    suppressed: bool


class Settled(NamedTuple):
    """How one try ended."""

    seq: int
    state: State
    at: float
    message_id: str | None = None
    #: The class of the error, such as ``OptedOut``; None for a success.
    kind: str | None = None
    #: The provider's own code.
    code: str | None = None
    http_status: int | None = None
    #: The error's sentence; holds no number and no secret.
    detail: str | None = None
    #: For `State.DEFERRED`: not before this time.
    not_before: float | None = None


@frozen(kw_only=True)
class Delivery:
    """One line of the input and its fate, as reports show it: either ``fate`` or ``state`` is set."""

    seq: int
    line: int
    address: int | None
    values: tuple[str, ...] = field(default=(), repr=False)
    fate: Fate | None = None
    state: State | None = None
    #: Why it is refused, rejected, deferred or unknown.
    detail: str | None = None
    #: For a duplicate: the line that came first.
    first_line: int | None = None
    #: What stood there where it is no number.
    given: str = field(default="", repr=False)
    attempts: int = 0
    #: When the last request was about to leave, and when its outcome was known.
    sent_at: float | None = None
    done_at: float | None = None
    not_before: float | None = None
    message_id: str | None = None
    kind: str | None = None
    code: str | None = None
    http_status: int | None = None
    #: The furthest status that came back, and when.
    status: str | None = None
    status_at: float | None = None


@frozen(kw_only=True)
class Moment:
    """One entry of a broadcast's timeline."""

    at: float
    #: ``planned``, ``started``, ``paused``, ``throttled``, ``resumed``, ``stopped``, ``finished`` ...
    kind: str
    detail: str = ""


@frozen(kw_only=True)
class Arrivals:
    """What callbacks brought, since the ledger was made."""

    #: Different events.
    events: int
    #: Those that wait for their handlers.
    unhandled: int
    #: Statuses that wait for a message of theirs.
    parked: int
    #: Statuses that were given up: no message of this ledger is theirs.
    unknown: int


@frozen(kw_only=True)
class Suppression:
    """Someone who must not be messaged."""

    address: int
    reason: str
    #: ``person``, ``import``, ``opt-out error``, ``opt-out message``.
    source: str
    at: float
