"""One function per kind of message: from words on the command line to content. All but ``json`` are pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from wamsg.cli.kinds import approved, interactive, plain

#: The word on the command line -> the function that makes the content of its arguments.
KINDS: Mapping[str, Callable[..., Any]] = {
    "text": plain.text,
    "image": plain.image,
    "video": plain.video,
    "audio": plain.audio,
    "document": plain.document,
    "sticker": plain.sticker,
    "template": approved.template,
    "buttons": interactive.buttons,
    "list": interactive.list_menu,
    "cta": interactive.cta,
    "location": plain.location,
    "location-request": interactive.location_request,
    "contacts": plain.contacts,
    "reaction": plain.reaction,
    "read": plain.read,
    "flow": interactive.flow,
    "catalog": interactive.catalog,
    "product": interactive.product,
    "product-list": interactive.product_list,
    "json": approved.from_file,
}
