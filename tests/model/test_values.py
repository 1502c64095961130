"""What every value of the model promises: frozen, hashable, and wrong input told by the name of its field."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wamsg import (
    CONTENT_TYPES,
    Button,
    Buttons,
    CallToAction,
    Card,
    Catalog,
    Contact,
    ContactAddress,
    ContactEmail,
    ContactName,
    ContactOrganization,
    ContactPhone,
    Contacts,
    ContactUrl,
    Content,
    CopyCode,
    CurrencyParameter,
    DateTimeParameter,
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
    Template,
    Text,
    TextParameter,
    UrlButton,
)
from wamsg.errors import InvalidMessage
from wamsg.testing.strategies import contents

NAME = ContactName(formatted_name="Asha")
BUTTON = Button(id="1", title="Yes")
ROW = Row(id="1", title="One")
PRODUCTS = ProductSection(title="New", product_ids=("p1",))

#: One good value of every class, by the fields that it needs.
GOOD: list[tuple[type[Any], dict[str, Any]]] = [
    (Text, {"body": "x"}),
    (Location, {"latitude": 1.5, "longitude": 2}),
    (Reaction, {"message_id": "m", "emoji": "\N{THUMBS UP SIGN}"}),
    (ReadReceipt, {"message_id": "m"}),
    (ContactName, {"formatted_name": "Asha"}),
    (ContactPhone, {"phone": "+91 98123 40001"}),
    (ContactEmail, {"email": "a@b.example"}),
    (ContactUrl, {"url": "b.example"}),
    (ContactAddress, {"city": "Pune"}),
    (ContactOrganization, {"company": "B"}),
    (Contact, {"name": NAME}),
    (Contacts, {"contacts": [Contact(name=NAME)]}),
    (Button, {"id": "1", "title": "Yes"}),
    (Buttons, {"body": "x", "buttons": [BUTTON]}),
    (Row, {"id": "1", "title": "One"}),
    (Section, {"rows": [ROW]}),
    (ListMenu, {"body": "x", "button": "Open", "sections": [Section(rows=(ROW,))]}),
    (CallToAction, {"body": "x", "button": "Open", "url": "https://b.example"}),
    (LocationRequest, {"body": "x"}),
    (Flow, {"body": "x", "button": "Open", "flow_id": "1", "token": "t", "screen": "S", "data": {"a": [1, None]}}),
    (Catalog, {"body": "x"}),
    (Product, {"catalog_id": "1", "product_id": "2"}),
    (ProductSection, {"title": "New", "product_ids": ["p1"]}),
    (ProductList, {"catalog_id": "1", "header": "h", "body": "x", "sections": [PRODUCTS]}),
    (TextParameter, {"text": "x"}),
    (CurrencyParameter, {"fallback": "1 INR", "code": "INR", "amount_1000": 1000}),
    (DateTimeParameter, {"fallback": "May"}),
    (QuickReply, {"index": 0, "payload": "p"}),
    (UrlButton, {"index": 9, "text": "t"}),
    (CopyCode, {"index": 1, "code": "C"}),
    (Card, {"header": Image(id="1")}),
    (Template, {"name": "n", "language": "en", "body": ["a"], "buttons": [QuickReply(index=0, payload="p")]}),
    (Message, {"content": Text(body="x"), "to": "+919812340001", "provider_options": {"a": []}}),
]
FIELDS = [
    pytest.param(kind, good, item.name, id=f"{kind.__name__}.{item.name}")
    for kind, good in GOOD
    for item in attrs.fields(kind)
]
#: Annotations are text until somebody resolves them.
SWAPPED: dict[Any, object] = {"bool": 1, "int": True, "float": True, bool: 1, int: True, float: True}
WRONG = [
    5,
    5.5,
    True,
    b"bytes",
    object(),
    {1: object()},
    [object()],
    ("x", 5),
    {"a"},
    float("nan"),
    10**400,
    "\ud800",
    "",
]


@pytest.mark.parametrize(("kind", "good"), GOOD)
def test_values_are_frozen_keyword_only_equal_and_hashable(kind: type[Any], good: dict[str, Any]) -> None:
    """Two of the same fields are one; none can be changed or filled by position."""
    one, other = kind(**good), kind(**good)

    assert one == other
    assert hash(one) == hash(other)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(one, attrs.fields(kind)[0].name, "new")
    with pytest.raises(TypeError):
        kind(*good.values())


@pytest.mark.parametrize(
    ("kind", "good", "name"),
    [(kind, good, name) for kind, good in GOOD for name, value in good.items() if isinstance(value, list)],
)
def test_lists_become_tuples(kind: type[Any], good: dict[str, Any], name: str) -> None:
    """A list that the caller changes later does not change the value."""
    given_as = list(good[name])
    value = kind(**{**good, name: given_as})
    given_as.clear()

    assert isinstance(getattr(value, name), tuple)
    assert kind(**good) == value


@pytest.mark.parametrize(("kind", "good", "name"), FIELDS)
def test_whatever_a_field_is_given_it_is_taken_or_told(kind: type[Any], good: dict[str, Any], name: str) -> None:
    """A wrong type, NaN, a huge number or half a surrogate pair is an `InvalidMessage` that names a field."""
    errors = [_told(kind, {**good, name: wrong}) for wrong in WRONG]

    refused = [error for error in errors if error is not None]
    assert len(refused) >= 7
    assert all(error.field and str(error) for error in refused)


def _told(kind: type[Any], fields: dict[str, Any]) -> InvalidMessage | None:
    try:
        hash(kind(**fields))
    except InvalidMessage as error:
        return error
    return None


@pytest.mark.parametrize(("kind", "good", "name"), FIELDS)
def test_the_sentence_names_the_field_itself(kind: type[Any], good: dict[str, Any], name: str) -> None:
    """People find what to change: the attribute's own name is in the error's ``field``."""
    with pytest.raises(InvalidMessage) as caught:
        kind(**{**good, name: object()})

    assert name in str(caught.value.field)


@pytest.mark.parametrize(
    ("kind", "good", "name", "swapped"),
    [
        pytest.param(kind, good, item.name, SWAPPED[item.type], id=f"{kind.__name__}.{item.name}")
        for kind, good in GOOD
        for item in attrs.fields(kind)
        if item.type in SWAPPED
    ],
)
def test_flags_are_no_numbers_and_numbers_no_flags(
    kind: type[Any], good: dict[str, Any], name: str, swapped: object
) -> None:
    """True never stands for 1, nor 1 for True."""
    with pytest.raises(InvalidMessage):
        kind(**{**good, name: swapped})


@settings(max_examples=200, deadline=None)
@given(contents())
def test_any_content_is_hashable_equal_to_itself_and_sendable(content: Content) -> None:
    """Every kind can be a key, be rebuilt field by field, and be put into a message."""
    again = attrs.evolve(content)

    assert content == again
    assert hash(content) == hash(again)
    assert isinstance(content, CONTENT_TYPES)
    to = None if isinstance(content, ReadReceipt) else PhoneNumber("+919812340001")
    assert content == Message(content=content, to=to).content


def test_every_kind_of_content_is_tried_here() -> None:
    """A new kind of content that is missing above would be untested."""
    media = {kind for kind in CONTENT_TYPES if hasattr(kind, "kind")}

    assert set(CONTENT_TYPES) == {kind for kind, _ in GOOD if kind in CONTENT_TYPES} | media


@given(st.text(max_size=5))
def test_one_line_fields_never_hold_what_ends_a_line(text: str) -> None:
    """Whatever Python itself calls the end of a line is refused in ids and titles."""
    try:
        button = Button(id=text, title="x")
    except InvalidMessage:
        return

    assert [text] == button.id.splitlines()
    assert text.strip()


@pytest.mark.parametrize("body", ["first\nsecond", "tab\there", "\u2028", "x" * 100_000, "\N{FAMILY}"])
def test_a_body_may_hold_lines_and_be_long(body: str) -> None:
    """Limits are the provider's business; a line separator alone is no text."""
    if body.strip():
        assert body == Text(body=body).body
    else:
        with pytest.raises(InvalidMessage):
            Text(body=body)
