"""Counts that add up, lines that show no number, exit codes that a script can trust."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.command_line import HUNG, Run, Serve, Start
from wamsg.cli.output import Report, Tally, printable
from wamsg.errors import DuplicateRecipient, InvalidRecipient, Rejected, Throttled, Unanswered, WamsgError
from wamsg.model import Outcome, PhoneNumber, SendResult

ANN = PhoneNumber("+12025550123")
FATES: dict[str, WamsgError | None] = {
    "accepted": None,
    "rejected": Rejected("no"),
    "throttled": Throttled("slow"),
    "unknown": Unanswered("?"),
    "invalid": InvalidRecipient("no number"),
    "duplicate": DuplicateRecipient("again", first_position=0),
}


def outcome(fate: str, position: int = 0) -> Outcome:
    error = FATES[fate]
    result = SendResult(provider="p", message_id="id-1") if error is None else None
    return Outcome(position=position, recipient=ANN, result=result, error=error)


@given(st.lists(st.sampled_from(sorted(FATES))), st.integers(min_value=0, max_value=5))
def test_the_count_adds_up(fates: list[str], stopped: int) -> None:
    """Whatever happened to whom, the parts of the closing line sum up to its first number."""
    tally = Tally(len(fates) + stopped)
    for fate in fates:
        tally.add(outcome(fate))

    rows, *parts = map(int, re.findall(r"\d+", re.sub(r"\(.*\)", "", tally.sentence())))
    inside = [int(number) for number in re.findall(r"\d+", "".join(re.findall(r"\(.*\)", tally.sentence())))]

    assert len(fates) + stopped == rows == sum(parts)
    assert fates.count("invalid") + fates.count("duplicate") == sum(inside)
    assert stopped == tally.not_sent


@given(st.lists(st.sampled_from(sorted(FATES)), min_size=1))
def test_the_exit_code_follows_the_table(fates: list[str]) -> None:
    """Unknown wins over everything, then comes whether all, some or none were accepted."""
    tally = Tally(len(fates))
    for fate in fates:
        tally.add(outcome(fate))

    if "unknown" in fates:
        expected = 5
    elif "accepted" not in fates:
        expected = 1
    else:
        expected = 0 if set(fates) == {"accepted"} else 4
    assert expected == tally.exit_code()


@pytest.mark.parametrize("as_json", [False, True])
def test_numbers_are_masked_unless_asked_for(capsys: pytest.CaptureFixture[str], as_json: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    """Neither lines nor JSON show a number by default."""
    for show in (False, True):
        Report(as_json=as_json, show_numbers=show).write(outcome("accepted"))

    masked, shown = capsys.readouterr().out.splitlines()
    assert "2025550123" not in masked
    assert ANN.masked in masked
    assert ANN.e164 in shown


@given(st.text())
def test_nothing_printed_can_steer_a_terminal(text: str) -> None:
    """A provider's text cannot clear the screen, ring or forge a second line."""
    shown = printable(text)

    assert len(text) == len(shown)
    assert not [character for character in shown if unicodedata.category(character) == "Cc"]
    assert len(shown.splitlines()) <= 1


def test_the_sending_goes_on_when_nobody_reads(serve: Serve, process: Start) -> None:
    """`wamsg send .. | head -1` ends silently, and everyone was sent to all the same."""
    sandbox = serve()
    people = ",".join(f"+1202555{number:04d}" for number in range(100, 150))
    child = process("send", "-p", "kaleyra", "--limit", "40/s", "--concurrency", "2", "--to", people, "text", "a")
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stderr is not None
    child.stdout.readline()
    child.stdout.close()

    err = child.stderr.read()

    assert (0, "") == (child.wait(), err)
    assert sandbox.outbox.count() == 50


def test_a_list_that_nobody_reads_ends_silently(process: Start) -> None:
    """`wamsg providers | true` shows no traceback."""
    child = process("providers", "--json")
    assert child.stdout is not None
    assert child.stderr is not None
    child.stdout.close()

    err = child.stderr.read()

    assert err == ""
    assert child.wait() in {0, 141}


def test_the_bar_is_for_people_who_wait_at_a_terminal(serve: Serve, tmp_path: Path) -> None:
    """A bar shows on a terminal's standard error while it takes over a second; the lines in the file stay clean."""
    serve()
    people = ",".join(f"+1202555{number:04d}" for number in range(100, 125))
    words = ["send", "-p", "kaleyra", "--limit", "10/s burst 1", "--to", people, "text", "a"]
    reader, writer = pty.openpty()
    with (tmp_path / "out.txt").open("w+") as out:
        child = subprocess.Popen([sys.executable, "-m", "wamsg", *words], stdout=out, stderr=writer)
        os.close(writer)
        shown = b"".join(iter(lambda: _read(reader), b"")).decode()
        os.close(reader)
        assert child.wait(HUNG) == 0
        out.seek(0)
        lines = out.read().splitlines()

    assert "25/25" in shown
    assert len(lines) == 26
    assert "\x1b" not in "".join(lines)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:
        # Linux's way of saying that nobody writes any more.
        return b""


def test_no_colour_where_none_is_wanted(run: Run) -> None:
    """NO_COLOR, and an output that is no terminal, get plain text."""
    assert "\x1b" not in run("providers").out + run("--help").out
