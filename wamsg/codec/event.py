"""Our own stable JSON for events.

An event is a table with a ``type`` (``status``, ``message``, ``template`` ...) and the fields of its class in
`wamsg.model.event`; what is None or empty is left out. An incoming message's ``content`` has a ``type`` too, numbers
are E.164, and a failure's ``error`` is the name of its class in `wamsg.errors`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cattrs import Converter

from wamsg import errors
from wamsg.codec.content import TAGS, explain, make_converter, tagged
from wamsg.errors import InvalidMessage, SendError, SendFailed
from wamsg.model import PhoneNumber
from wamsg.model.event import (
    ButtonReply,
    DeliveryStatus,
    Event,
    FlowReply,
    IncomingContent,
    IncomingMessage,
    ListReply,
    MediaUpdate,
    Order,
    OtherContent,
    QualityUpdate,
    Raw,
    ReceivedMedia,
    RecordChange,
    StatusUpdate,
    TemplateReply,
    TemplateUpdate,
    UnknownEvent,
    whole,
)

#: The word for each kind of event.
EVENT_TAGS: Mapping[str, type[Event]] = {
    "status": StatusUpdate,
    "message": IncomingMessage,
    "template": TemplateUpdate,
    "quality": QualityUpdate,
    "media": MediaUpdate,
    "record": RecordChange,
    "unknown": UnknownEvent,
}
_CONTENTS: Mapping[str, type] = {
    **{word: TAGS[word] for word in ("text", "location", "contacts", "reaction")},
    "media": ReceivedMedia,
    "button_reply": ButtonReply,
    "list_reply": ListReply,
    "template_reply": TemplateReply,
    "flow_reply": FlowReply,
    "order": Order,
    "other": OtherContent,
}
_WORDS: Mapping[type, str] = {cls: word for table in (EVENT_TAGS, _CONTENTS) for word, cls in table.items()}


def event_to_dict(event: Event) -> dict[str, Any]:
    """``event`` as plain JSON values, with its ``type``; numbers and ``raw`` included, so treat it as personal data.

    Raises `InvalidMessage` for a class of someone else's.
    """
    if type(event) not in _WORDS:
        raise InvalidMessage(f"{type(event).__name__} is no event that can be stored", field="event")
    return {"type": _WORDS[type(event)], **_converter().unstructure(event)}


def event_from_dict(document: object) -> Event:
    """The event that ``document`` describes. Raises `InvalidMessage` that names the place."""
    try:
        event: Event = tagged(_converter(), EVENT_TAGS, document)
    except InvalidMessage:
        raise
    except Exception as error:
        raise InvalidMessage(explain(error, "event"), field="event") from error
    return event


def incoming_from_dict(document: object) -> IncomingContent:
    """The content of an incoming message, with its ``type``. Raises `InvalidMessage` that names the place."""
    try:
        content: IncomingContent = tagged(_converter(), _CONTENTS, document)
    except InvalidMessage:
        raise
    except Exception as error:
        raise InvalidMessage(explain(error, "content"), field="content") from error
    return content


@lru_cache(maxsize=1)
def _converter() -> Converter:
    # Its field has a private name beside the property.
    converter = make_converter(None, renamed={Raw: "raw"})
    converter.register_structure_hook_func(lambda kind: kind == Raw, _table)
    converter.register_unstructure_hook_func(lambda kind: kind == Raw, lambda raw: dict(whole(raw)))
    converter.register_structure_hook(PhoneNumber, _number)
    converter.register_unstructure_hook(PhoneNumber, lambda number: number.e164)
    converter.register_structure_hook(DeliveryStatus, _status)
    converter.register_structure_hook_func(lambda kind: kind == type[SendError], _error)
    converter.register_unstructure_hook_func(lambda kind: kind == type[SendError], _name)
    converter.register_structure_hook(IncomingContent, lambda value, _: tagged(converter, _CONTENTS, value))
    converter.register_unstructure_hook(
        IncomingContent, lambda value: {"type": _WORDS[type(value)], **converter.unstructure(value)}
    )
    return converter


def _table(value: object, _type: object) -> object:
    if not isinstance(value, Mapping):
        raise InvalidMessage(f"expected a table, not {type(value).__name__}", field="raw")
    return value


def _number(value: object, _type: object) -> PhoneNumber:
    return PhoneNumber(value)  # type: ignore[arg-type]  # it judges


def _status(value: object, _type: object) -> DeliveryStatus:
    if value not in list(DeliveryStatus):
        raise InvalidMessage(f"status must be one of {', '.join(DeliveryStatus)}", field="status")
    return DeliveryStatus(str(value))


def _error(value: object, _type: object) -> type[SendError]:
    found = getattr(errors, value, None) if isinstance(value, str) else None
    if not (isinstance(found, type) and issubclass(found, SendError)):
        raise InvalidMessage("error must be the name of a SendError in wamsg.errors", field="error")
    return found


def _name(error: type[SendError]) -> str:
    """The class itself, or for one of a provider's own the nearest that is ours."""
    ours = (kind for kind in error.__mro__ if getattr(errors, kind.__name__, None) is kind)
    return next(ours, SendFailed).__name__
