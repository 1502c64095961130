"""Statuses of deliveries of a ledger, as a provider's callbacks bring them."""

from __future__ import annotations

from wamsg.errors import SendError, SendFailed
from wamsg.ledger.reference import make_reference
from wamsg.model import PhoneNumber
from wamsg.model.event import DeliveryStatus, Failure, StatusUpdate, event_key


def told(
    status: DeliveryStatus | str,
    *,
    secret: bytes = b"",
    broadcast: int = 0,
    seq: int | None = None,
    attempt: int = 1,
    message_id: str | None = None,
    other_ids: tuple[str, ...] = (),
    recipient: PhoneNumber | None = None,
    at: float | None = None,
    error: type[SendError] = SendFailed,
    code: str = "131026",
) -> StatusUpdate:
    """By reference if ``seq`` says which delivery it is, by ids otherwise."""
    status = DeliveryStatus(status)
    reference = None if seq is None else make_reference(secret, broadcast=broadcast, seq=seq, attempt=attempt)
    return StatusUpdate(
        provider="acme",
        key=event_key("acme", "status", reference, message_id, *other_ids, status, code),
        at=at,
        status=status,
        reference=reference,
        message_id=message_id,
        other_ids=other_ids,
        recipient=recipient,
        failure=Failure(code=code, detail="it could not be sent", error=error) if status == "failed" else None,
    )
