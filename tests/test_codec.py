"""Our own JSON for content and outcomes: there and back, and nothing hostile gets through."""

from __future__ import annotations

import inspect
import json
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wamsg import (
    CONTENT_TYPES,
    Button,
    Buttons,
    Content,
    CurrencyParameter,
    Image,
    Outcome,
    PhoneNumber,
    SendResult,
    Template,
    Text,
    TextParameter,
    errors,
)
from wamsg.codec import TAGS, content_from_dict, content_to_dict, outcome_to_dict
from wamsg.errors import InvalidMessage, Rejected, SendError, Unanswered, WamsgError
from wamsg.testing.strategies import contents, phone_numbers

NUMBER = PhoneNumber("+919812340078")
ERRORS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, WamsgError)]
YES = [{"id": "1", "title": "Yes"}]


@settings(max_examples=300, deadline=None)
@given(contents())
def test_every_content_comes_back_from_json(content: Content) -> None:
    """Written as JSON text and read again it is the same value, whatever it holds."""
    text = json.dumps(content_to_dict(content), allow_nan=False)

    assert content == content_from_dict(json.loads(text))


def test_every_kind_of_content_has_a_word() -> None:
    """And every word a kind: a new one cannot be forgotten."""
    assert set(CONTENT_TYPES) == set(TAGS.values())
    assert len(CONTENT_TYPES) == len(TAGS)


def test_the_form_is_the_documented_one() -> None:
    """A ``type``, the class's own fields, defaults left out, strings for text."""
    content = Buttons(body="Ready?", buttons=(Button(id="1", title="Yes"),), header=Image(id="m-1"))

    assert {
        "type": "buttons",
        "body": "Ready?",
        "buttons": [{"id": "1", "title": "Yes"}],
        "header": {"type": "image", "id": "m-1"},
    } == content_to_dict(content)
    assert {"type": "text", "body": "hello"} == content_to_dict(Text(body="hello"))


@pytest.mark.parametrize(
    ("body", "meant"),
    [
        (["a", "b"], ["a", "b"]),
        ({"who": "Asha"}, {"who": "Asha"}),
        ([{"type": "text", "text": "a", "name": "who"}], [TextParameter(text="a", name="who")]),
        (
            ["a", {"type": "currency", "fallback": "5 INR", "code": "INR", "amount_1000": 5000}],
            ["a", CurrencyParameter(fallback="5 INR", code="INR", amount_1000=5000)],
        ),
        (
            {"price": {"type": "currency", "fallback": "5 INR", "code": "INR", "amount_1000": 5000}},
            [CurrencyParameter(fallback="5 INR", code="INR", amount_1000=5000, name="price")],
        ),
    ],
)
def test_a_templates_body_is_a_list_or_a_table_of_names(body: Any, meant: Any) -> None:
    """As people write it in a file, so it is in Python."""
    document = {"type": "template", "name": "n", "language": "en", "body": body}

    assert Template(name="n", language="en", body=meant) == content_from_dict(document)


def _flow(**fields: Any) -> dict[str, Any]:
    return {"type": "flow", "body": "b", "button": "x", "flow_id": "1", "token": "t", **fields}


def _template(**fields: Any) -> dict[str, Any]:
    return {"type": "template", "name": "n", "language": "en", **fields}


def _deep() -> list[Any]:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    return deep


