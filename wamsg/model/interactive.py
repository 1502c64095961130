"""Messages that the recipient answers with a tap."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import attrs
from attrs import field, frozen

from wamsg.errors import InvalidMessage
from wamsg.model import checks
from wamsg.model.media import Document, Image, Video

#: A header above the body: a line of text, or media.
Header = str | Image | Video | Document


def _check_header(instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if value is None or isinstance(value, Image | Video | Document):
        return
    checks.text(instance, attribute, value)


def _frozen_data(data: Mapping[str, object]) -> Mapping[str, object]:
    if not isinstance(data, Mapping):
        raise InvalidMessage("flow.data must be a mapping", field="flow.data")
    try:
        text = json.dumps(dict(data), allow_nan=False, ensure_ascii=False)
        # Written and read again, so that nothing the caller changes later changes the value.
        return MappingProxyType(json.loads(text.encode()))
    except (TypeError, ValueError, RecursionError):
        raise InvalidMessage("flow.data must hold nothing but what JSON can", field="flow.data") from None


@frozen(kw_only=True)
class Button:
    """A reply button: ``id`` comes back to you, ``title`` is what people see."""

    id: str = field(validator=checks.line)
    title: str = field(validator=checks.line)


@frozen(kw_only=True)
class Buttons:
    """A body with reply buttons; ids and titles must differ from each other."""

    body: str = field(validator=checks.text)
    buttons: tuple[Button, ...] = field(converter=checks.as_tuple, validator=checks.items(Button))
    header: Header | None = field(default=None, validator=_check_header)
    footer: str | None = field(default=None, validator=checks.optional_text)

    def __attrs_post_init__(self) -> None:
        _differ("buttons.id", [button.id for button in self.buttons])
        _differ("buttons.title", [button.title for button in self.buttons])


@frozen(kw_only=True)
class Row:
    """One choice of a list."""

    id: str = field(validator=checks.line)
    title: str = field(validator=checks.line)
    description: str | None = field(default=None, validator=checks.optional_line)


@frozen(kw_only=True)
class Section:
    """Choices under one heading; the heading may be left out only where there is a single section."""

    rows: tuple[Row, ...] = field(converter=checks.as_tuple, validator=checks.items(Row))
    title: str | None = field(default=None, validator=checks.optional_line)


@frozen(kw_only=True)
class ListMenu:
    """A body with a button that opens a list of choices; row ids must differ from each other."""

    body: str = field(validator=checks.text)
    button: str = field(validator=checks.line)
    sections: tuple[Section, ...] = field(converter=checks.as_tuple, validator=checks.items(Section))
    header: str | None = field(default=None, validator=checks.optional_text)
    footer: str | None = field(default=None, validator=checks.optional_text)

    def __attrs_post_init__(self) -> None:
        _differ("listmenu.rows.id", [row.id for section in self.sections for row in section.rows])
        if len(self.sections) > 1 and any(section.title is None for section in self.sections):
            message = "listmenu.sections: each of several sections needs a title"
            raise InvalidMessage(message, field="listmenu.sections.title")


@frozen(kw_only=True)
class CallToAction:
    """A body with one button that opens an address."""

    body: str = field(validator=checks.text)
    button: str = field(validator=checks.line)
    url: str = field(validator=checks.url)
    header: Header | None = field(default=None, validator=_check_header)
    footer: str | None = field(default=None, validator=checks.optional_text)


@frozen(kw_only=True)
class LocationRequest:
    """A body with a button that asks for the recipient's location."""

    body: str = field(validator=checks.text)


@frozen(kw_only=True)
class Flow:
    """A body with a button that opens a WhatsApp Flow, named by ``flow_id``.

    ``token`` comes back with the answers; ``screen`` and ``data`` open the flow at a given screen with initial values.
    """

    body: str = field(validator=checks.text)
    button: str = field(validator=checks.line)
    flow_id: str = field(validator=checks.line)
    token: str = field(validator=checks.line)
    screen: str | None = field(default=None, validator=checks.optional_line)
    data: Mapping[str, object] = field(factory=dict, converter=_frozen_data, hash=False)
    draft: bool = field(default=False, validator=checks.flag)
    header: Header | None = field(default=None, validator=_check_header)
    footer: str | None = field(default=None, validator=checks.optional_text)

    def __attrs_post_init__(self) -> None:
        if self.data and self.screen is None:
            raise InvalidMessage("flow.data needs flow.screen, the screen it is for", field="flow.screen")


@frozen(kw_only=True)
class Catalog:
    """A body with a button that opens your catalogue; ``thumbnail`` is the product whose picture is shown."""

    body: str = field(validator=checks.text)
    thumbnail: str | None = field(default=None, validator=checks.optional_line)
    footer: str | None = field(default=None, validator=checks.optional_text)


@frozen(kw_only=True)
class Product:
    """One product of a catalogue; both ids are yours as in the catalogue."""

    catalog_id: str = field(validator=checks.line)
    product_id: str = field(validator=checks.line)
    body: str | None = field(default=None, validator=checks.optional_text)
    footer: str | None = field(default=None, validator=checks.optional_text)


@frozen(kw_only=True)
class ProductSection:
    """Products under one heading."""

    title: str = field(validator=checks.line)
    product_ids: tuple[str, ...] = field(converter=checks.as_tuple, validator=[checks.items(str), checks.lines])


@frozen(kw_only=True)
class ProductList:
    """Several products of a catalogue in sections; the header is required and is text."""

    catalog_id: str = field(validator=checks.line)
    header: str = field(validator=checks.text)
    body: str = field(validator=checks.text)
    sections: tuple[ProductSection, ...] = field(converter=checks.as_tuple, validator=checks.items(ProductSection))
    footer: str | None = field(default=None, validator=checks.optional_text)


Interactive = Buttons | ListMenu | CallToAction | LocationRequest | Flow | Catalog | Product | ProductList


def _differ(name: str, values: list[str]) -> None:
    if len(set(values)) != len(values):
        raise InvalidMessage(f"{name}: each one must differ from the others", field=name)
