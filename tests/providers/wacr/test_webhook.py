"""Changes of CRM records, which are taken only where that is asked for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from wamsg.driver import Webhook
from wamsg.errors import BadPayload, ConfigError, NotVerified
from wamsg.model.event import RecordChange, UnknownEvent
from wamsg.providers.wacr import provider

RECORD: dict[str, Any] = {
    "event": {
        "id": "evt_1754370665_a1b2",
        "type": "contact.updated",
        "timestamp": "2025-08-05T05:11:05.250Z",
        "version": "1.0",
    },
    "tenant": {"id": 123, "name": "Acme", "domain": "acme.example"},
    "data": {
        "resource": {"type": "contact", "id": 456, "attributes": {"firstname": "Asha", "phone": "+919812340001"}},
        "relationships": {},
    },
    "changes": {"previous": {"firstname": "A"}, "current": {"firstname": "Asha"}, "modified_fields": ["firstname"]},
    "metadata": {"source": "api_webhook_manager", "environment": "production", "request_id": "uuid"},
}


def _webhook(**settings: object) -> Webhook:
    assert provider.inbound is not None
    return provider.inbound.webhook(provider.inbound.settings(callback_records="on", **settings))


def test_a_changed_record_is_read() -> None:
    """Which one, what happened to it, its fields now and before."""
    [event] = _webhook().parse(json.dumps(RECORD).encode())

    assert isinstance(event, RecordChange)
    assert ("contact", "updated", "456", 1754370665.25) == (event.resource, event.action, event.record_id, event.at)
    assert ({"firstname": "Asha", "phone": "+919812340001"}, {"firstname": "A"}) == (event.attributes, event.previous)
    assert "Asha" not in repr(event)


def test_the_events_own_id_makes_its_key() -> None:
    """What is delivered again may have another request id."""
    again = {**RECORD, "metadata": {"request_id": "another"}}
    other = {**RECORD, "event": {**RECORD["event"], "id": "evt_2"}}

    first, second, third = (_webhook().parse(json.dumps(one).encode())[0].key for one in (RECORD, again, other))

    assert first == second != third


@pytest.mark.parametrize("kind", ["message.created", "contact.melted", "contact", "", None, 3])
def test_other_kinds_are_unknown(kind: object) -> None:
    """They are kept as they came."""
    document = {**RECORD, "event": {"type": kind}}

    [event] = _webhook().parse(json.dumps(document).encode())

    assert isinstance(event, UnknownEvent)
    assert document == event.raw


def test_it_is_off_unless_asked_for() -> None:
    """The documentation of WA.cr has no callbacks."""
    assert provider.inbound is not None
    with pytest.raises(ConfigError, match="callback_records") as caught:
        provider.inbound.webhook(provider.inbound.settings())

    assert "callback_records" == caught.value.setting


def test_without_a_secret_nothing_is_verified() -> None:
    """Closed by default, open with the agreed header."""
    webhook = _webhook()
    with pytest.raises(NotVerified):
        webhook.verify({}, b"", now=0.0)

    _webhook(callback_secret="fake").verify({"X-Callback-Secret": "fake"}, b"", now=0.0)


def test_a_body_that_is_no_object_is_a_bad_payload() -> None:
    """There is nothing to read by GET either."""
    for body in (b"", b"[]", b"<xml/>"):
        with pytest.raises(BadPayload):
            _webhook().parse(body, {"event": "contact.created"})
