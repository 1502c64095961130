"""`wamsg demo`: it adds up, and would say so if it did not."""

from __future__ import annotations

import re
import signal
import urllib.request
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.command_line import HUNG, Start
from wamsg.cli.demo.audience import faults, picture, recipients
from wamsg.cli.demo.reckoning import reckon
from wamsg.errors import DuplicateRecipient, InvalidRecipient, OptedOut, Rejected, Unanswered, WamsgError
from wamsg.model import Outcome, PhoneNumber, SendResult
from wamsg.recipients import Reader
from wamsg.sandbox import MAGIC, load_faults

ERRORS: dict[str, WamsgError | None] = {
    "accepted": None,
    "rejected": Rejected("no"),
    "opted out": OptedOut("no"),
    "unknown": Unanswered("?"),
    "invalid": InvalidRecipient("no number"),
    "duplicate": DuplicateRecipient("again", first_position=0),
}


def outcome(position: int, fate: str) -> Outcome:
    error = ERRORS[fate]
    return Outcome(
        position=position,
        recipient=None if fate == "invalid" else PhoneNumber(f"+1202555{position:04d}"),
        result=SendResult(provider="p") if error is None else None,
        error=error,
    )


def digits(position: int) -> str:
    return f"1202555{position:04d}"


#: A fate, and whether the server accepted the message of an unknown one.
FATES = st.lists(st.tuples(st.sampled_from(sorted(ERRORS)), st.booleans()), max_size=50)


def honest(fates: list[tuple[str, bool]]) -> tuple[list[Outcome], dict[str, int]]:
    """Outcomes of a sender that tells the truth, and what the server then holds."""
    outcomes = [outcome(position, fate) for position, (fate, _) in enumerate(fates)]
    server = {
        digits(position): 1
        for position, (fate, went_out) in enumerate(fates)
        if fate == "accepted" or (fate == "unknown" and went_out)
    }
    return outcomes, server


@given(FATES)
def test_the_truth_adds_up(fates: list[tuple[str, bool]]) -> None:
    """Whatever happened, every row is in exactly one place and the server's count is explained."""
    found = reckon(len(fates), *honest(fates))

    parts = (found.accepted, *found.rejected.values(), found.unknown, found.invalid, found.duplicate)
    assert found.rows == sum(parts)
    assert found.server == found.accepted + found.unknown_but_accepted
    assert () == found.complaints


@given(FATES.filter(bool), st.data())
def test_every_lie_is_found(fates: list[tuple[str, bool]], data: st.DataObject) -> None:
    """A message sent twice, one lost, one sent to a stranger, a row without outcome: each is a complaint."""
    outcomes, server = honest(fates)
    position = data.draw(st.integers(0, len(fates) - 1))
    fate = fates[position][0]
    match data.draw(st.sampled_from(["twice", "lost", "stranger", "row"])):
        case "twice" if fate not in {"invalid", "duplicate"}:
            server[digits(position)] = 2
        case "lost" if fate == "accepted":
            del server[digits(position)]
        case "row":
            del outcomes[position]
        case _:
            server["447700900999"] = 1

    assert reckon(len(fates), outcomes, server).complaints


def test_a_refused_message_that_went_out_is_found() -> None:
    """What the sender calls rejected must not be in the server's hands."""
    found = reckon(1, [outcome(0, "opted out")], {digits(0): 1})

    assert ("row 1 is rejected, but the server accepted 1 for it",) == found.complaints
    assert {"opted out": 1} == found.rejected


def test_the_audience_is_worth_watching() -> None:
    """The shipped list holds 200 rows: ordinary, wrong and repeated ones, and several that meet trouble."""
    reader = Reader()
    entries = [reader.read(row) for row in recipients()]
    kinds = Counter(type(entry.error) for entry in entries)
    troubled = {entry.recipient.digits[-5:] for entry in entries if entry.recipient is not None and entry.error is None}

    assert len(entries) == 200
    assert kinds[InvalidRecipient] == kinds[DuplicateRecipient] == 6
    assert troubled >= set(MAGIC)


def test_the_shipped_data_is_good() -> None:
    """The picture is a PNG of less than 20 KB, and the fault script is one that the sandbox takes."""
    assert picture().type.mime == "image/png"
    assert picture().size < 20_000
    assert len(load_faults(faults())) == 4


def test_the_demo_adds_up_and_its_sandbox_can_be_kept(process: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a process, without a terminal and with useless settings around, it proves 800 rows, stays, and ends with 0."""
    monkeypatch.setenv("WAMSG_KALEYRA_BASE_URL", "https://nowhere.invalid")
    monkeypatch.setenv("WAMSG_PROVIDER", "nobody")
    child = process("demo", "--keep")
    assert child.stdout is not None
    lines = [child.stdout.readline()]
    while "stays at" not in lines[-1]:
        assert lines[-1], "it ended early"
        lines.append(child.stdout.readline())

    url = lines[-1].split()[4]
    with urllib.request.urlopen(url, timeout=HUNG) as page:  # noqa: S310 -- the sandbox on this machine
        assert b"wamsg sandbox" in page.read()
    child.send_signal(signal.SIGINT)
    rest, err = child.communicate(timeout=HUNG)

    assert (0, "", "wamsg: stopping the sandbox\n") == (child.returncode, rest, err)
    assert re.fullmatch(r"800 rows add up; throttled [1-9]\d* times; .*\n", lines[-2])
    for title in ("Kaleyra", "WA.cr"):
        rows, *parts = counts("".join(lines).split(title, 1)[1])
        assert (200, 200) == rows == tuple(map(sum, zip(*parts, strict=True)))


def counts(text: str) -> list[tuple[int, int]]:
    """The numbers of a table's two columns, down to where the server's own count begins."""
    rows = re.findall(r"(\d+)\s+(\d+) *$", text.split("the server accepted", 1)[0], re.MULTILINE)
    return [(int(first), int(second)) for first, second in rows]


def test_ctrl_c_ends_the_demo_quietly(process: Start) -> None:
    """Interrupted in the middle it ends with 130 and no traceback."""
    child = process("demo", "--plain")
    assert child.stdout is not None
    while " of 200" not in child.stdout.readline():
        assert child.poll() is None

    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=HUNG)

    assert (130, "") == (child.returncode, err)
