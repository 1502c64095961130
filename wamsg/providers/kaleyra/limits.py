"""What is documented as too long, too many or too big; checked before anything leaves.

Kaleyra passes the message object through to Meta, so most numbers are Meta's:
text and captions https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages
buttons, lists, links https://developers.facebook.com/docs/whatsapp/cloud-api/messages/interactive-list-messages
products https://developers.kaleyra.io/docs/whatsapp-api-v2-send-multi-product-messages
contacts https://developers.kaleyra.io/docs/whatsapp-api-v2-send-contacts-message
template names https://developers.kaleyra.io/docs/whatsapp-template-api-v2-create-template
files https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media#supported-media-types
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from attrs import frozen

from wamsg.errors import InvalidMessage, Unsupported
from wamsg.model import (
    Audio,
    Button,
    Buttons,
    CallToAction,
    Catalog,
    Contacts,
    Document,
    File,
    Flow,
    Image,
    ListMenu,
    LocationRequest,
    Media,
    Product,
    ProductList,
    Row,
    Section,
    Sticker,
    Template,
    Text,
    Video,
    filetype,
)
from wamsg.model.checks import at_most
from wamsg.providers.kaleyra.config import NAME

#: Per class, the most characters (of a text) or items (of a tuple) of each field.
LENGTHS: Mapping[type, tuple[tuple[str, int], ...]] = MappingProxyType(
    {
        Text: (("body", 4096),),
        Image: (("caption", 1024),),
        Video: (("caption", 1024),),
        Document: (("caption", 1024),),
        Buttons: (("body", 1024), ("header", 60), ("footer", 60), ("buttons", 3)),
        Button: (("title", 20), ("id", 256)),
        # Older pages say 1024 for the body of a list; Meta's of November 2025 says 4096.
        ListMenu: (("body", 4096), ("header", 60), ("footer", 60), ("button", 20), ("sections", 10)),
        Section: (("title", 24),),
        Row: (("title", 24), ("description", 72), ("id", 200)),
        CallToAction: (("body", 1024), ("header", 60), ("footer", 60), ("button", 20)),
        LocationRequest: (("body", 1024),),
        Flow: (("body", 1024), ("header", 60), ("footer", 60)),
        Catalog: (("body", 1024), ("footer", 60)),
        Product: (("body", 1024), ("footer", 60)),
        ProductList: (("body", 1024), ("header", 60), ("footer", 60)),
        Contacts: (("contacts", 257),),
        Template: (("name", 512), ("cards", 10)),
    }
)

#: Fields whose items have limits of their own.
PARTS: Mapping[type, str] = MappingProxyType({Buttons: "buttons", ListMenu: "sections", Section: "rows"})

#: Kaleyra's page says ten rows in each section; Meta, who decides, says ten in the whole list.
LIST_ROWS = 10
PRODUCTS = 30
FEWEST_CARDS = 2
#: ``ref``, ``ref1`` and ``ref2``; Kaleyra silently cuts what is longer (https://developers.kaleyra.io, send media).
REFERENCE = 255


def check(content: object) -> None:
    """Raise `InvalidMessage` with field, limit and actual length for the first documented limit that is exceeded."""
    name = type(content).__name__.lower()
    _check_lengths(name, content)
    if isinstance(content, ListMenu):
        rows = [row for section in content.sections for row in section.rows]
        at_most("listmenu.rows", rows, LIST_ROWS, "rows in all sections together")
    elif isinstance(content, ProductList):
        products = [product for section in content.sections for product in section.product_ids]
        at_most("productlist.products", products, PRODUCTS, "products in all sections together")
    elif isinstance(content, Template) and 0 < len(content.cards) < FEWEST_CARDS:
        message = f"template.cards has {len(content.cards)} card; a carousel needs at least {FEWEST_CARDS}"
        raise InvalidMessage(message, field="template.cards", limit=FEWEST_CARDS, actual=len(content.cards))


def _check_lengths(name: str, value: object) -> None:
    kind = type(value)
    for attribute, limit in LENGTHS.get(kind, ()):
        item = getattr(value, attribute)
        # A header may also be media, which has no length.
        if isinstance(item, (str, tuple)):
            at_most(f"{name}.{attribute}", item, limit, "characters" if isinstance(item, str) else attribute)
    if kind in PARTS:
        for index, part in enumerate(getattr(value, PARTS[kind])):
            _check_lengths(f"{name}.{PARTS[kind]}[{index}]", part)


@frozen
class FileRule:
    """The types of file that one kind of media may be, and how many bytes."""

    types: tuple[filetype.FileType, ...]
    most_bytes: int


_MB = 1024 * 1024
#: CSV stands on neither Kaleyra's list of documents nor Meta's, so it is refused rather than passed off as plain text.
FILES: Mapping[type, FileRule] = MappingProxyType(
    {
        Image: FileRule((filetype.JPEG, filetype.PNG), 5 * _MB),
        Video: FileRule((filetype.MP4, filetype.THREE_GP), 16 * _MB),
        Audio: FileRule((filetype.AAC, filetype.AMR, filetype.MP3, filetype.M4A, filetype.OGG), 16 * _MB),
        Document: FileRule(
            (
                *(filetype.TXT, filetype.PDF, filetype.XLS, filetype.XLSX),
                *(filetype.DOC, filetype.DOCX, filetype.PPT, filetype.PPTX),
            ),
            100 * _MB,
        ),
        # 500 KB is for animated stickers; static ones may have 100 KB, which only the provider tells apart.
        Sticker: FileRule((filetype.WEBP,), 500 * 1024),
    }
)


def file_of(media: Media) -> File:
    """The local file of ``media``, if Kaleyra takes it.

    Raises `Unsupported` for a type of file that this kind of media cannot be, `InvalidMessage` for too many bytes.
    """
    rule, file, name = FILES.get(type(media)), media.file, f"{media.kind}.file"
    if rule is None or file is None:
        raise Unsupported(f"{NAME} has nothing to upload here: {name} is no local file", provider=NAME, feature=name)
    if file.type not in rule.types:
        taken = ", ".join(kind.extensions[0] for kind in rule.types)
        message = f"{NAME} takes no .{file.type.extensions[0]} as {media.kind}; it takes {taken}"
        raise Unsupported(message, provider=NAME, feature=name)
    if file.size > rule.most_bytes:
        message = f"{name} has {file.size} bytes; at most {rule.most_bytes} are allowed"
        raise InvalidMessage(message, field=name, limit=rule.most_bytes, actual=file.size)
    return file
