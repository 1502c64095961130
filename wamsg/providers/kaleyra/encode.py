"""Message to ``messaging_object``: Meta's Cloud API message object, as Kaleyra takes it.

Source: https://developers.kaleyra.io/docs/whatsapp-api-v2-send-media-messages and its sibling pages per kind
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from wamsg.errors import DuplicateRecipient, Unsupported
from wamsg.model import (
    Audio,
    Buttons,
    CallToAction,
    Catalog,
    Contacts,
    Document,
    Flow,
    Image,
    ListMenu,
    Location,
    LocationRequest,
    Message,
    PhoneNumber,
    Product,
    ProductList,
    Reaction,
    ReadReceipt,
    Sticker,
    Template,
    Text,
    Video,
)
from wamsg.providers.kaleyra import encode_interactive as interactive
from wamsg.providers.kaleyra import limits
from wamsg.providers.kaleyra.config import NAME
from wamsg.providers.kaleyra.convert import CONVERTER
from wamsg.providers.kaleyra.encode_media import media_object
from wamsg.providers.kaleyra.encode_template import template_object


def _contact_cards(content: Contacts) -> list[dict[str, Any]]:
    return [CONVERTER.unstructure(contact) for contact in content.contacts]


_plain_object = CONVERTER.unstructure

#: Per class of content, the message's ``type`` and what makes the object of that name.
KINDS: Mapping[type, tuple[str, Callable[[Any], object]]] = MappingProxyType(
    {
        Text: ("text", _plain_object),
        Image: ("image", media_object),
        Video: ("video", media_object),
        Audio: ("audio", media_object),
        Document: ("document", media_object),
        Sticker: ("sticker", media_object),
        Template: ("template", template_object),
        Buttons: ("interactive", interactive.buttons_object),
        ListMenu: ("interactive", interactive.list_object),
        CallToAction: ("interactive", interactive.link_object),
        LocationRequest: ("interactive", interactive.location_request_object),
        Flow: ("interactive", interactive.flow_object),
        Catalog: ("interactive", interactive.catalog_object),
        Product: ("interactive", interactive.product_object),
        ProductList: ("interactive", interactive.product_list_object),
        Location: ("location", _plain_object),
        Contacts: ("contacts", _contact_cards),
        Reaction: ("reaction", _plain_object),
    }
)


def messaging_object(message: Message) -> dict[str, Any]:
    """The object that Kaleyra hands on to Meta. Raises `InvalidMessage` and `Unsupported` before anything leaves."""
    content = message.content
    if isinstance(content, ReadReceipt):
        return _read_receipt(content)
    kind, encode = KINDS.get(type(content), (None, _plain_object))
    if kind is None:
        name = type(content).__name__
        raise Unsupported(f"{NAME} cannot send {name}", provider=NAME, feature=name.lower())
    limits.check(content)
    shown: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": _to(message.to),
        "type": kind,
        kind: encode(content),
    }
    if message.reply_to is not None:
        _check_answerable(kind)
        shown["context"] = {"message_id": message.reply_to}
    return shown


def _to(recipients: tuple[PhoneNumber, ...]) -> str:
    # The plus sign stays: without it Meta puts the business's own country code in front.
    if len(recipients) == 1:
        return recipients[0].e164
    if len(set(recipients)) != len(recipients):
        repeated = next(number for index, number in enumerate(recipients) if number in recipients[:index])
        first = recipients.index(repeated)
        raise DuplicateRecipient(f"{repeated.masked} stands twice in one request", first_position=first)
    return ",".join(recipient.e164 for recipient in recipients)


def _check_answerable(kind: str) -> None:
    if kind == "reaction":
        message = f"{NAME}: a reaction names its message itself and cannot also be a reply"
        raise Unsupported(message, provider=NAME, feature="reaction.reply_to")


def _read_receipt(content: ReadReceipt) -> dict[str, Any]:
    # https://developers.kaleyra.io/docs/whatsapp_message_api_v2_send-read-receipt-messages; the typing indicator is
    # Meta's: https://developers.facebook.com/docs/whatsapp/cloud-api/typing-indicators
    shown: dict[str, Any] = {"messaging_product": "whatsapp", "status": "read", "message_id": content.message_id}
    if content.typing:
        shown["typing_indicator"] = {"type": "text"}
    return shown
