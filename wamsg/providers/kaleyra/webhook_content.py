"""What people send, in Meta's message object, to our values; what is not as documented is `OtherContent`.

Source: https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components, and Kaleyra's own pages
https://developers.kaleyra.io/docs/whatsapp-incoming-message-webhook-payload-reply-media-message and its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, TypeVar, cast, get_args

import attrs

from wamsg.errors import BadPayload, InvalidMessage
from wamsg.model import (
    Contact,
    ContactAddress,
    ContactEmail,
    ContactName,
    ContactOrganization,
    ContactPhone,
    Contacts,
    ContactUrl,
    Location,
    Reaction,
    Text,
)
from wamsg.model.event import (
    ButtonReply,
    FlowReply,
    IncomingContent,
    ListReply,
    MediaKind,
    Order,
    OrderItem,
    OtherContent,
    ReceivedMedia,
    TemplateReply,
)
from wamsg.providers.kaleyra.answer import shown
from wamsg.wire.payload import read_payload
from wamsg.wire.pluck import identifier, number, table, text

T = TypeVar("T")
Part = Mapping[str, object]
MEDIA: tuple[MediaKind, ...] = get_args(MediaKind)
#: Types of which WhatsApp itself says that they cannot be shown, or that are no content: no problem of ours.
_EXPECTED = ("unsupported", "system", "request_welcome")


def content_of(message: Part, media_link: str | None = None) -> IncomingContent:
    """The content of one element of ``messages``; ``media_link`` is Kaleyra's copy of a file."""
    kind = _kind(message)
    part = table(message.get(kind))
    try:
        if kind in MEDIA:
            return received(kind, part, media_link)
        if kind in _READERS:
            return _READERS[kind](message if kind == "contacts" else part)
    except InvalidMessage as error:
        return OtherContent(kind=kind, text=text(part.get("body")), problem=str(error))
    problem = None if kind in _EXPECTED else "not a known type of message"
    return OtherContent(kind=shown(kind), text=text(part.get("body")), problem=problem)


def received(kind: MediaKind, part: Part, link: str | None) -> ReceivedMedia:
    """A file; raises `InvalidMessage` if nothing says where it is."""
    media_id = identifier(part.get("id"))
    link = link or text(part.get("url")) or text(part.get("link"))
    if media_id is None and link is None:
        raise InvalidMessage(f"the {kind} has neither id nor address")
    return ReceivedMedia(
        kind=kind,
        id=media_id,
        link=link,
        mime_type=text(part.get("mime_type")),
        caption=text(part.get("caption")),
        filename=text(part.get("filename")),
        sha256=text(part.get("sha256")),
        voice=part.get("voice") is True,
        animated=part.get("animated") is True,
    )


def location(part: Part) -> Location:
    """A place; raises `InvalidMessage` without good degrees."""
    north, east = number(part.get("latitude")), number(part.get("longitude"))
    if north is None or east is None:
        raise InvalidMessage("the location lacks latitude or longitude")
    return Location(latitude=north, longitude=east, name=text(part.get("name")), address=text(part.get("address")))


def contacts(part: Part) -> Contacts:
    """The cards under ``contacts``, as far as they can be read; raises `InvalidMessage` if none can."""
    cards = [card for card in map(_card, _list(part.get("contacts"))) if card is not None]
    return Contacts(contacts=tuple(cards))


def _kind(message: Part) -> str:
    said = text(message.get("type"))
    if said is not None:
        return said
    # Some of Kaleyra's samples leave the type out.
    return next((kind for kind in (*MEDIA, *_READERS) if kind in message), "unsupported")


def _text(part: Part) -> Text:
    return Text(body=_needed(part, "body"))


def _reaction(part: Part) -> Reaction:
    # Taking a reaction back leaves the emoji out.
    return Reaction(message_id=_needed(part, "message_id"), emoji=text(part.get("emoji")) or "")


def _tap(part: Part) -> TemplateReply:
    label, payload = text(part.get("text")), text(part.get("payload"))
    if label is None and payload is None:
        raise InvalidMessage("the button has neither text nor payload")
    return TemplateReply(text=label, payload=payload)


