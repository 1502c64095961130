"""Kinds of message that the recipient answers with a tap."""

from __future__ import annotations

import json
from typing import Annotated

from cyclopts import Parameter

from wamsg.cli.kinds.pairs import NO_HEADER, HeaderOptions, Repeated, pair
from wamsg.errors import ConfigError
from wamsg.model import (
    Button,
    Buttons,
    CallToAction,
    Catalog,
    Flow,
    ListMenu,
    LocationRequest,
    Product,
    ProductList,
    ProductSection,
    Row,
    Section,
)

Body = Annotated[str, Parameter(help="the text")]
Label = Annotated[str, Parameter(name="--button", help="what the button says")]
Footer = Annotated[str | None, Parameter(help="small text below")]
CatalogId = Annotated[str, Parameter(help="your catalogue")]


def buttons(
    body: Body,
    headers: HeaderOptions = NO_HEADER,
    *,
    button: Annotated[tuple[str, ...], Repeated, Parameter(help="id=title; repeat it for several")],
    footer: Footer = None,
) -> Buttons:
    """Reply buttons.

    wamsg send --to +91.. buttons "Coming?" --button y=Yes --button n=No
    """
    found = (pair("--button", text, "id=title, such as y=Yes") for text in button)
    return Buttons(
        body=body,
        buttons=tuple(Button(id=id_, title=title) for id_, title in found),
        header=headers.header(),
        footer=footer,
    )


def list_menu(
    body: Body,
    *,
    button: Label,
    row: Annotated[tuple[str, ...], Repeated, Parameter(help="id=title or id=title=description; repeat it")],
    section: Annotated[str | None, Parameter(help="heading above the rows; for several sections use json")] = None,
    header: Annotated[str | None, Parameter(help="text above the body")] = None,
    footer: Footer = None,
) -> ListMenu:
    """A list to choose from.

    wamsg send --to +91.. list "Which?" --button Choose --row s=Small --row "l=Large=2 l"
    """
    rows = tuple(_row(text) for text in row)
    return ListMenu(
        body=body, button=button, sections=(Section(title=section, rows=rows),), header=header, footer=footer
    )


def _row(text: str) -> Row:
    id_, rest = pair("--row", text, "id=title or id=title=description")
    title, equals, description = rest.partition("=")
    return Row(id=id_, title=title, description=description if equals else None)


def cta(
    body: Body,
    headers: HeaderOptions = NO_HEADER,
    *,
    button: Label,
    url: Annotated[str, Parameter(help="the address that it opens")],
    footer: Footer = None,
) -> CallToAction:
    """A button that opens an address.

    wamsg send --to +91.. cta "Sale" --button Open --url https://shop.example
    """
    return CallToAction(body=body, button=button, url=url, header=headers.header(), footer=footer)


def location_request(body: Body) -> LocationRequest:
    """Ask where the recipient is.

    wamsg send --to +91.. location-request "Where shall we deliver?"
    """
    return LocationRequest(body=body)


def flow(
    body: Body,
    headers: HeaderOptions = NO_HEADER,
    *,
    button: Label,
    flow_id: Annotated[str, Parameter(help="the flow's id")],
    token: Annotated[str, Parameter(help="comes back with the answers; no secret")],
    screen: Annotated[str | None, Parameter(help="the screen it opens at")] = None,
    data: Annotated[str | None, Parameter(help="initial values for that screen, as a JSON object")] = None,
    draft: Annotated[bool, Parameter(negative=(), help="use the unpublished version")] = False,
    footer: Footer = None,
) -> Flow:
    """Open a WhatsApp Flow.

    wamsg send --to +91.. flow "Book" --button Start --flow-id 123 --token visit-7
    """
    return Flow(
        body=body,
        button=button,
        flow_id=flow_id,
        token=token,
        screen=screen,
        data=_json_object(data) if data is not None else {},
        draft=draft,
        header=headers.header(),
        footer=footer,
    )


def _json_object(text: str) -> dict[str, object]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ConfigError("""--data takes a JSON object, such as '{"name": "Ann"}'""", setting="--data")
    return found


def catalog(
    body: Body,
    *,
    thumbnail: Annotated[str | None, Parameter(help="the product whose picture is shown")] = None,
    footer: Footer = None,
) -> Catalog:
    """Open your catalogue.

    wamsg send --to +91.. catalog "See what is new"
    """
    return Catalog(body=body, thumbnail=thumbnail, footer=footer)


def product(
    *,
    catalog_id: CatalogId,
    product_id: Annotated[str, Parameter(help="the product in it")],
    body: Annotated[str | None, Parameter(help="the text")] = None,
    footer: Footer = None,
) -> Product:
    """One product.

    wamsg send --to +91.. product --catalog-id 12 --product-id SKU1
    """
    return Product(catalog_id=catalog_id, product_id=product_id, body=body, footer=footer)


def product_list(
    body: Body,
    *,
    catalog_id: CatalogId,
    header: Annotated[str, Parameter(help="text above the body")],
    section: Annotated[tuple[str, ...], Repeated, Parameter(help="Title=SKU1,SKU2; repeat it for several")],
    footer: Footer = None,
) -> ProductList:
    """Products.

    wamsg send --to +91.. product-list "Fresh" --catalog-id 12 --header Fruit --section "Red=SKU1,SKU2"
    """
    found = (pair("--section", text, "Title=SKU1,SKU2") for text in section)
    return ProductList(
        catalog_id=catalog_id,
        header=header,
        body=body,
        sections=tuple(
            ProductSection(title=title, product_ids=tuple(sku.strip() for sku in skus.split(",") if sku.strip()))
            for title, skus in found
        ),
        footer=footer,
    )
