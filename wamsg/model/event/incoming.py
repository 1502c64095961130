"""What people write to us."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from attrs import field, frozen

from wamsg.model.content import Contacts, Location, Reaction, Text
from wamsg.model.event.event import Event
from wamsg.model.phone import PhoneNumber

MediaKind = Literal["image", "video", "audio", "document", "sticker"]


@frozen(kw_only=True)
class ReceivedMedia:
    """A file that someone sent."""

    kind: MediaKind
    #: The media id at WhatsApp.
    id: str | None = None
    #: The provider's stored copy; None where it keeps none. Fetch it as you would any address from outside.
    link: str | None = field(default=None, repr=False)
    mime_type: str | None = None
    caption: str | None = None
    filename: str | None = None
    sha256: str | None = None
    #: Whether an audio was recorded as a voice message.
    voice: bool = False
    #: Whether a sticker moves.
    animated: bool = False


@frozen(kw_only=True)
class ButtonReply:
    """A tap on one of our reply buttons; ``id`` is the one that we gave it."""

    id: str
    title: str | None = None


@frozen(kw_only=True)
class ListReply:
    """A choice from our list; ``id`` is the one that we gave the row."""

    id: str
    title: str | None = None
    description: str | None = None


@frozen(kw_only=True)
class TemplateReply:
    """A tap on a quick-reply button of a template; ``payload`` is the one that was sent with it."""

    text: str | None = None
    payload: str | None = None


@frozen(kw_only=True)
class FlowReply:
    """A flow, or an address form, that was filled in."""

    #: ``flow``, ``address_message`` ..
    name: str | None = None
    body: str | None = None
    #: The answers; empty where they were no JSON object.
    response: Mapping[str, object] = field(factory=dict, repr=False, hash=False)


@frozen(kw_only=True)
class OrderItem:
    """One product of an order."""

    product_id: str
    quantity: int | None = None
    #: As the provider writes it, in units of ``currency``.
    price: str | None = None
    currency: str | None = None


@frozen(kw_only=True)
class Order:
    """A cart that was sent."""

    items: tuple[OrderItem, ...]
    catalog_id: str | None = None
    text: str | None = None


@frozen(kw_only=True)
class OtherContent:
    """What we do not know, or what is not as its documentation says; the event's ``raw`` holds all of it."""

    #: The provider's word, such as ``unsupported`` or ``system``.
    kind: str
    text: str | None = None
    #: Why it is no better known; None if WhatsApp itself calls it so.
    problem: str | None = None


IncomingContent = (
    Text
    | ReceivedMedia
    | Location
    | Contacts
    | Reaction
    | ButtonReply
    | ListReply
    | TemplateReply
    | FlowReply
    | Order
    | OtherContent
)


def _kind_of(content: object) -> str:
    return type(content).__name__


@frozen(kw_only=True)
class IncomingMessage(Event):
    """Someone wrote to us."""

    content: IncomingContent = field(repr=_kind_of)
    #: None where the person hides the number behind a user name.
    sender: PhoneNumber | None = None
    #: The provider's id of the person, where there is one besides or instead of the number.
    sender_id: str | None = field(default=None, repr=False)
    #: As the person's profile says.
    sender_name: str | None = field(default=None, repr=False)
    #: The number of ours that it was sent to.
    business: PhoneNumber | None = None
    message_id: str | None = None
    #: The id of the message that this one answers, and further ids of that one.
    reply_to: str | None = None
    reply_to_other_ids: tuple[str, ...] = ()
    #: Our own reference of the message that this one answers, where the provider keeps it.
    reference: str | None = None

    @property
    def text(self) -> str | None:
        """What the person wrote or tapped: body, caption, or the title of a button or row."""
        content = self.content
        match content:
            case Text(body=written):
                return written
            case ReceivedMedia(caption=written):
                return written
            case ButtonReply(title=written) | ListReply(title=written):
                return written
            case TemplateReply(text=written) | Order(text=written) | OtherContent(text=written):
                return written
            case _:
                return None

    @property
    def choice(self) -> str | None:
        """The id of the button or row that was tapped, or the payload of a template's button."""
        match self.content:
            case ButtonReply(id=chosen) | ListReply(id=chosen):
                return chosen
            case TemplateReply(payload=payload):
                return payload
            case _:
                return None
