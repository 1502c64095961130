"""The answers in words."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.broadcast.report.double import NINE, Shelf, accepted, broadcast, pending, refused, rejected, unknown
from wamsg.broadcast.report import Tone, Verdict, adds_up, in_words, summarize, verdict
from wamsg.broadcast.report.verdict import shown_ledger
from wamsg.ledger import Counts, Delivery, Fate, Phase, State


async def _verdict(lines: list[Delivery], phase: Phase = Phase.FINISHED, reason: str = "", rows: int = -1) -> Verdict:
    found = broadcast(rows=len(lines) if rows < 0 else rows, phase=phase, reason=reason)
    return verdict(await summarize(Shelf(what=found, lines=lines), 7, now=NINE), ledger="sale.db")


def _failed(seq: int, kind: str = "PlanLimit", code: str = "WAV2101", detail: str = "daily limit reached") -> Delivery:
    return accepted(seq, status="failed", kind=kind, code=code, detail=detail)


def _must(said: Verdict) -> list[str]:
    return [advice.command for advice in said.advice if advice.must]


async def test_all_well_needs_nobody() -> None:
    """One sentence, good news, and nothing to do."""
    said = await _verdict([accepted(seq) for seq in range(3)])

    assert (Tone.GOOD, "All 3 recipients were accepted by kaleyra.", ()) == (said.tone, said.sentence, said.advice)


async def test_the_unknown_come_first_and_sending_again_is_said_to_be_a_risk() -> None:
    """Finished is not good news while somebody may not have been messaged."""
    said = await _verdict([accepted(0), unknown(1), rejected(2), refused(3, Fate.INVALID, detail="no number")])

    assert (Tone.WARN, "1 of 3 recipients (33.3 %) was accepted by kaleyra; 1 rejected, 1 unknown.") == (
        said.tone,
        said.sentence,
    )
    assert ["wamsg broadcast retry --ledger sale.db --only unknown"] == _must(said)
    assert "To risk a second message" in said.advice[0].what
    assert ["wamsg broadcast retry --ledger sale.db --only rejected", ""] == [
        advice.command for advice in said.advice if not advice.must
    ]


@pytest.mark.parametrize(
    ("failed", "total", "phase", "tone", "sentence"),
    [
        (0, 10, Phase.FINISHED, Tone.GOOD, "All 10 recipients were accepted by kaleyra."),
        (2, 10, Phase.FINISHED, Tone.WARN, "were accepted by kaleyra, but 2 messages (20.0 %) failed later."),
        (2, 10, Phase.RUNNING, Tone.WARN, "were accepted by kaleyra, but 2 messages (20.0 %) failed later."),
        (2, 10, Phase.STOPPED, Tone.BAD, "were accepted by kaleyra, but 2 messages (20.0 %) failed later."),
        (3, 10, Phase.RUNNING, Tone.BAD, "were accepted by kaleyra, but 3 messages (30.0 %) failed later."),
        (10, 10, Phase.FINISHED, Tone.BAD, "were accepted by kaleyra, but all of the messages failed later."),
        (1, 1, Phase.FINISHED, Tone.BAD, "The one recipient was accepted by kaleyra, but the message failed later."),
    ],
)
async def test_what_failed_later_is_never_good_news(
    failed: int, total: int, phase: Phase, tone: Tone, sentence: str
) -> None:
    """Beyond the share that a canary lets pass it is bad news, however far the broadcast is."""
    lines = [_failed(seq) if seq < failed else accepted(seq, status="read") for seq in range(total)]

    said = await _verdict(lines, phase)

    assert tone is said.tone
    assert said.sentence.endswith(sentence)


async def test_late_failures_are_told_beside_those_who_were_not_accepted() -> None:
    """One that was refused, and then reported as failed as well, failed once."""
    said = await _verdict([accepted(0, status="read"), _failed(1), rejected(2, status="failed"), pending(3)])

    told = "2 of 4 recipients (50.0 %) were accepted by kaleyra, but 1 message (50.0 %) failed later; "
    assert f"{told}1 rejected, 1 still to be sent." == said.sentence


async def test_why_messages_failed_later_is_said_with_where_their_recipients_are_listed() -> None:
    """The largest causes by name, the others by number; whoever was refused at once is no part of it."""
    lines = [_failed(seq) for seq in range(3)]
    lines += [_failed(seq, "OptedOut", "131050", "stopped. " * 20) for seq in (3, 4)]
    lines += [_failed(5, "SendFailed", "131000", "131000"), _failed(6, "SendFailed", "", ""), rejected(7)]

    (advice, *_) = (await _verdict(lines)).advice

    assert advice.must
    assert "wamsg broadcast report --ledger sale.db --csv fates.csv" == advice.command
    assert advice.what.startswith("7 accepted messages failed later and did not arrive: 3 PlanLimit (WAV2101: daily ")
    assert "limit reached); 2 OptedOut (131050: stopped. stopped." in advice.what
    assert "\u2026); 1 SendFailed (131000); 1 for other reasons. Neither resume nor retry sends them" in advice.what
    assert len(advice.what) < 500


async def test_a_few_late_failures_need_nobody() -> None:
    """People who opted out or changed their number are in every list."""
    said = await _verdict([_failed(0, "OptedOut"), *(accepted(seq, status="read") for seq in range(1, 10))])

    (advice,) = said.advice
    assert not advice.must
    assert advice.what.startswith("1 accepted message failed later and did not arrive: 1 OptedOut (WAV2101: ")


async def test_what_came_back_has_a_line_of_its_own() -> None:
    """None where nothing did."""
    counts = (await summarize(Shelf(what=broadcast(rows=2), lines=[accepted(0), _failed(1)]), 7, now=NINE)).counts
    silent = (await summarize(Shelf(what=broadcast(rows=1), lines=[accepted(0)]), 7, now=NINE)).counts

    assert [adds_up(counts), "came back: 1 failed later, none yet for 1"] == list(in_words(counts))
    assert [adds_up(silent)] == list(in_words(silent))


async def test_a_stop_has_its_reason_and_the_way_on() -> None:
    """Nobody has to guess why a campaign stands still."""
    said = await _verdict([accepted(0), pending(1)], Phase.STOPPED, "LowBalance: the account is empty.")

    assert Tone.BAD == said.tone
    assert ["wamsg broadcast resume --ledger sale.db"] == _must(said)
    assert said.advice[0].what.startswith("It was stopped: LowBalance: the account is empty. 1 recipient waits. ")


@pytest.mark.parametrize(
    ("phase", "words", "command"),
    [
        (Phase.PLANNING, "Its plan is not complete", ""),
        (Phase.PLANNED, "It is planned, and not started", "wamsg broadcast resume --ledger sale.db"),
        (
            Phase.PAUSED,
            "It is paused; no reason was stored. 2 recipients wait.",
            "wamsg broadcast resume --ledger sale.db",
        ),
        (Phase.HELD, "2 recipients wait for a later try", "wamsg broadcast resume --ledger sale.db"),
    ],
)
async def test_whoever_waits_is_named_with_what_to_do(phase: Phase, words: str, command: str) -> None:
    """In each phase in which sending does not go on by itself."""
    said = await _verdict([pending(0), pending(1)], phase)

    assert [command] == _must(said)
    assert said.advice[0].what.startswith(words)


async def test_a_deferred_delivery_says_when_it_is_due() -> None:
    """The earliest of them."""
    lines = [
        Delivery(seq=seq, line=seq, address=1, state=State.DEFERRED, not_before=NINE + 600 * (2 - seq))
        for seq in (0, 1)
    ]

    said = await _verdict(lines, Phase.HELD)

    assert "2 recipients wait for a later try, the first at 1 Oct 2026, 09:10:00 UTC." == said.advice[0].what


async def test_a_running_broadcast_needs_nobody_yet() -> None:
    """Its requests in flight are no accident."""
    said = await _verdict([Delivery(seq=0, line=1, address=1, state=State.SENDING), pending(1)], Phase.RUNNING)

    assert [] == _must(said)
    assert "It was running when this was written" in said.advice[0].what


async def test_requests_cut_off_by_a_crash_are_named() -> None:
    """Until the next resume they are neither sent nor unknown."""
    said = await _verdict([Delivery(seq=0, line=1, address=1, state=State.SENDING)], Phase.PAUSED)

    assert any("1 request was cut off without an answer on record" in advice.what for advice in said.advice)


async def test_a_ledger_that_lost_lines_is_not_to_be_used() -> None:
    """This must never happen; if it does, it is the first thing to know."""
    said = await _verdict([accepted(0)], rows=2)

    (advice,) = said.advice
    assert advice.must
    assert "the input has 2 lines, but 1 were found. Do not send with it" in advice.what


@given(st.lists(st.integers(0, 10**7), min_size=11, max_size=11))
def test_the_sum_adds_up_in_writing(numbers: list[int]) -> None:
    """Whoever adds the numbers of the sentence gets its first one."""
    invalid, duplicate, suppressed, *states = numbers
    counts = Counts(
        rows=sum(numbers),
        invalid=invalid,
        duplicate=duplicate,
        suppressed=suppressed,
        states=dict(zip(State, states, strict=True)),
    )

    total, _, terms = adds_up(counts).partition(" = ")

    outside, _, inside = terms.partition(" (")
    read = [
        [int(word.replace(",", "")) for word in text.strip(")").split() if word[0].isdigit()]
        for text in (outside, inside)
    ]
    assert int(total.split()[0].replace(",", "")) == sum(read[0])
    assert read[0][-1] == sum(read[1])


@pytest.mark.parametrize(
    ("given_ledger", "shown"),
    [
        ("sale.db", "sale.db"),
        ("my sale.db", "'my sale.db'"),
        ("x; rm -rf ~", "'x; rm -rf ~'"),
        (
            "postgresql://me:fake-secret@db.example:5432/sales?password=fake-secret",
            "postgresql://me@db.example:5432/sales",
        ),
        ("postgresql://me:fake@secret@db.example/sales", "postgresql://me@db.example/sales"),
        ("postgresql:///sales", "postgresql:///sales"),
        ("postgresql://[::1/fake-secret", "LEDGER"),
    ],
)
def test_a_command_can_be_copied_and_holds_no_password(given_ledger: str, shown: str) -> None:
    """It is quoted for a shell; of an address only what is no secret stays."""
    assert shown == shown_ledger(given_ledger)
    assert "secret" not in shown_ledger(given_ledger)
    assert 1 == len(shlex.split(shown))
