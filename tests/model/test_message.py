"""A message, its recipients, and the media inside its content."""

from __future__ import annotations

from typing import Any

import pytest

from wamsg import (
    Button,
    Buttons,
    CallToAction,
    Card,
    Content,
    Document,
    File,
    Flow,
    Image,
    ListMenu,
    Location,
    Message,
    PhoneNumber,
    ReadReceipt,
    Row,
    Section,
    Sticker,
    Template,
    Text,
    Video,
    local_media,
    with_media_ids,
)
from wamsg.errors import InvalidMessage, InvalidRecipient

NUMBER = PhoneNumber("+919812340001")
TEXT = Text(body="hello")
PNG = File.of(b"\x89PNG\r\n\x1a\n", name="a.png")
MP4 = File.of(b"\x00\x00\x00\x18ftypisom", name="a.mp4")
PDF = File.of(b"%PDF-1.7", name="a.pdf")
YES = (Button(id="1", title="Yes"),)


@pytest.mark.parametrize("to", ["+91 98123 40001", NUMBER, (NUMBER,), [NUMBER]])
def test_a_recipient_is_named_in_any_of_four_ways(to: Any) -> None:
    """All lead to the same tuple of numbers."""
    assert (NUMBER,) == Message(content=TEXT, to=to).to


@pytest.mark.parametrize("to", [None, (), [], "", " "])
def test_a_message_needs_a_recipient(to: Any) -> None:
    """Nobody is nobody, in whatever way it is said."""
    with pytest.raises(InvalidRecipient) as caught:
        Message(content=TEXT, to=to)

    assert "to" == caught.value.field


@pytest.mark.parametrize(
    "to", [5, 919812340001, b"+919812340001", {NUMBER}, {"to": NUMBER}, ["+919812340001"], [None], iter([NUMBER]), True]
)
def test_other_types_name_no_recipient(to: Any) -> None:
    """They are told, not guessed."""
    with pytest.raises(InvalidMessage) as caught:
        Message(content=TEXT, to=to)

    assert "to" in str(caught.value.field)


def test_several_recipients_in_a_string_lead_to_fan_out() -> None:
    """One send takes one recipient; the sentence says where several go."""
    with pytest.raises(InvalidRecipient, match="fan_out"):
        Message(content=TEXT, to="+919812340001,+919812340002")


@pytest.mark.parametrize("fields", [{"to": NUMBER}, {"reply_to": "m-1"}])
def test_a_read_receipt_has_no_recipient(fields: dict[str, Any]) -> None:
    """Its message id says whose chat it is."""
    receipt = ReadReceipt(message_id="m-1")
    assert () == Message(content=receipt).to

    with pytest.raises(InvalidMessage, match="no recipient"):
        Message(content=receipt, **fields)


@pytest.mark.parametrize("content", [None, "hello", 5, {"type": "text"}, Text, Button(id="1", title="x"), object()])
def test_content_is_one_of_the_kinds(content: Any) -> None:
    """Text alone, a class, or a part of a message is no content."""
    with pytest.raises(InvalidMessage) as caught:
        Message(content=content, to=NUMBER)

    assert "message.content" == caught.value.field


@pytest.mark.parametrize("options", [5, "text", ["a"], [("a", 1)], object(), {5: "a"}, {None: 1}])
def test_provider_options_are_a_mapping_of_names(options: Any) -> None:
    """Other shapes are told before a driver meets them."""
    with pytest.raises(InvalidMessage) as caught:
        Message(content=TEXT, to=NUMBER, provider_options=options)

    assert "provider_options" == caught.value.field


def test_provider_options_do_not_change_with_the_callers() -> None:
    """The message has a copy that nobody can write to; equal options make equal messages, and all have a hash."""
    options = {"preview": True}
    message = Message(content=TEXT, to=NUMBER, provider_options=options)
    options["preview"] = False

    assert {"preview": True} == dict(message.provider_options)
    assert message == Message(content=TEXT, to=NUMBER, provider_options={"preview": True})
    assert message != Message(content=TEXT, to=NUMBER, provider_options=options)
    assert isinstance(hash(message), int)


HOLDERS: list[tuple[Content, tuple[File, ...]]] = [
    (Image(file=PNG, caption="c"), (PNG,)),
    (Video(file=MP4), (MP4,)),
    (Document(file=PDF), (PDF,)),
    (Buttons(body="x", buttons=YES, header=Image(file=PNG)), (PNG,)),
    (CallToAction(body="x", button="b", url="https://b.example", header=Video(file=MP4)), (MP4,)),
    (Flow(body="x", button="b", flow_id="1", token="t", header=Document(file=PDF)), (PDF,)),
    (Template(name="n", language="en", header=Document(file=PDF)), (PDF,)),
    (
        Template(
            name="n",
            language="en",
            header=Image(file=PNG),
            cards=[Card(header=Video(file=MP4)), Card(header=Image(id="1")), Card(header=Image(file=PNG))],
        ),
        (PNG, MP4, PNG),
    ),
]
EMPTY: list[Content] = [
    TEXT,
    Image(link="https://b.example/a.png"),
    Sticker(id="1"),
    Location(latitude=1, longitude=1),
    Buttons(body="x", buttons=YES, header="text"),
    Buttons(body="x", buttons=YES, header=Image(id="1")),
    ListMenu(body="x", button="b", header="text", sections=[Section(rows=[Row(id="1", title="One")])]),
    Template(name="n", language="en", header="text", body=["a"]),
    Template(name="n", language="en", header=Location(latitude=1, longitude=1)),
    ReadReceipt(message_id="m"),
]


@pytest.mark.parametrize(("content", "files"), HOLDERS)
def test_local_media_are_found_wherever_they_stand(content: Content, files: tuple[File, ...]) -> None:
    """As the content itself, as a header, and on every card."""
    assert files == tuple(media.file for media in local_media(content))


@pytest.mark.parametrize(("content", "files"), HOLDERS)
def test_ids_take_the_place_of_all_local_files(content: Content, files: tuple[File, ...]) -> None:
    """No file is left, the rest is as before, and the original still has its files."""
    ids = {PNG: "m-png", MP4: "m-mp4", PDF: "m-pdf"}

    swapped = with_media_ids(content, ids)

    assert () == local_media(swapped)
    assert type(content) is type(swapped)
    assert all(repr(ids[file]) in repr(swapped) for file in files)
    assert len(files) == len(local_media(content))


@pytest.mark.parametrize("content", EMPTY)
def test_content_without_local_files_stays_as_it_is(content: Content) -> None:
    """Links, ids and texts are none."""
    assert () == local_media(content)
    assert content == with_media_ids(content, {PNG: "m-png"})


def test_a_file_without_an_id_stays_a_file() -> None:
    """A provider may want some files uploaded and take others inside the message."""
    content = Template(name="n", language="en", header=Image(file=PNG), cards=[Card(header=Video(file=MP4))])

    swapped = with_media_ids(content, {MP4: "m-mp4"})

    assert [PNG] == [media.file for media in local_media(swapped)]
    assert isinstance(swapped, Template)
    assert "m-mp4" == swapped.cards[0].header.id


def test_a_captions_and_a_documents_name_survive_the_upload() -> None:
    """What the recipient sees is what was asked for."""
    image = with_media_ids(Image(file=PNG, caption="c"), {PNG: "m-1"})
    document = with_media_ids(Buttons(body="x", buttons=YES, header=Document(file=PDF)), {PDF: "m-2"})

    assert Image(id="m-1", caption="c") == image
    assert Buttons(body="x", buttons=YES, header=Document(id="m-2", filename="a.pdf")) == document
