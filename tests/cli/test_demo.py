"""`wamsg demo`: it adds up, and would say so if it did not."""

from __future__ import annotations

import asyncio
import re
import signal
import urllib.request
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.command_line import HUNG, Start
from wamsg.cli.demo.audience import customers, faults, picture, recipients
from wamsg.cli.demo.broadcast import Stage, write
from wamsg.cli.demo.reckoning import Row, delivery_row, outcome_row, reckon
from wamsg.errors import DuplicateRecipient, InvalidRecipient, OptedOut, Unanswered
from wamsg.ledger import Delivery, Fate, State
from wamsg.ledger.open import holder_of
from wamsg.model import Outcome, PhoneNumber, SendResult
from wamsg.recipients import Reader
from wamsg.sandbox import MAGIC, Sandbox, load_faults

ENDS = ("accepted", "opted out", "unknown", "invalid", "duplicate", "suppressed", "skipped")
#: An end, and whether the server accepted the message of an unknown one.
FATES = st.lists(st.tuples(st.sampled_from(ENDS), st.booleans()), max_size=50)


def digits(position: int) -> str:
    return f"1202555{position:04d}"


def honest(fates: list[tuple[str, bool]]) -> tuple[list[Row], dict[str, int]]:
    """Rows of a sender that tells the truth, and what the server then holds."""
    rows = [Row(position, end, "" if end == "invalid" else digits(position)) for position, (end, _) in enumerate(fates)]
    server = {
        digits(position): 1
        for position, (end, went_out) in enumerate(fates)
        if end == "accepted" or (end == "unknown" and went_out)
    }
    return rows, server


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
    rows, server = honest(fates)
    position = data.draw(st.integers(0, len(fates) - 1))
    end = fates[position][0]
    match data.draw(st.sampled_from(["twice", "lost", "stranger", "row"])):
        case "twice" if end not in {"invalid", "duplicate"}:
            server[digits(position)] = 2
        case "lost" if end == "accepted":
            del server[digits(position)]
        case "row":
            del rows[position]
        case _:
            server["447700900999"] = 1

    assert reckon(len(fates), rows, server).complaints


def test_a_refused_message_that_went_out_is_found() -> None:
    """What the sender calls rejected must not be in the server's hands."""
    found = reckon(1, [Row(0, "opted out", digits(0))], {digits(0): 1})

    assert ("row 1 is opted out, but the server accepted 1 for it",) == found.complaints
    assert {"opted out": 1} == found.rejected


PHONE = PhoneNumber("+12025550000")
SENT = SendResult(provider="p")


@pytest.mark.parametrize(
    ("outcome", "row"),
    [
        (Outcome(position=0, recipient=PHONE, result=SENT), Row(0, "accepted", digits(0))),
        (Outcome(position=1, recipient=PHONE, error=OptedOut("no")), Row(1, "opted out", digits(0))),
        (Outcome(position=2, recipient=PHONE, error=Unanswered("?")), Row(2, "unknown", digits(0))),
        (Outcome(position=3, recipient=None, error=InvalidRecipient("?")), Row(3, "invalid")),
        (
            Outcome(position=4, recipient=PHONE, error=DuplicateRecipient("?", first_position=0)),
            Row(4, "duplicate", digits(0)),
        ),
    ],
)
def test_how_a_fan_out_says_it(outcome: Outcome, row: Row) -> None:
    """Every kind of outcome has its word."""
    assert outcome_row(outcome) == row


@pytest.mark.parametrize(
    ("line", "row"),
    [
        (Delivery(seq=0, line=2, address=12025550000, state=State.ACCEPTED), Row(0, "accepted", digits(0))),
        (
            Delivery(seq=1, line=3, address=12025550000, state=State.REJECTED, kind="OptedOut"),
            Row(1, "opted out", digits(0)),
        ),
        (Delivery(seq=2, line=4, address=None, fate=Fate.INVALID), Row(2, "invalid")),
        (Delivery(seq=3, line=5, address=12025550000, fate=Fate.DUPLICATE), Row(3, "duplicate", digits(0))),
    ],
)
def test_how_a_ledger_says_it(line: Delivery, row: Row) -> None:
    """A fate, a state, or why it was refused."""
    assert delivery_row(line) == row


def test_the_audience_is_worth_watching() -> None:
    """The shipped list holds 200 rows: ordinary, wrong and repeated ones, and several that meet trouble."""
    reader = Reader()
    entries = [reader.read(row) for row in recipients()]
    kinds = Counter(type(entry.error) for entry in entries)
    troubled = {entry.recipient.digits[-5:] for entry in entries if entry.recipient is not None and entry.error is None}

    assert len(entries) == 200
    assert kinds[InvalidRecipient] == kinds[DuplicateRecipient] == 6
    assert troubled >= set(MAGIC)


def test_the_customers_are_worth_watching() -> None:
    """Ordinary ones enough to be killed among, wrong and repeated ones, and some that stay unknown."""
    reader = Reader()
    entries = [reader.read(number) for number, _ in customers()]
    kinds = Counter(type(entry.error) for entry in entries)

    assert len(entries) > 400
    assert kinds[InvalidRecipient] == kinds[DuplicateRecipient] == 2
    assert sum(entry.recipient is not None and entry.recipient.digits[-5:] in MAGIC for entry in entries) == 4


def test_the_shipped_data_is_good() -> None:
    """The picture is a PNG of less than 20 KB, and the fault script is one that the sandbox takes."""
    assert picture().type.mime == "image/png"
    assert picture().size < 20_000
    assert len(load_faults(faults())) == 4


def test_the_demo_adds_up_and_its_sandbox_can_be_kept(
    process: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As a process, without a terminal among useless settings, it proves both acts, stays, and ends with 0."""
    monkeypatch.setenv("WAMSG_KALEYRA_BASE_URL", "https://nowhere.invalid")
    monkeypatch.setenv("WAMSG_PROVIDER", "nobody")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
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

    assert (0, "", True) == (child.returncode, rest, err.endswith("wamsg: stopping the sandbox\n"))
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []
    text = "".join(lines)
    assert re.search(r"^800 rows add up; throttled [1-9]\d* times; ", text, re.MULTILINE)
    for title in ("Kaleyra", "WA.cr"):
        rows, *parts = counts(text.split(title, 1)[1])
        assert (200, 200) == rows == tuple(map(sum, zip(*parts, strict=True)))
    assert "killed with SIGKILL, in the middle of it" in text
    assert "is dead" in text
    found = re.search(r"^(\d+) lines add up after a SIGKILL: .* (\d+) are flagged unknown", text, re.MULTILINE)
    assert found is not None
    assert int(found[1]) == len(customers())
    assert int(found[2]) >= 4


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


async def test_whoever_stops_the_demo_stops_its_broadcast(tmp_path: Path) -> None:
    """The process of the second act does not outlive the first one."""
    async with Sandbox() as sandbox:
        stage = Stage(tmp_path, sandbox, plain=True)
        message, people = write(stage)
        call = asyncio.create_task(stage.call("run", message, people, "--rate", "20/s burst 1", "--yes", "--plain"))
        while sandbox.outbox.count() == 0:
            assert not call.done()
            await asyncio.sleep(0.01)
        assert holder_of(stage.ledger) is not None

        call.cancel()
        await asyncio.gather(call, return_exceptions=True)

    assert call.cancelled()
    assert holder_of(stage.ledger) is None