@pytest.mark.parametrize(
    ("document", "place"),
    [
        pytest.param(None, "expected a table", id="None"),
        pytest.param([], "expected a table", id="a list"),
        pytest.param("text", "expected a table", id="a string"),
        pytest.param({}, "type must be one of text, image", id="nothing"),
        pytest.param({"type": 5}, "type must be one of", id="a type that is a number"),
        pytest.param({"type": ["text"]}, "type must be one of", id="a type that is a list"),
        pytest.param({"type": "Text"}, "type must be one of", id="a type in capitals"),
        pytest.param({"type": "x" * 10_000}, "type must be one of", id="a huge type"),
        pytest.param({"type": _deep()}, "type must be one of", id="a bottomless type"),
        pytest.param({"type": "text"}, "message.body", id="a missing field"),
        pytest.param({"type": "text", "body": 5}, "message.body", id="a number for text"),
        pytest.param({"type": "text", "body": None}, "message.body", id="null for text"),
        pytest.param({"type": "text", "body": ""}, "text.body", id="an empty text"),
        pytest.param({"type": "text", "body": "half \ud800"}, "text.body", id="half a pair"),
        pytest.param({"type": "text", "body": "x" * 1_000_001}, "message.body", id="a huge text"),
        pytest.param({"type": "text", "body": _deep()}, "message.body", id="a bottomless text"),
        pytest.param({"type": "text", "body": "x", "preview_url": 1}, "message.preview_url", id="1 for true"),
        pytest.param({"type": "text", "body": "x", "preview_url": "true"}, "message.preview_url", id="text for true"),
        pytest.param({"type": "text", "body": "x", "to": "y"}, "to", id="an extra field"),
        pytest.param({"type": "text", "body": "x", 5: "y"}, "must be text", id="a name that is a number"),
        pytest.param({"type": "text", "body": "x", None: "y", "z": 1}, "must be text", id="a name that is None"),
        pytest.param({"type": "location", "latitude": True, "longitude": 1}, "message.latitude", id="true for degrees"),
        pytest.param({"type": "location", "latitude": "1", "longitude": 1}, "message.latitude", id="text for degrees"),
        pytest.param({"type": "location", "latitude": float("nan"), "longitude": 1}, "location.latitude", id="NaN"),
        pytest.param(
            {"type": "location", "latitude": 10**400, "longitude": 1}, "location.latitude", id="a huge number"
        ),
        pytest.param({"type": "image"}, "exactly one", id="media without a source"),
        pytest.param({"type": "image", "link": "x"}, "image.link", id="a link that is none"),
        pytest.param({"type": "image", "file": 5}, "message.file", id="a file that is a number"),
        pytest.param({"type": "image", "file": {"path": "x"}}, "message.file", id="a file that is a table"),
        pytest.param(
            {"type": "buttons", "body": "x", "buttons": "Yes"}, "buttons must be a list", id="text for a list"
        ),
        pytest.param(
            {"type": "buttons", "body": "x", "buttons": YES[0]}, "buttons must be a list", id="one for a list"
        ),
        pytest.param({"type": "buttons", "body": "x", "buttons": None}, "buttons must be a list", id="null for a list"),
        pytest.param({"type": "buttons", "body": "x", "buttons": ["Yes"]}, "message.buttons[0]", id="text for a table"),
        pytest.param({"type": "buttons", "body": "x", "buttons": [_deep()]}, "message.buttons[0]", id="bottomless"),
        pytest.param(
            {"type": "buttons", "body": "x", "buttons": [{"id": "1", "title": 5}]},
            "message.buttons[0].title",
            id="deeper",
        ),
        pytest.param(
            {"type": "buttons", "body": "x", "buttons": YES, "header": {"type": "audio", "id": "1"}},
            "message.header",
            id="a header of a wrong kind",
        ),
        pytest.param({"type": "buttons", "body": "x", "buttons": YES, "header": 5}, "message.header", id="header 5"),
        pytest.param(
            {
                "type": "product_list",
                "catalog_id": "1",
                "header": "h",
                "body": "b",
                "sections": [{"title": "t", "product_ids": "abc"}],
            },
            "message.sections[0]",
            id="text that would be cut into letters",
        ),
        pytest.param(_template(body="hello"), "message.body", id="a body of text"),
        pytest.param(_template(body=5), "message.body", id="a body of a number"),
        pytest.param(_template(body=[5]), "message.body", id="a parameter that is a number"),
        pytest.param(_template(body=[{"type": "image", "id": "1"}]), "message.body", id="a parameter that is media"),
        pytest.param(_template(body={"a": 5}), "message.body", id="a named number"),
        pytest.param(_template(body={5: "a"}), "message.body", id="a parameter's name that is a number"),
        pytest.param(_template(header=5), "message.header", id="a header that is a number"),
        pytest.param(_template(cards=[{"header": "x"}]), "message.cards[0]", id="a card with a header of text"),
        pytest.param(_template(cards=[{}]), "message.cards[0].header", id="a card without a header"),
        pytest.param(
            _template(buttons=[{"type": "url", "index": "0", "text": "x"}]), "message.buttons[0]", id="index as text"
        ),
        pytest.param(_template(buttons=[None]), "template.buttons[0]", id="a button that is null"),
        pytest.param(_flow(data=[1]), "message.data", id="flow data that is a list"),
        pytest.param(_flow(screen="S", data={"a": _deep()}), "flow.data", id="bottomless flow data"),
        pytest.param(_flow(screen="S", data={"a": float("nan")}), "flow.data", id="flow data with NaN"),
        pytest.param(
            {"type": "contacts", "contacts": [{"name": "Asha"}]}, "message.contacts[0].name", id="a name as text"
        ),
        pytest.param(
            {"type": "contacts", "contacts": [{"name": {"formatted_name": "A"}, "birthday": "soon"}]},
            "contacts.contacts[0].birthday",
            id="a birthday that is no date",
        ),
        pytest.param({"type": "reaction", "message_id": "m", "emoji": None}, "message.emoji", id="null for an emoji"),
    ],
)
def test_a_wrong_document_says_where(document: Any, place: str) -> None:
    """The sentence names the place in the document, is short, and is free of Python's own phrases."""
    with pytest.raises(InvalidMessage) as caught:
        content_from_dict(document)

    told = str(caught.value)
    assert place in told
    assert len(told) < 500
    assert "object has no attribute" not in told
    assert "unknown error" not in told


