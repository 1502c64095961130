"""A document and a row's values become content, exactly as if the filled document had been read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wamsg import Content, Image, Location, Template, Text
from wamsg.broadcast.message import MessageTemplate
from wamsg.codec import TAGS, content_from_dict, content_to_dict
from wamsg.errors import InvalidMessage
from wamsg.testing.strategies import contents

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 20
ORDER = {"type": "template", "name": "order", "language": "en", "body": ["{first_name}", "{order|none}"]}


def test_placeholders_are_filled_from_the_columns_in_their_order() -> None:
    """The order in which the message names them."""
    template = MessageTemplate.of(ORDER)

    assert ("first_name", "order") == template.columns
    assert Template(name="order", language="en", body=("Asha", "42")) == template.render(("Asha", "42"))
    assert Template(name="order", language="en", body=("Asha", "none")) == template.render(("Asha", " "))


@pytest.mark.parametrize("column", ["first name", "prénom", "order-id", "नाम"])
def test_columns_are_called_as_files_call_them(column: str) -> None:
    """Spaces, dashes and any script."""
    template = MessageTemplate.of({"type": "text", "body": f"Hi {{ {column} }}"})

    assert (column,) == template.columns
    assert Text(body="Hi A") == template.render(("A",))


def test_without_placeholders_it_is_the_same_object_each_time() -> None:
    """Drivers prepare the bytes of a content once and know it again by its identity."""
    template = MessageTemplate.of({"type": "text", "body": "{{hello}}", "options": {"ref1": "x"}})

    assert Text(body="{hello}") == template.render(())
    assert template.render(()) is template.render(())
    assert template.provider_options(()) is template.provider_options(())
    assert {"ref1": "x"} == template.provider_options(())


def test_rows_may_differ_in_their_options_alone() -> None:
    """The content stays one object, the options are filled."""
    template = MessageTemplate.of({"type": "text", "body": "hello", "options": {"contact": {"firstname": "{name}"}}})

    assert ("name",) == template.columns
    assert template.render(("A",)) is template.render(("B",))
    assert {"contact": {"firstname": "A"}} == template.provider_options(("A",))
    with pytest.raises(InvalidMessage, match="name is empty"):
        template.provider_options(("",))


@pytest.mark.parametrize(
    ("document", "why"),
    [
        pytest.param({}, "type must be one of", id="nothing"),
        pytest.param({"type": "txt", "body": "x"}, "did you mean text", id="a slip in the type"),
        pytest.param({"type": "text", "bdy": "x"}, "did you mean body", id="a slip in a name"),
        pytest.param({"type": "text", "body": "x", "option": {}}, "did you mean options", id="a slip in options"),
        pytest.param(
            {"type": "buttons", "body": "x", "buttons": [{"id": "1", "titel": "x"}]}, "did you mean title", id="deeper"
        ),
        pytest.param({"type": "text", "body": "x", "zzz": 1}, "there are body, preview_url", id="nothing like it"),
        pytest.param({"type": "text", "body": "x", "options": []}, "options must be a table", id="options as a list"),
        pytest.param({"type": "text", "body": "x", "options": {5: 1}}, "must be text", id="a name that is a number"),
        pytest.param({"type": "text", "body": "x", "options": {"a": {1}}}, "a must be text", id="a set"),
        pytest.param({"type": "text", "body": "x", "options": {"a": float("nan")}}, "a must be text", id="NaN"),
        pytest.param({"type": "text", "body": "x", "options": {"a": 10**5000}}, "a must be text", id="huge"),
        pytest.param({"type": "text", "{a}": "x"}, "names hold no placeholders", id="a placeholder in a name"),
        pytest.param({"type": "{a}", "body": "x"}, "type holds no placeholders", id="a placeholder in the type"),
        pytest.param({"type": "text", "body": "{a.b}"}, "body: '{a.b}' is no placeholder", id="an attribute"),
        pytest.param({"type": "text", "body": ""}, "must not be empty", id="an empty text"),
        pytest.param({"type": "text", "body": "{a}" * 1001}, "1001 placeholders", id="too many"),
        pytest.param({"type": "text", "body": "x", "preview_url": "{a}"}, "preview_url", id="true or false by row"),
        pytest.param({"type": "image", "link": "ftp://{a}"}, "link", id="a link that can be none"),
        pytest.param(
            {"type": "image", "file": "{a}.png", "link": "https://x.example"}, "exactly one", id="two sources"
        ),
        pytest.param({"type": "read_receipt", "message_id": "x"}, "cannot be broadcast", id="no recipient"),
    ],
)
def test_a_wrong_document_is_refused_before_any_row(document: Any, why: str) -> None:
    """With the place, and what was perhaps meant."""
    with pytest.raises(InvalidMessage, match=why):
        MessageTemplate.of(document)


def test_a_bottomless_document_is_refused() -> None:
    """However deep."""
    deep: dict[str, Any] = {}
    for _ in range(100_000):
        deep = {"a": deep}

    with pytest.raises(InvalidMessage, match="nested too deep"):
        MessageTemplate.of({"type": "text", "body": "x", "options": deep})


@pytest.mark.parametrize(
    ("document", "values", "why"),
    [
        ({"type": "text", "body": "Hi {a}"}, ("",), "a is empty"),
        ({"type": "text", "body": "Hi {a}"}, (" \u00a0",), "a is empty"),
        ({"type": "text", "body": "{a|}"}, ("",), "must not be empty"),
        ({"type": "text", "body": "{a}"}, ("x" * 10_001,), "a has 10001 characters"),
        ({"type": "text", "body": "{a}"}, ("\ud800",), "not valid Unicode"),
        ({"type": "image", "link": "{a}"}, ("x",), "https"),
        ({"type": "image", "link": "https://x.example/{a}"}, ("a b",), "address"),
        ({"type": "image", "link": "https://x.example:{a}/"}, ("70000",), "address"),
        ({"type": "image", "id": "{a}"}, ("x\ny",), "line breaks"),
        ({"type": "location", "latitude": "{a}", "longitude": 1}, ("91",), "from -90 to 90"),
        ({"type": "location", "latitude": "{a}", "longitude": 1}, ("nan",), "must be a number"),
        ({"type": "location", "latitude": "{a}", "longitude": 1}, ("12,5",), "must be a number"),
        ({"type": "contacts", "contacts": [{"name": {"formatted_name": "x"}, "birthday": "{a}"}]}, ("x",), "a date"),
        (
            {"type": "buttons", "body": "x", "buttons": [{"id": "1", "title": "{a}"}, {"id": "2", "title": "{b}"}]},
            ("Yes", "Yes"),
            "differ",
        ),
        (
            {
                "type": "template",
                "name": "n",
                "language": "en",
                "body": [{"type": "currency", "fallback": "x", "code": "INR", "amount_1000": "{a}"}],
            },
            ("1.5",),
            "whole number",
        ),
    ],
)
def test_values_that_do_not_fit_are_refused_for_their_row(document: Any, values: tuple[str, ...], why: str) -> None:
    """By every rule of the model, also those between fields; the check says the same."""
    template = MessageTemplate.of(document)

    with pytest.raises(InvalidMessage, match=why):
        template.render(values)
    assert why in str(template.check(values))


def test_numbers_are_filled_from_text() -> None:
    """Where the field is a number: coordinates and amounts."""
    template = MessageTemplate.of({"type": "location", "latitude": "{lat}", "longitude": "{lng}", "name": "{n|Shop}"})

    assert Location(latitude=12.97, longitude=-77.5, name="Shop") == template.render((" 12.97", "-77.5", ""))


def test_a_flows_data_is_filled_as_text() -> None:
    """Its names mean nothing here."""
    flow = {"type": "flow", "body": "b", "button": "x", "flow_id": "1", "token": "t", "screen": "S"}
    template = MessageTemplate.of({**flow, "data": {"type": "{kind}", "latitude": "{lat}", "list": ["{kind}"]}})

    content = content_to_dict(template.render(("home", "x")))

    assert {"type": "home", "latitude": "x", "list": ["home"]} == content["data"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The allowed folder with a picture, and one outside that a link leads to."""
    inside = tmp_path / "campaign"
    inside.mkdir()
    (inside / "a.png").write_bytes(PNG)
    (tmp_path / "secret.png").write_bytes(PNG)
    (inside / "link.png").symlink_to(tmp_path / "secret.png")
    return inside


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("../secret", "must lie below"),
        ("link", "must lie below"),
        ("absent", "cannot read"),
        ("a.png/../../secret", "must lie below"),
        ("x\0", "followed"),
        ("x" * 5000, "too long"),
    ],
)
def test_a_rows_file_lies_below_the_folder_or_its_row_is_refused(folder: Path, value: str, why: str) -> None:
    """No way up, no link out; the rows around it are sent."""
    template = MessageTemplate.of({"type": "image", "file": "{id}.png", "caption": "{id}"}, files=folder)

    content = template.render(("a",))

    assert isinstance(content, Image)
    assert content.file is not None
    assert folder / "a.png" == content.file.path
    with pytest.raises(InvalidMessage, match=why):
        template.render((value,))


