"""What became of a send."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from attrs import field, frozen

from wamsg.errors import InvalidMessage, SendError, WamsgError
from wamsg.model import checks
from wamsg.model.phone import PhoneNumber


@frozen(kw_only=True)
class SendResult:
    """The provider accepted the message. That it arrived is told later, by a callback or a look-up."""

    provider: str
    to: tuple[PhoneNumber, ...] = field(default=(), converter=checks.as_tuple)
    #: The provider's id; None where the answer names none (never invented).
    message_id: str | None = None
    #: One id per recipient where a request had several and the answer names them; else empty.
    message_ids: tuple[str, ...] = field(default=(), converter=checks.as_tuple)
    #: The answer's JSON as it came, unknown fields and all.
    raw: Mapping[str, object] = field(factory=dict, repr=False, hash=False)


class Status(StrEnum):
    """The three things that can be said of a recipient."""

    #: The provider took the message.
    ACCEPTED = "accepted"
    #: Surely not sent: wrong input, refused, or never left.
    REJECTED = "rejected"
    #: It may or may not have gone out; nothing repeats it by itself.
    UNKNOWN = "unknown"


@frozen(kw_only=True)
class Outcome:
    """What happened to one recipient of the input: exactly one of ``result`` and ``error``."""

    #: 0-based place in the input.
    position: int
    #: None where the input was not a phone number.
    recipient: PhoneNumber | None
    result: SendResult | None = None
    error: WamsgError | None = None

    def __attrs_post_init__(self) -> None:
        if (self.result is None) == (self.error is None):
            raise InvalidMessage("outcome: give exactly one of result and error", field="outcome.result")

    @property
    def status(self) -> Status:
        """`Status.ACCEPTED`, `Status.REJECTED` or `Status.UNKNOWN`."""
        if self.result is not None:
            return Status.ACCEPTED
        maybe = isinstance(self.error, SendError) and self.error.may_have_gone_out
        return Status.UNKNOWN if maybe else Status.REJECTED
