"""From a message to the fields of one endpoint; what the API has no field for is refused, never dropped."""

from __future__ import annotations

from wamsg.errors import InvalidRecipient, Unsupported
from wamsg.model import (
    Audio,
    Buttons,
    CallToAction,
    Catalog,
    Contacts,
    Content,
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
from wamsg.model.checks import at_most
from wamsg.providers.wacr.attachment import attach, shown_name
from wamsg.providers.wacr.endpoints import INTERACTIVE, MEDIA, TEMPLATE, TEXT, Endpoint
from wamsg.providers.wacr.interactive import button_fields, list_fields
from wamsg.providers.wacr.media import MediaLimits
from wamsg.providers.wacr.options import read_options
from wamsg.providers.wacr.refusal import unsupported
from wamsg.providers.wacr.template import template_fields

_INTERACTIVE_ONLY = "interactive messages are reply buttons and lists"
_NO_ENDPOINT = "the API sends text, media, templates, reply buttons and lists"
#: Every content type without a place in the API: the feature's name, and what there is instead.
REFUSED: dict[type, tuple[str, str]] = {
    Sticker: ("stickers", "media is image, document, video or audio"),
    CallToAction: ("call-to-action buttons", _INTERACTIVE_ONLY),
    LocationRequest: ("location requests", _INTERACTIVE_ONLY),
    Flow: ("flows", _INTERACTIVE_ONLY),
    Catalog: ("catalogues", _INTERACTIVE_ONLY),
    Product: ("products", _INTERACTIVE_ONLY),
    ProductList: ("product lists", _INTERACTIVE_ONLY),
    Location: ("locations", _NO_ENDPOINT),
    Contacts: ("contact cards", _NO_ENDPOINT),
    Reaction: ("reactions", _NO_ENDPOINT),
    ReadReceipt: ("read receipts", _NO_ENDPOINT),
}


def compose(message: Message, limits: MediaLimits) -> tuple[Endpoint, dict[str, object]]:
    """The endpoint for a message and its fields, ``phone`` first and options last; a file is a `wamsg.wire.Upload`.

    Raises `Unsupported` and `InvalidMessage`.
    """
    endpoint, fields = _content(message.content, limits)
    if message.reply_to is not None:
        raise unsupported("no endpoint has a field for the message that is answered", feature="reply_to")
    if len(message.to) != 1:
        raise unsupported("one request has one phone", feature="several recipients in one request")
    return endpoint, {
        "phone": phone_text(message.to[0], endpoint),
        **fields,
        **read_options(message.provider_options, endpoint),
    }


def phone_text(number: PhoneNumber, endpoint: Endpoint) -> str:
    """E.164 with its plus sign, or the digits alone where only they keep to the endpoint's length.

    The plus sign says that a country code follows, and the API's own samples have it; answers give digits only
    ("cleaned"). Media takes 15 characters at most, so there a number of 15 digits goes without. A number that
    fits in neither way is an `InvalidRecipient`.
    """
    if endpoint.phone is None:
        return number.e164
    shortest, longest = endpoint.phone
    for text in (number.e164, number.digits):
        if shortest <= len(text) <= longest:
            return text
    message = (
        f"{endpoint.name} takes a phone of {shortest} to {longest} characters with its plus sign; {number} is short"
    )
    raise InvalidRecipient(message, field="to", limit=shortest, actual=len(number.e164))


def _content(content: Content, limits: MediaLimits) -> tuple[Endpoint, dict[str, object]]:
    match content:
        case Text():
            return TEXT, _text(content)
        case Image() | Video() | Audio() | Document():
            return MEDIA, _media(content, limits)
        case Template():
            return TEMPLATE, template_fields(content, limits)
        case Buttons():
            return INTERACTIVE, button_fields(content)
        case ListMenu():
            return INTERACTIVE, list_fields(content)
        case _:
            raise _refusal(content)


def _refusal(content: Content) -> Unsupported:
    # A content type of a later wamsg is refused by its name.
    feature, why = REFUSED.get(type(content), (type(content).__name__, _NO_ENDPOINT))
    return unsupported(why, feature=feature)


def _text(content: Text) -> dict[str, object]:
    if content.preview_url:
        raise unsupported("a text has no field for it", feature="preview_url")
    at_most("text.body", content.body, 4096)
    return {"message": content.body}


def _media(content: Image | Video | Audio | Document, limits: MediaLimits) -> dict[str, object]:
    fields: dict[str, object] = {"media_type": content.kind, **attach(content, limits, prefix="media")}
    if not isinstance(content, Audio) and content.caption is not None:
        at_most(f"{content.kind}.caption", content.caption, 1024)
        fields["caption"] = content.caption
    if isinstance(content, Document):
        fields |= shown_name(content, field="filename")
    return fields
