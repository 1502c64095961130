"""What became of a message that was sent, and which of two statuses counts."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from attrs import field, frozen

from wamsg.errors import SendError, SendFailed
from wamsg.model.event.event import Event
from wamsg.model.phone import PhoneNumber


class DeliveryStatus(StrEnum):
    """How far a message came, in the order in which they outrank each other."""

    #: The provider took it.
    ACCEPTED = "accepted"
    #: It is on its way through WhatsApp.
    SENT = "sent"
    #: It could not be sent, or not be delivered.
    FAILED = "failed"
    #: It reached the person's device.
    DELIVERED = "delivered"
    #: It was displayed there, or a voice message was played.
    READ = "read"

    @property
    def rank(self) -> int:
        """10 to 50; the highest told so far counts. Stores may keep the number: it stays."""
        return _RANKS[self]


_RANKS = {status: 10 * place for place, status in enumerate(DeliveryStatus, 1)}


def settled(known: DeliveryStatus | None, told: DeliveryStatus) -> DeliveryStatus:
    """The status that counts after ``told``, whatever the order in which statuses came and how often each did.

    ``failed`` outranks ``accepted`` and ``sent``, so a late one never clears it. ``delivered`` and ``read`` outrank
    ``failed``: Meta documents ``failed`` as "unable to be sent or delivered", so the two exclude each other, and the
    receipt of the device is the proof; to believe ``failed`` instead could message a person twice.
    """
    return told if known is None or told.rank > known.rank else known


@frozen(kw_only=True)
class Failure:
    """Why a message failed."""

    #: The provider's own, or Meta's.
    code: str | None = None
    #: The provider's words on one line, phone numbers masked.
    detail: str = ""
    #: What a send refused with this code would have raised: `wamsg.errors.OptedOut`, `wamsg.errors.RecipientRefused` ..
    error: type[SendError] = SendFailed


@frozen(kw_only=True)
class StatusUpdate(Event):
    """A message that was sent came further, or failed.

    Find the message by ``reference``, then by ``message_id``, then by ``other_ids``.
    """

    status: DeliveryStatus
    #: Our own reference, which travelled with the send.
    reference: str | None = None
    message_id: str | None = None
    #: Further ids that the payload gives for the same message; providers differ from themselves here.
    other_ids: tuple[str, ...] = ()
    recipient: PhoneNumber | None = None
    #: The provider's id of the person, where there is one besides or instead of the number.
    recipient_id: str | None = field(default=None, repr=False)
    #: The number of ours that sent it.
    business: PhoneNumber | None = None
    #: Present if ``status`` is failed.
    failure: Failure | None = None
    #: As the provider gives them, for those who reckon costs.
    conversation: Mapping[str, object] | None = field(default=None, repr=False, hash=False)
    pricing: Mapping[str, object] | None = field(default=None, repr=False, hash=False)
