"""The order in which events go out: kept for each person, in turns among them, and nobody is left."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.support.inbound_events import OTHER_PERSON, PERSON, message, status
from wamsg.ledger.events import StoredEvent
from wamsg.model.event import DeliveryStatus, Event, UnknownEvent
from wamsg.webhooks.flow.strands import Strands, strand_of


def _strands(*events: Event) -> Strands:
    strands = Strands()
    for position, event in enumerate(events, 1):
        strands.put(StoredEvent(position, event))
    return strands


def _taken(strands: Strands) -> Event | None:
    item = strands.take()
    return item and item.event


def test_the_second_message_of_a_person_waits_for_the_first() -> None:
    """Everyone else goes."""
    first, second, other = message("a"), message("b"), message("c", sender=OTHER_PERSON)
    strands = _strands(first, second, other)
    out = strands.take()
    assert out is not None

    assert [first, other, None] == [out.event, _taken(strands), _taken(strands)]
    strands.done(out)
    assert second == _taken(strands)


def test_a_failed_one_comes_again_before_the_rest_of_its_strand() -> None:
    """And does not hold up others meanwhile."""
    strands = _strands(message("a"), message("b"), message("c", sender=OTHER_PERSON))
    out = strands.take()
    assert out is not None
    assert message("c", sender=OTHER_PERSON) == _taken(strands)
    assert strands.take() is None

    strands.again(out)

    assert message("a") == _taken(strands)
    assert 3 == len(strands)


def test_strands_are_people_and_messages() -> None:
    """Someone without a number is known by the provider's id, and what concerns nobody keeps no order."""
    hidden = message("a", sender=None, sender_id="IN.42")
    odd = UnknownEvent(provider="acme", key="k", reason="odd")
    sent, read = status("s"), status("s", DeliveryStatus.READ)

    assert [PERSON.e164, "IN.42", "k", "s", "s"] == [
        strand_of(event) for event in (message("x"), hidden, odd, sent, read)
    ]
    assert strand_of(message("a", sender=None)) == message("a").key


_PEOPLE = st.sampled_from([None, PERSON, OTHER_PERSON])


@given(people=st.lists(_PEOPLE, max_size=30), choices=st.lists(st.integers(0, 2), max_size=200))
def test_each_comes_out_once_in_the_order_of_its_person(people: list[None], choices: list[int]) -> None:
    """Whoever takes, fails and finishes, in whatever order."""
    strands = _strands(*(message(f"m{n}", sender=person) for n, person in enumerate(people)))
    out: list[StoredEvent] = []
    through: list[StoredEvent] = []
    for choice in [*choices, *([0, 1] * len(people))]:
        if choice == 0 and (item := strands.take()):
            out.append(item)
        elif choice == 1 and out:
            through.append(out.pop(0))
            strands.done(through[-1])
        elif choice == 2 and out:
            strands.again(out.pop())
        assert len({strand_of(item.event) for item in out}) == len(out)

    while item := (out.pop() if out else strands.take()):
        strands.done(item)
        through.append(item)

    assert (0, len(people)) == (len(strands), len(through))
    for person in (PERSON, OTHER_PERSON):
        mine = [item.position for item in through if strand_of(item.event) == person.e164]
        assert sorted(mine) == mine