def test_a_rows_file_is_never_an_absolute_path(folder: Path) -> None:
    """Not even one below the folder, nor one of the other system."""
    template = MessageTemplate.of({"type": "image", "file": "{path}"}, files=folder)

    for path in (str(folder / "a.png"), "/etc/passwd", "C:\\a.png", "\\\\host\\a.png"):
        with pytest.raises(InvalidMessage, match="absolute"):
            template.render((path,))


def test_no_file_is_read_without_a_folder() -> None:
    """Neither the message's nor a row's."""
    with pytest.raises(InvalidMessage, match="not allowed"):
        MessageTemplate.of({"type": "image", "file": "a.png"})
    template = MessageTemplate.of({"type": "image", "file": "{id}.png"})
    with pytest.raises(InvalidMessage, match="not allowed"):
        template.render(("a",))


def test_the_fingerprint_shows_what_is_sent(folder: Path) -> None:
    """Message, options and the bytes of its own file; not the order in which a table was written."""

    def text(document: dict[str, Any]) -> str:
        return MessageTemplate.of(document, files=folder).fingerprint_text()

    assert text({"type": "text", "body": "{a}"}) == text({"body": "{a}", "type": "text"})
    assert text({"type": "text", "body": "{a}"}) != text({"type": "text", "body": "{{a}}"})
    assert text({"type": "text", "body": "a"}) != text({"type": "text", "body": "a", "options": {"x": 1}})
    before = text({"type": "image", "file": "a.png"})
    (folder / "a.png").write_bytes(PNG + b"y")
    assert before != text({"type": "image", "file": "a.png"})
    assert {"message", "files"} == set(json.loads(before))


