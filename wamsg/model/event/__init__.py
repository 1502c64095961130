"""What providers tell us, as frozen values: statuses, incoming messages, notices."""

from __future__ import annotations

from wamsg.model.event.event import Around, Event, Excerpt, Raw, content_key, event_key, whole
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
from wamsg.model.event.notice import MediaUpdate, Notice, QualityUpdate, RecordChange, TemplateUpdate, UnknownEvent
from wamsg.model.event.status import DeliveryStatus, Failure, StatusUpdate, settled

__all__ = [
    "Around",
    "ButtonReply",
    "DeliveryStatus",
    "Event",
    "Excerpt",
    "Failure",
    "FlowReply",
    "IncomingContent",
    "IncomingMessage",
    "ListReply",
    "MediaKind",
    "MediaUpdate",
    "Notice",
    "Order",
    "OrderItem",
    "OtherContent",
    "QualityUpdate",
    "Raw",
    "ReceivedMedia",
    "RecordChange",
    "StatusUpdate",
    "TemplateReply",
    "TemplateUpdate",
    "UnknownEvent",
    "content_key",
    "event_key",
    "settled",
    "whole",
]
