"""Messages at the fake server: what was sent is there to be listed, and moves on as time passes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.wacr.sandbox.desk import ASHA, NEW, NOW, Desk
from wamsg.errors import InvalidRequest, NotFound, PlanLimit, SendError
from wamsg.model import Button, Buttons, Content, Image, Template, Text, Video
from wamsg.providers.wacr.api import Where

BEN = "+447700900123"
SENT: list[Content] = [
    Text(body="Hello"),
    Image(link="https://files.example/a.png", caption="Look, hello"),
    Video(link="https://files.example/a.mp4"),
    Buttons(body="Yes?", buttons=[Button(id="1", title="Yes")]),
    Template(name="anything", language="en", body=["Asha", "7"]),
]


def test_what_was_sent_is_listed_and_can_be_read() -> None:
    """Newest first, each with its kind, its text, its chat and WhatsApp's id."""
    desk = Desk()
    results = [desk.send(content, ASHA if index % 2 else BEN) for index, content in enumerate(SENT)]

    found = desk.walk("messages.list", per_page=2)

    assert [each.message_id for each in found] == [each.message_id for each in reversed(results)]
    assert [(each.type, each.message) for each in reversed(found)] == [
        ("text", "Hello"),
        ("image", "Look, hello"),
        ("video", None),
        ("interactive", "Yes?"),
        ("template", "Asha 7"),
    ]
    assert [each.interaction_id for each in found] == [900123, 340001, 900123, 340001, 900123]
    assert all(each.sent_at == datetime.fromtimestamp(NOW, UTC) and each.extra == {} for each in found)
    details = desk.do("messages.get", found[3].id)
    assert (details.message, details.url, details.staff_id) == ("Look, hello", "https://files.example/a.png", None)
    with pytest.raises(NotFound):
        desk.do("messages.get", 10**6)


def test_nobody_shares_a_chat() -> None:
    """Not even those whose numbers end alike."""
    desk = Desk()
    for phone in ("+919812340001", "+447700340001", "+919812340001"):
        desk.send(Text(body="hi"), phone)

    one, other, again = (each.interaction_id for each in desk.walk("messages.list"))

    assert one == again != other


@pytest.mark.parametrize(
    ("after", "status", "read"),
    [(0, "sent", False), (4.9, "sent", False), (5, "delivered", False), (60, "read", True), (10**6, "read", True)],
)
def test_a_message_moves_on(after: float, status: str, read: bool) -> None:  # noqa: FBT001 -- a parameter of the case
    """Delivered after five seconds, read after a minute, by the server's clock."""
    desk = Desk()
    desk.send(Text(body="hi"))
    desk.now += after

    (found,) = desk.walk("messages.list", status=status)

    assert (found.status, found.is_read) == (status, read)
    assert desk.walk("messages.list", status=Where.other_than(status)) == []


def test_a_message_can_fail_later() -> None:
    """To numbers that end in 31026: accepted, and then not delivered, with a reason."""
    desk = Desk()
    desk.send(Text(body="hi"), "+919812331026")
    (sent,) = desk.walk("messages.list", status="sent")
    desk.now += 5

    details = desk.do("messages.get", sent.id)

    assert (details.status, details.is_read) == ("failed", False)
    assert "131026" in details.status_message


KINDS = ["text", "image", "video", "interactive", "template"]


@given(
    picks=st.lists(st.tuples(st.sampled_from(range(5)), st.sampled_from([ASHA, BEN])), max_size=8),
    kind=st.sampled_from(KINDS),
    operator=st.sampled_from(["eq", "ne", "in", "not_in"]),
    chat=st.none() | st.sampled_from([340001, 900123, 7]),
    since=st.integers(0, 8),
    size=st.integers(1, 9),
)
def test_filters_leave_exactly_what_fits(
    picks: list[tuple[int, str]], kind: str, operator: str, chat: int | None, since: int, size: int
) -> None:
    """By type, chat and time, on pages of any size, newest first."""
    desk = Desk()
    sent = []
    for second, (index, phone) in enumerate(picks):
        desk.now = NOW + second
        sent.append((desk.send(SENT[index], phone).message_id, KINDS[index], int(phone[-6:]), second))
    wanted: Any = kind if operator == "eq" else Where(operator, (kind,))

    found = desk.walk(
        "messages.list",
        type=wanted,
        interaction_id=chat,
        created_after=datetime.fromtimestamp(NOW, UTC) + timedelta(seconds=since),
        per_page=size,
    )

    assert [each.message_id for each in found] == [
        message_id
        for message_id, type_, where, second in reversed(sent)
        if (type_ == kind) is (operator in {"eq", "in"}) and chat in {None, where} and second >= since
    ]