def test_the_document_can_be_stored_and_read_again(folder: Path) -> None:
    """As JSON; the template that comes back is the same."""
    template = MessageTemplate.of({**ORDER, "options": {"list": [1, "{x}"]}}, files=folder)

    again = MessageTemplate.of(json.loads(json.dumps(dict(template.document))), files=folder)

    assert again.fingerprint_text() == template.fingerprint_text()
    assert again.columns == template.columns


def test_content_made_in_python_may_hold_placeholders() -> None:
    """It is a document like any other."""
    assert Text(body="Hi A") == MessageTemplate.of(Text(body="Hi {name}")).render(("A",))


# -- properties

_VALUES = st.text(max_size=8) | st.sampled_from(["Yes", "https://x.example/", "2000-01-01", "1", "x" * 30])
_TYPES = {"type"}
#: Stand for braces while others are looked for; no text drawn holds them.
_OPEN, _CLOSE = "\ue000", "\ue001"


def _punched(node: Any, draw: Any, key: str = "") -> Any:
    """``node`` with some of its texts replaced by placeholders, some with literal text around them."""
    if isinstance(node, dict):
        inner = {name: _punched(item, draw, name) for name, item in node.items()}
        return {name.replace("{", "(").replace("}", ")"): item for name, item in inner.items()}
    if isinstance(node, list):
        return [_punched(item, draw, key) for item in node]
    if isinstance(node, str) and key not in _TYPES:
        before, hole, after = draw(
            st.sampled_from(
                [("", "{a}", ""), ("", "{b|x}", ""), (node, "", ""), ("x", "{a}", ""), ("", "{b}", "{c|y}")]
            )
        )
        return before.replace("{", "{{").replace("}", "}}") + hole + after
    return node


def _filled(node: Any, values: dict[str, str]) -> Any:
    """What the naive way makes of it: each placeholder replaced in the document's texts."""
    if isinstance(node, dict):
        return {name: _filled(item, values) for name, item in node.items()}
    if isinstance(node, list):
        return [_filled(item, values) for item in node]
    if not isinstance(node, str):
        return node
    text = re.sub(r"\{([abc])(?:\|([xy]))?\}|\{\{|\}\}", lambda found: _value(found, values), node)
    return text.replace(_OPEN, "{").replace(_CLOSE, "}")


def _value(found: re.Match[str], values: dict[str, str]) -> str:
    if found[1] is None:
        return _OPEN if found[0] == "{{" else _CLOSE
    value = values[found[1]]
    return value if value.strip() or found[2] is None else found[2]


def _judged(make: Any) -> Content | None:
    try:
        content: Content = make()
    except InvalidMessage:
        return None
    return content


@settings(deadline=None, max_examples=150)
@given(contents().filter(lambda content: type(content) is not TAGS["read_receipt"]), st.data())
def test_rendering_is_reading_the_filled_document(content: Content, data: st.DataObject) -> None:
    """For every kind of content and any values: the same content, or both refuse the row."""
    document = _punched(content_to_dict(content), data.draw)
    template = _judged(lambda: MessageTemplate.of(document))
    if not isinstance(template, MessageTemplate):
        return
    for _ in range(3):
        values = {name: data.draw(_VALUES.filter(lambda text: "{" not in text)) for name in "abc"}
        row = tuple(values[name] for name in template.columns)
        naive = None if template.problem(row) else _judged(lambda v=values: content_from_dict(_filled(document, v)))

        assert naive == _judged(lambda r=row: template.render(r))
        assert (naive is None) == (template.check(row) is not None)
