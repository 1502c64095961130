"""Templates and what fills them."""

from __future__ import annotations

from typing import Any

import pytest

from wamsg import (
    Card,
    CopyCode,
    CurrencyParameter,
    Image,
    QuickReply,
    Sticker,
    Template,
    TextParameter,
    UrlButton,
)
from wamsg.errors import InvalidMessage

PRICE = CurrencyParameter(fallback="5 INR", code="INR", amount_1000=5000)


def template(**fields: Any) -> Template:
    return Template(**{"name": "offer", "language": "en", **fields})


def test_strings_are_positional_parameters() -> None:
    """In their order, mixed with ready-made ones."""
    assert (TextParameter(text="a"), PRICE, TextParameter(text="b")) == template(body=["a", PRICE, "b"]).body


def test_a_mapping_names_its_parameters() -> None:
    """Strings and ready-made parameters alike come under the name that the mapping gives; nothing is dropped."""
    body = template(body={"who": "Asha", "price": PRICE}).body

    assert [("who", "Asha"), ("price", "5 INR")] == [
        (parameter.name, getattr(parameter, "text", None) or getattr(parameter, "fallback", None)) for parameter in body
    ]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("hello", id="a string, which is not cut into letters"),
        pytest.param([""], id="an empty parameter, which Meta refuses"),
        pytest.param([5], id="a number"),
        pytest.param([None], id="None"),
        pytest.param({5: "a"}, id="a name that is no text"),
        pytest.param({"a": 5}, id="a named number"),
        pytest.param({"a\nb": "x"}, id="a name of two lines"),
        pytest.param([TextParameter(text="a", name="n"), "b"], id="one of two named"),
        pytest.param([TextParameter(text="a", name="n"), TextParameter(text="b", name="n")], id="one name twice"),
        pytest.param(iter(["a"]), id="an iterator"),
        pytest.param({"a"}, id="a set, which has no order"),
        pytest.param(5, id="a number alone"),
    ],
)
@pytest.mark.parametrize("holder", [Template, Card])
def test_a_body_that_cannot_be_filled_in_is_refused(holder: type[Any], body: Any) -> None:
    """In the template itself and in a card of it."""
    fields = {"name": "n", "language": "en"} if holder is Template else {"header": Image(id="1")}

    with pytest.raises(InvalidMessage):
        holder(**fields, body=body)


@pytest.mark.parametrize("holder", [Template, Card])
def test_a_button_gets_one_value(holder: type[Any]) -> None:
    """Two values for one index are refused, of whatever kinds they are."""
    fields = {"name": "n", "language": "en"} if holder is Template else {"header": Image(id="1")}

    with pytest.raises(InvalidMessage, match="two values for one button"):
        holder(**fields, buttons=[QuickReply(index=1, payload="p"), UrlButton(index=1, text="t")])


@pytest.mark.parametrize("index", [-1, 10, 1.5, 1.0, True, "1", None, float("nan"), 10**400])
@pytest.mark.parametrize("kind", [QuickReply, UrlButton, CopyCode])
def test_a_buttons_index_is_a_whole_number_from_0_to_9(kind: type[Any], index: Any) -> None:
    """A fraction or a flag names no button."""
    field = {"QuickReply": "payload", "UrlButton": "text", "CopyCode": "code"}[kind.__name__]

    with pytest.raises(InvalidMessage) as caught:
        kind(**{"index": index, field: "x"})

    assert f"{kind.__name__.lower()}.index" == caught.value.field


@pytest.mark.parametrize("amount", [5.0, True, "5", None, 10**400, -(10**400)])
def test_an_amount_is_a_whole_number_that_json_can_carry(amount: Any) -> None:
    """In thousandths, so there is nothing behind the point."""
    with pytest.raises(InvalidMessage) as caught:
        CurrencyParameter(fallback="x", code="INR", amount_1000=amount)

    assert "currencyparameter.amount_1000" == caught.value.field


def test_a_header_of_text_is_a_parameter() -> None:
    """A string is short for it."""
    assert TextParameter(text="May") == template(header="May").header


@pytest.mark.parametrize("header", [Sticker(id="1"), 5, "", ["May"], object()])
def test_a_header_that_no_template_has_is_refused(header: Any) -> None:
    """Stickers, lists and numbers are none."""
    with pytest.raises(InvalidMessage):
        template(header=header)


@pytest.mark.parametrize("header", [None, "text", Sticker(id="1"), 5])
def test_a_card_shows_a_picture_or_a_video(header: Any) -> None:
    """Nothing else, and never nothing."""
    with pytest.raises(InvalidMessage) as caught:
        Card(header=header)

    assert "card.header" == caught.value.field


def test_an_authentication_code_fills_body_and_button() -> None:
    """Meta's shape for both."""
    value = Template.authentication(name="otp", language="en", code="123456")

    assert (TextParameter(text="123456"),) == value.body
    assert (UrlButton(index=0, text="123456"),) == value.buttons
