"""What each provider can express, found out by asking its driver rather than by a list that someone must keep true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import evolve, frozen

from wamsg.driver import Driver, Provider
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
    CopyCode,
    CurrencyParameter,
    DateTimeParameter,
    Document,
    File,
    Flow,
    Image,
    ListMenu,
    Location,
    LocationRequest,
    Message,
    PhoneNumber,
    Product,
    ProductList,
    ProductSection,
    QuickReply,
    Reaction,
    ReadReceipt,
    Row,
    Section,
    Sticker,
    Template,
    Text,
    UrlButton,
    Video,
    local_media,
    with_media_ids,
)
from wamsg.settings import resolve

_LINK = "https://files.example/a"
_FIRST, _SECOND = PhoneNumber("+12025550101"), PhoneNumber("+12025550102")
_PNG = File.of(b"\x89PNG\r\n\x1a\n" + bytes(32))
_PDF = File.of(b"%PDF-1.7\n")
_MP4 = File.of(b"\x00\x00\x00\x18ftypmp42" + bytes(32))
_MP3 = File.of(b"ID3\x04" + bytes(32))
_WEBP = File.of(b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(32))


def _template(**parts: Any) -> Template:
    return Template(name="welcome", language="en", **parts)


#: One small message per feature; a driver that encodes it supports the feature.
_SAMPLES: Mapping[str, Content] = {
    "text": Text(body="hello"),
    "text with link preview": Text(body="https://example.com", preview_url=True),
    "image by link": Image(link=_LINK, caption="hi"),
    "image by media id": Image(id="1"),
    "image from file": Image(file=_PNG),
    "video by link": Video(link=_LINK, caption="hi"),
    "video from file": Video(file=_MP4),
    "audio by link": Audio(link=_LINK),
    "audio from file": Audio(file=_MP3),
    "document by link": Document(link=_LINK, caption="hi", filename="a.pdf"),
    "document from file": Document(file=_PDF),
    "sticker by link": Sticker(link=_LINK),
    "sticker from file": Sticker(file=_WEBP),
    "template": _template(),
    "template: positional parameters": _template(body=("Ann",)),
    "template: named parameters": _template(body={"name": "Ann"}),
    "template: currency": _template(body=(CurrencyParameter(fallback="$1", code="USD", amount_1000=1000),)),
    "template: date and time": _template(body=(DateTimeParameter(fallback="May 1"),)),
    "template: text header": _template(header="Ann"),
    "template: media header by link": _template(header=Image(link=_LINK)),
    "template: media header from file": _template(header=Image(file=_PNG)),
    "template: location header": _template(header=Location(latitude=1, longitude=2, name="n", address="a")),
    "template: quick-reply button": _template(buttons=(QuickReply(index=0, payload="yes"),)),
    "template: URL button": _template(buttons=(UrlButton(index=0, text="a"),)),
    "template: copy-code button": _template(buttons=(CopyCode(index=0, code="SAVE10"),)),
    "template: authentication": Template.authentication(name="otp", language="en", code="123456"),
    "template: carousel": _template(cards=(Card(header=Image(link=_LINK)), Card(header=Image(link=_LINK)))),
    "reply buttons": Buttons(body="b", buttons=(Button(id="1", title="Yes"),)),
    "reply buttons with media header": Buttons(
        body="b", buttons=(Button(id="1", title="Yes"),), header=Image(link=_LINK)
    ),
    "list": ListMenu(body="b", button="Menu", sections=(Section(title="s", rows=(Row(id="1", title="One"),)),)),
    "call-to-action URL": CallToAction(body="b", button="Open", url="https://example.com"),
    "location request": LocationRequest(body="b"),
    "flow": Flow(body="b", button="Start", flow_id="1", token="t"),  # noqa: S106 -- a flow's token is no secret
    "catalog": Catalog(body="b"),
    "product": Product(catalog_id="1", product_id="2"),
    "product list": ProductList(
        catalog_id="1", header="h", body="b", sections=(ProductSection(title="s", product_ids=("2",)),)
    ),
    "location": Location(latitude=1, longitude=2),
    "contacts": Contacts(contacts=(Contact(name=ContactName(formatted_name="Ann", first_name="Ann")),)),
    "reaction": Reaction(message_id="wamid.A", emoji="\N{THUMBS UP SIGN}"),
    "read receipt": ReadReceipt(message_id="wamid.A"),
    "read receipt with typing indicator": ReadReceipt(message_id="wamid.A", typing=True),
}

#: Feature -> a message that uses it.
FEATURES: Mapping[str, Message] = {
    **{
        feature: Message(content=content, to=None if isinstance(content, ReadReceipt) else _FIRST)
        for feature, content in _SAMPLES.items()
    },
    "reply to a message": Message(content=Text(body="hello"), to=_FIRST, reply_to="wamid.A"),
    "several recipients in one request": Message(content=Text(body="hello"), to=(_FIRST, _SECOND)),
}


@frozen
class Support:
    """Whether a provider can express a feature; ``why`` says why not."""

    supported: bool
    why: str | None = None


def capabilities(provider: Provider) -> dict[str, Support]:
    """Feature -> support, in the order of `FEATURES`; asks a driver made of the provider's example settings."""
    example = resolve(provider.name, provider.settings, given=provider.example, environ={})
    driver = provider.driver(example.values)
    return {feature: _support(driver, message) for feature, message in FEATURES.items()}


def markdown(providers: Sequence[Provider]) -> str:
    """The page docs/capabilities.md."""
    found = [(provider, capabilities(provider)) for provider in providers]
    lines = [
        "# What each provider can express",
        "",
        "Made by `wamsg providers --markdown`, which asks the drivers; do not edit by hand.",
        "What a provider cannot express raises `Unsupported` before anything is sent.",
        "",
        "| feature | " + " | ".join(provider.title for provider, _ in found) + " |",
        "|---" * (len(found) + 1) + "|",
    ]
    for feature in FEATURES:
        cells = [_cell(support[feature]) for _, support in found]
        lines.append(f"| {feature} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _cell(support: Support) -> str:
    return "yes" if support.supported else f"no: {support.why}".replace("|", "\\|").replace("\n", " ")


def _support(driver: Driver, message: Message) -> Support:
    try:
        driver.encode(as_sent(driver, message))
    except Unsupported as error:
        return Support(supported=False, why=str(error))
    except InvalidMessage:
        # It can be expressed; only this sample breaks one of the provider's limits.
        return Support(supported=True)
    return Support(supported=True)


def as_sent(driver: Driver, message: Message) -> Message:
    """What the client would hand to the driver once local files are uploaded; the ids are made up."""
    ids = {
        media.file: "1"
        for media in local_media(message.content)
        if media.file is not None and driver.encode_upload(media) is not None
    }
    return evolve(message, content=with_media_ids(message.content, ids)) if ids else message
