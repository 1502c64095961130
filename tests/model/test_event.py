"""Events: which status counts, which key tells them apart, and what they show."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg.model import PhoneNumber
from wamsg.model.event import DeliveryStatus, StatusUpdate, content_key, event_key, settled

STATUSES = st.sampled_from(list(DeliveryStatus))


def _final(told: list[DeliveryStatus]) -> DeliveryStatus | None:
    known: DeliveryStatus | None = None
    for status in told:
        known = settled(known, status)
    return known


@given(st.lists(STATUSES, min_size=1), st.randoms(use_true_random=False))
def test_the_order_in_which_statuses_come_does_not_matter(told: list[DeliveryStatus], chance: object) -> None:
    """Shuffled and doubled, they end in the same."""
    shuffled = [*told, *told]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random

    assert _final(told) == _final(shuffled)


@given(st.lists(STATUSES, min_size=1))
def test_a_status_only_moves_forward(told: list[DeliveryStatus]) -> None:
    """No news lowers the rank."""
    ranks = [known.rank for known in itertools.accumulate(told, settled)]

    assert sorted(ranks) == ranks


@pytest.mark.parametrize(
    ("known", "told", "expected"),
    [
        (None, "accepted", "accepted"),
        ("accepted", "sent", "sent"),
        ("delivered", "sent", "delivered"),
        ("read", "delivered", "read"),
        ("failed", "sent", "failed"),
        ("failed", "accepted", "failed"),
        ("sent", "failed", "failed"),
        pytest.param("failed", "delivered", "delivered", id="the device's receipt is the proof"),
        pytest.param("delivered", "failed", "delivered", id="in either order"),
        ("read", "failed", "read"),
    ],
)
def test_which_of_two_statuses_counts(known: str | None, told: str, expected: str) -> None:
    """A late sent never clears failed; what arrived has arrived."""
    assert expected == settled(DeliveryStatus(known) if known else None, DeliveryStatus(told))


def test_ranks_stay_what_stores_have_written() -> None:
    """They stand in databases."""
    ranks = {status.value: status.rank for status in DeliveryStatus}

    assert {"accepted": 10, "sent": 20, "failed": 30, "delivered": 40, "read": 50} == ranks


@given(st.lists(st.none() | st.text(), max_size=4), st.lists(st.none() | st.text(), max_size=4))
def test_keys_differ_where_their_parts_do(one: list[str | None], other: list[str | None]) -> None:
    """Parts cannot run into each other."""
    assert (one == other) == (event_key("a", "status", *one) == event_key("a", "status", *other))


def test_keys_differ_by_provider_and_kind_and_hold_no_id() -> None:
    """Two providers may give the same id."""
    keys = {event_key(*parts) for parts in (("a", "status", "id"), ("b", "status", "id"), ("a", "message", "id"))}

    assert 3 == len(keys)
    assert {32} == {len(key) for key in keys}


def test_the_key_of_a_payload_does_not_depend_on_the_order_of_names() -> None:
    """JSON objects have none."""
    assert content_key("a", "x", {"b": 1, "c": [1, {"d": 2, "e": 3}]}) == content_key(
        "a", "x", {"c": [1, {"e": 3, "d": 2}], "b": 1}
    )
    assert content_key("a", "x", {"b": 1}) != content_key("a", "x", {"b": "1"})


def test_an_event_can_be_hashed_and_shows_nothing_personal() -> None:
    """Sets of events, and logs of them."""
    event = StatusUpdate(
        provider="a",
        key="k",
        status=DeliveryStatus.SENT,
        recipient=PhoneNumber("+919812340001"),
        recipient_id="IN.1",
        raw={"n": ["919812340001"]},
        pricing={"p": 1},
    )

    assert {event} == {event}
    assert not any(word in repr(event) for word in ("98123400", "IN.1", "pricing"))
