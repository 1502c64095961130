"""Kinds of message that people read: text, media, places, cards; and reactions and read receipts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from attrs import frozen
from cyclopts import Parameter

from wamsg.cli.kinds.pairs import Degrees, Repeated, Source
from wamsg.model import (
    Audio,
    Contact,
    ContactEmail,
    ContactName,
    ContactOrganization,
    ContactPhone,
    Contacts,
    Document,
    Image,
    Location,
    Reaction,
    ReadReceipt,
    Sticker,
    Text,
    Video,
)

Caption = Annotated[str | None, Parameter(help="text below it")]


@Parameter(name="*")
@frozen(kw_only=True)
class MediaOptions:
    """Exactly one of the three."""

    link: Annotated[str | None, Parameter(help="public address that the provider fetches")] = None
    id: Annotated[str | None, Parameter(name="--id", help="the provider's id of media uploaded before")] = None
    file: Annotated[Path | None, Parameter(help="local file")] = None

    def source(self) -> Source:
        """What was given, as the model's media take it."""
        found: Source = {}
        if self.link is not None:
            found["link"] = self.link
        if self.id is not None:
            found["id"] = self.id
        if self.file is not None:
            found["file"] = self.file
        return found


_NOTHING = MediaOptions()


def text(body: str, *, preview_url: Annotated[bool, Parameter(negative=())] = False) -> Text:
    """Plain text.

    wamsg send --to +91.. text "hello"

    Parameters
    ----------
    body
        What it says. A text that starts with a dash goes behind `--`.
    preview_url
        Ask WhatsApp to show a preview of the first link.
    """
    return Text(body=body, preview_url=preview_url)


def image(media: MediaOptions = _NOTHING, *, caption: Caption = None) -> Image:
    """A JPEG or PNG.

    wamsg send --to +91.. image --file sale.png --caption "Today"
    """
    return Image(**media.source(), caption=caption)


def video(media: MediaOptions = _NOTHING, *, caption: Caption = None) -> Video:
    """An MP4 or 3GP.

    wamsg send --to +91.. video --link https://files.example/a.mp4
    """
    return Video(**media.source(), caption=caption)


def audio(media: MediaOptions = _NOTHING) -> Audio:
    """A sound.

    wamsg send --to +91.. audio --file hello.mp3
    """
    return Audio(**media.source())


def document(
    media: MediaOptions = _NOTHING,
    *,
    caption: Caption = None,
    filename: Annotated[str | None, Parameter(help="the name that the recipient sees")] = None,
) -> Document:
    """A document.

    wamsg send --to +91.. document --file bill.pdf --filename "Bill May.pdf"
    """
    return Document(**media.source(), caption=caption, filename=filename)


def sticker(media: MediaOptions = _NOTHING) -> Sticker:
    """A WebP sticker.

    wamsg send --to +91.. sticker --id 1234
    """
    return Sticker(**media.source())


def location(latitude: Degrees, longitude: Degrees, *, name: str | None = None, address: str | None = None) -> Location:
    """A place on the map.

    wamsg send --to +91.. location 12.97 77.59 --name "Our shop"

    Parameters
    ----------
    latitude
        Degrees, north positive.
    longitude
        Degrees, east positive.
    name
        What the place is called.
    address
        Where it is, as people write it.
    """
    return Location(latitude=latitude, longitude=longitude, name=name, address=address)


def contacts(
    *,
    name: Annotated[str, Parameter(help="the whole name")],
    phone: Annotated[tuple[str, ...], Repeated, Parameter(help="a number; repeat it for several")] = (),
    email: Annotated[tuple[str, ...], Repeated, Parameter(help="an address; repeat it for several")] = (),
    company: Annotated[str | None, Parameter(help="where they work")] = None,
) -> Contacts:
    """A contact card.

    wamsg send --to +91.. contacts --name "Ann Lee" --phone +12025550123
    """
    # Meta wants the formatted name and at least one other part of it.
    first = name.split(maxsplit=1)[0] if name.strip() else None
    card = Contact(
        name=ContactName(formatted_name=name, first_name=first),
        phones=tuple(ContactPhone(phone=number) for number in phone),
        emails=tuple(ContactEmail(email=address) for address in email),
        org=ContactOrganization(company=company) if company is not None else None,
    )
    return Contacts(contacts=(card,))


def reaction(message_id: str, emoji: str) -> Reaction:
    """An emoji on a message.

    wamsg send --to +91.. reaction wamid.HBg 👍

    Parameters
    ----------
    message_id
        The message it goes on.
    emoji
        The emoji; "" takes the reaction back.
    """
    return Reaction(message_id=message_id, emoji=emoji)


def read(message_id: str, *, typing: Annotated[bool, Parameter(negative=())] = False) -> ReadReceipt:
    """Mark a received message as read; needs no --to.

    wamsg send read wamid.HBg --typing

    Parameters
    ----------
    message_id
        The message that was received.
    typing
        Also show "typing..." until the reply.
    """
    return ReadReceipt(message_id=message_id, typing=typing)
