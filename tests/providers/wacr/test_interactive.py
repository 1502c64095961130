"""Reply buttons and lists: exact bodies and documented limits."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from wamsg.errors import InvalidMessage, Unsupported
from wamsg.model import Button, Buttons, Content, Image, ListMenu, Message, Row, Section
from wamsg.providers.wacr.driver import WacrDriver

MakeMessage = Callable[..., Message]


def sent(driver: WacrDriver, message: Message) -> object:
    """The JSON body of a message."""
    body = driver.encode(message).request.body
    assert isinstance(body, bytes)
    return json.loads(body)


def buttons(count: int = 1, title: str = "Yes", **more: object) -> Buttons:
    """Reply buttons with distinct titles of the given length."""
    made = tuple(Button(id=f"b{index}", title=title[:-1] + str(index)) for index in range(count))
    return Buttons(**{"body": "Sure?", "buttons": made, **more})  # type: ignore[arg-type]  # rows hold any field


def menu(rows: int = 1, sections: int = 1, row: dict[str, str] | None = None, **more: object) -> ListMenu:
    """A list with that many sections of that many rows."""
    made = tuple(
        Section(
            title=f"s{at}",
            rows=tuple(Row(**{"id": f"{at}-{index}", "title": "Tea", **(row or {})}) for index in range(rows)),
        )
        for at in range(sections)
    )
    return ListMenu(**{"body": "Drink?", "button": "Choose", "sections": made, **more})  # type: ignore[arg-type]  # as above


UNTITLED = ListMenu(body="b", button="c", sections=(Section(rows=(Row(id="1", title="t"),)),))


def test_buttons_are_json(driver: WacrDriver, message: MakeMessage) -> None:
    """Header, body, footer and buttons have a field each."""
    content = Buttons(body="Sure?", header="Order 7", footer="Shop", buttons=(Button(id="y", title="Yes"),))

    assert sent(driver, message(content)) == {
        "phone": "+919812345678",
        "type": "button",
        "body_text": "Sure?",
        "header_text": "Order 7",
        "footer_text": "Shop",
        "buttons": [{"id": "y", "title": "Yes"}],
    }


def test_a_list_is_json(driver: WacrDriver, message: MakeMessage) -> None:
    """Sections keep their rows, and a row without description has none."""
    rows = (Row(id="t", title="Tea", description="hot"), Row(id="c", title="Coffee"))
    content = ListMenu(body="Drink?", button="Choose", sections=(Section(title="Hot", rows=rows),))

    assert sent(driver, message(content)) == {
        "phone": "+919812345678",
        "type": "list",
        "body_text": "Drink?",
        "list_button_text": "Choose",
        "sections": [
            {
                "title": "Hot",
                "rows": [{"id": "t", "title": "Tea", "description": "hot"}, {"id": "c", "title": "Coffee"}],
            }
        ],
    }


@pytest.mark.parametrize(
    ("make", "field", "limit"),
    [
        (lambda size: buttons(body="b" * size), "buttons.body", 1024),
        (lambda size: buttons(header="h" * size), "buttons.header", 60),
        (lambda size: buttons(footer="f" * size), "buttons.footer", 60),
        (lambda size: buttons(count=size), "buttons.buttons", 3),
        (lambda size: buttons(title="t" * size), "buttons.buttons[0].title", 20),
        (lambda size: menu(body="b" * size), "listmenu.body", 1024),
        (lambda size: menu(header="h" * size), "listmenu.header", 60),
        (lambda size: menu(footer="f" * size), "listmenu.footer", 60),
        (lambda size: menu(button="b" * size), "listmenu.button", 20),
        (lambda size: menu(sections=size), "listmenu.sections", 10),
        (lambda size: menu(rows=size), "listmenu.rows", 10),
        (lambda size: menu(row={"title": "t" * size}), "listmenu.sections[0].rows[0].title", 24),
        (lambda size: menu(row={"description": "d" * size}), "listmenu.sections[0].rows[0].description", 72),
    ],
)
def test_documented_limits_hold(
    make: Callable[[int], Content], field: str, limit: int, driver: WacrDriver, message: MakeMessage
) -> None:
    """At the limit it is sent, one over it is refused with field, limit and actual count."""
    driver.encode(message(make(limit)))
    with pytest.raises(InvalidMessage) as caught:
        driver.encode(message(make(limit + 1)))

    assert (caught.value.field, caught.value.limit, caught.value.actual) == (field, limit, limit + 1)


def test_rows_are_counted_over_all_sections(driver: WacrDriver, message: MakeMessage) -> None:
    """Ten rows in all is WhatsApp's cap, however they are divided."""
    driver.encode(message(menu(rows=5, sections=2)))
    with pytest.raises(InvalidMessage, match="12 rows in all"):
        driver.encode(message(menu(rows=6, sections=2)))


@pytest.mark.parametrize(
    ("content", "feature"),
    [
        (buttons(header=Image(link="https://files.example/a.png")), "media header"),
        (UNTITLED, "section without title"),
    ],
)
def test_what_has_no_field_is_unsupported(
    content: Content, feature: str, driver: WacrDriver, message: MakeMessage
) -> None:
    """A media header and a section without a title have no place in the API."""
    with pytest.raises(Unsupported) as caught:
        driver.encode(message(content))

    assert caught.value.feature == feature
