"""The durable store of broadcasts: states and their legal moves, the protocol, and its stores."""

from __future__ import annotations

from wamsg.ledger.open import open_ledger
from wamsg.ledger.protocol import EventLedger, Ledger
from wamsg.ledger.records import (
    Arrivals,
    Broadcast,
    Counts,
    Delivery,
    Due,
    Lease,
    Loaded,
    Moment,
    Plan,
    Recipient,
    Refused,
    Settled,
    Suppression,
)
from wamsg.ledger.state import Fate, Phase, State, Wanted

__all__ = [
    "Arrivals",
    "Broadcast",
    "Counts",
    "Delivery",
    "Due",
    "EventLedger",
    "Fate",
    "Lease",
    "Ledger",
    "Loaded",
    "Moment",
    "Phase",
    "Plan",
    "Recipient",
    "Refused",
    "Settled",
    "State",
    "Suppression",
    "Wanted",
    "open_ledger",
]
