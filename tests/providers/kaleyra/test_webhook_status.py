"""Status callbacks: each documented shape, why a message failed, and which of many ids belongs to it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.providers.kaleyra import callbacks
from tests.providers.kaleyra.callbacks import NOT_SENT, failed, meta_frame, parse, status, status_frame, value, webhook
from wamsg import errors
from wamsg.model import PhoneNumber
from wamsg.model.event import DeliveryStatus, Event, StatusUpdate, UnknownEvent


def _one(document: object, **settings: object) -> StatusUpdate:
    [event] = parse(document, **settings)
    assert isinstance(event, StatusUpdate)
    return event


def _failure(event: StatusUpdate) -> tuple[str | None, type[errors.SendError]]:
    assert event.failure is not None
    return event.failure.code, event.failure.error


def test_a_status_in_kaleyras_frame_is_read_whole() -> None:
    """Reference, every id, both numbers, time and costs are where a ledger looks for them."""
    pricing, conversation = {"billable": True, "category": "marketing"}, {"id": "c", "origin": {"type": "marketing"}}

    event = _one(status_frame(status(pricing=pricing, conversation=conversation)))

    assert (DeliveryStatus.SENT, 1722834665.0, None) == (event.status, event.at, event.failure)
    assert ("w1.b1.7", "wamid.META1") == (event.reference, event.message_id)
    assert ("wamid.KALEYRA1", "wamid.KALEYRA2") == event.other_ids
    assert (PhoneNumber("+919812340001"), PhoneNumber("+919812340009")) == (event.recipient, event.business)
    assert (pricing, conversation) == (event.pricing, event.conversation)


def test_the_documented_sample_with_its_loose_comma_is_read() -> None:
    """The page ends the last field with a comma; commas and brackets inside of text stay as they are."""
    good = json.dumps(status_frame(status(pricing={"category": 'a, } "b",]'})))
    body = good[:-1].replace('}]}, "field"', '} ,]}, "field"') + " ,\n}"
    assert " ,]" in body

    [event] = webhook().parse(body.encode())

    assert isinstance(event, StatusUpdate)
    assert {"category": 'a, } "b",]'} == event.pricing
    assert webhook().parse(good.encode()) == [event]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("sent", DeliveryStatus.SENT),
        ("SENT", DeliveryStatus.SENT),
        ("delivered", DeliveryStatus.DELIVERED),
        ("read", DeliveryStatus.READ),
        ("played", DeliveryStatus.READ),
        ("failed", DeliveryStatus.FAILED),
        ("not sent", DeliveryStatus.FAILED),
        ("NOT-SENT", DeliveryStatus.FAILED),
        ("not_sent", DeliveryStatus.FAILED),
        ("NotSent", DeliveryStatus.FAILED),
        ("accepted", DeliveryStatus.ACCEPTED),
        ("Submit - Success", DeliveryStatus.ACCEPTED),
    ],
)
def test_words_are_known_in_any_case_and_with_any_gap(word: str, expected: DeliveryStatus) -> None:
    """Kaleyra writes "not sent" in three ways, and others leave out the gap."""
    assert expected is _one(status_frame(status(word))).status


def test_not_sent_is_a_failure_though_it_has_no_frame() -> None:
    """Its two ids are both kept, its code says that the limit is used up."""
    event = _one(NOT_SENT)

    assert (DeliveryStatus.FAILED, "w1.b1.7", "wamid.A", ("wamid.B",)) == (
        event.status,
        event.reference,
        event.message_id,
        event.other_ids,
    )
    assert ("WAV2101", errors.PlanLimit) == _failure(event)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (131050, errors.OptedOut),
        (131026, errors.RecipientRefused),
        (131047, errors.WindowClosed),
        (132015, errors.TemplateRefused),
        (131056, errors.Throttled),
        (131042, errors.LowBalance),
        pytest.param(1, errors.SendFailed, id="an answer leaves it open, a status does not"),
        pytest.param(999999, errors.SendFailed, id="a code that nobody knows"),
    ],
)
def test_metas_codes_say_what_kind_of_failure_it_is(code: int, expected: type[errors.SendError]) -> None:
    """The same table as for answers, so that opt-outs and blocked people can be told."""
    assert (str(code), expected) == _failure(_one(status_frame(failed(code))))


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("To number has opted out", errors.OptedOut),
        ("OPT_OUT", errors.OptedOut),
        ("USER_OPTED_OUT", errors.OptedOut),
        ("Recipient opted  out", errors.OptedOut),
        ("opt-out", errors.OptedOut),
        ("Adopt outcome", errors.SendFailed),
        ("Traffic to this country is blocked", errors.RecipientRefused),
        ("Template details not found", errors.TemplateRefused),
        ("Daily limit reached", errors.PlanLimit),
        ("Something else", errors.SendFailed),
    ],
)
def test_reasons_without_a_known_code_are_told_by_their_words(reason: str, expected: type[errors.SendError]) -> None:
    """Kaleyra names them without their codes."""
    assert expected is _failure(_one({**NOT_SENT, "code": "WAV2199", "reason": reason}))[1]
    assert (None, expected) == _failure(_one({"status": "NOT-SENT", "message_id": "a", "reason": reason}))


def test_a_known_code_wins_over_one_before_it() -> None:
    """Of several errors the one that says something counts."""
    item = failed(999999)
    item["errors"].append({"code": 131050, "title": "stopped"})

    assert ("131050", errors.OptedOut) == _failure(_one(status_frame(item)))


def test_what_the_provider_says_shows_no_number() -> None:
    """Details are one bounded line with numbers masked."""
    event = _one(status_frame(failed(131026, "no\nWhatsApp at 919812340001 " + "x" * 5000)))

    assert event.failure is not None
    assert "98123400" not in event.failure.detail
    assert "\n" not in event.failure.detail
    assert len(event.failure.detail) <= 200


def test_our_reference_is_found_in_metas_own_field_too() -> None:
    """Meta returns it as biz_opaque_callback_data."""
    event = _one(meta_frame(value(statuses=[status(biz_opaque_callback_data="w1.x")])))

    assert ("w1.x", "wamid.META1", ()) == (event.reference, event.message_id, event.other_ids)


def test_a_batch_gives_every_event_in_order() -> None:
    """All entries, changes, statuses and messages."""
    events = parse(callbacks.BATCH)

    assert ["wamid.META1", "wamid.META2", "wamid.META3", "wamid.IN1", "wamid.IN2"] == [_id(event) for event in events]
    assert len({event.key for event in events}) == 5


def _id(event: Event) -> object:
    return getattr(event, "message_id", None)


@pytest.mark.parametrize(
    "odd",
    [
        None,
        7,
        "text",
        [],
        {},
        {"id": "x"},
        {"status": "sent"},
        {"id": "x", "status": "melted"},
        {"id": ["x"], "status": {"a": 1}},
        {"id": "x", "status": "", "errors": "none"},
    ],
    ids=repr,
)
def test_an_odd_item_costs_the_others_nothing(odd: object) -> None:
    """It becomes an unknown event that holds it; those before and after come through."""
    document = meta_frame(value(statuses=[status(), odd, status(id="wamid.LAST")]))

    first, middle, last = parse(document)

    assert ("wamid.META1", "wamid.LAST") == (_id(first), _id(last))
    assert isinstance(middle, UnknownEvent)
    assert [odd] == _dig(middle, "entry", 0, "changes", 0, "value", "statuses")


def _dig(event: Event, *path: str | int) -> Any:
    found: Any = event.raw
    for step in path:
        found = found[step]
    return found


def test_what_stands_beside_several_messages_is_given_to_none_but_the_one_it_names() -> None:
    """A reference on the wrong message would settle the wrong delivery."""
    items = [status(id="wamid.KALEYRA1"), status(id="wamid.OTHER")]
    document = {**status_frame(status()), "meta_object": {"field": "messages", "value": value(statuses=items)}}

    named, other = parse(document)

    assert isinstance(named, StatusUpdate)
    assert isinstance(other, StatusUpdate)
    assert ("w1.b1.7", None) == (named.reference, other.reference)
    assert ((), ("wamid.KALEYRA2",)) == (other.other_ids, named.other_ids)


def test_two_statuses_of_one_message_share_what_stands_beside() -> None:
    """It can only be about that one."""
    items = [status("sent"), status("delivered")]
    document = {**status_frame(status()), "meta_object": {"field": "messages", "value": value(statuses=items)}}

    assert ["w1.b1.7", "w1.b1.7"] == [event.reference for event in parse(document) if isinstance(event, StatusUpdate)]


def test_the_same_status_has_the_same_key_by_whatever_road() -> None:
    """Again, later, with other trimmings, in Kaleyra's frame or in Meta's."""
    keys = {
        _one(document).key
        for document in (
            status_frame(status()),
            status_frame(status(timestamp="1722839999", pricing={"billable": False})),
            {**status_frame(status()), "extra_info": {}},
            meta_frame(value(statuses=[status()])),
        )
    }

    assert 1 == len(keys)


def test_different_statuses_have_different_keys() -> None:
    """Per message, person, status, and reason of a failure."""
    items = [
        *(status(word) for word in ("accepted", "sent", "delivered", "read")),
        failed(131026),
        failed(131050),
        status(id="wamid.B"),
        status(recipient_id="919812340002"),
    ]

    assert len(items) == len({_one(status_frame(item)).key for item in items})


def test_a_person_without_a_number_is_known_by_id() -> None:
    """Users with a user name may hide the number."""
    event = _one(status_frame(status(recipient_id=None, recipient_user_id="IN.1349120865530274")))

    assert (None, "IN.1349120865530274") == (event.recipient, event.recipient_id)


def test_a_status_of_the_first_api_version_is_read_from_a_query() -> None:
    """Sent by GET with id and status; 0 is their word for failed."""
    query = {"id": "5a8e:1", "status": "0"}

    [event] = webhook().parse(b"", query)

    assert isinstance(event, StatusUpdate)
    assert (DeliveryStatus.FAILED, "5a8e:1") == (event.status, event.message_id)
    assert [event] == parse(query)


def test_a_status_shows_neither_payload_nor_number() -> None:
    """Events are logged."""
    text = repr(_one(status_frame(failed(131026), extra="SECRET-EXTRA")))

    assert "98123400" not in text
    assert "SECRET-EXTRA" not in text
    assert "wamid.META1" in text