def _interactive(part: Part) -> IncomingContent:
    kind = text(part.get("type")) or next((name for name in _REPLIES if name in part), "")
    if kind not in _REPLIES:
        raise InvalidMessage("not a known type of interactive reply")
    return _REPLIES[kind](table(part.get(kind)))


def _button(part: Part) -> ButtonReply:
    return ButtonReply(id=_needed(part, "id"), title=text(part.get("title")))


def _row(part: Part) -> ListReply:
    return ListReply(id=_needed(part, "id"), title=text(part.get("title")), description=text(part.get("description")))


def _flow(part: Part) -> FlowReply:
    return FlowReply(name=text(part.get("name")), body=text(part.get("body")), response=dict(_answers(part)))


def _answers(part: Part) -> Part:
    """They come as JSON in text; some gateways unpack them."""
    given = part.get("response_json")
    if not isinstance(given, str):
        return table(given)
    try:
        return read_payload(given.encode())
    except BadPayload:
        return {}


def _order(part: Part) -> Order:
    items = [item for item in map(_order_item, _list(part.get("product_items"))) if item is not None]
    if not items:
        raise InvalidMessage("the order holds no products")
    return Order(items=tuple(items), catalog_id=identifier(part.get("catalog_id")), text=text(part.get("text")))


def _order_item(value: object) -> OrderItem | None:
    part = table(value)
    product, price = identifier(part.get("product_retailer_id")), part.get("item_price")
    if product is None:
        return None
    return OrderItem(
        product_id=product,
        quantity=_count(part.get("quantity")),
        price=str(price) if number(price) is not None else None,
        currency=text(part.get("currency")),
    )


def _count(value: object) -> int | None:
    amount = number(value)
    return int(amount) if amount is not None and 0 <= amount < 2**31 else None


def _needed(part: Part, name: str) -> str:
    found = text(part.get(name))
    if found is None:
        raise InvalidMessage(f"it has no {name}, or not one of 1 to 65,536 characters")
    return found


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _card(value: object) -> Contact | None:
    card = table(value)
    name = _piece(ContactName, _named(card))
    return _made(
        Contact,
        {
            "name": name,
            "phones": _pieces(ContactPhone, card.get("phones")),
            "emails": _pieces(ContactEmail, card.get("emails")),
            "urls": _pieces(ContactUrl, card.get("urls")),
            "addresses": _pieces(ContactAddress, card.get("addresses")),
            "org": _piece(ContactOrganization, card.get("org")),
            "birthday": _date(card.get("birthday")),
        },
    )


def _named(card: Part) -> Part:
    """People's address books leave the whole name out at times."""
    name = table(card.get("name"))
    parts = [text(name.get(part)) for part in ("prefix", "first_name", "middle_name", "last_name", "suffix")]
    whole = text(name.get("formatted_name")) or " ".join(part for part in parts if part)
    first = next(iter(_pieces(ContactPhone, card.get("phones"))), None)
    return {**name, "formatted_name": whole or (first.phone if first else None)}


def _date(value: object) -> str | None:
    try:
        return date.fromisoformat(value).isoformat() if isinstance(value, str) else None
    except ValueError:
        return None


def _pieces(kind: type[T], values: object) -> tuple[T, ...]:
    return tuple(piece for piece in (_piece(kind, value) for value in _list(values)) if piece is not None)


def _piece(kind: type[T], value: object) -> T | None:
    given = table(value)
    names = [item.name for item in attrs.fields(cast("Any", kind))]
    known = {name: found for name in names if (found := text(given.get(name)))}
    return _made(kind, known) if known else None


def _made(kind: type[T], fields: Mapping[str, Any]) -> T | None:
    try:
        return kind(**fields)
    except (InvalidMessage, TypeError):
        # A part that lacks what it needs (TypeError) is worth nothing; the others are, and raw holds all.
        return None


_REPLIES: Mapping[str, Callable[[Part], IncomingContent]] = MappingProxyType(
    {"button_reply": _button, "list_reply": _row, "nfm_reply": _flow}
)
_READERS: Mapping[str, Callable[[Part], IncomingContent]] = MappingProxyType(
    {
        "text": _text,
        "reaction": _reaction,
        "location": location,
        "contacts": contacts,
        "interactive": _interactive,
        "button": _tap,
        "order": _order,
    }
)
