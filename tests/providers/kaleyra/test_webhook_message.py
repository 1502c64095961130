"""Incoming messages of every documented kind, in Kaleyra's frame, in Meta's, and of a profile's variables."""

from __future__ import annotations

from typing import Any

import pytest

from tests.providers.kaleyra import callbacks
from tests.providers.kaleyra.callbacks import MESSAGES, VARIABLES, message, message_frame, meta_frame, parse, value
from wamsg.model import Contact, ContactName, ContactOrganization, ContactPhone, Contacts, Location, PhoneNumber, Text
from wamsg.model import Reaction as React
from wamsg.model.event import (
    ButtonReply,
    FlowReply,
    IncomingMessage,
    ListReply,
    Order,
    OrderItem,
    OtherContent,
    ReceivedMedia,
    TemplateReply,
    UnknownEvent,
)

LINK = "https://kept.example/file"


def _one(document: object, **settings: object) -> IncomingMessage:
    [event] = parse(document, **settings)
    assert isinstance(event, IncomingMessage)
    return event


EXPECTED: dict[str, object] = {
    "text": Text(body="hello there"),
    "reply text": Text(body="yes"),
    "image": ReceivedMedia(kind="image", id="m1", mime_type="image/jpeg", sha256="c2hh", caption="look", link=LINK),
    "video": ReceivedMedia(kind="video", id="m2", mime_type="video/mp4", sha256="c2hh", link=LINK),
    "voice": ReceivedMedia(
        kind="audio", id="m3", mime_type="audio/ogg; codecs=opus", sha256="c2hh", voice=True, link=LINK
    ),
    "document": ReceivedMedia(
        kind="document", id="m4", mime_type="application/pdf", sha256="x", filename="a.pdf", link=LINK
    ),
    "sticker": ReceivedMedia(kind="sticker", id="m5", mime_type="image/webp", sha256="x", animated=True, link=LINK),
    "reaction": React(message_id="wamid.OUT1", emoji="\U0001f44d"),
    "reaction taken back": React(message_id="wamid.OUT1", emoji=""),
    "location": Location(latitude=12.97, longitude=77.59, name="Home", address="1 Road"),
    "contacts": Contacts(
        contacts=(
            Contact(
                name=ContactName(formatted_name="Ravi K", first_name="Ravi"),
                phones=(ContactPhone(phone="+91 98123 40002", type="CELL", wa_id="919812340002"),),
                birthday="1990-12-31",
                org=ContactOrganization(company="Acme"),
            ),
        )
    ),
    "list reply": ListReply(id="r1", title="Red", description="d"),
    "button reply": ButtonReply(id="b1", title="Yes"),
    "flow reply": FlowReply(name="flow", body="Sent", response={"flow_token": "t"}),
    "template tap": TemplateReply(text="Stop", payload="STOP-PROMO"),
    "order": Order(
        items=(
            OrderItem(product_id="sku1", quantity=2, price="10.5", currency="INR"),
            OrderItem(product_id="sku2", quantity=1, price="3", currency="INR"),
        ),
        catalog_id="c1",
        text="please",
    ),
    "unsupported": OtherContent(kind="unsupported"),
    "no type": ReceivedMedia(kind="image", id="m9", mime_type="image/png", link=LINK),
}


def test_every_kind_is_expected_below() -> None:
    """A sample without an expectation would not be looked at."""
    assert set(MESSAGES) == set(EXPECTED)


@pytest.mark.parametrize("name", MESSAGES)
def test_every_kind_is_read(name: str) -> None:
    """Each becomes its typed content, files with the address of Kaleyra's copy."""
    event = _one(message_frame(MESSAGES[name], media_url=LINK))

    assert EXPECTED[name] == event.content
    assert (PhoneNumber("+919812340001"), "Asha", PhoneNumber("+919812340009")) == (
        event.sender,
        event.sender_name,
        event.business,
    )
    assert ("wamid.IN1", 1722834700.0) == (event.message_id, event.at)


@pytest.mark.parametrize("name", MESSAGES)
def test_metas_own_frame_says_the_same(name: str) -> None:
    """But for Kaleyra's copy of a file; and it is the same event."""
    ours, metas = _one(message_frame(MESSAGES[name])), _one(meta_frame(value(messages=[MESSAGES[name]])))

    assert (ours.content, ours.sender, ours.key) == (metas.content, metas.sender, metas.key)


def test_an_answer_names_what_it_answers() -> None:
    """By Meta's id, by Kaleyra's, and by our own reference of the first send."""
    event = _one(message_frame(MESSAGES["reply text"], ref="w1.b1.7", reply_to="uuid-1"))

    assert ("wamid.OUT1", ("uuid-1",), "w1.b1.7") == (event.reply_to, event.reply_to_other_ids, event.reference)


