"""Messages that are answered with a tap."""

from __future__ import annotations

from typing import Any

import pytest

from wamsg import Audio, Button, Buttons, CallToAction, Flow, Image, ListMenu, ProductSection, Row, Section
from wamsg.errors import InvalidMessage


def flow(**fields: Any) -> Flow:
    return Flow(**{"body": "x", "button": "Open", "flow_id": "1", "token": "t", **fields})


@pytest.mark.parametrize(("first", "second"), [(("1", "Yes"), ("1", "No")), (("1", "Yes"), ("2", "Yes"))])
def test_buttons_differ_in_id_and_title(first: tuple[str, str], second: tuple[str, str]) -> None:
    """Two buttons that cannot be told apart are refused."""
    buttons = [Button(id=name, title=title) for name, title in (first, second)]

    with pytest.raises(InvalidMessage, match="differ"):
        Buttons(body="x", buttons=buttons)


def test_row_ids_differ_across_sections() -> None:
    """An answer must name one row of the whole list."""
    sections = [Section(title=title, rows=[Row(id="1", title="One")]) for title in ("A", "B")]

    with pytest.raises(InvalidMessage) as caught:
        ListMenu(body="x", button="Open", sections=sections)

    assert "listmenu.rows.id" == caught.value.field


def test_only_a_single_section_may_go_without_a_title() -> None:
    """Several sections are told apart by their titles."""
    one, two = Section(rows=[Row(id="1", title="One")]), Section(title="B", rows=[Row(id="2", title="Two")])
    assert one == ListMenu(body="x", button="Open", sections=[one]).sections[0]

    with pytest.raises(InvalidMessage) as caught:
        ListMenu(body="x", button="Open", sections=[one, two])

    assert "listmenu.sections.title" == caught.value.field


@pytest.mark.parametrize("header", [Audio(id="1"), 5, "", b"x", ["x"], object()])
def test_a_header_is_text_a_picture_a_video_or_a_document(header: Any) -> None:
    """A sound is no header."""
    with pytest.raises(InvalidMessage) as caught:
        CallToAction(body="x", button="Open", url="https://b.example", header=header)

    assert "calltoaction.header" == caught.value.field


@pytest.mark.parametrize("header", ["Hello", Image(id="1"), None])
def test_a_header_may_be_left_out(header: Any) -> None:
    """It is optional in every message that has one."""
    assert header == Buttons(body="x", buttons=[Button(id="1", title="Yes")], header=header).header


def test_a_flows_data_is_cut_loose_from_the_callers() -> None:
    """What the caller changes later, at any depth, does not change the value."""
    data: dict[str, Any] = {"rows": [{"n": 1}]}
    value = flow(screen="S", data=data)
    data["rows"][0]["n"] = 2
    data["more"] = True

    assert {"rows": [{"n": 1}]} == dict(value.data)
    with pytest.raises(TypeError):
        value.data["more"] = True  # type: ignore[index]  # the fault under test


@pytest.mark.parametrize(
    "data",
    [
        {"a": object()},
        {"a": {1, 2}},
        {"a": b"bytes"},
        {"a": float("nan")},
        {"a": float("inf")},
        {"a": "\ud800"},
        {("tuple",): 1},
        {"a": 10**5000},
        [("a", 1)],
        "text",
        5,
        None,
    ],
)
def test_a_flows_data_is_what_json_can_hold(data: Any) -> None:
    """Otherwise it would fail inside a driver, long after it was written."""
    with pytest.raises(InvalidMessage) as caught:
        flow(screen="S", data=data)

    assert "flow.data" == caught.value.field


def test_a_bottomless_flow_is_refused() -> None:
    """Data that holds itself, or is nested beyond reason, is told rather than followed."""
    endless: dict[str, Any] = {}
    endless["again"] = endless
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]

    for data in (endless, {"deep": deep}):
        with pytest.raises(InvalidMessage):
            flow(screen="S", data=data)


def test_a_flows_data_needs_the_screen_it_is_for() -> None:
    """Initial values without a screen would be dropped."""
    assert {} == dict(flow().data)
    with pytest.raises(InvalidMessage) as caught:
        flow(data={"a": 1})

    assert "flow.screen" == caught.value.field


@pytest.mark.parametrize("product", ["", " ", "a\nb", "\ud800", 5, None])
def test_a_product_id_is_one_line(product: Any) -> None:
    """Each one is checked, and the place says which."""
    with pytest.raises(InvalidMessage) as caught:
        ProductSection(title="New", product_ids=["p1", product])

    assert str(caught.value).startswith("productsection.product_ids[1]")


@pytest.mark.parametrize("products", ["p1", (), [], {"p1": 1}, {"p1"}, None, 5])
def test_product_ids_are_a_list_with_something_in_it(products: Any) -> None:
    """A string is not cut into letters."""
    with pytest.raises(InvalidMessage) as caught:
        ProductSection(title="New", product_ids=products)

    assert "productsection.product_ids" == caught.value.field
