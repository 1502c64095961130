"""``provider_options``: what each endpoint takes, how contact fields are spelled, what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from wamsg.errors import InvalidMessage, Unsupported
from wamsg.model import Button, Buttons, Content, Image, Message, Template, Text
from wamsg.providers.wacr.driver import WacrDriver
from wamsg.wire import Form

MakeMessage = Callable[..., Message]
MakeDriver = Callable[..., WacrDriver]

PICTURE = Image(link="https://files.example/a.png")
OFFER = Template(name="offer", language="en")
CHOICE = Buttons(body="Yes?", buttons=(Button(id="y", title="Yes"),))


def form(driver: WacrDriver, message: Message) -> dict[str, str]:
    """The texts of the form that a message becomes."""
    body = driver.encode(message).request.body
    assert isinstance(body, Form)
    return body.texts()


@pytest.mark.parametrize("content", [Text(body="hi"), OFFER, CHOICE])
def test_contact_id_is_a_number_in_json(content: Content, driver: WacrDriver, message: MakeMessage) -> None:
    """Every JSON endpoint takes contact_id as a number."""
    body = driver.encode(message(content, provider_options={"contact_id": 7})).request.body

    assert isinstance(body, bytes)
    assert json.loads(body)["contact_id"] == 7


def test_flat_and_nested_contact_fields_are_the_same(driver: WacrDriver, message: MakeMessage) -> None:
    """Contact fields may be written with a dot or as a mapping."""
    flat = message(PICTURE, provider_options={"contact.firstname": "Asha", "contact.groups": "3, 8"})
    nested = message(PICTURE, provider_options={"contact": {"groups": [3, 8], "firstname": "Asha"}})

    assert form(driver, flat) == form(driver, nested)


@pytest.mark.parametrize(("style", "pattern"), [("brackets", "contact[{}]"), ("dots", "contact.{}")])
def test_contact_fields_are_spelled_as_set(
    style: str, pattern: str, make_driver: MakeDriver, message: MakeMessage
) -> None:
    """All six fields of the page go into the form, in brackets or with the literal dot, after contact_id."""
    values = {"firstname": "Asha", "lastname": "Rao", "email": "asha@mail.example", "country": "IN"}
    options = {"contact": {**values, "assigned_id": 4, "groups": (3, 8)}, "contact_id": 7}

    parts = form(make_driver(contact_fields=style), message(PICTURE, provider_options=options))

    expected = {**values, "assigned_id": "4", "groups": "3,8"}
    assert parts == {
        "phone": "+919812345678",
        "media_type": "image",
        "media_url": "https://files.example/a.png",
        "contact_id": "7",
        **{pattern.format(name): value for name, value in expected.items()},
    }
    assert list(parts)[3:] == ["contact_id", *(pattern.format(name) for name in expected)]


def test_otp_options_belong_to_templates(driver: WacrDriver, message: MakeMessage) -> None:
    """auto_generate_otp and otp_field_number travel as a JSON boolean and a number."""
    options = {"auto_generate_otp": True, "otp_field_number": 6}

    body = driver.encode(message(OFFER, provider_options=options)).request.body

    assert isinstance(body, bytes)
    assert json.loads(body) == {"phone": "+919812345678", "template_name": "offer", "language": "en", **options}


@pytest.mark.parametrize(
    ("content", "option", "value"),
    [
        (Text(body="hi"), "contact.firstname", "Asha"),
        (OFFER, "contact.groups", [1]),
        (CHOICE, "contact.email", "a@mail.example"),
        (Text(body="hi"), "auto_generate_otp", True),
        (PICTURE, "otp_field_number", 1),
    ],
)
def test_an_option_of_another_endpoint_is_unsupported(
    content: Content, option: str, value: object, driver: WacrDriver, message: MakeMessage
) -> None:
    """A known option where no page documents it is refused by name, not dropped."""
    with pytest.raises(Unsupported) as caught:
        driver.encode(message(content, provider_options={option: value}))

    assert caught.value.feature == option


@pytest.mark.parametrize("option", ["contactid", "contact.phone", "contact.", "", "phone", "media_url", "a\r\nb"])
def test_an_unknown_option_is_named_beside_the_known(option: str, driver: WacrDriver, message: MakeMessage) -> None:
    """A slip of the pen is an InvalidMessage that says which options there are."""
    with pytest.raises(InvalidMessage, match=r"contact_id, contact\.firstname") as caught:
        driver.encode(message(PICTURE, provider_options={option: "x"}))

    assert repr(option) in str(caught.value)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("contact_id", value) for value in ("7", 0, -1, True, 7.0, None, 2**63)),
        pytest.param("contact_id", 10**5000, id="a number too long to print"),
        *(("contact.firstname", value) for value in (None, 7, "", "  ", "a\nb", "\ud800")),
        ("contact.email", ["a@mail.example"]),
        *(("contact.assigned_id", value) for value in ("4", False)),
        *(("contact.groups", value) for value in ("", "3,", "a,b", "3;4", "\u0663", "0", [], [0], ["3"], [True], 3)),
        ("contact.groups", "9" * 5000),
        *(("contact", value) for value in ("Asha", ["firstname"], None, 5)),
    ],
)
def test_a_wrong_value_is_refused_by_name(option: str, value: object, driver: WacrDriver, message: MakeMessage) -> None:
    """Wrong types, line breaks, and numbers beyond any id are an InvalidMessage that names the option."""
    with pytest.raises(InvalidMessage) as caught:
        driver.encode(message(PICTURE, provider_options={option: value}))

    assert caught.value.field == f"provider_options.{option}"


@pytest.mark.parametrize(("option", "value"), [("auto_generate_otp", 1), ("auto_generate_otp", "yes")])
def test_a_flag_is_true_or_false(option: str, value: object, driver: WacrDriver, message: MakeMessage) -> None:
    """Truthy values are not taken for a flag."""
    with pytest.raises(InvalidMessage, match="true or false"):
        driver.encode(message(OFFER, provider_options={option: value}))


@pytest.mark.parametrize("name", [7, 10**5000, None], ids=["int", "huge", "None"])
def test_a_name_that_is_no_text_is_refused(name: object, driver: WacrDriver, message: MakeMessage) -> None:
    """Contact fields are named by text; whatever else stands there is an InvalidMessage."""
    with pytest.raises(InvalidMessage, match="names that are text"):
        driver.encode(message(PICTURE, provider_options={"contact": {name: "x"}}))


def test_an_option_given_twice_is_refused(driver: WacrDriver, message: MakeMessage) -> None:
    """The same contact field, flat and nested, is a contradiction and not a choice of ours."""
    options = {"contact.firstname": "Asha", "contact": {"firstname": "Usha"}}

    with pytest.raises(InvalidMessage, match="given twice"):
        driver.encode(message(PICTURE, provider_options=options))


def test_values_that_look_like_form_syntax_stay_values(driver: WacrDriver, message: MakeMessage) -> None:
    """Quotes, brackets and boundaries in a value change no field name."""
    name = 'A"; name="phone'

    parts = form(driver, message(PICTURE, provider_options={"contact.firstname": name}))

    assert parts["contact[firstname]"] == name
    assert parts["phone"] == "+919812345678"