_KEYS = st.sampled_from(
    [
        "type",
        "body",
        "header",
        "buttons",
        "sections",
        "rows",
        "file",
        "link",
        "id",
        "title",
        "cards",
        "data",
        "name",
        "to",
    ]
)
_LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.sampled_from([*TAGS, "url"])
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(_KEYS | st.text(max_size=2) | st.integers(), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(_VALUES | st.dictionaries(_KEYS, _VALUES), st.sampled_from(list(TAGS)))
def test_any_document_is_a_content_or_an_invalid_message(document: Any, word: str) -> None:
    """No shape, type or depth raises anything else."""
    if isinstance(document, dict):
        document = {**document, "type": word}
    try:
        content = content_from_dict(document)
    except InvalidMessage as error:
        assert str(error)  # noqa: PT017 -- most documents are wrong, some are not
        return

    assert isinstance(content, CONTENT_TYPES)


@settings(max_examples=300, deadline=None)
@given(contents(), st.data())
def test_a_good_document_with_one_bad_value_is_told_or_taken(content: Content, data: st.DataObject) -> None:
    """One value anywhere replaced by rubbish is never more than an `InvalidMessage`."""
    document = json.loads(json.dumps(content_to_dict(content)))
    place: Any = document
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not (isinstance(place[key], dict | list) and place[key]) or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(_VALUES)

    try:
        taken = content_from_dict(document)
    except InvalidMessage:
        return

    assert content_to_dict(taken)


def test_any_mapping_is_a_table() -> None:
    """A TOML reader's or a frozen one will do."""
    assert Text(body="x") == content_from_dict(MappingProxyType({"type": "text", "body": "x"}))


@pytest.mark.parametrize("content", [None, "text", 5, {"type": "text"}, Text, Button(id="1", title="x"), object()])
def test_only_content_is_written(content: Any) -> None:
    """Anything else is an `InvalidMessage`, not a KeyError."""
    with pytest.raises(InvalidMessage, match="is no content"):
        content_to_dict(content)


def _error(kind: type[WamsgError]) -> WamsgError:
    if issubclass(kind, SendError):
        return kind(
            "it failed",
            provider="acme",
            code="E1",
            http_status=400,
            retry_after=1.5,
            request_id="req-1",
            lanes=(f"pair:{NUMBER.e164}",),
        )
    return kind("it failed")


@pytest.mark.parametrize("kind", ERRORS)
def test_every_error_can_be_written(kind: type[WamsgError]) -> None:
    """As strict JSON, with its class, its sentence and what is known; no lane, and so no number, among it."""
    outcome = Outcome(position=3, recipient=NUMBER, error=_error(kind))

    document = json.loads(json.dumps(outcome_to_dict(outcome, show_number=False), allow_nan=False))

    assert (3, outcome.status.value) == (document["position"], document["status"])
    assert kind.__name__ == document["error"]["type"]
    assert document["error"]["detail"].startswith("it failed")
    assert NUMBER.digits not in json.dumps(document)
    if issubclass(kind, SendError):
        facts = {"code": "E1", "http_status": 400, "retry_after": 1.5, "may_have_gone_out": kind is Unanswered}
        assert facts.items() <= document["error"].items()


def test_a_result_can_be_written() -> None:
    """Number and id, but not the raw answer."""
    result = SendResult(provider="acme", to=(NUMBER,), message_id="m-1", raw={"token": "SECRET"})

    assert {
        "position": 0,
        "recipient": "+919812340078",
        "status": "accepted",
        "message_id": "m-1",
        "error": None,
    } == outcome_to_dict(Outcome(position=0, recipient=NUMBER, result=result))


def test_an_outcome_without_a_recipient_can_be_written() -> None:
    """Where the input was no number there is none to name."""
    outcome = Outcome(position=0, recipient=None, error=errors.InvalidRecipient("not a phone number"))

    for show in (True, False):
        assert outcome_to_dict(outcome, show_number=show)["recipient"] is None


@given(phone_numbers())
def test_a_masked_outcome_shows_the_number_nowhere(number: PhoneNumber) -> None:
    """Not even where the provider repeats it in its sentence."""
    said = f"{number.e164} ({number.digits}) is not on WhatsApp"
    outcome = Outcome(position=0, recipient=number, error=Rejected(said))

    masked = outcome_to_dict(outcome, show_number=False)
    shown = outcome_to_dict(outcome)

    assert number.digits not in json.dumps(masked)
    assert number.masked == masked["recipient"]
    assert number.e164 == shown["recipient"]
