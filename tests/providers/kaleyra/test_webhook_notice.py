"""Notices, bodies of the customer's own design, and what is none of all that."""

from __future__ import annotations

import json

import pytest

from tests.providers.kaleyra.callbacks import BUSINESS, QUALITY, TEMPLATE, UPLOAD, USER, meta_frame, parse, webhook
from wamsg.errors import BadPayload, ConfigError
from wamsg.model import PhoneNumber, Text
from wamsg.model.event import (
    DeliveryStatus,
    IncomingMessage,
    MediaUpdate,
    QualityUpdate,
    StatusUpdate,
    TemplateUpdate,
    UnknownEvent,
)
from wamsg.providers.kaleyra import provider
from wamsg.settings import resolve

FIELDS = "status=data.state, message_id=data.ids.0, reference=data.mine|mine, recipient=data.to, at=when, reason=why"


def test_a_templates_standing_is_told() -> None:
    """With Kaleyra's variables, and in Meta's frame, whose names are the same."""
    [event] = parse(TEMPLATE)
    [metas] = parse(meta_frame(TEMPLATE, field="message_template_status_update"))

    for told in (event, metas):
        assert isinstance(told, TemplateUpdate)
        assert ("paused", "594425479261596", "offer", "en", "quality", 1722834665.0) == (
            told.status,
            told.template_id,
            told.name,
            told.language,
            told.reason,
            told.at,
        )


def test_a_numbers_quality_comes_by_get() -> None:
    """The URL of incoming messages receives it, with an empty body."""
    [event] = webhook().parse(b"", QUALITY)

    assert isinstance(event, QualityUpdate)
    assert ("flagged", PhoneNumber(f"+{BUSINESS}"), "TIER_10K") == (event.change, event.business, event.limit)
    assert [event] == parse(QUALITY)


def test_an_upgrade_in_metas_frame_has_the_entrys_time() -> None:
    """The value itself has none."""
    document = meta_frame({**QUALITY, "event": "THROUGHPUT_UPGRADE"}, field="phone_number_quality_update")

    [event] = parse(document)

    assert isinstance(event, QualityUpdate)
    assert ("throughput_upgrade", 1722834999.0) == (event.change, event.at)


def test_an_upload_in_the_background_is_told() -> None:
    """Its handle is shown to nobody who reads logs."""
    [event] = parse(UPLOAD)

    assert isinstance(event, MediaUpdate)
    assert ("uploaded", "rm-1", "4::aW1h", "a.png", 1722834665.0) == (
        event.status,
        event.upload_id,
        event.handle,
        event.filename,
        event.at,
    )
    assert "4::aW1h" not in repr(event)


def test_a_status_of_the_customers_own_design_is_read_by_the_map() -> None:
    """Dots step into objects, numbers into lists, bars offer a second place."""
    document = {
        "data": {"state": "NOT-SENT", "ids": ["m1"], "to": USER},
        "mine": "r1",
        "when": "2024-08-05T05:11:05Z",
        "why": "opted out",
    }

    [event] = parse(document, callback_fields=FIELDS)

    assert isinstance(event, StatusUpdate)
    assert (DeliveryStatus.FAILED, "m1", "r1", 1722834665.0) == (
        event.status,
        event.message_id,
        event.reference,
        event.at,
    )
    assert event.failure is not None
    assert ("OptedOut", "opted out") == (event.failure.error.__name__, event.failure.detail)


def test_a_message_of_the_customers_own_design_is_read_by_the_map() -> None:
    """A table, as TOML gives it, is the same as text."""
    fields = {"sender": "who.number", "sender_name": "who.name", "text": "said", "message_id": "nr"}

    [event] = parse({"who": {"number": USER, "name": "Asha"}, "said": "hi", "nr": 12}, callback_fields=fields)

    assert isinstance(event, IncomingMessage)
    assert (Text(body="hi"), "Asha", "12") == (event.content, event.sender_name, event.message_id)


@pytest.mark.parametrize(
    "own",
    [{"entry": "7"}, {"entry": []}, {"entry": {"id": 7}}, {"meta_object": None}, {"meta_object": "x"}],
    ids=str,
)
def test_a_field_that_is_called_like_a_frame_does_not_hide_the_map(own: dict[str, object]) -> None:
    """Only what can hold changes is a frame."""
    [event] = parse({**own, "data": {"state": "delivered", "ids": ["m1"]}}, callback_fields=FIELDS)

    assert isinstance(event, StatusUpdate)
    assert (DeliveryStatus.DELIVERED, "m1") == (event.status, event.message_id)


def test_the_map_does_not_hide_the_documented_shapes() -> None:
    """Notices and frames come to the same address."""
    assert parse(TEMPLATE) == parse(TEMPLATE, callback_fields=FIELDS)


@pytest.mark.parametrize(
    "fields",
    ["state=data", "status", "status=", "status=a\nb", "status=" + "a" * 300, {"status": 3}, {3: "a"}, 7, [], ""],
    ids=repr,
)
def test_a_wrong_map_is_a_config_error(fields: object) -> None:
    """It names the setting, before anything is received."""
    assert provider.inbound is not None
    with pytest.raises(ConfigError, match="callback_fields"):
        resolve("kaleyra", provider.inbound.settings, given={"callback_fields": fields}, environ={})


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"hello": "world"},
        {"event": "FLAGGED"},
        {"status": "melted", "message_id": "m"},
        {"status": "sent"},
        {"entry": []},
        {"entry": {}},
        {"entry": [1]},
        {"entry": [{}]},
        {"entry": [{"changes": [None]}]},
        {"entry": [{"changes": [{"value": []}]}]},
        {"entry": [{"changes": [{"value": {}, "field": "account_update"}]}]},
        {"entry": [{"changes": [{"value": {"statuses": []}}]}]},
        {"entry": [{"changes": [{"value": {"statuses": {"id": "m"}}}]}]},
        {"meta_object": None},
        {"meta_object": {"value": 3}},
    ],
    ids=str,
)
def test_what_is_not_known_is_one_unknown_event_that_holds_it(document: dict[str, object]) -> None:
    """Never an exception, never nothing."""
    [event] = parse(document)

    assert isinstance(event, UnknownEvent)
    assert document == event.raw
    assert event.reason


@pytest.mark.parametrize("body", [b"", b" \n", b"<status>sent</status>", b"status=sent&id=1", b"[]", b'{"a":1,,}'])
def test_what_cannot_be_read_is_a_bad_payload(body: bytes) -> None:
    """Also after a loose comma was looked for."""
    with pytest.raises(BadPayload):
        webhook().parse(body)


def test_half_a_character_in_a_query_is_a_bad_payload() -> None:
    """Servers decode queries leniently."""
    with pytest.raises(BadPayload, match="surrogate"):
        webhook().parse(b"", {"event": "\ud800"})


def test_a_body_goes_before_a_query() -> None:
    """Whatever a URL carries beside it."""
    assert parse(TEMPLATE) == webhook().parse(json.dumps(TEMPLATE).encode(), QUALITY)
