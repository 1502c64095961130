"""Events to our own JSON and back: nothing is lost, nothing wrong is taken."""

from __future__ import annotations

import json
from typing import Any

import pytest
from attrs import evolve, frozen
from hypothesis import given

from tests.support.event_strategies import events
from wamsg.codec import EVENT_TAGS, event_from_dict, event_to_dict
from wamsg.errors import InvalidMessage, OptedOut
from wamsg.model import PhoneNumber, Text
from wamsg.model.event import DeliveryStatus, Event, Failure, IncomingMessage, StatusUpdate

STATUS = StatusUpdate(
    provider="kaleyra",
    key="k1",
    at=1722834665.0,
    status=DeliveryStatus.FAILED,
    reference="w1.b1.7",
    message_id="wamid.A",
    other_ids=("wamid.B",),
    recipient=PhoneNumber("+919812340001"),
    failure=Failure(code="131050", detail="stopped", error=OptedOut),
    raw={"a": [1, None]},
)
WRITTEN: dict[str, Any] = {
    "type": "status",
    "provider": "kaleyra",
    "key": "k1",
    "at": 1722834665.0,
    "status": "failed",
    "reference": "w1.b1.7",
    "message_id": "wamid.A",
    "other_ids": ["wamid.B"],
    "recipient": "+919812340001",
    "failure": {"code": "131050", "detail": "stopped", "error": "OptedOut"},
    "raw": {"a": [1, None]},
}


@given(events())
def test_every_event_comes_back(event: Event) -> None:
    """Through JSON text, equal and of the same kind."""
    back = event_from_dict(json.loads(json.dumps(event_to_dict(event))))

    assert event == back
    assert type(event) is type(back)


def test_the_form_is_the_one_that_stores_hold() -> None:
    """A change of it would make old stores unreadable."""
    assert WRITTEN == event_to_dict(STATUS)
    assert STATUS == event_from_dict(WRITTEN)


def test_content_has_its_own_type() -> None:
    """The same words as for messages that we send, where they are the same."""
    event = IncomingMessage(provider="a", key="k", content=Text(body="hi"))

    assert {"type": "message", "provider": "a", "key": "k", "content": {"type": "text", "body": "hi"}} == (
        event_to_dict(event)
    )


def test_every_kind_of_event_has_a_word() -> None:
    """A kind without one could not be stored."""
    assert set(Event.__subclasses__()) - {_Foreign} == set(EVENT_TAGS.values())


def test_an_error_of_a_providers_own_is_stored_as_the_nearest_of_ours() -> None:
    """Whoever reads the store may not have that provider."""

    class Gone(OptedOut):
        pass

    written = event_to_dict(evolve(STATUS, failure=Failure(error=Gone)))

    assert {"error": "OptedOut"} == written["failure"]


@frozen(kw_only=True)
class _Foreign(Event):
    pass


def test_a_foreign_event_is_refused() -> None:
    """It could not be read again."""
    with pytest.raises(InvalidMessage, match="_Foreign"):
        event_to_dict(_Foreign(provider="a", key="k"))


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "melted"},
        {"type": None},
        {"status": "melted"},
        {"status": []},
        {"recipient": "12"},
        {"recipient": 919812340001},
        {"at": "now"},
        {"raw": []},
        {"other_ids": "wamid.B"},
        {"failure": {"error": "ConfigError"}},
        {"failure": {"error": "__doc__"}},
        {"failure": {"error": 3}},
        {"failure": "x"},
        {"unheard": 1},
        {"key": None},
    ],
    ids=str,
)
def test_what_is_no_event_is_refused(changes: dict[str, object]) -> None:
    """With an InvalidMessage, whatever is wrong."""
    with pytest.raises(InvalidMessage):
        event_from_dict({**WRITTEN, **changes})


@pytest.mark.parametrize("document", [None, [], "status", {}, {"type": "status"}, {1: 2}])
def test_what_is_no_table_of_an_event_is_refused(document: object) -> None:
    """Nothing else is raised."""
    with pytest.raises(InvalidMessage):
        event_from_dict(document)
