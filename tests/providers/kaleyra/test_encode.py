"""Message to request: the whole body, address, headers and lanes for every kind."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cattrs import Converter
from cattrs.preconf.json import make_converter as json_preset
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.kaleyra.examples import EVERY, LINK
from wamsg.errors import DuplicateRecipient, InvalidMessage, Unsupported
from wamsg.model import (
    CONTENT_TYPES,
    Button,
    Buttons,
    Card,
    Content,
    Flow,
    Image,
    Location,
    Message,
    PhoneNumber,
    Reaction,
    ReadReceipt,
    Template,
    Text,
)
from wamsg.providers.kaleyra import provider
from wamsg.providers.kaleyra.convert import fastest_preset, json_writer, make_converter, writable
from wamsg.providers.kaleyra.driver import KaleyraDriver
from wamsg.providers.kaleyra.encode import KINDS

ASHA, BEN = "+919812340001", "+12025550123"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)


def nested(depth: int) -> object:
    """A mapping inside a mapping, and so on."""
    return {"a": nested(depth - 1)} if depth else "end"


def body_of(driver: KaleyraDriver, content: Content, **rest: Any) -> Any:
    """What is sent for ``content``."""
    to = rest.pop("to", None if isinstance(content, ReadReceipt) else ASHA)
    request = driver.encode(Message(content=content, to=to, **rest)).request
    assert isinstance(request.body, bytes)
    return json.loads(request.body)


@pytest.mark.parametrize(("content", "kind", "shown"), EVERY)
def test_each_kind_is_metas_object_inside_kaleyras_envelope(
    driver: KaleyraDriver, content: Content, kind: str, shown: object
) -> None:
    """The whole body is the documented one, with nothing added, missing or null."""
    body = body_of(driver, content)

    assert body == {
        "messaging_object": {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": ASHA,
            "type": kind,
            kind: shown,
        },
        "extra_info": {"wa_source": "api"},
    }


def test_every_kind_of_content_has_an_example() -> None:
    """No kind of the model is left without an encoder or without an example of its JSON."""
    assert {type(content) for content, _, _ in EVERY} | {ReadReceipt} == set(CONTENT_TYPES)
    assert set(KINDS) | {ReadReceipt} == set(CONTENT_TYPES)


@pytest.mark.parametrize(
    ("typing", "rest"),
    [(False, {}), (True, {"typing_indicator": {"type": "text"}})],
)
def test_a_read_receipt_has_no_recipient(driver: KaleyraDriver, typing: bool, rest: dict[str, object]) -> None:  # noqa: FBT001 -- a table's column
    """A read receipt names a message instead of a recipient, and counts against the sender alone."""
    operation = driver.encode(Message(content=ReadReceipt(message_id="wamid.A", typing=typing)))

    assert isinstance(operation.request.body, bytes)
    assert json.loads(operation.request.body) == {
        "messaging_object": {
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": "wamid.A",
            **rest,
        },
        "extra_info": {"wa_source": "api"},
    }
    assert operation.request.lanes == ("sender:+919800000000",)


def test_a_reply_names_the_message_it_answers(driver: KaleyraDriver) -> None:
    """``reply_to`` becomes the context object."""
    assert body_of(driver, Text(body="yes"), reply_to="wamid.A")["messaging_object"]["context"] == {
        "message_id": "wamid.A"
    }


def test_a_reaction_cannot_also_be_a_reply(driver: KaleyraDriver) -> None:
    """What Meta would ignore is refused instead of dropped."""
    with pytest.raises(Unsupported) as caught:
        body_of(driver, Reaction(message_id="wamid.A", emoji="👍"), reply_to="wamid.B")

    assert (caught.value.provider, caught.value.feature) == ("kaleyra", "reaction.reply_to")


def test_the_request_goes_to_the_senders_address_with_the_key_in_a_header(driver: KaleyraDriver) -> None:
    """Method, address, headers and lanes are the documented ones; a message is never repeatable."""
    operation = driver.encode(Message(content=Image(link=LINK), to=ASHA))
    request = operation.request

    assert operation.name == "messages.image"
    assert (request.method, request.url) == (
        "POST",
        "https://api.in.kaleyra.io/v2/HXSANDBOX00000001IN/whatsapp/919800000000/messages",
    )
    assert dict(request.headers) == {"api-key": "sandbox-api-key", "Content-Type": "application/json"}
    assert request.lanes == ("sender:+919800000000", f"pair:+919800000000/{ASHA}")
    assert not request.repeatable


def test_several_recipients_are_joined_by_commas_and_have_no_pair_lane(driver: KaleyraDriver) -> None:
    """All numbers keep their plus sign, and the request counts against the sender."""
    to = (PhoneNumber(ASHA), PhoneNumber(BEN))
    request = driver.encode(Message(content=Text(body="hi"), to=to)).request

    assert body_of(driver, Text(body="hi"), to=to)["messaging_object"]["to"] == f"{ASHA},{BEN}"
    assert request.lanes == ("sender:+919800000000",)


def test_a_recipient_who_stands_twice_is_refused(driver: KaleyraDriver) -> None:
    """Nobody knows whether Kaleyra would send twice, so the request is not made."""
    to = (PhoneNumber(BEN), PhoneNumber(ASHA), PhoneNumber(BEN))

    with pytest.raises(DuplicateRecipient) as caught:
        body_of(driver, Text(body="hi"), to=to)

    assert caught.value.first_position == 0
    assert "2025550123" not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        Image(file=PNG),
        Template(name="t", language="en", header=Image(file=PNG)),
        Template(name="t", language="en", cards=[Card(header=Image(file=PNG)), Card(header=Image(id="1"))]),
        Buttons(body="b", buttons=[Button(id="1", title="1")], header=Image(file=PNG)),
    ],
)
def test_a_local_file_must_be_uploaded_first(driver: KaleyraDriver, content: Content) -> None:
    """A message with a file still in it is refused wherever the file stands."""
    with pytest.raises(Unsupported, match="upload it first") as caught:
        body_of(driver, content)

    assert caught.value.feature == "image.file"


@pytest.mark.parametrize(
    ("content", "feature"),
    [
        (Template(name="t", language="en", header=Image(id="1", caption="c")), "template.header.caption"),
        (
            Template(
                name="t", language="en", cards=[Card(header=Image(id="1")), Card(header=Image(id="1", caption="c"))]
            ),
            "template.cards[1].header.caption",
        ),
        (
            Buttons(body="b", buttons=[Button(id="1", title="1")], header=Image(id="1", caption="c")),
            "buttons.header.caption",
        ),
    ],
)
def test_a_caption_in_a_header_is_refused_rather_than_dropped(
    driver: KaleyraDriver, content: Content, feature: str
) -> None:
    """A header shows no caption, so saying one there is an error that names the place."""
    with pytest.raises(Unsupported) as caught:
        body_of(driver, content)

    assert caught.value.feature == feature


def test_an_unknown_class_of_content_is_unsupported(driver: KaleyraDriver) -> None:
    """A subclass that only its author knows is refused by name instead of being sent as something else."""

    class Shout(Text):
        pass

    with pytest.raises(Unsupported, match="cannot send Shout"):
        body_of(driver, Shout(body="HI"))


@pytest.mark.parametrize(
    "value",
    [
        2**63,
        -(2**63) - 1,
        [{"a": 2**70}],
        nested(33),
        math.nan,
        datetime(2026, 1, 1, tzinfo=UTC),
        {1, 2},
        b"bytes",
        "\ud83d",
    ],
)
def test_flow_data_that_is_not_json_everywhere_is_refused(driver: KaleyraDriver, value: object) -> None:
    """What JSON libraries write differently, or not at all, is an error that names the data."""
    with pytest.raises(InvalidMessage) as caught:
        body_of(driver, Flow(body="b", button="o", flow_id="1", token="t", screen="S", data={"x": value}))

    assert caught.value.field == "flow.data"


@pytest.mark.parametrize("value", [2**63 - 1, -(2**63), nested(31)])
def test_flow_data_at_the_edge_is_sent(driver: KaleyraDriver, value: object) -> None:
    """The largest whole numbers and the deepest nesting that all JSON libraries share arrive as they are."""
    body = body_of(driver, Flow(body="b", button="o", flow_id="1", token="t", screen="S", data={"x": value}))
    parameters = body["messaging_object"]["interactive"]["action"]["parameters"]

    assert parameters["flow_action_payload"]["data"] == {"x": value}


def test_numbers_of_other_libraries_are_written_as_numbers(driver: KaleyraDriver) -> None:
    """A subclass of float, as array libraries have, is sent as the number it is."""

    class Degrees(float):
        pass

    shown = body_of(driver, Location(latitude=Degrees(1.5), longitude=Degrees(-2)))["messaging_object"]["location"]

    assert shown == {"latitude": 1.5, "longitude": -2}


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1).filter(str.strip), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("preset", [json_preset, fastest_preset()])
@given(value=_JSON)
def test_both_json_libraries_write_the_same_value(preset: Callable[..., Converter], value: object) -> None:
    """Whatever passes our check reads back as itself, in UTF-8 without escapes, from either library."""
    written = json_writer(make_converter(preset))({"x": writable("x", value), "y": "न"})

    assert json.loads(written) == {"x": value, "y": "न"}
    assert "न".encode() in written


@pytest.mark.parametrize(("content", "kind", "shown"), EVERY)
def test_the_standard_library_writes_the_same_bodies(
    driver: KaleyraDriver, monkeypatch: pytest.MonkeyPatch, content: Content, kind: str, shown: object
) -> None:
    """Without orjson the same JSON leaves."""
    monkeypatch.setattr("wamsg.providers.kaleyra.driver.json_bytes", json_writer(make_converter(json_preset)))

    assert body_of(driver, content)["messaging_object"][kind] == shown


@pytest.mark.parametrize("quote", ['"}}', "\\", "\u2028", "</script>", "\t\n", "\x00"])
def test_text_cannot_break_out_of_the_body(driver: KaleyraDriver, quote: str) -> None:
    """Quotes, backslashes and control characters arrive as themselves."""
    assert body_of(driver, Text(body=f"a{quote}b"))["messaging_object"]["text"]["body"] == f"a{quote}b"


@given(body=st.text(st.characters(codec="utf-8"), min_size=1, max_size=300).filter(str.strip))
def test_any_text_arrives_as_it_is(body: str) -> None:
    """Every Unicode text survives the way into the body."""
    driver = KaleyraDriver(provider.settings(**provider.example))

    assert body_of(driver, Text(body=body))["messaging_object"]["text"]["body"] == body


def test_what_an_operation_shows_holds_neither_key_nor_number(driver: KaleyraDriver) -> None:
    """Logging an operation, its request or the driver gives nothing away."""
    operation = driver.encode(Message(content=Text(body="hi"), to=ASHA))

    for shown in (repr(operation), repr(operation.request), repr(driver)):
        assert "sandbox-api-key" not in shown
        assert "9812340001" not in shown


def test_an_upload_is_a_form_with_the_file_and_its_type(driver: KaleyraDriver, tmp_path: Path) -> None:
    """The documented form leaves for the media address, may be repeated, and has no JSON content type."""
    path = tmp_path / "photo.png"
    path.write_bytes(PNG)
    operation = driver.encode_upload(Image(file=path))
    request = operation.request

    assert (request.method, request.url.rsplit("/", 1)[1], request.repeatable) == ("POST", "media", True)
    assert dict(request.headers) == {"api-key": "sandbox-api-key"}
    assert not isinstance(request.body, bytes | None)
    assert request.body.texts() == {"type": "image/png"}
    upload = request.body.uploads()["file"]
    assert (upload.name, upload.content_type, upload.size, upload.path) == ("photo.png", "image/png", len(PNG), path)


def test_the_probe_reads_the_details_of_the_sending_number(driver: KaleyraDriver) -> None:
    """The probe is a repeatable GET that messages nobody."""
    request = driver.probe().request

    assert (request.method, request.repeatable, request.body) == ("GET", True, None)
    assert request.url.endswith("/v2/HXSANDBOX00000001IN/whatsapp/919800000000/phone_number_details")
