"""What Kaleyra's fake server calls back with is read by its webhook as exactly what was meant."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.kaleyra.callbacks import webhook
from wamsg.driver import Accepted, CallingDialect, Told, Written
from wamsg.errors import OptedOut, PlanLimit, RecipientRefused, SendError, WindowClosed
from wamsg.model import Text
from wamsg.model.event import (
    ButtonReply,
    DeliveryStatus,
    Event,
    IncomingMessage,
    ListReply,
    StatusUpdate,
    TemplateReply,
)
from wamsg.providers.kaleyra import provider
from wamsg.providers.kaleyra.sandbox_callbacks import LATE

USER = "919812340001"
SENT, DELIVERED, READ, FAILED = (
    DeliveryStatus.SENT,
    DeliveryStatus.DELIVERED,
    DeliveryStatus.READ,
    DeliveryStatus.FAILED,
)
DIALECT = provider.sandbox
FAULTS = st.sampled_from(["131026", "131050", "1", "WAV2101", "Number opted out"])


def message(number: int = 1, recipient: str = USER, reference: str | None = "w1.b1.7") -> Accepted:
    body = {"extra_info": {"ref": reference, "ref1": "order-9", "ref2": 3}}
    return Accepted(recipient=recipient, kind="text", message_id=f"sandbox-{number}-0", reference=reference, body=body)


def calling() -> CallingDialect:
    assert isinstance(DIALECT, CallingDialect)
    return DIALECT


def heard(told: Sequence[Told]) -> list[Event]:
    return [event for call in calling().callbacks(told) for event in webhook().parse(call.body)]


def names(event: Event) -> tuple[str | None, DeliveryStatus, float | None]:
    """What a status is about, what it says, and when."""
    assert isinstance(event, StatusUpdate)
    return event.reference, event.status, event.at


def meant_by(one: Told) -> tuple[str | None, DeliveryStatus, float | None]:
    has_time = one.fault is None or one.fault.isdigit()
    return one.accepted.reference, one.status, one.at if has_time else None


@given(
    fates=st.lists(st.tuples(st.none() | FAULTS, st.booleans()), min_size=1, max_size=8),
    at=st.integers(0, 4_000_000_000),
)
def test_any_batch_is_read_as_what_was_told(fates: list[tuple[str | None, bool]], at: int) -> None:
    """Each status once, with its reference, ids, recipient, time and reason, whatever stands beside it in a body.

    "Not sent" has no time of its own.
    """
    told = []
    for number, (fault, is_named) in enumerate(fates):
        accepted = message(number, f"9198123{number:05}", f"r{number}" if is_named else None)
        told += [evolve(one, at=float(at)) for one in calling().fate(accepted, fault)]

    events = heard(told)

    assert Counter(map(meant_by, told)) == Counter(map(names, events))
    by_id = {str(one.accepted.message_id): one for one in told}
    for event in events:
        assert isinstance(event, StatusUpdate)
        [meant] = {name for name in (event.message_id, *event.other_ids) if name in by_id}
        if event.recipient is not None:
            assert by_id[str(meant)].accepted.recipient == event.recipient.digits
        if event.failure is not None:
            assert by_id[str(meant)].fault in {event.failure.code, event.failure.detail}


def test_a_status_has_one_key_alone_and_in_a_batch() -> None:
    """So that what is told twice by two roads counts once; and every step has a key of its own."""
    told = calling().fate(message()) + calling().fate(message(2), "131026")

    alone = [event.key for one in told for event in heard([one])]

    assert alone == [event.key for event in heard(told)]
    assert len(told) == len(set(alone))


@pytest.mark.parametrize(
    ("ending", "steps", "error"),
    [
        ("31026", (SENT, FAILED), RecipientRefused),
        ("31047", (SENT, FAILED), WindowClosed),
        ("31049", (SENT, FAILED), RecipientRefused),
        ("31050", (SENT, FAILED), OptedOut),
        ("42102", (FAILED,), PlanLimit),
        ("42103", (FAILED,), OptedOut),
        ("42104", (FAILED,), RecipientRefused),
    ],
)
def test_some_recipients_fail_late(ending: str, steps: tuple[DeliveryStatus, ...], error: type[SendError]) -> None:
    """Magic endings: Meta's failures come after "sent", Kaleyra's own in the shape of "not sent"."""
    told = calling().fate(message(recipient=f"9198123{ending}"))
    events = heard(told)

    assert steps == tuple(one.status for one in told)
    assert isinstance(events[-1], StatusUpdate)
    assert events[-1].failure is not None
    assert error is events[-1].failure.error
    assert LATE[ending] in {events[-1].failure.code, events[-1].failure.detail}


def test_everyone_else_reads_it() -> None:
    """In order."""
    assert [SENT, DELIVERED, READ] == [one.status for one in calling().fate(message())]


def test_a_reason_of_the_scripts_goes_before_the_recipients_own() -> None:
    """So that a script can have the last word."""
    [told] = calling().fate(message(recipient="919812331026"), "WAV2101")

    assert "WAV2101" == told.fault


def test_it_carries_what_the_sender_sent_along() -> None:
    """The further references of the brand come back; what was no text does not."""
    [call] = calling().callbacks(calling().fate(message())[:1])
    info = json.loads(call.body)["extra_info"]

    assert ("w1.b1.7", "order-9", "") == (info["ref"], info["ref1"], info["ref2"])


@pytest.mark.parametrize(
    "content",
    [
        Text(body="caf\u00e9 \U0001f44d"),
        ButtonReply(id="yes", title="Yes"),
        ButtonReply(id="yes"),
        ListReply(id="r1", title="Red", description="the colour"),
        TemplateReply(text="Stop", payload="STOP-PROMO"),
        TemplateReply(payload="STOP-PROMO"),
    ],
)
@pytest.mark.parametrize("answered", [None, "sandbox-7-0"])
def test_what_someone_writes_is_read_as_written(
    content: Text | ButtonReply | ListReply | TemplateReply, answered: str | None
) -> None:
    """Who, what, when, and what it answers, with the reference of that."""
    reference = answered and "w1.b1.7"
    call = calling().incoming(
        Written(
            sender=USER,
            name="Asha",
            content=content,
            message_id="in-1",
            at=1_700_000_000.5,
            reply_to=answered,
            reference=reference,
        )
    )

    [event] = webhook().parse(call.body)

    assert isinstance(event, IncomingMessage)
    assert event.sender is not None
    assert event.business is not None
    assert (USER, "Asha", "in-1") == (event.sender.digits, event.sender_name, event.message_id)
    assert (content, answered, reference) == (event.content, event.reply_to, event.reference)
    assert (1_700_000_000.0, provider.example["sender"]) == (event.at, event.business.e164)
