"""Templates: flattened fields, header files, and the parameters that have no field."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from wamsg.errors import InvalidMessage, Unsupported
from wamsg.model import (
    Card,
    CopyCode,
    CurrencyParameter,
    DateTimeParameter,
    Document,
    File,
    Image,
    Location,
    Message,
    QuickReply,
    Template,
    TextParameter,
    UrlButton,
    Video,
)
from wamsg.providers.wacr.driver import WacrDriver
from wamsg.wire import Form, Upload

MakeMessage = Callable[..., Message]
MakeFile = Callable[[str], File]
LINK = "https://files.example/a"
START = {"phone": "+919812345678", "template_name": "offer", "language": "en_GB"}
OFFER = Template(name="offer", language="en_GB")


def offer(changes: dict[str, Any]) -> Template:
    """The offer with some of its fields changed."""
    return attrs.evolve(OFFER, **changes)


def sent(driver: WacrDriver, message: Message) -> dict[str, object]:
    """The JSON body of a message."""
    body = driver.encode(message).request.body
    assert isinstance(body, bytes)
    document: dict[str, object] = json.loads(body)
    return document


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {}),
        ({"header": "Sale"}, {"header_field_1": "Sale"}),
        ({"body": ["Asha", "7"]}, {"field_1": "Asha", "field_2": "7"}),
        ({"header": Image(link=LINK)}, {"header_image_url": LINK}),
        ({"header": Video(link=LINK)}, {"header_video_url": LINK}),
        ({"header": Document(link=LINK)}, {"header_document_url": LINK}),
        (
            {"header": Document(link=LINK, filename="bill.pdf")},
            {"header_document_url": LINK, "header_document_name": "bill.pdf"},
        ),
        (
            {"buttons": (UrlButton(index=0, text="a"), UrlButton(index=2, text="c"))},
            {"button_0": "a", "button_2": "c"},
        ),
    ],
)
def test_a_template_is_flat_json(
    changes: dict[str, Any], expected: dict[str, object], driver: WacrDriver, message: MakeMessage
) -> None:
    """Body parameters count from one, buttons from zero, and nothing else is in the body."""
    filled = message(offer(changes))

    assert driver.encode(filled).request.url.endswith("/messages/template")
    assert sent(driver, filled) == {**START, **expected}


def test_an_authentication_template_fills_body_and_button(driver: WacrDriver, message: MakeMessage) -> None:
    """The code goes into field_1 and into the first button."""
    code = Template.authentication(name="otp", language="en", code="123456")

    found = sent(driver, message(code))

    assert (found["field_1"], found["button_0"]) == ("123456", "123456")


def test_ten_body_parameters_are_the_most(driver: WacrDriver, message: MakeMessage) -> None:
    """The page ends with field_10."""
    words = [f"w{number}" for number in range(1, 12)]

    assert sent(driver, message(attrs.evolve(OFFER, body=words[:10])))["field_10"] == "w10"
    with pytest.raises(Unsupported, match="field_10"):
        driver.encode(message(attrs.evolve(OFFER, body=words)))


@pytest.mark.parametrize(("header", "name"), [(Image, "a.png"), (Video, "a.mp4"), (Document, "a.pdf")])
def test_a_header_file_makes_it_a_form(
    header: type[Image | Video | Document],
    name: str,
    driver: WacrDriver,
    message: MakeMessage,
    file: MakeFile,
) -> None:
    """With a local header the same fields go as a form, numbers and flags as text."""
    content = attrs.evolve(OFFER, header=header(file=file(name)), body=["Asha"])
    options = {"contact_id": 7, "auto_generate_otp": False}

    request = driver.encode(message(content, provider_options=options)).request

    assert isinstance(request.body, Form)
    shown = {"header_document_name": name} if header is Document else {}
    assert request.body.texts() == {**START, **shown, "field_1": "Asha", "contact_id": "7", "auto_generate_otp": "0"}
    upload = request.body[f"header_{header.kind}_file"]
    assert isinstance(upload, Upload)
    assert upload.name == name
    assert "Content-Type" not in request.headers


def test_a_header_file_over_its_size_is_refused(driver: WacrDriver, message: MakeMessage, file: MakeFile) -> None:
    """Header files keep to the sizes of media."""
    big = attrs.evolve(file("a.png"), size=5 * 1024 * 1024 + 1)

    with pytest.raises(InvalidMessage) as caught:
        driver.encode(message(attrs.evolve(OFFER, header=Image(file=big))))

    assert (caught.value.field, caught.value.limit) == ("image.file", 5 * 1024 * 1024)


@pytest.mark.parametrize(
    ("changes", "field", "limit"),
    [
        ({"language": "e" * 11}, "template.language", 10),
        ({"header": Document(link=LINK, filename="f" * 256)}, "document.filename", 255),
    ],
)
def test_documented_lengths_hold(
    changes: dict[str, Any], field: str, limit: int, driver: WacrDriver, message: MakeMessage
) -> None:
    """One character over a documented length is refused with field, limit and actual length."""
    with pytest.raises(InvalidMessage) as caught:
        driver.encode(message(offer(changes)))

    assert (caught.value.field, caught.value.limit, caught.value.actual) == (field, limit, limit + 1)


def test_lengths_at_the_limit_pass(driver: WacrDriver, message: MakeMessage) -> None:
    """A language of ten characters and a document name of 255 are sent."""
    content = attrs.evolve(OFFER, language="e" * 10, header=Document(link=LINK, filename="f" * 255))

    found = sent(driver, message(content))

    assert (len(str(found["language"])), len(str(found["header_document_name"]))) == (10, 255)


MONEY = CurrencyParameter(fallback="$1", code="USD", amount_1000=1000)


@pytest.mark.parametrize(
    ("changes", "feature"),
    [
        ({"body": {"name": "Asha"}}, "named parameters"),
        ({"header": TextParameter(text="Asha", name="name")}, "named parameters"),
        ({"body": [MONEY]}, "currency and date-time parameters"),
        ({"header": MONEY}, "currency and date-time parameters"),
        ({"body": [DateTimeParameter(fallback="today")]}, "currency and date-time parameters"),
        ({"header": Location(latitude=1, longitude=2)}, "location header"),
        ({"header": Image(id="1")}, "media ids"),
        ({"header": Image(link=LINK, caption="c")}, "caption of a template header"),
        ({"buttons": (QuickReply(index=0, payload="p"),)}, "quick-reply and copy-code values"),
        ({"buttons": (CopyCode(index=0, code="c"),)}, "quick-reply and copy-code values"),
        ({"buttons": (UrlButton(index=3, text="t"),)}, "more than 3 template buttons"),
        ({"cards": (Card(header=Image(link=LINK)),)}, "carousel"),
    ],
)
def test_what_has_no_field_is_unsupported(
    changes: dict[str, Any], feature: str, driver: WacrDriver, message: MakeMessage
) -> None:
    """A parameter that no field carries refuses the template by the feature's name."""
    with pytest.raises(Unsupported) as caught:
        driver.encode(message(offer(changes)))

    assert caught.value.feature == feature
