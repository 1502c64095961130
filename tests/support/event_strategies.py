"""Events as any provider's webhook may make them, drawn from their whole range."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from wamsg import errors
from wamsg.errors import SendError
from wamsg.model import Contact, ContactName, ContactPhone, Contacts, Reaction, Text
from wamsg.model.event import (
    ButtonReply,
    DeliveryStatus,
    Event,
    Failure,
    FlowReply,
    IncomingMessage,
    ListReply,
    MediaUpdate,
    Order,
    OrderItem,
    OtherContent,
    QualityUpdate,
    ReceivedMedia,
    RecordChange,
    StatusUpdate,
    TemplateReply,
    TemplateUpdate,
    UnknownEvent,
)
from wamsg.testing.strategies import json_objects, lines, locations, phone_numbers, texts

SEND_ERRORS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, SendError)]


def _maybe(strategy: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.none() | strategy


def _contents() -> SearchStrategy[Any]:
    line, text = _maybe(lines()), _maybe(texts())
    card = st.builds(
        Contact,
        name=st.builds(ContactName, formatted_name=texts()),
        phones=st.lists(st.builds(ContactPhone, phone=lines()), max_size=2),
    )
    item = st.builds(OrderItem, product_id=lines(), quantity=_maybe(st.integers(0, 99)), price=line, currency=line)
    kinds = st.sampled_from(["image", "video", "audio", "document", "sticker"])
    return st.one_of(
        st.builds(Text, body=texts()),
        st.builds(ReceivedMedia, kind=kinds, id=line, link=line, caption=text, voice=st.booleans()),
        locations(),
        st.builds(Contacts, contacts=st.lists(card, min_size=1, max_size=2)),
        st.builds(Reaction, message_id=lines(), emoji=st.sampled_from(["", "\U0001f44d"])),
        st.builds(ButtonReply, id=texts(), title=text),
        st.builds(ListReply, id=texts(), title=text, description=text),
        st.builds(TemplateReply, text=text, payload=text),
        st.builds(FlowReply, name=line, body=text, response=json_objects()),
        st.builds(Order, items=st.lists(item, min_size=1, max_size=2).map(tuple), catalog_id=line, text=text),
        st.builds(OtherContent, kind=lines(), text=text, problem=line),
    )


def events() -> SearchStrategy[Event]:
    """Any event."""
    line, number = _maybe(lines()), _maybe(phone_numbers())
    shared: dict[str, Any] = {
        "provider": lines(),
        "key": lines(),
        "at": _maybe(st.floats(0, 1e11)),
        "raw": json_objects(),
    }
    failure = st.builds(Failure, code=line, detail=st.text(max_size=9).map(ascii), error=st.sampled_from(SEND_ERRORS))
    ids: dict[str, Any] = {"message_id": line, "reference": line, "business": number}
    others = st.lists(lines(), max_size=2).map(tuple)
    return st.one_of(
        st.builds(
            StatusUpdate,
            status=st.sampled_from(list(DeliveryStatus)),
            failure=_maybe(failure),
            recipient=number,
            recipient_id=line,
            other_ids=others,
            pricing=_maybe(json_objects()),
            **ids,
            **shared,
        ),
        st.builds(
            IncomingMessage,
            content=_contents(),
            sender=number,
            sender_id=line,
            sender_name=_maybe(texts()),
            reply_to=line,
            reply_to_other_ids=others,
            **ids,
            **shared,
        ),
        st.builds(TemplateUpdate, status=lines(), name=line, template_id=line, reason=line, **shared),
        st.builds(QualityUpdate, change=lines(), business=number, limit=line, **shared),
        st.builds(MediaUpdate, status=lines(), upload_id=lines(), handle=line, link=line, **shared),
        st.builds(RecordChange, resource=lines(), action=lines(), record_id=line, attributes=json_objects(), **shared),
        st.builds(UnknownEvent, kind=line, reason=lines(), **shared),
    )
