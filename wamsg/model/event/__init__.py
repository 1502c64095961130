"""What providers tell us, as frozen values: statuses, incoming messages, notices."""

from __future__ import annotations

from wamsg.model.event.event import Event, content_key, event_key
from wamsg.model.event.incoming import (
    ButtonReply,
    FlowReply,
    IncomingContent,
    IncomingMessage,
    ListReply,
    MediaKind,
    Order,
    OrderItem,
    OtherContent,
    ReceivedMedia,
    TemplateReply,
)
from wamsg.model.event.notice import MediaUpdate, QualityUpdate, RecordChange, TemplateUpdate, UnknownEvent
from wamsg.model.event.status import DeliveryStatus, Failure, StatusUpdate, settled

__all__ = [
    "ButtonReply",
    "DeliveryStatus",
    "Event",
    "Failure",
    "FlowReply",
    "IncomingContent",
    "IncomingMessage",
    "ListReply",
    "MediaKind",
    "MediaUpdate",
    "Order",
    "OrderItem",
    "OtherContent",
    "QualityUpdate",
    "ReceivedMedia",
    "RecordChange",
    "StatusUpdate",
    "TemplateReply",
    "TemplateUpdate",
    "UnknownEvent",
    "content_key",
    "event_key",
    "settled",
]
