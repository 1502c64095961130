"""Documented limits: what is exactly at one passes, one more is refused by field, limit and actual length."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wamsg.errors import InvalidMessage, Unsupported
from wamsg.model import (
    Audio,
    Button,
    Buttons,
    CallToAction,
    Card,
    Catalog,
    Contact,
    ContactName,
    Contacts,
    Content,
    Document,
    Flow,
    Image,
    ListMenu,
    LocationRequest,
    Media,
    Message,
    Product,
    ProductList,
    ProductSection,
    Row,
    Section,
    Sticker,
    Template,
    Text,
    Video,
    filetype,
)
from wamsg.model.file import File
from wamsg.model.filetype import FileType
from wamsg.providers.kaleyra.driver import KaleyraDriver
from wamsg.providers.kaleyra.limits import FILES, LENGTHS, file_of

MB = 1024 * 1024


def text(length: int) -> str:
    """Text of that many characters, none of them ASCII: limits count characters, not bytes."""
    return "न" * length


def buttons(**rest: Any) -> Buttons:
    return Buttons(**{"body": "b", "buttons": [Button(id="1", title="1")], **rest})


def menu(**rest: Any) -> ListMenu:
    return ListMenu(**{"body": "b", "button": "o", "sections": [Section(rows=[Row(id="1", title="1")])], **rest})


def row(**rest: Any) -> ListMenu:
    return menu(sections=[Section(rows=[Row(id="0", title="0"), Row(**{"id": "1", "title": "1", **rest})])])


def rows(*counts: int) -> list[Section]:
    return [
        Section(title=str(place), rows=[Row(id=f"{place}-{index}", title="r") for index in range(count)])
        for place, count in enumerate(counts)
    ]


def link(**rest: Any) -> CallToAction:
    return CallToAction(**{"body": "b", "button": "o", "url": "https://example.com", **rest})


def flow(**rest: Any) -> Flow:
    return Flow(**{"body": "b", "button": "o", "flow_id": "1", "token": "t", **rest})


def products(count: int) -> ProductList:
    ids = [str(index) for index in range(count)]
    sections = [ProductSection(title="A", product_ids=ids[:1]), ProductSection(title="B", product_ids=ids[1:])]
    return ProductList(catalog_id="c", header="h", body="b", sections=sections)


def product_list(**rest: Any) -> ProductList:
    section = ProductSection(title="A", product_ids=["1"])
    return ProductList(**{"catalog_id": "c", "header": "h", "body": "b", "sections": [section], **rest})


def carousel(count: int) -> Template:
    return Template(name="t", language="en", cards=[Card(header=Image(id="1"))] * count)


def people(count: int) -> Contacts:
    return Contacts(contacts=[Contact(name=ContactName(formatted_name="Asha"))] * count)


Make = Callable[[int], Content]
LIMITS: list[tuple[str, int, Make]] = [
    ("text.body", 4096, lambda n: Text(body=text(n))),
    ("image.caption", 1024, lambda n: Image(id="1", caption=text(n))),
    ("video.caption", 1024, lambda n: Video(id="1", caption=text(n))),
    ("document.caption", 1024, lambda n: Document(id="1", caption=text(n))),
    ("buttons.body", 1024, lambda n: buttons(body=text(n))),
    ("buttons.header", 60, lambda n: buttons(header=text(n))),
    ("buttons.footer", 60, lambda n: buttons(footer=text(n))),
    ("buttons.buttons", 3, lambda n: buttons(buttons=[Button(id=str(i), title=str(i)) for i in range(n)])),
    ("buttons.buttons[0].title", 20, lambda n: buttons(buttons=[Button(id="1", title=text(n))])),
    ("buttons.buttons[0].id", 256, lambda n: buttons(buttons=[Button(id=text(n), title="1")])),
    ("listmenu.body", 4096, lambda n: menu(body=text(n))),
    ("listmenu.header", 60, lambda n: menu(header=text(n))),
    ("listmenu.footer", 60, lambda n: menu(footer=text(n))),
    ("listmenu.button", 20, lambda n: menu(button=text(n))),
    ("listmenu.sections", 10, lambda n: menu(sections=rows(*[1] * n))),
    ("listmenu.rows", 10, lambda n: menu(sections=rows(4, n - 4))),
    (
        "listmenu.sections[0].title",
        24,
        lambda n: menu(sections=[Section(title=text(n), rows=[Row(id="1", title="1")])]),
    ),
    ("listmenu.sections[0].rows[1].title", 24, lambda n: row(title=text(n))),
    ("listmenu.sections[0].rows[1].description", 72, lambda n: row(description=text(n))),
    ("listmenu.sections[0].rows[1].id", 200, lambda n: row(id=text(n))),
    ("calltoaction.body", 1024, lambda n: link(body=text(n))),
    ("calltoaction.header", 60, lambda n: link(header=text(n))),
    ("calltoaction.footer", 60, lambda n: link(footer=text(n))),
    ("calltoaction.button", 20, lambda n: link(button=text(n))),
    ("locationrequest.body", 1024, lambda n: LocationRequest(body=text(n))),
    ("flow.body", 1024, lambda n: flow(body=text(n))),
    ("flow.header", 60, lambda n: flow(header=text(n))),
    ("flow.footer", 60, lambda n: flow(footer=text(n))),
    ("catalog.body", 1024, lambda n: Catalog(body=text(n))),
    ("catalog.footer", 60, lambda n: Catalog(body="b", footer=text(n))),
    ("product.body", 1024, lambda n: Product(catalog_id="c", product_id="p", body=text(n))),
    ("product.footer", 60, lambda n: Product(catalog_id="c", product_id="p", footer=text(n))),
    ("productlist.body", 1024, lambda n: product_list(body=text(n))),
    ("productlist.header", 60, lambda n: product_list(header=text(n))),
    ("productlist.footer", 60, lambda n: product_list(footer=text(n))),
    ("productlist.products", 30, products),
    ("contacts.contacts", 257, people),
    ("template.name", 512, lambda n: Template(name=text(n), language="en")),
    ("template.cards", 10, carousel),
]


@pytest.mark.parametrize(("field", "limit", "make"), LIMITS, ids=[name for name, _, _ in LIMITS])
def test_a_limit_is_met_exactly(driver: KaleyraDriver, field: str, limit: int, make: Make) -> None:
    """The documented length passes and one more is refused, naming field, limit and actual length."""
    driver.encode(Message(content=make(limit), to="+919812340001"))

    with pytest.raises(InvalidMessage) as caught:
        driver.encode(Message(content=make(limit + 1), to="+919812340001"))

    assert (caught.value.field, caught.value.limit, caught.value.actual) == (field, limit, limit + 1)
    assert str(limit) in str(caught.value)
    assert str(limit + 1) in str(caught.value)


def test_every_limit_of_the_table_is_tested() -> None:
    """A number that joins the table without a test is noticed."""
    assert len([field for field, _, _ in LIMITS]) == sum(map(len, LENGTHS.values())) + len(("rows", "products"))


def test_a_carousel_has_at_least_two_cards(driver: KaleyraDriver) -> None:
    """One card alone is refused before it leaves."""
    driver.encode(Message(content=carousel(2), to="+919812340001"))

    with pytest.raises(InvalidMessage, match="at least 2") as caught:
        driver.encode(Message(content=carousel(1), to="+919812340001"))

    assert (caught.value.field, caught.value.actual) == ("template.cards", 1)


def stored(kind: FileType, size: int) -> File:
    """A file of that type and size that exists on paper only."""
    return File(name=f"a.{kind.extensions[0]}", type=kind, size=size, path=Path("a"))


SIZES = [
    (Image, filetype.JPEG, 5 * MB),
    (Image, filetype.PNG, 5 * MB),
    (Video, filetype.MP4, 16 * MB),
    (Video, filetype.THREE_GP, 16 * MB),
    (Audio, filetype.AAC, 16 * MB),
    (Audio, filetype.AMR, 16 * MB),
    (Audio, filetype.MP3, 16 * MB),
    (Audio, filetype.M4A, 16 * MB),
    (Audio, filetype.OGG, 16 * MB),
    (Document, filetype.TXT, 100 * MB),
    (Document, filetype.PDF, 100 * MB),
    (Document, filetype.XLS, 100 * MB),
    (Document, filetype.XLSX, 100 * MB),
    (Document, filetype.DOC, 100 * MB),
    (Document, filetype.DOCX, 100 * MB),
    (Document, filetype.PPT, 100 * MB),
    (Document, filetype.PPTX, 100 * MB),
    (Sticker, filetype.WEBP, 500 * 1024),
]


@pytest.mark.parametrize(("media", "kind", "limit"), SIZES)
def test_a_file_may_have_so_many_bytes(driver: KaleyraDriver, media: type[Media], kind: FileType, limit: int) -> None:
    """Each documented type is taken up to its size, and one byte more is refused by field, limit and size."""
    driver.encode_upload(media(file=stored(kind, limit)))

    with pytest.raises(InvalidMessage) as caught:
        driver.encode_upload(media(file=stored(kind, limit + 1)))

    assert (caught.value.field, caught.value.limit, caught.value.actual) == (f"{media.kind}.file", limit, limit + 1)


def test_every_documented_type_of_file_is_tested() -> None:
    """A type that joins the table without a test is noticed."""
    assert {(media, kind) for media, kind, _ in SIZES} == {
        (media, kind) for media, rule in FILES.items() for kind in rule.types
    }


@pytest.mark.parametrize(
    ("media", "kind"),
    [
        (Document, filetype.CSV),
        (Image, filetype.GIF),
        (Image, filetype.WEBP),
        (Sticker, filetype.PNG),
        (Video, filetype.M4A),
        (Audio, filetype.MP4),
        (Document, filetype.JPEG),
    ],
)
def test_a_type_that_is_not_listed_is_unsupported(driver: KaleyraDriver, media: type[Media], kind: FileType) -> None:
    """The refusal names the type and lists those that are taken."""
    with pytest.raises(Unsupported, match=rf"takes no \.{kind.extensions[0]} as {media.kind}; it takes") as caught:
        driver.encode_upload(media(file=stored(kind, 10)))

    assert (caught.value.provider, caught.value.feature) == ("kaleyra", f"{media.kind}.file")


def test_media_without_a_file_has_nothing_to_upload() -> None:
    """Asking to upload a link is an error that says so."""
    with pytest.raises(Unsupported, match="nothing to upload"):
        file_of(Image(link="https://example.com/a.png"))
