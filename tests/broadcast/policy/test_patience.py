"""When a deferred delivery is due again."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg.broadcast.policy import Patience, costs_a_try
from wamsg.errors import NotSent, SendError, Throttled, Unavailable
from wamsg.providers.kaleyra.codes import KALEYRA

NOW = 1_772_000_000.0
KINDS = st.sampled_from([NotSent, Throttled, Unavailable])


def test_kaleyras_own_error_is_tried_again_after_5_10_and_15_minutes() -> None:
    """As its page says; what fails once more then is given up."""
    error = Unavailable("try again later", retry_after=KALEYRA["WA500"].retry_after)

    waits = [Patience().due(error, attempt=attempt, now=0.0) for attempt in (1, 2, 3, 4)]

    assert [300.0, 600.0, 900.0, None] == waits


@given(KINDS, st.none() | st.floats(allow_nan=True), st.integers(1, 10**6), st.integers(0, 10), st.randoms())
def test_a_due_time_is_later_and_within_a_day(
    kind: type[SendError], stated: float | None, attempt: int, free: int, dice: random.Random
) -> None:
    """Whatever a provider says, however often: at least a second, at most a day."""
    due = Patience(10**6, dice).due(kind("no", retry_after=stated), attempt=attempt, now=NOW, free=free)

    assert due is None or NOW + 1 <= due <= NOW + 86_400


@given(KINDS, st.floats(1, 86_400), st.integers(1, 39), st.integers(0, 39))
def test_nobody_is_tried_before_the_stated_wait(kind: type[SendError], stated: float, attempt: int, free: int) -> None:
    """A provider's word is kept; a throttled one waits no longer than that either."""
    due = Patience(4).due(kind("no", retry_after=stated), attempt=attempt, now=0.0, free=free)

    assert due is None or due >= stated
    assert kind is not Throttled or due == stated


def test_without_a_stated_wait_it_backs_off() -> None:
    """Twice as long per try, up to a quarter of an hour, never in step with the others."""
    patience, error = Patience(100, random.Random(1)), Unavailable("later")

    waits = [patience.due(error, attempt=attempt, now=0.0) or 0.0 for attempt in range(1, 20)]

    assert all(5 * 2**n <= wait <= 10 * 2**n for n, wait in enumerate(waits[:6]))
    assert all(450 <= wait <= 900 for wait in waits[7:])
    assert len(set(waits)) == len(waits)


@pytest.mark.parametrize(("kind", "given_up_at"), [(Unavailable, 4), (Throttled, 40), (NotSent, 40)])
def test_after_its_last_try_it_is_given_up(kind: type[SendError], given_up_at: int) -> None:
    """What the provider did not put off itself has ten times the patience, so that an outage costs nobody."""
    patience = Patience(4)

    first = next(n for n in range(1, 100) if patience.due(kind("no"), attempt=n, now=0.0) is None)

    assert given_up_at == first


def test_tries_that_cost_nothing_are_taken_off() -> None:
    """Three throttled ones before the first real one leave all of its patience, and the wait of a first try."""
    error = Unavailable("later", retry_after=300.0)

    assert Patience(4).due(error, attempt=4, now=0.0, free=3) == 300.0
    assert Patience(4).due(error, attempt=7, now=0.0, free=3) is None


def test_only_the_providers_own_putting_off_costs_a_try() -> None:
    """Waiting for a lane and a connection that was refused do not."""
    assert [True, False, False] == [costs_a_try(kind("no")) for kind in (Unavailable, Throttled, NotSent)]
