"""Text and media: exact bodies, documented limits, and a refusal for everything else."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg.errors import InvalidMessage, InvalidRecipient, Unsupported
from wamsg.model import (
    CONTENT_TYPES,
    Audio,
    Button,
    Buttons,
    CallToAction,
    Catalog,
    Contact,
    ContactName,
    Contacts,
    Content,
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
    Reaction,
    ReadReceipt,
    Sticker,
    Template,
    Text,
    Video,
)
from wamsg.providers.wacr.convert import _stdlib, _writer, to_json
from wamsg.providers.wacr.driver import WacrDriver
from wamsg.providers.wacr.encode import REFUSED
from wamsg.wire import Form, Part, Upload

MakeMessage = Callable[..., Message]
MakeFile = Callable[[str], File]
LINK = "https://files.example/a"


def parts(driver: WacrDriver, message: Message) -> list[tuple[str, str | Upload]]:
    """The form that a message becomes, as pairs."""
    body = driver.encode(message).request.body
    assert isinstance(body, Form)
    return [(part.name, part.value) for part in body.parts]


def test_text_is_json_with_phone_and_message(driver: WacrDriver, message: MakeMessage) -> None:
    """A text is two fields, in UTF-8 as it stands."""
    operation = driver.encode(message(Text(body="नमस्ते 👋\nline two")))

    assert operation.name == "messages.text"
    assert operation.request.method == "POST"
    assert operation.request.url == "https://app.wa.cr/api/v2/messages/text"
    assert operation.request.body == '{"phone":"+919812345678","message":"नमस्ते 👋\\nline two"}'.encode()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (Image(link=LINK), [("media_type", "image"), ("media_url", LINK)]),
        (Video(link=LINK, caption="hi"), [("media_type", "video"), ("media_url", LINK), ("caption", "hi")]),
        (Audio(link=LINK), [("media_type", "audio"), ("media_url", LINK)]),
        (Document(link=LINK), [("media_type", "document"), ("media_url", LINK)]),
        (
            Document(link=LINK, caption="a\nb", filename="bill.pdf"),
            [("media_type", "document"), ("media_url", LINK), ("caption", "a\nb"), ("filename", "bill.pdf")],
        ),
    ],
)
def test_linked_media_is_a_form(
    content: Content, expected: list[tuple[str, str]], driver: WacrDriver, message: MakeMessage
) -> None:
    """A link goes as media_url among exactly the fields of the page, and none that is empty."""
    operation = driver.encode(message(content))

    assert operation.name == "messages.media"
    assert operation.request.url == "https://app.wa.cr/api/v2/messages/media"
    assert operation.request.body == Form(
        (Part("phone", "+919812345678"), *(Part(name, value) for name, value in expected))
    )


def test_a_local_file_is_named_and_not_read(tmp_path: Path, driver: WacrDriver, message: MakeMessage) -> None:
    """A path becomes media_file, left on the disk for the transport to stream."""
    path = tmp_path / "photo.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 100)

    found = parts(driver, message(Image(file=path, caption="look")))

    upload = Upload(name="photo.png", content_type="image/png", size=108, path=path)
    assert found == [
        ("phone", "+919812345678"),
        ("media_type", "image"),
        ("media_file", upload),
        ("caption", "look"),
    ]


def test_a_document_shows_its_own_name(driver: WacrDriver, message: MakeMessage, file: MakeFile) -> None:
    """A local document without a filename is shown under its own; one with a filename under that."""
    plain = parts(driver, message(Document(file=file("bill 7.pdf"))))
    renamed = parts(driver, message(Document(file=file("bill 7.pdf"), filename="Invoice.pdf")))

    assert plain[-1] == ("filename", "bill 7.pdf")
    assert renamed[-1] == ("filename", "Invoice.pdf")


def test_bytes_travel_as_they_are(driver: WacrDriver, message: MakeMessage, file: MakeFile) -> None:
    """Media given as bytes keeps its bytes and its type in the form."""
    found = dict(parts(driver, message(Audio(file=file("note.ogg")))))

    assert found["media_file"] == Upload(name="note.ogg", content_type="audio/ogg", size=10, data=b"OggS sound")


@pytest.mark.parametrize(
    ("make", "field", "limit"),
    [
        (lambda text: Text(body=text), "text.body", 4096),
        (lambda text: Image(link=LINK, caption=text), "image.caption", 1024),
        (lambda text: Video(link=LINK, caption=text), "video.caption", 1024),
        (lambda text: Document(link=LINK, caption=text), "document.caption", 1024),
        (lambda text: Document(link=LINK, filename=text), "document.filename", 255),
    ],
)
def test_documented_lengths_hold(
    make: Callable[[str], Content], field: str, limit: int, driver: WacrDriver, message: MakeMessage
) -> None:
    """At the limit it is sent, one character over it is refused with field, limit and actual length."""
    driver.encode(message(make("é" * limit)))
    with pytest.raises(InvalidMessage) as caught:
        driver.encode(message(make("é" * (limit + 1))))

    assert (caught.value.field, caught.value.limit, caught.value.actual) == (field, limit, limit + 1)


def test_a_tenant_s_own_table_rules(
    make_driver: Callable[..., WacrDriver], message: MakeMessage, file: MakeFile
) -> None:
    """A file that the default table takes is refused where the account's own does not, and the other way round."""
    tenant = make_driver(media_limits="image: gif, 1 MB")

    tenant.encode(message(Image(file=file("a.gif"))))
    with pytest.raises(InvalidMessage, match=r"takes gif$"):
        tenant.encode(message(Image(file=file("a.png"))))


