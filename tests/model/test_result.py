"""Results and outcomes: accepted, rejected or unknown."""

from __future__ import annotations

import inspect
import pickle
from typing import Any

import pytest

from wamsg import Outcome, PhoneNumber, SendResult, Status, errors
from wamsg.errors import InvalidMessage, InvalidRecipient, SendError, Unanswered, WamsgError

NUMBER = PhoneNumber("+919812340001")
RESULT = SendResult(provider="acme", to=[NUMBER], message_id="m-1", message_ids=["m-1"], raw={"a": []})
ERRORS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, WamsgError)]


def test_a_result_means_accepted() -> None:
    """Whatever the provider said beside it."""
    assert Status.ACCEPTED is Outcome(position=0, recipient=NUMBER, result=RESULT).status
    assert ["accepted", "rejected", "unknown"] == [str(status) for status in Status]


@pytest.mark.parametrize("kind", ERRORS)
def test_an_error_means_rejected_unless_it_may_have_gone_out(kind: type[WamsgError]) -> None:
    """Only `Unanswered` (and what derives from it) is unknown; wrong input surely was not sent."""
    status = Outcome(position=0, recipient=NUMBER, error=kind("no")).status

    assert (Status.UNKNOWN if issubclass(kind, Unanswered) else Status.REJECTED) is status


def test_an_error_of_a_plug_in_is_judged_by_what_it_says() -> None:
    """A class of somebody else's counts as unknown where it says that it may have gone out."""

    class Vanished(SendError):
        may_have_gone_out = True

    assert Status.UNKNOWN is Outcome(position=0, recipient=NUMBER, error=Vanished()).status


@pytest.mark.parametrize("fields", [{}, {"result": RESULT, "error": Unanswered("?")}])
def test_an_outcome_has_exactly_one_of_result_and_error(fields: dict[str, Any]) -> None:
    """Neither would count as rejected, both as accepted: each a lie."""
    with pytest.raises(InvalidMessage, match="exactly one of result and error"):
        Outcome(position=0, recipient=NUMBER, **fields)


def test_results_and_outcomes_are_hashable() -> None:
    """Though the raw answer is a mapping, and lists were given."""
    assert (NUMBER,) == RESULT.to
    assert ("m-1",) == RESULT.message_ids
    assert isinstance(hash(RESULT), int)
    assert isinstance(hash(Outcome(position=0, recipient=None, error=InvalidRecipient("no"))), int)


def test_an_outcome_pickles() -> None:
    """A worker process can hand it back."""
    outcome = Outcome(position=7, recipient=NUMBER, result=RESULT)

    assert outcome == pickle.loads(pickle.dumps(outcome))  # noqa: S301 -- our own bytes


def test_the_raw_answer_does_not_show() -> None:
    """It may hold anything, numbers and names among them."""
    result = SendResult(provider="acme", raw={"to": "919812340001"})

    assert "98123" not in repr(Outcome(position=0, recipient=NUMBER, result=result))
