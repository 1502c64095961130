"""Our own stable JSON: what stores, the command line and logs read and write."""

from __future__ import annotations

from wamsg.codec.content import TAGS, content_from_dict, content_to_dict, outcome_to_dict
from wamsg.codec.event import EVENT_TAGS, event_from_dict, event_to_dict, incoming_from_dict

__all__ = [
    "EVENT_TAGS",
    "TAGS",
    "content_from_dict",
    "content_to_dict",
    "event_from_dict",
    "event_to_dict",
    "incoming_from_dict",
    "outcome_to_dict",
]