def test_a_listing_shows_what_it_is_asked_for() -> None:
    """Part of the text, the direction, the order, and of each item some fields alone."""
    desk = Desk()
    for content in SENT:
        desk.send(content)

    texts = desk.walk("messages.list", search="HELLO", sort="created_at")

    assert [each.message for each in texts] == ["Hello", "Look, hello"]
    assert desk.walk("messages.list", direction="inbound") == []
    assert len(desk.walk("messages.list", direction="outbound")) == len(SENT)
    assert desk.raw("GET", "/messages?fields=id,type&per_page=1")["data"] == [{"id": 5, "type": "template"}]


def test_what_was_refused_is_not_listed() -> None:
    """Only what was accepted is."""
    desk = Desk()
    for phone in ("+919812340301", "+919812350001"):
        with pytest.raises(SendError):
            desk.send(Text(body="hi"), phone)

    assert desk.walk("messages.list") == []
    assert desk.walk("contacts.list") == []


def test_merge_fields_are_filled_in() -> None:
    """From the contact, in the text that the answer repeats and that the chat shows; unknown ones stay."""
    desk = Desk()
    desk.do("contacts.create", **NEW)

    text = "Hi @{contact_first_name} @{contact_last_name}, @{contact_phone} @{contact_email}@{contact_shoe}"
    result = desk.send(Text(body=text))
    desk.send(Template(name="t", language="en", body=["@{contact_first_name}"]))

    said = "Hi Asha Rao, 919812340001 @{contact_shoe}"
    assert result.raw["data"]["message"] == said  # type: ignore[index]  # an object
    assert [each.message for each in desk.walk("messages.list")] == ["Asha", said]


def test_the_plan_bounds_conversations() -> None:
    """Of a month, by chats: who was written to may be written to again, and next month everybody."""
    desk = Desk().beside("sandbox-token:conversations=1")
    desk.send(Text(body="hi"), ASHA)
    desk.send(Text(body="hi"), ASHA)

    with pytest.raises(PlanLimit) as caught:
        desk.send(Text(body="hi"), BEN)

    assert (caught.value.feature, caught.value.current, caught.value.maximum) == ("conversations", 1, 1)
    assert desk.do("account.usage").conversations.remaining == 0
    desk.now += 31 * 86_400
    desk.send(Text(body="hi"), BEN)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"body": ["Asha"]}, "field_2"),
        ({"header": None}, "header_field_1"),
        ({"buttons": []}, "button_0"),
        ({"language": "xx"}, "language"),
        ({"name": "winter_sale"}, "template_name"),
        ({"name": "spring_sale"}, "header_image_url"),
    ],
)
def test_a_template_of_the_account_must_be_filled_in(changes: dict[str, Any], field: str) -> None:
    """Approved, in a language that it has, with header, body and buttons; others by name are taken as they are."""
    from wamsg.model import UrlButton

    good: dict[str, Any] = {
        "name": "order_shipped",
        "language": "en",
        "header": "77",
        "body": ["Asha", "77"],
        "buttons": [UrlButton(index=0, text="77")],
    }
    desk = Desk()
    desk.send(Template(**good))

    with pytest.raises(InvalidRequest, match=field):
        desk.send(Template(**{**good, **changes}))
    assert [each.message for each in desk.walk("messages.list")] == ["Hello Asha, your order 77 is on its way."]
