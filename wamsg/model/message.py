"""A message: content, and whom it is for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

from attrs import evolve, field, frozen

from wamsg.errors import InvalidMessage, InvalidRecipient
from wamsg.model import checks
from wamsg.model.content import Contacts, Location, Reaction, ReadReceipt, Text
from wamsg.model.file import File
from wamsg.model.interactive import (
    Buttons,
    CallToAction,
    Catalog,
    Flow,
    Interactive,
    ListMenu,
    LocationRequest,
    Product,
    ProductList,
)
from wamsg.model.media import Audio, Document, Image, Media, Sticker, Video
from wamsg.model.phone import PhoneNumber
from wamsg.model.template import Template

Content = (
    Text
    | Image
    | Video
    | Audio
    | Document
    | Sticker
    | Template
    | Interactive
    | Location
    | Contacts
    | Reaction
    | ReadReceipt
)
#: The same as a tuple of classes, for whoever must list them.
CONTENT_TYPES: tuple[type, ...] = (
    *(Text, Image, Video, Audio, Document, Sticker, Template),
    *(Buttons, ListMenu, CallToAction, LocationRequest, Flow, Catalog, Product, ProductList),
    *(Location, Contacts, Reaction, ReadReceipt),
)

M = TypeVar("M")
_NO_OPTIONS: Mapping[str, object] = MappingProxyType({})

Recipients = str | PhoneNumber | tuple[PhoneNumber, ...] | None


def _recipients(value: object) -> object:
    if value is None:
        return ()
    if isinstance(value, PhoneNumber):
        return (value,)
    if isinstance(value, str):
        if "," in value:
            message = "one send takes one recipient; use wamsg.fan_out for several, separated by commas"
            raise InvalidRecipient(message, field="to")
        return (PhoneNumber.parse(value),)
    return checks.as_tuple(value)


def _options(value: Mapping[str, object] | None) -> Mapping[str, object]:
    if value is None:
        return _NO_OPTIONS
    if not isinstance(value, Mapping):
        raise InvalidMessage("provider_options must be a mapping", field="provider_options")
    if not all(isinstance(name, str) for name in value):
        raise InvalidMessage("provider_options must have names that are text", field="provider_options")
    return MappingProxyType(dict(value))


@frozen(kw_only=True)
class Message:
    """Content for one recipient (or several in one request, where the provider takes that).

    ``reply_to`` is the id of the message that this one answers. ``reference`` is the sender's own, which comes back in
    callbacks where the provider carries one, and goes nowhere where it does not. ``provider_options`` are fields that
    only one provider knows; its driver checks them and refuses those it does not know.
    """

    content: Content = field(validator=checks.one_of(*CONTENT_TYPES))
    to: tuple[PhoneNumber, ...] = field(
        default=(), converter=_recipients, validator=checks.items(PhoneNumber, minimum=0)
    )
    reply_to: str | None = field(default=None, validator=checks.optional_line)
    reference: str | None = field(default=None, validator=checks.optional_line)
    provider_options: Mapping[str, object] = field(default=None, converter=_options, hash=False)

    def __attrs_post_init__(self) -> None:
        if isinstance(self.content, ReadReceipt):
            if self.to or self.reply_to:
                raise InvalidMessage("a read receipt has no recipient: its message_id says whose chat", field="to")
        elif not self.to:
            raise InvalidRecipient("a recipient is missing", field="to")


def local_media(content: Content) -> tuple[Media, ...]:
    """Every piece of media in ``content`` that is a local file: the media itself, headers, cards."""
    if isinstance(content, Media):
        return (content,) if content.file is not None else ()
    found: list[object] = [getattr(content, "header", None)]
    if isinstance(content, Template):
        found += [card.header for card in content.cards]
    return tuple(media for media in found if isinstance(media, Media) and media.file is not None)


def with_media_ids(content: Content, ids: Mapping[File, str]) -> Content:
    """``content`` with the provider's media ids in the place of those local files that ``ids`` names."""

    def swap(media: M) -> M:
        if isinstance(media, Media) and media.file is not None and media.file in ids:
            return media.uploaded_as(ids[media.file])
        return media

    if isinstance(content, Media):
        return swap(content)
    if isinstance(content, Template):
        cards = tuple(evolve(card, header=swap(card.header)) for card in content.cards)
        return evolve(content, header=swap(content.header), cards=cards)
    if isinstance(content, Buttons | CallToAction | Flow):
        return evolve(content, header=swap(content.header))
    return content