@pytest.mark.parametrize(
    ("content", "phone", "sent"),
    [
        (Text(body="hi"), "+447700900123", "+447700900123"),
        (Image(link=LINK), "+447700900123", "+447700900123"),
        pytest.param(Image(link=LINK), "+298123456", "+298123456", id="nine digits reach ten with the plus"),
        pytest.param(Image(link=LINK), "+999912345678901", "999912345678901", id="fifteen digits leave no room for it"),
        pytest.param(Text(body="hi"), "+999912345678901", "+999912345678901", id="text has room for twenty"),
        pytest.param(Template(name="t", language="en"), "+2901234", "+2901234", id="templates have no rule"),
    ],
)
def test_the_phone_keeps_to_the_endpoint_s_length(
    content: Content, phone: str, sent: str, driver: WacrDriver, message: MakeMessage
) -> None:
    """E.164 with its plus where it fits, the digits alone where only they do."""
    body = driver.encode(message(content, to=phone)).request.body

    assert body is not None
    assert (body["phone"] if isinstance(body, Form) else json.loads(body)["phone"]) == sent


@pytest.mark.parametrize("content", [Text(body="hi"), Image(link=LINK)])
def test_a_phone_too_short_for_the_endpoint_is_refused_masked(
    content: Content, driver: WacrDriver, message: MakeMessage
) -> None:
    """The page asks for ten characters; the sentence does not show the number."""
    with pytest.raises(InvalidRecipient) as caught:
        driver.encode(message(content, to="+29812345"))

    assert (caught.value.field, caught.value.limit, caught.value.actual) == ("to", 10, 9)
    assert "29812345" not in str(caught.value)


REFUSALS: list[Content] = [
    Sticker(link=LINK),
    CallToAction(body="b", button="Go", url=LINK),
    LocationRequest(body="where?"),
    Flow(body="b", button="Go", flow_id="1", token="t"),
    Catalog(body="b"),
    Product(catalog_id="1", product_id="2"),
    ProductList(catalog_id="1", header="h", body="b", sections=(ProductSection(title="s", product_ids=("1",)),)),
    Location(latitude=1, longitude=2),
    Contacts(contacts=(Contact(name=ContactName(formatted_name="Asha")),)),
    Reaction(message_id="wamid.1", emoji="👍"),
]


@pytest.mark.parametrize("content", REFUSALS, ids=lambda content: type(content).__name__)
def test_what_has_no_place_is_unsupported(content: Content, driver: WacrDriver, message: MakeMessage) -> None:
    """Content without an endpoint is refused with a feature and a reason, before anything is sent."""
    with pytest.raises(Unsupported, match="cannot send this") as caught:
        driver.encode(message(content))

    assert caught.value.provider == "wacr"
    assert caught.value.feature == REFUSED[type(content)][0]


def test_a_read_receipt_is_unsupported(driver: WacrDriver) -> None:
    """The one content without a recipient is refused for what it is."""
    with pytest.raises(Unsupported) as caught:
        driver.encode(Message(content=ReadReceipt(message_id="wamid.1")))

    assert caught.value.feature == "read receipts"


def test_every_content_type_is_sent_or_refused() -> None:
    """The list of refusals and what has an endpoint make up all of the model."""
    sent = {Text, Image, Video, Audio, Document, Template, Buttons, ListMenu}

    assert sent | set(REFUSED) == set(CONTENT_TYPES)
    assert not sent & set(REFUSED)


@pytest.mark.parametrize(
    ("content", "more", "feature"),
    [
        (Text(body="https://shop.example", preview_url=True), {}, "preview_url"),
        (Text(body="hi"), {"reply_to": "wamid.1"}, "reply_to"),
        (Image(id="1234"), {}, "media ids"),
        (Document(id="1234", filename="a.pdf"), {}, "media ids"),
    ],
)
def test_what_has_no_field_is_unsupported(
    content: Content, more: dict[str, object], feature: str, driver: WacrDriver, message: MakeMessage
) -> None:
    """A part of a message that no field carries refuses the whole message."""
    with pytest.raises(Unsupported) as caught:
        driver.encode(message(content, **more))

    assert caught.value.feature == feature


def test_two_recipients_are_two_requests(driver: WacrDriver) -> None:
    """One request has one phone; nobody of several is silently left out."""
    both = tuple(PhoneNumber.parse(f"+1202555010{last}") for last in "12")

    with pytest.raises(Unsupported, match="one request has one phone"):
        driver.encode(Message(content=Text(body="hi"), to=both))


@given(st.text(min_size=1, max_size=60).filter(lambda text: text.strip() and text.isprintable()))
def test_both_json_writers_write_the_same(text: str) -> None:
    """With and without the fast library, the body is the same to the byte."""
    document = {"phone": "+12025550101", "message": text, "contact_id": 7, "flag": True, "rows": [{"id": text}]}

    assert to_json(document) == _stdlib(document)


def test_the_fast_json_writer_is_optional(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra library the standard one writes the bodies."""
    monkeypatch.setitem(sys.modules, "orjson", None)

    assert _writer() is _stdlib


def test_the_body_of_buttons_is_json(driver: WacrDriver, message: MakeMessage) -> None:
    """Interactive messages go to their own endpoint."""
    request = driver.encode(message(Buttons(body="Yes?", buttons=(Button(id="y", title="Yes"),)))).request

    assert request.url.endswith("/messages/interactive")
    assert request.headers["Content-Type"] == "application/json"
