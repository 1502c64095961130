"""The account's templates in everybody's words, from what the page of one template documents."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg.errors import Unanswered
from wamsg.model import Template, UrlButton
from wamsg.providers.wacr import provider
from wamsg.providers.wacr.api import TemplateInfo
from wamsg.providers.wacr.approved import approved
from wamsg.providers.wacr.driver import WacrDriver
from wamsg.views import ApprovedButton, ApprovedTemplate, Flaw, HeaderKind, Inquiry, Parameters, inquire, misfits
from wamsg.wire import Operation, Response

T = TypeVar("T")
BUTTONS = [{"type": "URL", "text": "Open", "url": "https://shop.example/{{1}}"}, {"type": "QUICK_REPLY", "text": "No"}]
WELCOME: dict[str, Any] = {
    "id": 1,
    "template_id": "123",
    "template_name": "welcome",
    "language": "en_US",
    "category": "utility",
    "status": "Approved",
    "header_data_format": "IMAGE",
    "header_params_count": 0,
    "body_data": "Hello {{1}}, your order {{2}}",
    "body_params_count": 2,
    "buttons_data": json.dumps(BUTTONS),
}


class Pages:
    """Answers a listing page by page."""

    def __init__(self, *pages: Sequence[dict[str, Any]], more: bool | None = None) -> None:
        self.pages = pages
        self.more = more
        self.asked: list[str] = []

    async def call(self, operation: Operation[T]) -> T:
        query = urlsplit(operation.request.url).query
        self.asked.append(query)
        number = int(parse_qs(query)["page"][0])
        items = list(self.pages[min(number, len(self.pages)) - 1])
        meta = {} if self.more is None else {"pagination": {"has_more": self.more}}
        return operation.decode(
            Response(status=200, body=json.dumps({"success": True, "data": items, "meta": meta}).encode())
        )


def templates(driver: WacrDriver) -> Inquiry[tuple[ApprovedTemplate, ...]]:
    assert provider.templates is not None
    return provider.templates(driver)


def read(**changes: Any) -> ApprovedTemplate:
    fields = {name: value for name, value in {**WELCOME, **changes}.items() if value is not None}
    found = approved(TemplateInfo(**fields))
    assert found is not None
    return found


async def test_a_message_is_held_against_the_accounts_own_template(driver: WacrDriver) -> None:
    """From the provider's list to the misfits, with the words of the message alone."""
    (found,) = await inquire(Pages([WELCOME]).call, templates(driver))

    assert (
        ApprovedTemplate(
            name="welcome",
            language="en_US",
            id="123",
            status="APPROVED",
            category="UTILITY",
            header=HeaderKind.IMAGE,
            body=Parameters(count=2),
            buttons=(
                ApprovedButton(kind="URL", text="Open", needs_value=True),
                ApprovedButton(kind="QUICK_REPLY", text="No"),
            ),
        )
        == found
    )
    message = Template(name="welcome", language="en_US", body=("Asha",), buttons=(UrlButton(index=0, text="17"),))
    assert [(Flaw.MISSING, "header"), (Flaw.MISSING, "body")] == [
        (one.flaw, one.field) for one in misfits(message, [found])
    ]


async def test_all_pages_are_read(driver: WacrDriver) -> None:
    """A hundred at a time, to the short page."""
    first = [{**WELCOME, "id": number} for number in range(1, 101)]
    line = Pages(first, [{**WELCOME, "id": 101, "language": "hi"}])
    found = await inquire(line.call, templates(driver))

    assert (101, "hi") == (len(found), found[-1].language)
    assert ["page=1&per_page=100", "page=2&per_page=100"] == line.asked


async def test_a_list_that_repeats_itself_ends(driver: WacrDriver) -> None:
    """What came is all that there is."""
    line = Pages([WELCOME], more=True)

    assert 1 == len(await inquire(line.call, templates(driver)))
    assert 2 == len(line.asked)


async def test_a_list_without_an_end_is_left(driver: WacrDriver) -> None:
    """More than WhatsApp allows is no list of templates."""
    pages = [[{**WELCOME, "id": page * 100 + number} for number in range(100)] for page in range(1, 102)]
    with pytest.raises(Unanswered, match="no end after 10000 templates"):
        await inquire(Pages(*pages, more=True).call, templates(driver))


@pytest.mark.parametrize(
    ("changes", "name", "expected"),
    [
        ({"header_data_format": "NONE"}, "header", HeaderKind.NONE),
        ({"header_data_format": None}, "header", None),
        ({"header_data_format": "HOLOGRAM"}, "header", None),
        ({"header_data_format": "TEXT", "header_params_count": 1}, "header_parameters", Parameters(count=1)),
        ({"header_data_format": "TEXT", "header_data_text": "Hi"}, "header_parameters", Parameters(count=0)),
        ({"header_data_text": "Hi {{1}}"}, "header_parameters", None),
        ({"body_data": None}, "body", Parameters(count=2)),
        ({"body_params_count": None}, "body", Parameters(count=2)),
        ({"body_params_count": 3}, "body", None),
        ({"body_data": None, "body_params_count": None}, "body", None),
        ({"body_data": "{{a}} {{b}}"}, "body", Parameters(count=2, names=("a", "b"))),
        ({"buttons_data": None}, "buttons", None),
        ({"buttons_data": "[]"}, "buttons", ()),
        ({"buttons_data": "null"}, "buttons", None),
        ({"buttons_data": "not JSON"}, "buttons", None),
        ({"buttons_data": '{"a": 1}'}, "buttons", None),
        ({"status": None}, "status", None),
        ({"template_name": None, "name": "welcome"}, "name", "welcome"),
    ],
)
def test_what_is_not_told_or_contradicts_itself_is_none(changes: dict[str, Any], name: str, expected: object) -> None:
    """So that nothing is held against a message that nobody knows."""
    assert expected == getattr(read(**changes), name)


def test_whatsapps_own_form_fills_what_the_fields_leave_out() -> None:
    """Header, body and buttons from ``components``; a documented field goes before."""
    components = (
        {"type": "HEADER", "format": "TEXT", "text": "Hi {{1}}"},
        {"type": "BODY", "text": "{{first}}"},
        {"type": "BUTTONS", "buttons": BUTTONS},
    )
    bare = dict.fromkeys(("header_data_format", "header_params_count", "body_data", "body_params_count"))
    whole = read(**bare, buttons_data=None, components=components)

    assert (HeaderKind.TEXT, Parameters(count=1)) == (whole.header, whole.header_parameters)
    assert Parameters(count=1, names=("first",)) == whole.body
    assert ["URL", "QUICK_REPLY"] == [button.kind for button in whole.buttons or ()]
    assert HeaderKind.IMAGE is read(components=components).header


@pytest.mark.parametrize("missing", ["template_name", "language"])
def test_a_template_that_cannot_be_named_is_left_out(missing: str) -> None:
    """By name and language alone can it be sent."""
    assert approved(TemplateInfo(**{name: value for name, value in WELCOME.items() if name != missing})) is None


@given(st.text())
def test_any_text_of_buttons_is_read(text: str) -> None:
    """As buttons, or as nothing that is told."""
    buttons = read(buttons_data=text).buttons

    assert buttons is None or all(button.kind for button in buttons)
