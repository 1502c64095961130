"""How an end becomes a record."""

from __future__ import annotations

import asyncio
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg import errors
from wamsg.broadcast.policy import Patience, settle_error, settle_result, without_numbers
from wamsg.errors import (
    ConfigError,
    InvalidMessage,
    InvalidRecipient,
    LedgerBusy,
    LowBalance,
    NotSent,
    Rejected,
    SendError,
    Throttled,
    Unanswered,
    Unavailable,
    Unsupported,
)
from wamsg.ledger import Settled, State
from wamsg.ledger.state import MOVES
from wamsg.model import SendResult

NOW = 1_772_000_000.0
ALL = sorted(
    (kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, SendError)),
    key=lambda kind: kind.__name__,
)
LATER = {NotSent, Throttled, Unavailable}


def settle(error: BaseException, *, departed: bool = True, attempt: int = 1) -> Settled:
    patience = Patience(4, random.Random(0))
    return settle_error(7, error, at=NOW, departed=departed, attempt=attempt, patience=patience)


def test_an_acceptance_keeps_the_providers_id() -> None:
    """It is what later callbacks are told apart by."""
    settled = settle_result(7, SendResult(provider="acme", message_id="m-1"), at=NOW)

    assert Settled(7, State.ACCEPTED, NOW, message_id="m-1") == settled


@pytest.mark.parametrize("kind", ALL)
def test_each_kind_has_its_state(kind: type[SendError]) -> None:
    """The table of outcomes: may have gone out, surely not but later, finally not."""
    expected = State.UNKNOWN if kind is Unanswered else State.DEFERRED if kind in LATER else State.REJECTED

    settled = settle(kind("no", provider="acme", code="E1", http_status=418, retry_after=60.0))

    assert (7, expected, NOW) == settled[:3]
    assert (kind.__name__, "E1", 418, "no") == (settled.kind, settled.code, settled.http_status, settled.detail)
    assert (settled.not_before is not None) == (expected is State.DEFERRED)
    assert expected in MOVES[State.SENDING]


@pytest.mark.parametrize("kind", ALL)
def test_before_the_departure_nothing_can_be_unknown(kind: type[SendError]) -> None:
    """An upload without an answer has messaged nobody."""
    expected = State.DEFERRED if kind in {*LATER, Unanswered} else State.REJECTED

    assert expected is settle(kind("no"), departed=False).state


@pytest.mark.parametrize("error", [InvalidMessage("no"), InvalidRecipient("no"), Unsupported("no")])
def test_a_message_that_cannot_be_sent_is_rejected(error: Exception) -> None:
    """It is found while the request is made."""
    settled = settle(error, departed=False)

    assert (State.REJECTED, type(error).__name__, "no") == (settled.state, settled.kind, settled.detail)


UNEXPECTED = [
    ValueError("to +919812340000"),
    ConfigError("no"),
    LedgerBusy("no"),
    InvalidMessage("no"),
    asyncio.CancelledError(),
    KeyboardInterrupt(),
]


@pytest.mark.parametrize("error", UNEXPECTED, ids=lambda error: type(error).__name__)
def test_the_unexpected_after_the_departure_is_unknown(error: BaseException) -> None:
    """Something may have left; of an error that is not ours only the class is told."""
    settled = settle(error)

    assert (State.UNKNOWN, type(error).__name__) == (settled.state, settled.kind)
    assert "98123" not in str(settled)


@pytest.mark.parametrize(
    "error",
    [error for error in UNEXPECTED if type(error) is not InvalidMessage],
    ids=lambda error: type(error).__name__,
)
def test_the_unexpected_before_the_departure_is_the_runners(error: BaseException) -> None:
    """A bug, a lost ledger, a cancellation: nothing has left, and it is raised as it came."""
    with pytest.raises(type(error)) as caught:
        settle(error, departed=False)

    assert caught.value is error


@pytest.mark.parametrize("departed", [True, False])
def test_what_was_put_off_too_often_is_rejected_and_says_so(departed: bool) -> None:  # noqa: FBT001 -- parametrised
    """Its kind stays what it was, so that a retry can pick it."""
    error = Unavailable("try again later", provider="kaleyra", code="WA500", http_status=500, retry_after=300.0)

    third, fourth = (settle(error, departed=departed, attempt=attempt) for attempt in (3, 4))

    assert (State.DEFERRED, NOW + 900) == (third.state, third.not_before)
    assert (State.REJECTED, None, "WA500") == (fourth.state, fourth.not_before, fourth.code)
    assert fourth.detail == "given up after 4 tries: try again later"
    assert fourth.kind == "Unavailable"


def test_an_error_of_a_plug_in_is_judged_by_what_it_says_of_itself() -> None:
    """A kind that nobody here knows, in both ways."""

    class Vanished(SendError):
        may_have_gone_out = True

    class Odd(Rejected):
        pass

    assert [State.UNKNOWN, State.REJECTED] == [settle(kind("no")).state for kind in (Vanished, Odd)]


def test_an_error_without_a_sentence_is_named() -> None:
    """Nobody reads an empty detail."""
    assert settle(LowBalance()).detail == "LowBalance"


@given(st.integers(10**6, 10**15 - 1), st.sampled_from(["", "+", "(", "tel:", "number=", '"']))
def test_no_number_stands_in_a_detail(number: int, before: str) -> None:
    """Providers repeat the recipient in what they say; two digits are left to tell them apart."""
    digits = str(number)
    error = Rejected(f"cannot send to {before}{digits}, sorry")

    settled = settle(error)

    assert settled.detail is not None
    assert digits not in settled.detail
    assert f"{digits[-2:]}, sorry" in settled.detail


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("to +91 98123 40000 today", "to *************00 today"),
        ("to (202) 555-0100", "to (***********00"),
        ("to \u0669\u0661\u0669\u0668\u0661\u0662\u0663\u0664\u0661\u0661", "to ********\u0661\u0661"),
        ("code 131009, status 400", "code 131009, status 400"),
        ("message wamid.HBgM919812340000AA", "message wamid.HBgM919812340000AA"),
        ("", ""),
    ],
)
def test_masking_leaves_codes_and_ids(text: str, expected: str) -> None:
    """Only what may be somebody's number goes."""
    assert expected == without_numbers(text)


@given(st.text(max_size=2000))
def test_a_detail_is_short_whatever_was_said(text: str) -> None:
    """A page of HTML is no detail."""
    assert len(settle(Rejected(text)).detail or "") <= 300
