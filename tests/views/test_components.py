"""Reading templates in WhatsApp's own form, well-formed or not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg.views import ApprovedButton, HeaderKind, Parameters, from_components, parameters_of
from wamsg.views.components import Parts, buttons_of

BODY = {"type": "BODY", "text": "Hello {{1}}, your order {{2}} is ready"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "format", "text", "buttons", "url"]) | st.text(), inner, max_size=5)
    ),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nothing to fill in", Parameters(count=0)),
        ("{{1}} and {{2}} and {{1}} again", Parameters(count=2)),
        ("{{ 1 }}", Parameters(count=1)),
        ("Dear {{first_name}}, {{order_id}}", Parameters(count=2, names=("first_name", "order_id"))),
        ("{{name}} {{1}}", Parameters(count=2)),
        ("{1} {{}} {{a b}} {{{1}}}", Parameters(count=1)),
    ],
)
def test_blanks_are_counted_once_and_keep_their_names(text: str, expected: Parameters) -> None:
    """Numbers have no names; what is no blank is none."""
    assert expected == parameters_of(text)


def test_a_whole_template_is_read() -> None:
    """Header, body and buttons, each in its place; the footer takes nothing."""
    parts = from_components(
        [
            {"type": "header", "format": "text", "text": "Offer {{1}}"},
            BODY,
            {"type": "FOOTER", "text": "Bye"},
            {
                "type": "BUTTONS",
                "buttons": [
                    {"type": "QUICK_REPLY", "text": "Yes"},
                    {"type": "URL", "text": "Open", "url": "https://shop.example/{{1}}"},
                    {"type": "URL", "text": "Home", "url": "https://shop.example/"},
                    {"type": "COPY_CODE", "example": "SAVE10"},
                    {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+12025550101"},
                ],
            },
        ]
    )

    assert (HeaderKind.TEXT, Parameters(count=1), Parameters(count=2)) == (
        parts.header,
        parts.header_parameters,
        parts.body,
    )
    assert (
        ApprovedButton(kind="QUICK_REPLY", text="Yes"),
        ApprovedButton(kind="URL", text="Open", needs_value=True),
        ApprovedButton(kind="URL", text="Home"),
        ApprovedButton(kind="COPY_CODE", needs_value=True),
        ApprovedButton(kind="PHONE_NUMBER", text="Call"),
    ) == parts.buttons


def test_what_is_not_there_is_none_of_it() -> None:
    """A body alone has no header and no buttons; without a body it is no template, and nothing is told."""
    alone = from_components([BODY])

    assert (HeaderKind.NONE, None, ()) == (alone.header, alone.header_parameters, alone.buttons)
    assert Parts() == from_components([]) == from_components([{"type": "FOOTER", "text": "x"}])


def test_a_body_without_its_text_tells_nothing_of_its_blanks() -> None:
    """As authentication templates have it, whose text WhatsApp writes itself."""
    assert from_components([{"type": "BODY", "add_security_recommendation": True}]).body is None


def test_one_button_that_is_not_understood_hides_them_all() -> None:
    """The places of those behind it would be wrong."""
    assert buttons_of([{"type": "QUICK_REPLY"}, {"text": "no type"}]) is None
    assert buttons_of({"0": {"type": "QUICK_REPLY"}}) is None
    assert () == buttons_of([])


@given(st.lists(JSON))
def test_any_json_is_read_without_complaint(components: list[Any]) -> None:
    """What a provider sends becomes parts of the right types, or nothing."""
    parts = from_components(components)

    assert parts.header is None or isinstance(parts.header, HeaderKind)
    assert parts.body is None or parts.body.count >= 0
    assert parts.buttons is None or all(button.kind for button in parts.buttons)