def test_what_was_written_or_tapped_is_text() -> None:
    """One property for patterns, one for the id of a choice."""
    found = {name: (event.text, event.choice) for name in MESSAGES for event in [_one(message_frame(MESSAGES[name]))]}

    assert ("hello there", None) == found["text"]
    assert ("look", None) == found["image"]
    assert ("Red", "r1") == found["list reply"]
    assert ("Yes", "b1") == found["button reply"]
    assert ("Stop", "STOP-PROMO") == found["template tap"]
    assert (None, None) == found["location"]


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("text", {}),
        ("text", {"body": ""}),
        ("text", {"body": 7}),
        ("text", "hello"),
        ("text", {"body": "x" * 70_000}),
        ("image", {}),
        ("image", []),
        ("location", {"latitude": 95, "longitude": 0}),
        ("location", {"latitude": "NaN", "longitude": "1"}),
        ("contacts", []),
        ("contacts", [{"phones": []}, 3]),
        ("reaction", {"emoji": "x"}),
        ("interactive", {"type": "hologram"}),
        ("interactive", {"type": "button_reply", "button_reply": {"title": "no id"}}),
        ("button", {}),
        ("order", {"product_items": [{}]}),
        ("hologram", {"depth": 3}),
    ],
    ids=str,
)
def test_content_that_is_not_as_documented_keeps_its_sender(kind: str, part: object) -> None:
    """It is other content with the reason, and the payload is all there."""
    item = message(kind, part)

    event = _one(message_frame(item))

    assert isinstance(event.content, OtherContent)
    assert event.content.problem
    assert (kind, PhoneNumber("+919812340001")) == (event.content.kind, event.sender)
    assert item == _messages(event)[0]


def _messages(event: IncomingMessage) -> list[Any]:
    frame: Any = event.raw
    return list(frame["meta_object"]["value"]["messages"])


def test_a_card_is_kept_as_far_as_it_can_be_read() -> None:
    """People's address books are untidy: odd parts and odd cards are left out, the rest comes through."""
    tidy = {
        "name": {"first_name": "Mira"},
        "birthday": "31.12.1990",
        "emails": [{"type": "HOME"}, {"email": "m@x.example"}],
    }
    nameless = {"phones": [{"phone": "+1 202 555 0101"}, {"wa_id": "1"}]}

    content = _one(message_frame(message("contacts", [tidy, nameless, {}, None]))).content

    assert isinstance(content, Contacts)
    assert ["Mira", "+1 202 555 0101"] == [card.name.formatted_name for card in content.contacts]
    assert ["m@x.example"] == [email.email for email in content.contacts[0].emails]
    assert content.contacts[0].birthday is None


def test_each_message_of_a_batch_has_its_own_writer() -> None:
    """Names go by id, not by place; raw holds no other person."""
    people = [
        {"profile": {"name": "Two"}, "wa_id": "919812340002"},
        {"profile": {"name": "One"}, "wa_id": callbacks.USER},
    ]
    items = [MESSAGES["text"], {**MESSAGES["text"], "id": "wamid.IN2", "from": "919812340002"}]
    document = meta_frame({**value(messages=items), "contacts": people})

    first, second = parse(document)

    assert isinstance(first, IncomingMessage)
    assert isinstance(second, IncomingMessage)
    assert ("One", "Two") == (first.sender_name, second.sender_name)
    assert "919812340002" not in str(first.raw)


def test_a_person_without_a_number_can_still_be_told_apart() -> None:
    """Users with a user name may hide the number."""
    item = {**MESSAGES["text"], "from_user_id": "IN.1349"}
    del item["from"]
    people = [{"profile": {"name": "Asha"}, "user_id": "IN.1349"}]

    event = _one(meta_frame({**value(messages=[item]), "contacts": people}))

    assert (None, "IN.1349", "Asha") == (event.sender, event.sender_id, event.sender_name)


def test_a_message_from_nobody_is_unknown() -> None:
    """Neither id nor sender: nobody could answer it."""
    [event] = parse(message_frame({"type": "text", "text": {"body": "hi"}}))

    assert isinstance(event, UnknownEvent)


def test_a_message_shows_neither_its_words_nor_its_sender() -> None:
    """Events are logged."""
    shown = repr(_one(message_frame(MESSAGES["text"])))

    assert "content=Text" in shown
    assert not any(word in shown for word in ("hello", "Asha", "98123400"))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Text(body="hello")),
        ({"type": "image", "media_url": LINK, "mime_type": "image/png"}, ("image", False)),
        ({"type": "video", "media_url": LINK}, ("video", False)),
        ({"type": "voice", "media_url": LINK}, ("audio", True)),
        ({"type": "Document", "media_url": LINK}, ("document", False)),
        ({"type": "", "media_url": LINK, "mime_type": "image/png"}, ("image", False)),
        (
            {"type": "location", "location": '{"latitude": 1.5, "longitude": "2"}'},
            Location(latitude=1.5, longitude=2.0),
        ),
        ({"type": "location", "location": {"latitude": 1, "longitude": 2}}, Location(latitude=1, longitude=2)),
        ({"type": "button", "custom_response": "P"}, TemplateReply(text="hello", payload="P")),
        ({"type": "poll"}, OtherContent(kind="poll", text="hello", problem="not a known type of message")),
        ({"type": "text", "body": ""}, "problem"),
        ({"type": "location", "location": "somewhere"}, "problem"),
    ],
)
def test_the_variables_of_a_profile_are_read(changes: dict[str, object], expected: object) -> None:
    """As JSON and as a query, which are the same event."""
    document = {**VARIABLES, **changes}

    event = _one(document)

    assert (PhoneNumber("+919812340001"), "Asha", PhoneNumber("+919812340009"), 1722834665.0) == (
        event.sender,
        event.sender_name,
        event.business,
        event.at,
    )
    if isinstance(expected, tuple):
        assert isinstance(event.content, ReceivedMedia)
        assert (*expected, LINK, "hello") == (
            event.content.kind,
            event.content.voice,
            event.content.link,
            event.content.caption,
        )
    elif expected == "problem":
        assert isinstance(event.content, OtherContent)
        assert event.content.problem
    else:
        assert expected == event.content
    if all(isinstance(held, str) for held in document.values()):
        query = {name: str(held) for name, held in document.items()}
        assert [event] == callbacks.webhook().parse(b"", query)
