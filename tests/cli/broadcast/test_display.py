"""What a run says of itself, and the exit code that counts come to."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from wamsg.broadcast import Ended, Progress
from wamsg.cli.broadcast.counting import exit_code
from wamsg.cli.broadcast.display import sentence, to_dict, watching
from wamsg.ledger import Counts, Phase, State
from wamsg.pipeline import LaneState

NONE = dict.fromkeys(State, 0)


def progress(
    at: float = 0.0,
    *,
    waiting: str = "",
    eta: float | None = None,
    statuses: Mapping[str, int] | None = None,
    **states: int,
) -> Progress:
    """A snapshot with these states."""
    counts = {**NONE, **{State[name.upper()]: number for name, number in states.items()}}
    return Progress(
        at=at,
        broadcast=1,
        rows=sum(counts.values()),
        states=counts,
        statuses=statuses or {},
        rate=79.8,
        in_flight=0,
        waiting=waiting,
        eta=eta,
    )


def lane(*, rate: float = 80.0, paused_for: float = 0.0) -> LaneState:
    """A sender's lane, undisturbed but for what is given."""
    return LaneState(key="sender:+447700900001", rate=rate, ceiling=80.0, paused_for=paused_for, waiting=0, in_flight=0)


def test_a_sentence_says_how_it_goes() -> None:
    """States that anyone is in, the rate, the time left, why it waits, what holds it up; never a number."""
    told = sentence(
        progress(waiting="the daily quota is used up", eta=24.0, accepted=9, rejected=1, pending=5),
        [lane(paused_for=12.0), lane(rate=61.0), lane()],
    )

    assert told == (
        "9 accepted, 1 rejected; 79.8/s, 24 s left; waiting: the daily quota is used up; "
        "the provider pauses the sender for 12 s; the sender was throttled and is slowed to 61/s"
    )


def test_what_came_back_is_told_while_it_runs() -> None:
    """Whoever sees accepted messages fail can stop the rest; programs are told the same."""
    snapshot = progress(statuses={"failed": 7, "read": 1}, accepted=9, pending=5)

    assert sentence(snapshot, []) == "9 accepted; came back: 1 read, 7 failed later; 79.8/s"
    assert to_dict(snapshot, [])["statuses"] == {"failed": 7, "read": 1}


def test_the_bar_cuts_nothing_off(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """On a narrow terminal what does not fit beside the bar goes on below, and the bar stays."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    for name, value in {"TERM": "xterm", "TTY_COMPATIBLE": "1", "COLUMNS": "80"}.items():
        monkeypatch.setenv(name, value)
    statuses = {"read": 3_100, "delivered": 1_200, "failed": 724}
    with watching(tuple, as_json=False, plain=False) as show:
        show(progress(statuses=statuses, eta=24.0, accepted=8_999, rejected=1_000, pending=90_001))

    words = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", capsys.readouterr().err).split()
    assert "9999/100000" in words
    assert {"3,100", "1,200", "724", "79.8/s,"} <= set(words)
    assert ["s", "left"] == words[-2:]


def test_lines_become_rare(capsys: pytest.CaptureFixture[str]) -> None:
    """An hour's run of one look a second is some seventy lines, the first after two seconds."""
    with watching(tuple, as_json=False, plain=True) as show:
        for second in range(3600):
            show(progress(float(second), accepted=second, pending=3600 - second))
            if second == 2:
                assert capsys.readouterr().err.count("\n") == 1

    assert 50 < capsys.readouterr().err.count("\n") < 80


def test_a_new_reason_to_wait_is_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Each reason once, however often it is looked at."""
    with watching(tuple, as_json=False, plain=True) as show:
        for second in range(2):
            show(progress(second / 10, waiting="it has not started yet", pending=1))

    assert capsys.readouterr().err == "wamsg: 0 of 1 done: none yet; 79.8/s; waiting: it has not started yet\n"


@pytest.mark.parametrize(
    ("phase", "states", "code"),
    [
        (Phase.FINISHED, {State.ACCEPTED: 2}, 0),
        (Phase.FINISHED, {}, 1),
        (Phase.STOPPED, {State.REJECTED: 5, State.PENDING: 9}, 1),
        (Phase.STOPPED, {State.ACCEPTED: 5, State.PENDING: 9}, 4),
        (Phase.FINISHED, {State.ACCEPTED: 5, State.EXPIRED: 1}, 4),
        (Phase.HELD, {State.ACCEPTED: 5, State.REJECTED: 1, State.UNKNOWN: 1}, 5),
        (Phase.FINISHED, {State.UNKNOWN: 1}, 5),
        (Phase.PAUSED, {State.ACCEPTED: 5, State.UNKNOWN: 1}, 130),
        (Phase.CANCELLED, {State.ACCEPTED: 5, State.SKIPPED: 1}, 130),
    ],
)
def test_an_exit_code_is_never_better_than_the_counts(phase: Phase, states: dict[State, int], code: int) -> None:
    """0 stands for every delivery accepted and nothing else."""
    counts = Counts(rows=sum(states.values()), states={**NONE, **states})

    assert exit_code(Ended(phase=phase, reason="", counts=counts)) == code
