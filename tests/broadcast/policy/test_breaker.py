"""What stops a campaign, and what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg import errors
from wamsg.broadcast.policy import Breaker, convicts
from wamsg.errors import (
    BadCredentials,
    CodeRefused,
    InvalidRecipient,
    InvalidRequest,
    LowBalance,
    MediaRefused,
    NotFound,
    NotSent,
    OptedOut,
    PermissionDenied,
    PlanLimit,
    RecipientRefused,
    Rejected,
    SenderRefused,
    SendError,
    SendFailed,
    TemplateRefused,
    Throttled,
    Unanswered,
    Unavailable,
    Unsupported,
    WamsgError,
    WindowClosed,
)

CERTAIN = [BadCredentials, PermissionDenied, SenderRefused, LowBalance, PlanLimit, TemplateRefused]
LIKELY = [InvalidRequest, MediaRefused, NotFound, SendFailed, Unsupported, Unanswered, Rejected]
NEITHER = [RecipientRefused, OptedOut, WindowClosed, CodeRefused, InvalidRecipient, NotSent, Throttled, Unavailable]


def balance() -> LowBalance:
    return LowBalance("the balance is too low", provider="kaleyra", code="E110", http_status=400)


@pytest.mark.parametrize("kind", CERTAIN)
def test_a_handful_of_what_convicts_the_campaign_stops_it(kind: type[SendError]) -> None:
    """The fifth of a kind, not the fourth."""
    breaker = Breaker(5)

    said = [breaker.failed(kind("no")) for _ in range(5)]

    assert [None] * 4 == said[:4]
    assert said[4] is not None
    assert breaker.stopped is said[4]
    assert not breaker.may_send()


@pytest.mark.parametrize("kind", LIKELY)
def test_what_a_row_may_have_done_needs_more_of_a_row(kind: type[WamsgError]) -> None:
    """Bad rows stand together in files; four handfuls without one good among them are the message's fault."""
    breaker = Breaker(5)

    said = [breaker.failed(kind("no")) for _ in range(20)]

    assert [None] * 19 == said[:19]
    assert breaker.stopped is said[19] is not None


@pytest.mark.parametrize("kind", NEITHER)
def test_what_concerns_one_person_or_passes_never_stops_it(kind: type[WamsgError]) -> None:
    """However many there are."""
    breaker = Breaker(1)

    assert {None} == {breaker.failed(kind("no")) for _ in range(1000)}
    assert breaker.may_send()
    assert not convicts(kind("no"))


def test_every_kind_of_error_was_thought_of() -> None:
    """A new one is put into one of the lists by a person."""
    kinds = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, SendError)}

    assert kinds - {SendError} == {kind for kind in [*CERTAIN, *LIKELY, *NEITHER] if issubclass(kind, SendError)}
    assert all(convicts(kind("no")) for kind in [*CERTAIN, *LIKELY])


@given(st.lists(st.sampled_from(NEITHER), max_size=50), st.randoms(use_true_random=False))
def test_errors_of_persons_in_between_do_not_hide_it(others: list[type[WamsgError]], dice: object) -> None:
    """They neither count nor clear, wherever they stand."""
    kinds: list[type[WamsgError]] = [LowBalance] * 5 + others
    dice.shuffle(kinds)  # type: ignore[attr-defined]  # a random.Random
    breaker = Breaker(5)

    convicted = [kind for kind in kinds if breaker.failed(kind("no"))]

    assert [LowBalance] == convicted


def test_an_acceptance_in_between_clears_the_row() -> None:
    """Then it does not concern everyone."""
    breaker = Breaker(5)

    for _ in range(50):
        for _ in range(4):
            assert breaker.failed(balance()) is None
        breaker.accepted()

    assert breaker.may_send()


def test_different_kinds_do_not_add_up() -> None:
    """Five of the same kind tell a story; five different ones do not."""
    breaker = Breaker(5)

    for kind in (LowBalance, PlanLimit, TemplateRefused) * 4:
        breaker.failed(kind("no"))

    assert breaker.may_send()


@given(st.lists(st.sampled_from([None, LowBalance, OptedOut, TemplateRefused, Unanswered]), min_size=64, max_size=64))
def test_the_verdict_never_goes_back(late: list[type[SendError] | None]) -> None:
    """Whatever 64 requests that were under way still bring."""
    breaker = Breaker(5)
    for _ in range(5):
        breaker.failed(balance())
    first = breaker.stopped

    for kind in late:
        if kind is None:
            breaker.accepted()
        else:
            assert breaker.failed(kind("late")) is None

    assert first is not None
    assert breaker.stopped is first
    assert first.count == 5


def test_a_volley_of_lost_answers_is_an_accident_and_a_second_one_is_not() -> None:
    """All that is under way ends at once when a gateway restarts."""
    breaker = Breaker(5, under_way=64)

    for _ in range(64):
        assert breaker.failed(Unanswered("cut")) is None
    for _ in range(20):
        breaker.failed(Unanswered("cut"))

    assert breaker.stopped is not None
    assert "got no answer" in breaker.stopped.reason


def test_a_convicted_sender_is_dropped_and_the_last_one_stops_the_campaign() -> None:
    """The others go on, and the reason in the end names what befell each."""
    breaker = Breaker(5, senders=2)

    first = [breaker.failed(SenderRefused("not yours"), 0) for _ in range(5)][-1]

    assert first is not None
    assert (0, "the other senders go on" in first.reason) == (first.sender, True)
    assert (breaker.may_send(0), breaker.may_send(1)) == (False, True)
    assert {0: first} == dict(breaker.dropped)

    last = [breaker.failed(balance(), 1) for _ in range(5)][-1]

    assert last is not None
    assert breaker.stopped is last
    assert last.sender is None
    assert "SenderRefused" in last.reason
    assert not breaker.may_send(1)


def test_what_comes_late_to_a_dropped_sender_changes_nothing() -> None:
    """Its acceptances and errors were under way."""
    breaker = Breaker(5, senders=2)
    for _ in range(5):
        breaker.failed(balance(), 0)

    breaker.accepted(0)

    assert breaker.failed(balance(), 0) is None
    assert not breaker.may_send(0)
    assert breaker.may_send(1)


def test_a_template_that_no_sender_gets_through_stops_all_of_them_at_once() -> None:
    """It is the message's, so the senders' refusals count together."""
    breaker = Breaker(5, senders=8)

    said = [breaker.failed(TemplateRefused("paused"), sender) for sender in range(5)]

    assert said[-1] is breaker.stopped is not None
    assert not breaker.dropped


def test_a_template_that_another_sender_gets_through_drops_only_the_one() -> None:
    """Its account lacks the template; without this it would use up half of the recipients."""
    breaker = Breaker(5, senders=2)

    for _ in range(5):
        breaker.failed(TemplateRefused("missing"), 0)
        breaker.accepted(1)

    assert [0] == list(breaker.dropped)
    assert breaker.may_send(1)


def test_the_reason_says_how_many_of_what_and_what_to_do() -> None:
    """One sentence to store, to show and to act on, without a number in it."""
    breaker = Breaker(5)
    error = LowBalance("no money to reach +91 98123 40000", provider="kaleyra", code="E110", http_status=400)

    for _ in range(5):
        breaker.failed(error)

    assert breaker.stopped is not None
    assert ("LowBalance", "E110", 5) == (breaker.stopped.kind, breaker.stopped.code, breaker.stopped.count)
    assert breaker.stopped.reason == (
        "5 sends in a row ended with LowBalance: no money to reach *************00 [kaleyra 400 E110]. "
        "What to do: top up the balance, then `wamsg broadcast resume`."
    )
