"""The ground truth can be asked."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from wamsg.sandbox import Outbox, Record


def record(recipient: str = "919812340001", provider: str = "a", serial: int = 1) -> Record:
    return Record(
        provider=provider,
        recipient=recipient,
        kind="text",
        message_id="m",
        reference="r",
        body={"secret": "text of the message"},
        at=0.0,
        serial=serial,
    )


sent = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["1", "2", "3"])), max_size=30)


@given(sent, st.integers(1, 5))
def test_counts_are_exact_whatever_was_dropped(messages: list[tuple[str, str]], keep: int) -> None:
    """Only the newest records are kept whole, but every count and every duplicate is right."""
    outbox = Outbox(keep)
    for serial, (provider, recipient) in enumerate(messages):
        outbox.add(record(recipient, provider, serial))
    both = Counter(recipient for _, recipient in messages)
    of_a = Counter(recipient for provider, recipient in messages if provider == "a")

    assert len(messages) == outbox.count()
    assert of_a.total() == outbox.count(provider="a")
    assert both["1"] == outbox.count(recipient="+1")
    assert of_a["1"] == outbox.count(provider="a", recipient="1")
    assert {to for to, times in both.items() if times > 1} == set(outbox.duplicates())
    assert {to for to, times in of_a.items() if times > 1} == set(outbox.duplicates(provider="a"))
    assert list(range(len(messages)))[-keep:] == [each.serial for each in outbox.accepted]


def test_records_are_found_by_provider_and_by_recipient() -> None:
    """With or without the plus sign."""
    outbox = Outbox()
    for provider, recipient in [("a", "91"), ("b", "91"), ("a", "92")]:
        outbox.add(record(recipient, provider))

    assert ["a", "b"] == [each.provider for each in outbox.find(recipient="+91")]
    assert ["91", "92"] == [each.recipient for each in outbox.find(provider="a")]
    assert 1 == len(outbox.find(provider="b", recipient="91"))
    assert [] == outbox.find(provider="c")


def test_what_is_handed_out_is_a_copy() -> None:
    """Whoever sorts or empties the list does not change the truth."""
    outbox = Outbox()
    outbox.add(record())
    outbox.accepted.clear()

    assert 1 == len(outbox)


def test_clearing_forgets_the_counts_too() -> None:
    """As if nothing had been accepted."""
    outbox = Outbox()
    outbox.add(record())
    outbox.add(record())
    outbox.clear()

    assert (0, 0, []) == (outbox.count(), outbox.count(recipient="919812340001"), outbox.duplicates())


def test_a_record_shows_neither_number_nor_message() -> None:
    """Test reports and logs show the repr."""
    shown = repr(record())

    assert "919812340001" not in shown
    assert "text of the message" not in shown
    assert "'91********01'" in shown
